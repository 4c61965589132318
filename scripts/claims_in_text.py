"""Sentences, and what is said in them, that can stand as claims; and claims denied."""

from __future__ import annotations

import re

# A sentence can stand as a claim where it has so many words, says one thing, and does not lean on the one before.
CLAIM_WORDS = range(5, 25)
LEANING = frozenset(
    "he she it they we i you this that these those his her their its but and so or nor yet then there here such who "
    "which what when where why how if".split()
)
# What somebody said is a claim, too.
SAID_THAT = re.compile(
    r"\b(?:say|says|said|claim|claims|claimed|argue|argues|argued|believe|believes|believed|insist|insists|insisted|"
    r"warn|warns|warned|report|reports|reported|state|stated|suggest|suggests|suggested|admitted|alleged|announced|"
    r"added|told [\w ]{1,30}?) that ([^\"“”.;:]{25,160}?)[.;]"
)
BE_OR_MODAL = re.compile(
    r"\b(is|are|was|were|will|would|can|could|should|must|may|might|(?:has|have|had)(?= (?:been|\w+ed)\b))\b( not\b)?"
)


def clauses(text: str) -> list[str]:
    """What somebody is said to have said in it, as sentences."""
    found = SAID_THAT.findall(text)
    return [f"{clause[0].upper()}{clause[1:]}." for clause in found if len(clause.split()) in CLAIM_WORDS]


def stands_alone(text: str) -> bool:
    words = text.split()
    plain = text.endswith(".") and not re.search(r"[\"“”?!:;]", text)
    return plain and len(words) in CLAIM_WORDS and words[0].lower() not in LEANING


def denied(claim: str) -> str | None:
    """The claim with "not", or without it; None where it has no verb that takes one."""
    found = BE_OR_MODAL.search(claim)
    if found is None:
        return None
    return f"{claim[: found.end(1)]}{'' if found[2] else ' not'}{claim[found.end() :]}"
