"""Headlines: "Minister: no talks", "No talks: minister", "Jo Roth, the mayor, on her channel: …"."""

from __future__ import annotations

from dataclasses import replace

from pipeline.voice import subjects
from pipeline.voice.found import Found
from pipeline.voice.tokens import PREP, QUOTE, Line

_LABELS = frozenset("read watch live update updated exclusive analysis opinion video photo photos more note "
                    "blog breaking listen related factbox explainer editorial comment see also".split())  # fmt: skip


def _signed(tokens: Line, dash: int) -> bool:
    """ "Tax is unlawful – court": a headline, a dash and who says it."""
    after = len(tokens) - dash - 1
    ends = tokens.low[-1] in {".", "!", "?"} or any(bits & QUOTE for bits in tokens.tags)
    return not ends and dash > 2 and 1 <= after <= 3 and tokens.low[-1] in _ROLES and len(tokens) <= 20


# "Court: tax is unlawful": who stands before a headline's colon, without a capital of their own.
_ROLES = frozenset(
    "minister president premier chancellor governor mayor ambassador envoy spokesman spokeswoman spokesperson police "
    "court council judge prosecutor prosecutors lawyer lawyers union unions economist economists expert experts "
    "official officials critic critics analyst analysts source sources watchdog regulator army ministry bank "
    "study report poll memo letter inquiry audit "
    "survey scientist scientists doctor doctors campaigners charity chief boss leader senator".split()
)
_MEDIA = frozenset("telegram twitter facebook channel post letter tweet statement interview account blog".split())


def _posted(tokens: Line, colon: int) -> bool:
    """ "Jo Roth, the mayor, on her channel: …": somebody and a medium, and no verb before the colon."""
    if not 1 < colon <= 20 or not any(tokens.upper[:colon]) or subjects.states(tokens, 0, colon):
        return False
    return any(low in _MEDIA for low in tokens.low[max(0, colon - 4) : colon])


def plain(tokens: Line) -> Line:
    """A line in capitals, or with a capital for every longer word, has none that tell a name: as if in small ones."""
    long = 0
    for low, up in zip(tokens.low, tokens.upper, strict=True):
        if len(low) > 3 and low[0].isalpha():
            if not up:
                return tokens
            long += 1
    return replace(tokens, upper=[False] * len(tokens)) if long > 2 else tokens


def _is_name(tokens: Line, end: int) -> bool:
    """Whether tokens [0, end) can be who speaks: capitals throughout, but not those of "GANG OF FOUR JAILED"."""
    return all(tokens.upper[:end]) and tokens.low[0] not in _LABELS and not any(b & PREP for b in tokens.tags[:end])


_DASHES = frozenset({"–", "—", "-", ":"})


_SPOKEN = frozenset("i you we my our your i'm it's that's don't can't".split())


def _is_place(text: str, tokens: Line, end: int) -> bool:
    """ "KUALA LUMPUR: The …": a place in capitals, where the report that follows was written; "IMF:" speaks."""
    head = text[tokens.starts[0] : tokens.ends[end - 1]]
    spoken = not _SPOKEN.isdisjoint(tokens.low[end:])
    return (
        not spoken
        and head.isupper()
        and len(head) > 4
        and not text[tokens.starts[end + 1] : tokens.ends[-1]].isupper()
    )


def find(text: str, tokens: Line) -> list[Found]:
    """ "Minister: no talks" and "No talks: minister": a name, a colon, and what it says."""
    if len(tokens) > 30 or _DASHES.isdisjoint(tokens.low):
        return []
    dashes = [k for k, low in enumerate(tokens.low) if low in _DASHES and low != ":"]
    if len(dashes) == 1 and _signed(tokens, dashes[0]):
        k = dashes[0]
        return [Found((k, k + 1), (k + 1, len(tokens)), [(0, k)], "speech", k)]
    colons = [k for k, low in enumerate(tokens.low) if low == ":"]
    if len(colons) != 1 or len(tokens) > 30 or any(bits & QUOTE for bits in tokens.tags):
        return []
    k, n = colons[0], len(tokens)
    line_is_open = tokens.low[-1] not in {".", "!", "?"}
    if _posted(tokens, k) and n - k > 3:
        return [Found((k, k + 1), (0, k), [(k + 1, n)], "speech", k)]
    if not line_is_open and _is_place(text, tokens, k):
        return []
    if 1 <= k <= 4 and n - k > 3 and _is_name(tokens, k):
        end = n - 1 if tokens.low[-1] == "." else n
        return [Found((k, k + 1), (0, k), [(k + 1, end)], "speech", k)]
    if 1 <= k <= 4 and n - k > 3 and line_is_open and tokens.low[k - 1] in _ROLES and tokens.low[0] not in _LABELS:
        return [Found((k, k + 1), (0, k), [(k + 1, n)], "speech", k)]
    signed = all(tokens.upper[k + 1 :]) or (n - k < 5 and n <= 20 and line_is_open and tokens.low[-1] in _ROLES)
    if k >= 3 and 1 <= n - k - 1 <= 4 and signed and tokens.low[-1] != ".":
        return [Found((k, k + 1), (k + 1, n), [(0, k)], "speech", k)]
    return []
