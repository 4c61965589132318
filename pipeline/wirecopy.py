"""One text in several places: wire copy across outlets, and later versions within one."""

from __future__ import annotations

import re
from typing import Any
from zlib import adler32, crc32

import numpy as np
import pandas as pd

from pipeline.schema import WIRECOPY

SHINGLE_WORDS = 5  # the usual length: two reporters seldom write the same five words in a row
LEAST_SHINGLES = 25  # below some thirty words, the same greeting or caption makes two texts one
CONTAINMENT = 0.8  # an agency text survives a local lead and cuts at this level; a rewrite does not
LEAST_RATIO = 1 / 3  # a third of a text is a cut copy of it; less is a quotation in a longer one
VERSION_DAYS = 7  # an outlet revises a text within days; the same words a month later are a new publication
PERMUTATIONS = 126
BAND_ROWS = 3  # 42 bands of 3: a pair that shares 0.4 of its shingles is found with 94 %, at 0.6 with 99.99 %
# Two signatures agree in as large a share of their values as the two texts share of all their shingles (Jaccard),
# give or take: so many standard deviations below what a copy must share, the texts need no looking at.
DEVIATIONS = 3.5
CHUNK = 8192  # pairs whose signatures are compared at once: bounds memory
LARGE_GROUP = 100  # above it, only pairs with the group's first are verified, not all of them

_WORD = re.compile(r"\w+")

# Names of news agencies, as bylines and datelines give them.
_AGENCIES = {
    "AP": r"AP|Associated Press", "Reuters": r"Reuters", "AFP": r"AFP|Agence France-Presse", "Xinhua": r"Xinhua",
    "TASS": r"TASS|ITAR-TASS", "Interfax": r"Interfax", "dpa": r"dpa|Deutsche Presse-Agentur", "UPI": r"UPI",
    "PA": r"PA Media|Press Association", "EFE": r"EFE", "ANSA": r"ANSA", "Kyodo": r"Kyodo(?: News)?",
    "Yonhap": r"Yonhap", "PTI": r"PTI|Press Trust of India", "ANI": r"ANI", "IANS": r"IANS",
    "Anadolu": r"Anadolu(?: Agency)?", "Bloomberg": r"Bloomberg(?: News)?", "RIA Novosti": r"RIA Novosti",
    "Ukrinform": r"Ukrinform", "Belga": r"Belga", "APA": r"APA", "Tanjug": r"Tanjug", "MENA": r"MENA",
    "Prensa Latina": r"Prensa Latina", "NAN": r"NAN", "CP": r"The Canadian Press", "AAP": r"AAP",
}  # fmt: skip
_NAMES = "|".join(f"(?P<a{i}>{names})" for i, names in enumerate(_AGENCIES.values()))
# "(AP) —", "(Xinhua) --", "/TASS/", "Reuters -" within the first line; no agency is named so in running prose.
_DATELINE = re.compile(rf"[(/](?:{_NAMES})[)/]")
_BYLINE = re.compile(rf"\b(?:{_NAMES})\b")
_DATELINE_CHARACTERS = 160  # a dateline stands before the first sentence


def agency(byline: str | None, text: str) -> str | None:
    """The news agency that a byline or a dateline names; null where neither does."""
    for match in (_BYLINE.search(byline) if byline else None, _DATELINE.search(text[:_DATELINE_CHARACTERS])):
        if match:
            number = next(int(name[1:]) for name, value in match.groupdict().items() if value)
            return list(_AGENCIES)[number]
    return None


