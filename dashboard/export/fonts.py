"""Which fonts are there for pictures, which scripts go without, and fonts cut down to be carried in an SVG."""

from __future__ import annotations

import base64
import contextlib
import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path

# Faces that carry scripts beyond Latin, Greek and Cyrillic, in the order of preference.
WIDE = {
    "Arabic": ("Noto Sans Arabic", "Noto Naskh Arabic", "Amiri", "Arial Unicode MS", "DejaVu Sans"),
    "Chinese, Japanese, Korean": (
        "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei",
        "WenQuanYi Micro Hei", "Droid Sans Fallback", "PingFang SC", "Microsoft YaHei", "Arial Unicode MS",
    ),
    "Hebrew": ("Noto Sans Hebrew", "DejaVu Sans"),
    "Devanagari": ("Noto Sans Devanagari", "Lohit Devanagari", "Mangal"),
    "Thai": ("Noto Sans Thai", "Loma", "Tahoma"),
    "symbols": ("DejaVu Sans", "Noto Sans Symbols 2", "Noto Sans Symbols"),
}  # fmt: skip
PACKAGES = {
    "Arabic": "fonts-noto-core", "Chinese, Japanese, Korean": "fonts-noto-cjk", "Hebrew": "fonts-noto-core",
    "Devanagari": "fonts-noto-core", "Thai": "fonts-noto-core", "symbols": "fonts-dejavu-core",
}  # fmt: skip


@cache
def installed() -> frozenset[str]:
    """The families that matplotlib knows here (DejaVu Sans comes with it).

    Its list is kept from when it first ran: faces of other scripts that came later are added.
    """
    from matplotlib import font_manager

    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    wanted = {name.replace(" ", "").casefold() for names in WIDE.values() for name in names}
    for path in font_manager.findSystemFonts():
        stem = Path(path).stem.removesuffix("-Regular").removesuffix("-Bold").replace("-", "").casefold()
        # A collection's file is named by the family without its region (NotoSansCJK-Regular.ttc).
        if path not in known and any(name.startswith(stem) for name in wanted):
            with contextlib.suppress(RuntimeError, OSError):  # a font that cannot be read is not there
                font_manager.fontManager.addfont(path)
    return frozenset(entry.name for entry in font_manager.fontManager.ttflist)


def families(wanted: str) -> list[str]:
    """The families of a CSS list that are installed, then those for other scripts: a glyph that the first
    does not have is taken from the next."""
    named = [part.strip().strip('"') for part in wanted.split(",")]
    more = [name for names in WIDE.values() for name in names]
    found = [name for name in dict.fromkeys([*named, *more, "DejaVu Sans"]) if name in installed()]
    return found or ["DejaVu Sans"]


@cache
def _covers(family: str) -> frozenset[int]:
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    path = font_manager.findfont(font_manager.FontProperties(family=family), fallback_to_default=False)
    return frozenset(FT2Font(path).get_charmap())


def missing_scripts(texts: Iterable[str]) -> list[str]:
    """The scripts in these texts that no installed font has, with the package that would bring one."""
    letters = {ord(c) for text in texts for c in text if ord(c) > 0x2000 or 0x590 <= ord(c) < 0x1000}
    if not letters:
        return []
    have: frozenset[int] = frozenset().union(*(_covers(name) for name in families("")))
    out = []
    for name, (first, last) in RANGES.items():
        if any(first <= c <= last and c not in have for c in letters):
            out.append(f"{name} (on Debian: apt-get install {PACKAGES[name]})")
    return out


RANGES = {
    "Hebrew": (0x590, 0x5FF), "Arabic": (0x600, 0x6FF), "Devanagari": (0x900, 0x97F), "Thai": (0xE00, 0xE7F),
    "symbols": (0x2190, 0x27BF), "Chinese, Japanese, Korean": (0x3040, 0x9FFF),
}  # fmt: skip


RESTRICTED = 0x0002  # OpenType's fsType: the maker does not let the font be embedded


def font_faces(wanted: str, text: str, *, bold: bool) -> str:
    """CSS that carries the letters of a text: each from the first family of a CSS list that has it, cut down to
    these letters, under the family's own name. What no installed font has is left to the reader's machine."""
    left, rules = {ord(c) for c in text if c.isprintable()}, []
    for family in families(wanted):
        letters = left & _covers(family)
        if not letters:
            continue
        left -= letters
        for weight in (400, 700) if bold else (400,):
            if (data := _cut(family, weight, frozenset(letters))) is not None:
                source = f"url(data:font/woff;base64,{base64.b64encode(data).decode('ascii')})"
                rules.append(f'@font-face{{font-family:"{family}";font-weight:{weight};src:{source} format("woff")}}')
    return "".join(rules)


def _cut(family: str, weight: int, letters: frozenset[int]) -> bytes | None:
    """A face with these letters alone, as WOFF; null where there is none of this weight, or none may be carried."""
    import logging

    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from matplotlib import font_manager

    wanted = font_manager.FontProperties(family=family, weight=weight)  # type: ignore[arg-type]
    path = font_manager.findfont(wanted, fallback_to_default=False)
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells of tables that it leaves out
    font = TTFont(path, fontNumber=0, lazy=True)
    if font["OS/2"].fsType & RESTRICTED:
        return None
    options = Options()
    options.hinting, options.flavor, options.notdef_outline = False, "woff", True
    cutter = Subsetter(options)
    cutter.populate(unicodes=letters)
    cutter.subset(font)
    font.flavor = "woff"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
