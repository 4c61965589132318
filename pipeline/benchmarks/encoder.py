"""Static vectors beside the transformer they were distilled from."""

from __future__ import annotations

from pipeline.bench import Line, Setting, Side, in_turns
from pipeline.benchmarks._synthetic import article
from pipeline.embed import load_sentence_transformer, transformer_folder
from pipeline.text import sentence_spans

SENTENCES = 256  # enough for a stable rate, few enough for seconds


def bench(setting: Setting) -> Line:
    """Sentences a second: ours ÷ SentenceTransformer.encode with its own batches of 32."""
    texts = [str(article(number)["text"]) for number in range(SENTENCES // 10)]
    sentences = [text[a:b] for text in texts for a, b in sentence_spans(text)][:SENTENCES]
    rival = load_sentence_transformer(transformer_folder())
    ours = setting.models.static
    seconds = in_turns(lambda: ours.encode(sentences), lambda: rival.encode(sentences, show_progress_bar=False))
    n = len(sentences)
    return Line(
        "static vectors ÷ SentenceTransformer.encode",
        "sentences",
        Side(ours.name, seconds[0], n),
        Side("SentenceTransformer.encode, all-MiniLM-L6-v2", seconds[1], n),
        target=50,  # where every sentence of a night is encoded while the transformer reads one in fifty
    )