def signatures(articles: pd.DataFrame) -> pd.DataFrame:
    """What candidates are found by, a row an article: article, shingles (their number), signature (MinHash)."""
    from rensa import RMinHash

    sets = [_hashes(text) for text in articles["text"]]
    ends = np.cumsum([0, *map(len, sets)]).astype(np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(
        np.concatenate([*sets, np.empty(0, np.uint64)]), ends, PERMUTATIONS, 1
    )
    return pd.DataFrame(
        {
            "article": articles["article"].to_numpy(),
            "shingles": [len(one) for one in sets],
            "signature": [np.array(row, np.uint32).tobytes() for row in matrix.to_rows()],
        }
    )


def find_wirecopy(articles: pd.DataFrame, marks: pd.DataFrame | None = None) -> pd.DataFrame:
    """Texts that two outlets or more carry: a row an article, as `WIRECOPY`.

    articles: article, outlet, date, title, text, and byline where known. The first copy is the earliest; on
    the same day the agency's own, then one that names an agency, then by id; an outlet that others give as the
    source of their text is an agency too. A copy shares at least 0.8 of
    the shorter one's shingles with the first, and is at least a third as long or as short. marks: the
    articles' `signatures`, where they are at hand.
    """
    shingles = _Shingles(articles, marks)
    named = _agencies(articles)
    ids, days = articles["article"].to_numpy(), pd.to_datetime(articles["date"]).to_numpy()
    near = _neighbours(articles, shingles, across=True)
    own = [agency(outlet, "") is not None or outlet in named for outlet in articles["outlet"]]
    order = sorted(near, key=lambda i: (days[i], not own[i], named[i] is None, ids[i]))
    rank = {i: place for place, i in enumerate(order)}
    taken: set[int] = set()
    rows: list[dict[str, Any]] = []
    for first in order:
        copies = [i for i in sorted(near[first], key=rank.__getitem__) if i not in taken]
        if first in taken or not copies:
            continue
        group = [first, *copies]
        taken.update(group)
        rows += [
            {
                "wire": f"wire-{ids[first]}",
                "article": ids[i],
                "first": i == first,
                "containment": shingles.contained(i, first),
                "agency": named[i] or named[first],
            }
            for i in group
        ]
    return WIRECOPY.frame(rows)


def superseded(articles: pd.DataFrame, marks: pd.DataFrame | None = None) -> pd.DataFrame:
    """Articles that a later version by the same outlet replaces: article, by.

    Near-identical (0.8 of the shorter one's shingles) and at most a week apart. Later is the later day, then
    what was first seen later, then the longer text, then the greater id. `by` is itself replaced by none.
    """
    shingles = _Shingles(articles, marks)
    near = _neighbours(articles, shingles, across=False)
    day = pd.to_datetime(articles["date"]).to_numpy("datetime64[D]").astype("int64")
    seen = articles["first_seen"] if "first_seen" in articles else articles["date"]
    keys = list(zip(day, seen, articles["text"].str.len(), articles["article"], range(len(articles)), strict=True))
    ids, replaced = articles["article"].to_numpy(), dict[int, int]()
    for later in sorted(near, key=keys.__getitem__, reverse=True):
        if later in replaced:
            continue
        for earlier in near[later]:
            close = day[later] - day[earlier] <= VERSION_DAYS
            if earlier not in replaced and keys[earlier] < keys[later] and close:
                replaced[earlier] = later
    rows = [(ids[i], ids[by]) for i, by in sorted(replaced.items())]
    return pd.DataFrame(rows, columns=["article", "by"]).astype("str")


def _agencies(articles: pd.DataFrame) -> list[str | None]:
    """The agency that each article names: a known one, or another outlet of these articles."""
    bylines = articles["byline"] if "byline" in articles else [None] * len(articles)
    longest = sorted(set(articles["outlet"]), key=len, reverse=True)
    names = "|".join(re.escape(name) for name in longest)
    whole, dateline = re.compile(rf"\s*(?:[Bb]y )?({names})\s*"), re.compile(rf"[(/]({names})[)/]")
    return [
        agency(byline, text)
        or _other(outlet, whole.fullmatch(byline or ""), dateline.search(text[:_DATELINE_CHARACTERS]))
        for outlet, byline, text in zip(
            articles["outlet"], (b if isinstance(b, str) else None for b in bylines), articles["text"], strict=True
        )
    ]


def _other(outlet: str, *matches: re.Match[str] | None) -> str | None:
    """The outlet that a byline or a dateline names, where it is not the article's own."""
    return next((match[1] for match in matches if match and match[1] != outlet), None)


class _Shingles:
    """Each text's set of five-word runs, as sorted arrays of hashes, made for those that are looked at."""

    def __init__(self, articles: pd.DataFrame, marks: pd.DataFrame | None) -> None:
        rows = (signatures(articles) if marks is None else marks).set_index("article").loc[articles["article"]]
        self._texts = articles["text"].tolist()
        self._sets: dict[int, np.ndarray] = {}
        self.sizes = rows["shingles"].to_numpy(np.int64)
        self.signatures = np.frombuffer(b"".join(rows["signature"]), np.uint32).reshape(-1, PERMUTATIONS)

    def _of(self, i: int) -> np.ndarray:
        if i not in self._sets:
            self._sets[i] = _hashes(self._texts[i])
        return self._sets[i]

    def shared(self, i: int, j: int) -> int:
        return len(np.intersect1d(self._of(i), self._of(j), assume_unique=True))

    def contained(self, i: int, j: int) -> float:
        """The share of i's shingles that j has."""
        return float(self.shared(i, j) / self.sizes[i])

    def likely(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Which pairs may be copies, by sizes and signatures alone."""
        shorter, longer = np.minimum(self.sizes[i], self.sizes[j]), np.maximum(self.sizes[i], self.sizes[j])
        # A copy shares CONTAINMENT of the shorter: of all shingles of the two, at least this.
        least = CONTAINMENT * shorter / (longer + (1 - CONTAINMENT) * shorter)
        least -= DEVIATIONS * np.sqrt(least * (1 - least) / PERMUTATIONS)
        chunks = [slice(begin, begin + CHUNK) for begin in range(0, len(i), CHUNK)]
        agreement = [(self.signatures[i[c]] == self.signatures[j[c]]).mean(1) for c in chunks]
        return np.asarray((shorter >= LEAST_RATIO * longer) & (np.concatenate([[], *agreement]) >= least))

    def alike(self, i: int, j: int) -> bool:
        """Whether a likely pair are copies, by their shingles."""
        return bool(self.shared(i, j) >= CONTAINMENT * min(self.sizes[i], self.sizes[j]))


# Odd multipliers that mix a word's place into a shingle's hash.
_PLACES = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93,
                    0xA0761D6478BD642F], dtype=np.uint64)  # fmt: skip


def _hashes(text: str) -> np.ndarray:
    """The hashes of the text's shingles; the same in every process, unlike Python's own of strings."""
    words = [word.encode("utf-8", "replace") for word in _WORD.findall(text.lower())]
    if len(words) < SHINGLE_WORDS:
        return np.empty(0, np.uint64)
    each = np.array([crc32(word) | adler32(word) << 32 for word in words], dtype=np.uint64)
    runs = np.lib.stride_tricks.sliding_window_view(each, SHINGLE_WORDS)
    mixed = (runs * _PLACES).astype(np.uint64)
    mixed ^= mixed >> np.uint64(29)
    return np.unique((mixed * np.uint64(0xBF58476D1CE4E5B9)).sum(1, dtype=np.uint64))


def _neighbours(articles: pd.DataFrame, shingles: _Shingles, *, across: bool) -> dict[int, list[int]]:
    """Verified pairs, both ways: of different outlets, or of the same."""
    outlet = pd.factorize(articles["outlet"])[0]
    pairs = _candidates(shingles)
    pairs = pairs[(outlet[pairs[:, 0]] != outlet[pairs[:, 1]]) == across]
    near: dict[int, list[int]] = {}
    for i, j in pairs[shingles.likely(pairs[:, 0], pairs[:, 1])].tolist():
        if shingles.alike(i, j):
            near.setdefault(i, []).append(j)
            near.setdefault(j, []).append(i)
    return near


def _candidates(shingles: _Shingles) -> np.ndarray:
    """Pairs whose MinHash signatures agree in at least one band: pairs × 2, the lesser first, sorted."""
    rows = np.flatnonzero(shingles.sizes >= LEAST_SHINGLES)
    found = [np.zeros((0, 2), np.int64)]
    for band in np.split(shingles.signatures[rows], PERMUTATIONS // BAND_ROWS, axis=1):
        mixed = (band.astype(np.uint64) * _PLACES[:BAND_ROWS]).sum(1, dtype=np.uint64)
        order = np.argsort(mixed, kind="stable")
        begins = np.flatnonzero(np.diff(mixed[order], prepend=mixed[order[:1]] + np.uint64(1)))
        ends = np.append(begins[1:], len(order))
        for begin, end in zip(begins[ends - begins > 1].tolist(), ends[ends - begins > 1].tolist(), strict=True):
            group = rows[order[begin:end]]
            first, second = np.triu_indices(len(group), 1)
            if len(group) > LARGE_GROUP:
                first, second = np.zeros(len(group) - 1, np.int64), np.arange(1, len(group))
            found.append(np.stack([group[first], group[second]], 1))
    return np.unique(np.concatenate(found), axis=0)
