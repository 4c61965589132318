"""Which articles are measured, and why the others are not. Nothing is dropped: what is left out is counted."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from pipeline.text import language, words

LEAST_WORDS = 20  # below it there is nothing that framing could be read from


def languages(articles: pd.DataFrame) -> pd.DataFrame:
    """Rows (article, language, words); the language is null where the text is too short or too mixed to tell."""
    found = [language(text) for text in articles["text"]]
    counts = [words(text) for text in articles["text"]]
    return pd.DataFrame({"article": articles["article"], "language": pd.array(found, dtype="str"), "words": counts})


def clean(
    articles: pd.DataFrame,
    found_languages: pd.DataFrame,
    superseded: Callable[[pd.DataFrame], pd.DataFrame],
    *,
    expected: str,
) -> pd.DataFrame:
    """The articles with `language`, `measured` and `reason`.

    Not measured: a text in another language than the codebook's (its words would be read as if they were
    not), one of fewer than 20 words, and one that a later version by the same outlet replaces.
    """
    by_article = found_languages.set_index("article")
    out = articles.assign(language=articles["article"].map(by_article["language"]).astype("str"), reason=None)
    later = superseded(articles)
    replaced = out["article"].isin(later["article"])
    short = articles["article"].map(by_article["words"]) < LEAST_WORDS
    foreign = out["language"].notna() & (out["language"] != expected)
    out["reason"] = pd.Series(None, index=out.index, dtype="str")
    out.loc[replaced, "reason"] = "replaced by a later version"
    out.loc[foreign, "reason"] = "language " + out.loc[foreign, "language"]
    out.loc[short, "reason"] = f"fewer than {LEAST_WORDS} words"
    out["measured"] = out["reason"].isna()
    return out
