"""Voice: who is quoted or reported where, and what an outlet keeps at a distance."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import lexicon, text
from pipeline.evaluate import attribution, read_rows
from pipeline.schema import ATTRIBUTIONS
from pipeline.voice import Scope, attributions


def marked(source: str, *, scope: Scope = "speech") -> pd.DataFrame:
    """The attributions of one text, with the words of each span."""
    articles = pd.DataFrame({"article": ["a"], "text": [source]})
    sentences, _ = text.split(articles, passage_words=150)
    rows = attributions(articles, sentences, scope=scope)
    return rows.assign(words=[source[a:b] for a, b in zip(rows["start"], rows["end"], strict=True)])


def words(rows: pd.DataFrame, role: str) -> list[str]:
    return rows.loc[rows["role"] == role, "words"].tolist()


@pytest.mark.parametrize(
    ("source", "who", "cue", "content"),
    [
        ("“We are leaving,” the mayor said.", "the mayor", "said", ["“We are leaving,”"]),
        ('"We are leaving," said Anna Roth, the mayor of Lund.', "Anna Roth, the mayor of Lund", "said", None),
        ("The mayor said that the bridge is safe.", "The mayor", "said", ["that the bridge is safe"]),
        ("The mayor said the bridge is safe.", "The mayor", "said", ["the bridge is safe"]),
        ("The bridge is safe, the mayor said on Friday.", "the mayor", "said", ["The bridge is safe"]),
        ("The bridge is safe, said the mayor.", "the mayor", "said", ["The bridge is safe"]),
        ("The bridge, the mayor said, is safe.", "the mayor", "said", ["The bridge", "is safe"]),
        ("According to the mayor, the bridge is safe.", "the mayor", "According to", ["the bridge is safe"]),
        ("The bridge is safe, according to the mayor.", "the mayor", "according to", ["The bridge is safe"]),
        ("The union accused the firm of fraud.", "The union", "accused", ["the firm of fraud"]),
        ("Anna Roth, the mayor, told reporters that it rains.", "Anna Roth, the mayor", "told", ["that it rains"]),
        ("The firm has repeatedly denied that it cheats.", "The firm", "has repeatedly denied", ["that it cheats"]),
        ("The bridge is safe. That is the firm's version.", "the firm's", "version", ["The bridge is safe."]),
        ("The bridge is safe. So said the mayor.", "the mayor", "said", ["The bridge is safe."]),
        ("As the mayor put it, the bridge is safe.", "the mayor", "put", ["the bridge is safe"]),
        ("In the view of the mayor, the bridge is safe.", "the mayor", "In the view", ["the bridge is safe"]),
        ("Drivers spoke of a trap.", "Drivers", "spoke", ["of a trap"]),
        ("The mayor called on the firm to mend the bridge.", "The mayor", "called on", ["to mend the bridge"]),
        ("The firm promised the mayor that it holds.", "The firm", "promised", ["that it holds"]),
        (
            "The bridge is safe, the mayor said in a post that was removed.",
            "the mayor",
            "said",
            ["The bridge is safe"],
        ),
        ("The bridge is, in the view of the mayor, safe.", "the mayor", "in the view", ["The bridge is", "safe"]),
        ("The bridge is safe, or so the mayor claims.", "the mayor", "claims", ["The bridge is safe"]),
        ("The bridge is safe, if the mayor is to be believed.", "the mayor", "is to be believed", None),
        ("The mayor claimed, without proof, that it is safe.", "The mayor", "claimed", ["that it is safe"]),
        ("While the mayor says it is safe, the bridge has a crack.", "the mayor", "says", ["it is safe"]),
        ("The mayor warned any delay would be dear.", "The mayor", "warned", ["any delay would be dear"]),
        ("The mayor dismissed the report as a lie.", "The mayor", "dismissed", ["a lie"]),
        ("BRIDGE IS SAFE, SAYS MAYOR", "MAYOR", "SAYS", ["BRIDGE IS SAFE"]),
        ("Roth: bridge is safe", "Roth", ":", ["bridge is safe"]),
        ("The mayor said: “It is safe. It always was.”", "The mayor", "said", ["“It is safe. It always was.”"]),
        ("The bridge, a district judge ruled, was safe.", "a district judge", "ruled", ["The bridge", "was safe"]),
        ("The bridge was safe: that is what the mayor has told us.", "the mayor", "told", None),
        ("At least, that is what the mayor says. It rains.", "the mayor", "says", None),
        ("The mayor was blunt: the bridge would fall.", "The mayor", ":", ["the bridge would fall"]),
        ("The mayor's verdict: the bridge is safe.", "The mayor's", ":", ["the bridge is safe"]),
        ("As the mayor sees it, the bridge is safe.", "the mayor", "sees it,", ["the bridge is safe"]),
        ("To its builders, the bridge was a triumph.", "its builders", "To", ["a triumph"]),
        ("Word has it that the bridge is safe.", "Word", "has it", ["that the bridge is safe"]),
        ("The bridge is safe, the argument runs.", "the argument", "runs", ["The bridge is safe"]),
        ("Her point is that the bridge is safe.", "Her point", "is", ["that the bridge is safe"]),
        ("By his own account he built the bridge.", "his", "By his own account", ["he built the bridge"]),
        ("The bridge was condemned by the mayor as a trap.", "the mayor", "was condemned", ["a trap"]),
        ("The bridge has been called a trap by drivers.", "drivers", "has been called", ["a trap"]),
        ("The mayor likened the bridge to a trap.", "The mayor", "likened", ["a trap"]),
        ("The council considers the bridge a trap.", "The council", "considers", ["a trap"]),
        ("Close the bridge, read one placard.", "one placard", "read", ["Close the bridge"]),
        ("The mayor warned as early as May that it leaked.", "The mayor", "warned", ["that it leaked"]),
        ("The bridge, the judges held, was safe.", "the judges", "held", ["The bridge", "was safe"]),
        ("Drivers complained to the council about a trap.", "Drivers", "complained", ["about a trap"]),
        ("The inquiry's finding is a trap.", "The inquiry's", "finding", ["a trap"]),
        ("The mayor denied any part in the theft.", "The mayor", "denied", ["any part in"]),
        ("The bridge – the mayor insists – is safe.", "the mayor", "insists", ["The bridge", "is safe"]),
        ("The bridge is, said the mayor, safe.", "the mayor", "said", ["The bridge is", "safe"]),
        ("Mayor: Bridge is safe", "Mayor", ":", ["Bridge is safe"]),
        ("Bridge will be closed – council", "council", "–", ["Bridge will be closed"]),
        ("The council, according to whom it is safe, met.", "The council", "according to", ["it is safe"]),
        ("The mayor's claim, that it is safe, was heard.", "The mayor's", "claim", ["that it is safe"]),
        ("The mayor made it clear that it is safe.", "The mayor", "made it clear", ["that it is safe"]),
        ("Clerks at St Hilda's said on Friday that it leaks.", "Clerks at St Hilda's", "said", ["that it leaks"]),
        ("The bridge, the report goes on, is a trap.", "the report", "goes", ["The bridge", "is a trap"]),
        ("The bridge, her letter makes plain, is a trap.", "her letter", "makes", ["The bridge", "is a trap"]),
        ("« Le pont tient bon, and it will hold », the mayor said.", "the mayor", "said", None),
        ("„The bridge is safe as houses,“ the mayor said.", "the mayor", "said", ["„The bridge is safe as houses,“"]),
        ("'The bridge is safe,' the mayor said.", "the mayor", "said", ["'The bridge is safe,'"]),
        ("The bridge is a trap, complains a driver of lorries.", "a driver of lorries", "complains", None),
        ("Parish books teach that the flood was a gift.", "Parish books", "teach", ["that the flood was a gift"]),
        ("Critics of the mayor see a trap.", "Critics of the mayor", "see", ["a trap"]),
        ("A motion declaring a flood emergency was lost.", "A motion", "declaring", None),
        ("The audit found no sign of rust.", "The audit", "found", ["no sign of rust"]),
        ("The council found no sign of rust.", "The council", "found", ["no sign of rust"]),
        ("The mayor called the bridge a trap.", "The mayor", "called", ["a trap"]),
        ("The mayor described the closed bridge as a trap.", "The mayor", "described", ["a trap"]),
        ("The mayor called her bridge “too narrow”.", "The mayor", "called", ["too narrow"]),
        ("The mayor spoke of “repairs” when she meant a ban.", "The mayor", "spoke", ["of “repairs"]),
        ("The bridge, so the drivers believe, is a trap.", "the drivers", "believe", ["The bridge", "is a trap"]),
        ("Drivers have it that the bridge leaks.", "Drivers", "have it", ["that the bridge leaks"]),
        ("To its builders, the bridge looks like a triumph.", "its builders", "To", ["a triumph"]),
        ("The mayor remains adamant that it is safe.", "The mayor", "remains adamant", None),
        ("The court recognised the flood as a crime.", "The court", "recognised", ["a crime"]),
        ("The drivers' slogan: no more toll.", "The drivers", ":", ["no more toll"]),
        ("Bridge unsafe before storm: watchdog", "watchdog", ":", ["Bridge unsafe before storm"]),
    ],
)
def test_finds_source_cue_and_content(source: str, who: str, cue: str, content: list[str] | None) -> None:
    rows = marked(source)
    assert who in words(rows, "source")
    assert cue in words(rows, "cue")
    if content is not None:
        assert words(rows, "content") == content


@pytest.mark.parametrize(
    ("source", "distanced"),
    [
        ("The so-called reform began.", "reform"),
        ("What the firm calls a modernisation has cost jobs.", "modernisation"),
        ("The closure, dubbed a fresh start, began.", "fresh start"),
        ("The firm's “fresh start” began in May.", "“fresh start”"),
        ("The alleged fraud was never proved.", "fraud"),
        ("This is not a strike.", "strike"),
        ("There was neither a strike nor a rest.", "strike"),
        ("If it was a strike, it was short.", "strike"),
        ("The firm refers to a pause rather than to a strike.", "strike"),
        ("The thefts allegedly committed in Lund went on.", "The thefts allegedly committed in Lund"),
        ("The board rejects any talk of a strike.", "strike"),
        ("The board will not use the word strike.", "strike"),
        ("Should a flood follow, the dam will hold.", "flood follow"),
        ("Should floods come, the dam will hold.", "floods come"),
        ("Had it been a flood, the dam would have held.", "flood"),
        ("Had there been a flood, the dam would have held.", "flood"),
        ("Were this a flood, the dam would hold.", "flood"),
        ("Were the rain to become a flood, the dam would hold.", "flood"),
        ("Lest the rain become a flood, the gates were shut.", "flood"),
        ("Unless there is a flood, the gates stay open.", "flood"),
        ("In case of a flood, the gates are shut.", "flood"),
        ("If this is prudence, the dam is a pond.", "prudence"),
        ("The flood, if that is what it was, left one puddle.", "The flood"),
        ("The flood, if flood it was, left one puddle.", "The flood"),
        ("The flood, such as it was, left one puddle.", "The flood"),
        ("They carried sandbags as though it were a flood.", "flood"),
        ("You would think the puddle was a flood.", "flood"),
        ("Whether the rain was a flood is for the insurers.", "flood"),
        ("It remains to be shown that the rain was a flood.", "flood"),
        ("There is no evidence that it was a flood.", "flood"),
        ("Was it a flood?", "flood"),
        ("Are the puddles in the yard a flood?", "flood"),
        ("A flood? The yard is dry.", "A flood"),
        ("Would anyone speak of a flood?", "flood"),
        ("Two puddles do not make a flood.", "flood"),
        ("It was a puddle rather than a flood.", "flood"),
        ("It was less a flood than a puddle.", "flood"),
        ("It was a puddle, hardly a flood.", "flood"),
        ("Far from sabotage, it was rust.", "sabotage"),
        ("It is not, as the firm claims, a flood.", "flood"),
        ("It would have been a flood if it had rained.", "flood"),
        ("Nobody regards the puddle as a flood.", "flood"),
        ("It is a reservoir in name only.", "a reservoir"),
        ("The puddle passes for a lake.", "lake"),
        ("Suspected looters were seen.", "looters"),
        ("Some lake! The ducks walk.", "lake"),
        ("I do not call the puddle a lake.", "lake"),
        ("A ditch does not deserve the name of canal.", "canal"),
        ("The existence of a lake was never proved.", "lake"),
        ("It is far from certain that the puddle is a lake.", "lake"),
        ("The idea that the puddle is a lake is absurd.", "the puddle is a lake"),
        ("The firm has taken to describing the puddle as a lake.", "lake"),
        ("Not a lake but a puddle lay there.", "lake"),
        ("The yard, known to children as the lake, is dry.", "lake"),
        ("The lake – the firm's word – is dry.", "The lake"),
        ("In a town whose free press, so called, is one leaflet, all is well.", "free press"),
        ("If the puddle can still be called that, it is shallow.", "the puddle"),
        ("The lake, if that is the right word for a yard of mud, is dry.", "The lake"),
        ("Some lake, this, without a fish.", "lake"),
        ("One need not reach for words like flood.", "flood"),
        ("The puddle was sold to tourists as a lake.", "lake"),
        ("The puddle, touted as a lake, is dry.", "lake"),
        ("No flood has hit the town.", "flood"),
        ("The flood did not happen.", "The flood"),
        ("The flood that never came has cost the town a fortune.", "The flood"),
        ("The puddle has nothing to do with sabotage.", "sabotage"),
        ("The firm's idea of lakeside living is a yard of mud.", "lakeside living"),
        ("Under the guise of repairs, the yard was sold.", "repairs"),
        ("The much-vaunted canal is dry.", "canal"),
        ("It was more a puddle than a flood.", "flood"),
        ("No evidence of a flood has been shown.", "flood"),
        ("It is hard to see how this is a flood.", "flood"),
        ("The firm insists on calling the puddle a lake.", "lake"),
        ("The flood, so long foretold, failed to materialise.", "flood"),
        ("The flood failed to materialise in May.", "flood"),
        ("The flood has failed to materialise.", "flood"),
        ("The lake is a fiction.", "lake"),
        ("They fought a flood that no gauge could find.", "a flood"),
        ("There is no such thing as a flood.", "flood"),
        ("On paper the puddle is a lake.", "lake"),
        ("This was supposed to be a lake.", "lake"),
        ("A flood is unlikely.", "flood"),
        ("Anybody hoping for a flood was disappointed.", "flood"),
    ],
)
def test_finds_what_is_kept_at_a_distance(source: str, distanced: str) -> None:
    assert distanced in words(marked(source), "distance")


@pytest.mark.parametrize(
    "source",
    [
        "Should the flood last, the dam will hold.",
        "Had the flood come in May, the dam would have held.",
        "Is the flood over?",
        "Why did the flood last so long?",
        "Whether the flood will last is anyone's guess.",
        "If the flood lasts, the dam will hold.",
        "It was not only a flood but a storm.",
        "It was nothing but a flood.",
        "Nine people, among them the keeper, were hurt.",
        "Was it rain that fell?",
        "The flood did not come as a surprise.",
        "Without rain the flood would not happen.",
        "They sold their ewes as the flood drew near.",
        "The flood never reached the mill.",
        "This has nothing to do with the flood.",
        "The mill's version of the flood is well known.",
    ],
)
def test_what_is_there_is_not_kept_at_a_distance(source: str) -> None:
    assert not [w for w in words(marked(source), "distance") if "flood" in w or "rain" in w or "hurt" in w]


def test_a_sentence_that_only_announces_words_gives_the_next_to_its_speaker() -> None:
    rows = marked("The mayor did not mince her words. The bridge was a trap. It rained.")
    assert words(rows, "content") == ["The bridge was a trap."]
    assert set(rows.loc[rows["role"] == "content", "speaker"]) == {"The mayor"}


def test_what_somebody_was_told_is_told_by_somebody() -> None:
    rows = marked("The bridge, the court was told, was a trap.")
    assert words(rows, "content") == ["The bridge", "was a trap"]


def test_a_name_that_an_inserted_view_corrects_stays_the_outlets() -> None:
    rows = marked("The leak, or seepage, in the words of the firm, went on.")
    assert words(rows, "content") == ["seepage"]


@pytest.mark.parametrize(
    ("source", "feared"),
    [
        ("Flood fears hit the port.", "Flood"),
        ("The shares fell amid flood fears.", "flood"),
        ("New fraud allegations emerged.", "New fraud"),
        ("Fears are growing that the bridge will fall.", "that the bridge will fall"),
        ("The mayor rejected talk of a flood.", "a flood"),
        ("The keeper is on trial for arson.", "arson"),
    ],
)
def test_what_is_feared_or_charged_is_no_fact_of_the_outlets(source: str, feared: str) -> None:
    assert feared in words(marked(source), "content")


@pytest.mark.parametrize(
    "source",
    [
        "Flood insurance claims rose.",
        "Pictures show how the flood took the mill.",
        "Had it been a flood, somebody would have noticed in time.",
        "The union called a strike.",
        "The union called the strike off.",
        "The board, silent since the strike began, declined to comment.",
        "The keeper, an heir of the flood, said nothing.",
        "He could not have known that the flood had begun.",
        "State flood relief did not end.",
        "KEEPERS OF MILL JAILED: Flood was of their making",
        "Two things are clear: the flood was deep.",
    ],
)
def test_what_only_looks_like_a_report_is_the_outlets(source: str) -> None:
    assert not [w for w in words(marked(source), "content") if "flood" in w.lower() or "strike" in w]


def test_what_a_speaker_denies_is_not_kept_at_a_distance() -> None:
    rows = marked("The mayor said the puddle was far from a flood.")
    assert words(rows, "distance") == []
    assert words(rows, "content") == ["the puddle was far from a flood"]


def test_what_is_spoken_of_counts_in_the_wide_scope_only() -> None:
    source = "The mayor called the flood a gift."
    assert words(marked(source), "content") == ["a gift"]
    assert words(marked(source, scope="all"), "content") == ["the flood", "a gift"]


@pytest.mark.parametrize(
    "source",
    [
        "Crowds shouted “Mend the bridge” in Lund.",
        "“Mend the bridge” was painted on the wall.",
        "“It's a trap,” I read.",
    ],
)
def test_a_slogan_says_something(source: str) -> None:
    rows = marked(source)
    assert words(rows, "distance") == []
    assert len(words(rows, "content")) == 1


def test_a_short_quotation_in_reported_speech_is_the_speakers() -> None:
    rows = marked("The mayor said the “fresh start” would cost nothing.")
    assert words(rows, "distance") == []


def test_a_quotation_runs_over_sentences() -> None:
    rows = marked("“I saw it. I ran. Nobody came,” Petra Ohm said. The rain went on.")
    assert words(rows, "content") == ["“I saw it. I ran. Nobody came,”"]


def test_a_pronoun_stands_for_the_last_speaker() -> None:
    rows = marked("“It is over,” Petra Ohm said. “We are done,” she said.")
    assert set(rows["speaker"]) == {"Petra Ohm"}


def test_a_quotation_without_a_cue_is_the_last_speakers() -> None:
    rows = marked("“It is over,” Petra Ohm said. “We have packed our things and we are going home.”")
    assert rows.loc[rows["role"] == "content", "speaker"].tolist() == ["Petra Ohm", "Petra Ohm"]


@pytest.mark.parametrize("mark", ['"', "“", "'", "«"])
def test_an_unclosed_quotation_does_not_swallow_the_article(mark: str) -> None:
    rest = " ".join(f"The river rose again on day {i}." for i in range(50))
    rows = marked(f"{mark}We shall go on with this, the mayor said. {rest}\n\n{rest}")
    assert rows["end"].max() < 120


def test_a_paragraph_that_opens_with_a_mark_carries_a_quotation_on() -> None:
    rows = marked("Ohm said: “The first day was long and hard.\n\n“The second day was longer still.”\n\nIt rained.")
    assert words(rows, "content") == ["“The first day was long and hard.", "“The second day was longer still.”"]


def test_wants_and_stances_count_in_the_wide_scope_only() -> None:
    source = "The mayor condemned the closure."
    assert words(marked(source), "content") == []
    assert words(marked(source, scope="all"), "content") == ["the closure"]


@pytest.mark.parametrize(
    "source",
    [
        "Those three states were lost.",
        "They held talks in Lund.",
        "A joint report in Lund named us.",
        "The river rose by a metre.",
        "All went according to plan.",
        "The report is long.",
    ],
)
def test_plain_statements_have_no_attribution(source: str) -> None:
    assert marked(source).empty


def test_rows_are_of_the_declared_form_and_numbered_by_attribution() -> None:
    rows = marked("The bridge, the mayor said, is safe. It rained, Ohm added.")
    ATTRIBUTIONS.check(rows)
    for _, group in rows.groupby("attribution"):
        assert set(group["role"]) <= {"source", "cue", "content"}
        assert group["speaker"].nunique() == 1


def test_nothing_comes_of_nothing() -> None:
    empty = pd.DataFrame({"article": [], "text": []}, dtype="str")
    sentences, _ = text.split(empty, passage_words=150)
    assert attributions(empty, sentences).empty


_PIECES = st.sampled_from(
    ["he said", "“", "”", '"', "'", "’", "«", "»", "„", ", ", ". ", "\n\n", "\n", "that", "so-called", "what",
     "calls", "according to", "Anna Roth", "the mayor", "the", "😀", "\u200f", "—", ":", "who", "not", "dubbed",
     "and", "as",
     "claim", "accused", "of", "told reporters", "is", "-", "(", ")", "…", "\u00a0", "1,000", "A.B.", " "]
)  # fmt: skip


def bounded(source: str) -> None:
    rows = marked(source, scope="all")
    assert (rows["start"] < rows["end"]).all()
    assert (rows["start"] >= 0).all()
    assert (rows["end"] <= len(source)).all()


@settings(max_examples=120)
@given(st.lists(_PIECES, max_size=40).map(" ".join))
def test_any_order_of_cues_and_marks_is_read(source: str) -> None:
    bounded(source)


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_any_text_is_read(source: str) -> None:
    bounded(source)


@pytest.mark.parametrize(
    ("word", "times"),
    [("word ", 200_000), ('" ', 200_000), ("“ ", 200_000), ("' ", 200_000), ("said ", 20_000),
     ("he said that ", 20_000), ("so-called ", 20_000), ("a, ", 20_000), ("calling ", 20_000)],
)  # fmt: skip
def test_a_long_text_without_a_full_stop_is_read(word: str, times: int) -> None:
    bounded(word * times)


@pytest.mark.parametrize(
    ("word", "name"),
    [("said", "say"), ("denies", "deny"), ("Admitted", "admit"), ("debunking", "debunk"), ("claims", "claim"),
     ("thought", "think"), ("reported", "report"), ("table", None)],
)  # fmt: skip
def test_a_cue_is_known_in_any_form(word: str, name: str | None) -> None:
    assert lexicon.cue_class(word) == name


def test_the_task_counts_characters() -> None:
    source = "The mayor said that the bridge is safe."
    gold = {"source": [[0, 9]], "cue": [[10, 14]], "content": [[15, 38]]}
    result = attribution.evaluate([{"text": source, "attributions": [gold]}])
    assert result.value == 1.0
    assert result.detail["source"]["f1"] == 1.0
    assert attribution.evaluate([{"text": "It rains.", "attributions": []}]).value is None


@pytest.mark.skipif("PARALLAX_EVALUATION_DATA" not in os.environ, reason="PARALLAX_EVALUATION_DATA is not set")
def test_agreement_with_labelled_texts() -> None:
    folder = Path(os.environ["PARALLAX_EVALUATION_DATA"])
    result = attribution.evaluate(read_rows(folder / "gold" / "attribution.jsonl.gz"))
    assert result.value is not None
    assert result.value >= 0.75
    assert result.detail["source"]["f1"] >= 0.65
