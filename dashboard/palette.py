"""Colours and themes of every chart: on the screen, light and dark, and on paper.

The ten colours of a theme keep apart for people with normal vision, protanopia, deuteranopia and tritanopia
(Machado, Oliveira & Fernandes 2009; a distance of at least 0.10 in Oklab between any two), and each stands
out from the paper at 3 : 1 or more (WCAG 2.2, 1.4.11). A kind of outlet has a symbol as well as a colour, so
that nothing is said by colour alone. The piece under study is always a diamond in the colour of the text.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    """How a chart looks. `categories` are for kinds and parts, the scales run from low to high."""

    name: str
    paper: str
    ink: str  # text, and the piece
    muted: str  # second text, outlets without a kind
    line: str  # axes and grid
    band: str  # the noise floor
    categories: tuple[str, ...]
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]
    font: str = SYSTEM_FONTS


_ON_LIGHT = (
    "#861f00", "#0951ad", "#56485d", "#00896f", "#dd7a0e", "#8a5f00", "#b574b3", "#120d88", "#0a97ff", "#560b36",
)  # fmt: skip
_ON_DARK = (
    "#f40007", "#89b1ff", "#ca3aff", "#44a68b", "#ff8d00", "#d8ea73", "#d6b6be", "#3c66b2", "#97eeff", "#866c62",
)  # fmt: skip
_BLUES = ("#f3f6fa", "#cfe0f0", "#93bfe0", "#4d93c6", "#1a659e", "#0a3a63")
_BROWN_BLUE = ("#8c4a00", "#d39a4c", "#f0d9b8", "#f4f4f4", "#b8d4ec", "#4d93c6", "#0a3a63")

LIGHT = Theme("light", "#ffffff", "#1c1e21", "#5c6370", "#d5d9df", "#e6e9ee", _ON_LIGHT, _BLUES, _BROWN_BLUE)
PRINT = Theme(
    "print", "#ffffff", "#000000", "#4a4a4a", "#c4c4c4", "#e4e4e4", _ON_LIGHT, _BLUES, _BROWN_BLUE, PRINT_FONTS
)  # fmt: skip
DARK = Theme(
    "dark", "#1a1b1e", "#f1f3f5", "#a6adb7", "#3a3f47", "#30343b", _ON_DARK,
    ("#20242b", "#1f3a56", "#255d8c", "#3d8ac4", "#86bfe8", "#dcedfa"),
    ("#f2b366", "#b3752a", "#5a422a", "#26292e", "#27455f", "#3d8ac4", "#c5e2f7"),
)  # fmt: skip
THEMES = {theme.name: theme for theme in (LIGHT, DARK, PRINT)}

# Kinds that corpora commonly use keep their colour from chart to chart; others take what is left, by name.
KNOWN_KINDS = (
    "state", "public", "opinion", "agency", "commercial", "business", "tabloid", "local", "non-aligned", "union",
)  # fmt: skip
# The diamond is the piece's own.
SYMBOLS = (
    "circle", "square", "triangle-up", "circle-open", "cross", "triangle-down", "square-open", "x",
    "triangle-up-open", "star",
)  # fmt: skip
NO_KIND = "no kind given"


@dataclass(frozen=True)
class Style:
    """How an outlet of one kind is drawn."""

    colour: str
    symbol: str


def kind_styles(kinds: Iterable[str | None], theme: Theme) -> dict[str, Style]:
    """A style for each kind, by its name; outlets without a kind are under NO_KIND.

    Known kinds have fixed places. The same set of kinds always gets the same styles, in whatever order.
    """
    named = sorted({kind for kind in kinds if kind})
    free = [i for i, kind in enumerate(KNOWN_KINDS) if kind not in named]
    others = [kind for kind in named if kind not in KNOWN_KINDS]
    place = {kind: KNOWN_KINDS.index(kind) for kind in named if kind in KNOWN_KINDS}
    place |= {kind: free[i % len(free)] if free else i % len(SYMBOLS) for i, kind in enumerate(others)}
    styles = {kind: Style(theme.categories[i], SYMBOLS[i]) for kind, i in place.items()}
    return {kind: styles[kind] for kind in named} | {NO_KIND: Style(theme.muted, "circle-open-dot")}


def part_colours(parts: Iterable[str], theme: Theme) -> dict[str, str]:
    """A colour for each part of a whole (rival terms, groups, topics), in the order given."""
    order = (1, 4, 3, 6, 0, 8, 2, 5, 7, 9)  # neighbours in a stack differ in lightness as well as in hue
    return {part: theme.categories[order[i % len(order)]] for i, part in enumerate(dict.fromkeys(parts))}
