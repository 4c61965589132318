"""Where a reported clause begins and ends, and who stands after an inverted verb ("…," said X)."""

from __future__ import annotations

from pipeline import lexicon
from pipeline.voice.subjects import LONGEST_SOURCE, apposed, finite
from pipeline.voice.tokens import (
    ADVERB,
    AUX,
    CONJUNCTION,
    DET,
    MARK,
    OBJECT,
    PREP,
    PRONOUN,
    QUOTE,
    SUBORDINATOR,
    TIME,
    VERB,
    WH,
    Line,
)

TIMED = frozenset("on in at by since until during after before".split())
_SPEECH = frozenset({"say", "claim", "admit", "deny", "debunk", "report", "think"})


def inverted_subject(line: Line, i: int) -> tuple[int, int] | None:
    """Tokens of the noun phrase after the verb at i ("…," said X); null where there is none."""
    n, j = len(line), i + 1
    while j < n and line.tags[j] & ADVERB and not line.upper[j]:
        j += 1
    if j >= n or (line.tags[j] & (PREP | SUBORDINATOR | CONJUNCTION | TIME | WH) and not line.upper[j]):
        return None
    k = j
    while k < n and k - j < LONGEST_SOURCE:
        t, low = line.tags[k], line.low[k]
        if t & (QUOTE | AUX) or low in {";", ":", "—", "–", "--"}:
            break
        if low in {".", "!", "?"} and k == n - 1:
            break
        if low == ",":
            follow = _apposition_end(line, k)
            if follow is None:
                break
            k = follow
            continue
        if (t & (WH | SUBORDINATOR) and low != "that") or (k > j and t & TIME and not line.tags[k - 1] & DET):
            break
        if k > j and low in TIMED and (low in {"after", "during", "before"} or _leads_away(line, k)):
            break
        k += 1
    while k > j and line.low[k - 1] in {",", "."}:
        k -= 1
    return (j, k) if k > j else None


def _apposition_end(line: Line, k: int) -> int | None:
    """For ", the head of Y" after an inverted subject: where it ends; null where the comma ends the subject."""
    for m in range(k + 1, min(len(line), k + LONGEST_SOURCE)):
        if line.tags[m] & QUOTE or line.low[m] in {",", ";", "—", "–"} or m == len(line) - 1:
            after = line.low[k + 1]
            dated = line.tags[k + 1] & TIME or after in TIMED or after.endswith("ing") or after == "according"
            return m if not dated and apposed(line, k, m) else None
    return None


def _leads_away(line: Line, k: int) -> bool:
    """Whether a phrase with a preposition is about when or where it was said, not who said it."""
    after = [line.low[m] for m in range(k + 1, min(len(line), k + 4))]
    if not after:
        return True
    words = {
        "statement", "interview", "conference", "briefing", "tweet", "post", "email", "letter", "speech", "address",
        "telegram", "twitter", "facebook", "television", "tv", "radio", "call", "report", "note",
    }  # fmt: skip
    return bool(line.tags[k + 1] & TIME) or bool(words & set(after)) or after[0].isdigit()


def skip_adverbials(line: Line, j: int) -> int:
    """From j past adverbs, dates and phrases such as "in a statement" to what is said, or to a mark."""
    n = len(line)
    while j < n:
        t = line.tags[j]
        if (t & TIME and not t & (MARK | AUX)) or (t & ADVERB and line.low[j] != "there") or line.low[j] == "back":
            j += 1
        elif t & PREP and not _infinitive(line, j) and (k := _after_phrase(line, j)) is not None:
            j = k
        else:
            break
    return j


def _infinitive(line: Line, j: int) -> bool:
    """Whether "to" at j stands before a verb ("plan to use"), not before whom one speaks to ("said to reporters")."""
    if line.low[j] != "to" or j + 1 >= len(line):
        return False
    t, low = line.tags[j + 1], line.low[j + 1]
    heard = j + 2 < len(line) and (line.low[j + 2] in {"that", ":"} or line.tags[j + 2] & QUOTE)
    return not (t & (DET | OBJECT | PRONOUN) or line.upper[j + 1] or low.endswith("s") or heard)


def _after_phrase(line: Line, j: int) -> int | None:
    """Where the prepositional phrase at j ends, if what follows it can only be what is said."""
    n, k = len(line), j + 1
    while k < n and k - j < 14:
        t, low = line.tags[k], line.low[k]
        if t & TIME and line.low[j] in TIMED and k - j < 4:
            while k < n and (line.tags[k] & TIME or line.low[k].isdigit()):
                k += 1
            return k
        if low == "that" and k > j + 1 and k + 1 < n and line.tags[k + 1] & AUX and not line.tags[k + 1] & PRONOUN:
            k += 2  # "in a post that was removed": the phrase goes on
            continue
        if low == "that" and k + 1 < n and line.tags[k + 1] & TIME and not line.tags[k + 1] & (AUX | MARK):
            k += 2  # "to her sister that night"
            continue
        asked = low in {"how", "why", "what"} and k > j + 1  # "described by telephone how"
        if low == "that" or asked or t & QUOTE or low in {":", ","} or (k == n - 1 and low in {".", "!", "?"}):
            return k
        if t & PRONOUN and not t & (DET | OBJECT):
            return k
        if t & (AUX | WH | MARK | SUBORDINATOR):
            return None
        k += 1
    return n if k >= n else None


