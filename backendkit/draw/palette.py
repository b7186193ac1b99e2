"""The colours of every picture, page and table, light and dark (contrast: https://www.w3.org/TR/WCAG22/#contrast-minimum)."""

from __future__ import annotations

from typing import NamedTuple


class Palette(NamedTuple):
    """Names for colours by what they are for, never by what they look like."""

    ink: str
    muted: str
    line: str
    paper: str
    wash: str
    accent: str
    accent_wash: str
    second: str
    second_wash: str
    amber: str
    red: str


FAMILY = "'Noto Sans', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
LIGHT = Palette(
    *("#1b2733", "#5b6b7b", "#c9d3dc", "#ffffff", "#f3f6f8", "#0f766e", "#e3f2f0"),
    *("#3b5bdb", "#e9edfb", "#b45309", "#b42318"),
)
DARK = Palette(
    *("#e6edf3", "#9fb0c0", "#33414f", "#12181f", "#1a232c", "#2dd4bf", "#12312f"),
    *("#8ea6ff", "#1b2547", "#f0b429", "#ff8a7a"),
)
PALETTES = {"light": LIGHT, "dark": DARK}
