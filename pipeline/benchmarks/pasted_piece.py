"""A pasted piece set beside the sources, beside the encoding of its sentences alone."""

from __future__ import annotations

from itertools import islice
from statistics import median

from pipeline.bench import Line, Setting, Side, timed

WORDS = 600
ROUNDS = 3


def bench(setting: Setting) -> Line:
    """Seconds: comparing a text of 600 words that was never seen ÷ encoding its sentences with the transformer.

    In the largest corpus that comes with its texts, whose codebook is of a real one's size; all models are warm.
    Raises InputError where there is none.
    """
    from pipeline.compare import compare
    from pipeline.corpus import corpora_folder, load_corpus
    from pipeline.errors import InputError
    from pipeline.piece import text_piece
    from pipeline.refresh import refresh
    from pipeline.settings import load_settings
    from pipeline.snapshot import open_snapshot
    from pipeline.text import sentence_spans

    written = sorted(corpora_folder().glob("*/articles.jsonl"), key=lambda path: path.stat().st_size)
    if not written:
        raise InputError(f"no corpus in {corpora_folder()} comes with its texts", remedy="run it in the repository")
    corpus = load_corpus(written[-1].parent)
    settings = load_settings(store=(setting.cache or setting.folder) / "demonstration")
    setting.told(f"refreshing {corpus.name}")
    refresh(corpus, settings, models=setting.models)
    snapshot = open_snapshot(settings.store, corpus.name)
    texts = _pieces(snapshot.table("articles")["text"].tolist(), ROUNDS + 1)
    ours, rival, n = [], [], 0
    for text in texts:
        sentences = [text[a:b] for a, b in sentence_spans(text)]
        piece = text_piece(text)
        ours.append(timed(lambda: compare(piece, snapshot, models=setting.models, settings=settings).document()))  # noqa: B023
        rival.append(timed(lambda: setting.models.transformer.encode(sentences)))  # noqa: B023
        n = len(sentences)
    return Line(
        f"comparing a pasted piece of {WORDS} words ÷ encoding its sentences",
        "pieces",
        Side(f"compare, {corpus.name}", median(ours[1:]), 1),
        Side(f"{setting.models.transformer.name}, {n} sentences", median(rival[1:]), 1),
        of="seconds",
        target=3,
    )


def _pieces(texts: list[str], many: int) -> list[str]:
    """Texts of so many words, put together from sentences of many articles, none twice."""
    words = iter(" ".join(text.split()) for text in texts)
    out = []
    for _ in range(many):
        text = ""
        for part in words:
            text = f"{text} {part}".strip()
            if len(text.split()) >= WORDS:
                break
        out.append(" ".join(islice(text.split(), WORDS)))
    return out