def content_end(line: Line, j: int) -> int:
    """One past the last token of the clause of content that begins at j."""
    n = len(line)
    for k in range(j + 1, n):
        low = line.low[k]
        if low == ";":
            return k
        if (low == "," and _breaks_off(line, k + 1)) or (low in _DASHES and k + 1 < n and _comments(line, k + 1)):
            return k
        if low in {"and", "but"} and k + 2 < n and _new_report(line, k + 1):
            return k
        if low == "according" and k + 1 < n and line.low[k + 1] == "to":
            return k - 1 if line.low[k - 1] == "," else k
    end = n
    while end > j + 1 and line.low[end - 1] in {".", "!", "?", ",", ":", "…"}:
        end -= 1
    return end


_FRONTING = frozenset("while although though because when after before as since if whereas once unless until".split())


def fronted_end(line: Line, i: int, j: int) -> int | None:
    """Where the clause "While X says Y, …" that holds the cue at i ends, from j on; null where the cue stands in
    no such clause or nothing follows it."""
    if line.low[0] not in _FRONTING or any(line.low[k] == "," for k in range(i)):
        return None
    commas = [k for k in range(j, len(line) - 1) if line.low[k] == ","]
    if (found := next((k for k in commas if _main_follows(line, k + 1)), None)) is not None:
        return found
    only = commas[0] if len(commas) == 1 else None  # then the main clause has a verb that no list knows
    return only if only is not None and line.tags[only + 1] & (DET | PRONOUN) else None


def _main_follows(line: Line, k: int) -> bool:
    """Whether a subject and its finite verb stand from k on, before any mark."""
    if line.tags[k] & (CONJUNCTION | WH | SUBORDINATOR | MARK) or line.low[k].endswith("ing"):
        return False
    for m in range(k + 1, min(len(line), k + 12)):
        if line.tags[m] & (MARK | WH | SUBORDINATOR | QUOTE) and line.low[m] != "that":
            return False
        if finite(line, m):
            return True
    return False


# After a comma these begin the outlet's own background: "…, as the crisis drew …", "…, amid reports of …".
_BACKGROUND = frozenset("according as amid following after hours days weeks months".split())


def _breaks_off(line: Line, k: int) -> bool:
    """Whether what follows a comma is another's or a further report: ", adding that", ", but X denied"."""
    n = len(line)
    while k < n and line.tags[k] & ADVERB:
        k += 1
    if k >= n:
        return False
    low = line.low[k]
    if low.endswith("ing") and lexicon.cue_class(low) in _SPEECH:
        return True
    if low in _BACKGROUND or _comments(line, k):
        return True
    if low in {"and", "but", "while", "though", "although"}:
        return _clause_reports(line, k + 1)
    return False


_DASHES = frozenset({"—", "–", "--", "-"})
_REMARKS = frozenset("description phrase term label comparison characterisation characterization formula".split())


def _comments(line: Line, k: int) -> bool:
    """ "…, a claim that the firm rejects": words of the outlet about what was said."""
    if line.low[k] not in {"a", "an", "the"}:
        return False
    for m in range(k + 1, min(len(line), k + 4)):
        if line.low[m] in _REMARKS or lexicon.noun_class(line.low[m]) in {"say", "claim", "admit", "deny", "debunk"}:
            return m + 1 < len(line) and bool(line.tags[m + 1] & (WH | SUBORDINATOR | VERB | AUX | PREP))
        if line.tags[m] & (MARK | QUOTE | PREP | AUX):
            return False
    return False


def _clause_reports(line: Line, k: int) -> bool:
    """Whether the first verb from k on is one of speech."""
    for m in range(k, min(len(line), k + 10)):
        t = line.tags[m]
        if lexicon.cue_class(line.low[m]) in _SPEECH and not line.upper[m] and not line.tags[m - 1] & (DET | PREP):
            return line.low[m] not in {"know", "think", "feel", "find", "show", "see"}
        if t & (VERB | MARK | QUOTE | SUBORDINATOR) or (
            t & AUX and line.low[m] not in {"has", "have", "had", "also"}
        ):
            return False
    return False


def _new_report(line: Line, k: int) -> bool:
    """Whether a finite verb of speech follows "and": "said that … and added that …"."""
    while k < len(line) - 1 and line.tags[k] & ADVERB:
        k += 1
    low = line.low[k]
    if lexicon.cue_class(low) not in _SPEECH or not low.endswith(("s", "ed", "said", "told", "wrote")):
        return False
    after = line.tags[k + 1] if k + 1 < len(line) else MARK
    return bool(after & (QUOTE | MARK | PRONOUN | DET | SUBORDINATOR | PREP | OBJECT))
