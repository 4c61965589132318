"""How the dashboard looks: its colours on the page, its type, and Mantine's theme.

The page's own colours stand here once and reach the style sheet as custom properties.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from dashboard.palette import DARK, LIGHT, Style, Theme, kind_styles

SANS = '"Source Sans 3", "Segoe UI", system-ui, -apple-system, "Helvetica Neue", Arial, "Liberation Sans", sans-serif'
SERIF = '"Source Serif 4", "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, "Liberation Serif", serif'
MONO = 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace'
CLEAR = "rgba(0,0,0,0)"
# Charts on the page take the page's type, and let its paper show through.
SCREEN = {
    "light": replace(LIGHT, paper=CLEAR, font=SANS, ink="#1b1a17", muted="#5f5b53", line="#dcd7cb"),
    "dark": replace(DARK, paper=CLEAR, font=SANS, ink="#efece4", muted="#a9a498", line="#383a3d"),
}
# Mantine wants ten shades, light to dark; the eighth is the one for text and filled controls.
_INK = [
    "#f4f5f7", "#e3e6ea", "#c6ccd4", "#a6afbb", "#8794a3", "#6b7a8c", "#516174", "#3c4b5d", "#27384b", "#16222f",
]  # fmt: skip
_DARK = [
    "#efece4", "#cfcbc1", "#a9a498", "#86827a", "#55575b", "#383a3d", "#2a2c30", "#1b1d20", "#151719", "#101113",
]  # fmt: skip


def theme_of(scheme: str | None) -> Theme:
    """The charts' theme for a colour scheme of the page."""
    return SCREEN["dark" if scheme == "dark" else "light"]


def mantine_theme() -> dict[str, Any]:
    """Mantine's theme: our type and colours; shade 8 and automatic contrast keep every control legible."""
    return {
        "fontFamily": SANS,
        "fontFamilyMonospace": MONO,
        "headings": {"fontFamily": SERIF, "fontWeight": "600"},
        "colors": {"ink": _INK, "dark": _DARK},
        "primaryColor": "ink",
        "primaryShade": {"light": 8, "dark": 8},
        "autoContrast": True,
        "defaultRadius": "2px",
        "respectReducedMotion": True,
        "components": {
            "Select": {"defaultProps": {"allowDeselect": False}},
            "Drawer": {"defaultProps": {"closeButtonProps": {"aria-label": "Close"}}},
        },
    }


@lru_cache(maxsize=1024)  # pure, and asked for hundreds of times a page
def mark_style(kind: str | None, kinds: tuple[str | None, ...]) -> tuple[str, dict[str, str]]:
    """The class and the custom properties of the mark of an outlet of this kind, among all kinds of a corpus."""
    light, dark = (_style(kind, kinds, SCREEN[name]) for name in ("light", "dark"))
    return f"mark mark-{light.symbol}", {"--light": light.colour, "--dark": dark.colour}


def _style(kind: str | None, kinds: tuple[str | None, ...], theme: Theme) -> Style:
    styles = kind_styles(kinds, theme)
    return styles.get(kind or "", list(styles.values())[-1])
