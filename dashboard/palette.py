"""Colours and themes of every chart and page: on the screen, light and dark, and on paper.

The piece under study alone is red, and a diamond. Outlets take their kind's mark: six colours and shapes,
first filled and then open, so that twelve kinds can be told apart and nothing is said by colour alone. The
colours of a theme keep apart for people with normal vision, protanopia, deuteranopia and tritanopia (a
distance of at least 0.09 in Oklab under the simulation of Machado, Oliveira & Fernandes 2009), and each
stands out from the paper at 3 : 1 or more (WCAG 2.2, 1.4.11).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SYSTEM_FONTS = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", "Noto Sans", '
    '"Noto Sans Arabic", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", Arial, sans-serif'
)
# Print needs a face that is the same wherever the file is opened, so the metric-compatible ones come first.
PRINT_FONTS = (
    '"Liberation Sans", Arial, Helvetica, "DejaVu Sans", "Noto Sans", "Noto Sans Arabic", '
    '"Noto Sans CJK SC", sans-serif'
)


@dataclass(frozen=True)
class Theme:
    """How a chart looks. `kinds` are for outlets, `parts` for parts of a whole; scales run from low to high."""

    name: str
    paper: str
    ink: str
    muted: str  # second text, outlets without a kind
    line: str  # axes and grid
    band: str  # the noise floor
    piece: str
    kinds: tuple[str, ...]
    parts: tuple[str, ...]
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]
    font: str = SYSTEM_FONTS


# Blue, orange, green, mauve, azure, grey; the parts add four darker or lighter ones.
_LIGHT_KINDS = ("#0951ad", "#dd7a0e", "#00896f", "#b574b3", "#0a97ff", "#56485d")
_DARK_KINDS = ("#89b1ff", "#ff8d00", "#44a68b", "#ca3aff", "#97eeff", "#866c62")
# Neighbours in a stack differ in lightness as well as in hue.
_LIGHT_PARTS = (
    "#0951ad", "#dd7a0e", "#00896f", "#b574b3", "#861f00", "#0a97ff", "#56485d", "#8a5f00", "#120d88", "#560b36",
)  # fmt: skip
_DARK_PARTS = (
    "#89b1ff", "#ff8d00", "#44a68b", "#ca3aff", "#d8ea73", "#97eeff", "#866c62", "#d6b6be", "#3c66b2", "#f40007",
)  # fmt: skip
_BLUES = ("#f3f6fa", "#cfe0f0", "#93bfe0", "#4d93c6", "#1a659e", "#0a3a63")
_BROWN_BLUE = ("#8c4a00", "#d39a4c", "#f0d9b8", "#f4f4f4", "#b8d4ec", "#4d93c6", "#0a3a63")

LIGHT = Theme(
    "light", "#ffffff", "#1c1e21", "#5c6370", "#d5d9df", "#e6e9ee", "#c1121f", _LIGHT_KINDS, _LIGHT_PARTS,
    _BLUES, _BROWN_BLUE,
)  # fmt: skip
PRINT = Theme(
    "print", "#ffffff", "#000000", "#4a4a4a", "#c4c4c4", "#e4e4e4", "#c1121f", _LIGHT_KINDS, _LIGHT_PARTS,
    _BLUES, _BROWN_BLUE, PRINT_FONTS,
)  # fmt: skip
DARK = Theme(
    "dark", "#1a1b1e", "#f1f3f5", "#a6adb7", "#3a3f47", "#30343b", "#ff5a5f", _DARK_KINDS, _DARK_PARTS,
    ("#20242b", "#1f3a56", "#255d8c", "#3d8ac4", "#86bfe8", "#dcedfa"),
    ("#f2b366", "#b3752a", "#5a422a", "#26292e", "#27455f", "#3d8ac4", "#c5e2f7"),
)  # fmt: skip
THEMES = {theme.name: theme for theme in (LIGHT, DARK, PRINT)}


def colour_at(colours: Sequence[str], place: float) -> tuple[float, float, float]:
    """The colour at a place from 0 to 1 of a scale: red, green and blue from 0 to 1."""
    at = min(max(place, 0.0), 1.0) * (len(colours) - 1)
    first = min(int(at), len(colours) - 2)
    low, high = ([int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours[first : first + 2])
    red, green, blue = (a + (b - a) * (at - first) for a, b in zip(low, high, strict=True))
    return red, green, blue


def ink_on(colour: tuple[float, float, float]) -> str:
    """Black or white, whichever is read more easily on a colour (WCAG 2.2's contrast)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "#000000"


PIECE = LIGHT.piece
KINDS = LIGHT.kinds
UNKNOWN = NO_KIND = "no kind given"

# Kinds that corpora commonly use keep their place from chart to chart; others take what is left, by name.
KNOWN_KINDS = (
    "state", "tabloid", "public", "opinion", "agency", "business", "commercial", "local", "non-aligned", "union",
)  # fmt: skip
_SHAPES = ("circle", "triangle-up", "square", "cross", "triangle-down", "x")  # the diamond is the piece's own


@dataclass(frozen=True)
class Mark:
    """How a kind of outlet is drawn: the number of its colour in a theme's kinds, and filled or a ring."""

    kind: str
    colour: int
    ring: bool

    @property
    def css(self) -> str:
        return f"mark mark-{self.colour}" + (" mark-ring" if self.ring else "")

    @property
    def hex(self) -> str:
        return KINDS[self.colour]


@dataclass(frozen=True)
class Style:
    """How an outlet of one kind is drawn in a chart."""

    colour: str
    symbol: str


def marks(kinds: Iterable[str | None]) -> dict[str, Mark]:
    """A mark for each kind, by name, those without one last. Known kinds have fixed places, so that a kind
    looks the same whichever outlets are shown; the order given does not matter."""
    given = list(kinds)
    named = sorted({kind for kind in given if isinstance(kind, str) and kind not in (NO_KIND, "")})
    n = len(_SHAPES)
    free = [i for i in range(2 * n) if i >= len(KNOWN_KINDS) or KNOWN_KINDS[i] not in named]
    others = [kind for kind in named if kind not in KNOWN_KINDS]
    place = {kind: KNOWN_KINDS.index(kind) for kind in named if kind in KNOWN_KINDS}
    place |= {kind: free[i % len(free)] if free else i % (2 * n) for i, kind in enumerate(others)}
    out = {kind: Mark(kind, place[kind] % n, place[kind] >= n) for kind in named}
    if any(not isinstance(kind, str) or kind in (NO_KIND, "") for kind in given):
        out[NO_KIND] = Mark(NO_KIND, n - 1, True)
    return out


def kind_styles(kinds: Iterable[str | None], theme: Theme) -> dict[str, Style]:
    """The style of each kind in a chart, by its name; outlets without a kind are under NO_KIND."""
    found = marks(kinds)
    return {
        kind: Style(theme.kinds[mark.colour], _SHAPES[mark.colour] + ("-open" if mark.ring else ""))
        for kind, mark in found.items()
    } | {NO_KIND: Style(theme.muted, "circle-open")}


def part_colours(parts: Iterable[str], theme: Theme) -> dict[str, str]:
    """A colour for each part of a whole (rival terms, groups, topics), in the order given."""
    return {part: theme.parts[i % len(theme.parts)] for i, part in enumerate(dict.fromkeys(parts))}
