"""Text in pictures: cleaned, measured with the shipped font, wrapped, shortened.

Letters are measured here and not by Graphviz, so that a picture is the same on a machine with no fonts at all
(advance widths: https://learn.microsoft.com/typography/opentype/spec/hmtx).
"""

from __future__ import annotations

import html
import re
import struct
import unicodedata
from bisect import bisect
from collections.abc import Collection
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Literal

from backendkit.model.mistakes import near

FONTS = Path(__file__).with_name("fonts")
Style = Literal["Regular", "Bold", "Italic"]
_LONGEST = 500
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile("[\t-\r\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Make any text one line that XML can hold: other control characters become the replacement sign.

    >>> clean("Order\\nDetails\\x00")
    'Order Details\ufffd'
    """
    return _CONTROL.sub("\ufffd", _SPACE.sub(" ", _DIRECTION.sub("", text))).strip()


def escape(text: str) -> str:
    """Write text so that XML shows it as it is, in an element or between double quotes."""
    return html.escape(clean(text))


def measure(text: str, size: float, style: Style = "Regular") -> float:
    """Tell how wide a text is in pixels.

    >>> measure("order", 10) < measure("order", 10, "Bold") < measure("order of things", 10)
    True
    """
    widths = _widths(style)
    return sum(widths.get(ord(sign)) or _foreign(sign) for sign in text) * size


def shorten(text: str, width: float, size: float, style: Style = "Regular") -> str:
    """Cut a text to a width, with an ellipsis where something is missing.

    >>> shorten("a very long name", 60, 10)
    'a very long…'
    """
    whole, text = len(text) <= _LONGEST, clean(text[:_LONGEST])
    reach = list(accumulate(measure(sign, size, style) for sign in text))
    if whole and (not text or reach[-1] <= width):
        return text
    text = text[: bisect(reach, width - measure("…", size, style))]
    return text.rstrip(" \u200d") + "…"


def wrap(text: str, width: float, size: float, style: Style = "Regular", *, lines: int = 3) -> list[str]:
    """Break a text into at most so many lines of a width; the last one is shortened when text is left.

    >>> wrap("searches the catalogue and orders old books", 110, 10, lines=2)
    ['searches the catalogue', 'and orders old books']
    """
    words = clean(text[:_LONGEST]).split()
    done: list[str] = []
    while words and len(done) < lines - 1:
        taken = 1
        while taken < len(words) and measure(" ".join(words[: taken + 1]), size, style) <= width:
            taken += 1
        done.append(shorten(" ".join(words[:taken]), width, size, style))
        words = words[taken:]
    rest = " ".join(words) + ("…" if words and len(text) > _LONGEST else "")
    return [*done, shorten(rest, width, size, style)] if rest else done


def suggest(wrong: str, known: Collection[str]) -> str:
    """Say what could have been meant, or what there is.

    >>> suggest("bok", ["book", "copy"])
    "did you mean 'book'?"
    """
    return near(wrong, known) or f"there are {shorten(', '.join(known) or 'none', 600, 10)}."


def _foreign(sign: str) -> float:
    if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf":
        return 0.0
    return 1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.6


def covered(text: str) -> bool:
    """Tell whether the shipped font has every letter of a text."""
    return all(ord(sign) in _widths("Regular") or sign == "\n" for sign in set(text))


@cache
def _widths(style: Style) -> dict[int, float]:
    data = (FONTS / f"NotoSans-{style}.ttf").read_bytes()
    (count,) = struct.unpack_from(">H", data, 4)
    entries = (struct.unpack_from(">4sLLL", data, 12 + 16 * number) for number in range(count))
    start = {name: offset for name, _, offset, _ in entries}
    (per_em,) = struct.unpack_from(">H", data, start[b"head"] + 18)
    (metrics,) = struct.unpack_from(">H", data, start[b"hhea"] + 34)
    widths = struct.unpack_from(">" + "Hh" * metrics, data, start[b"hmtx"])[::2]
    return {
        sign: widths[min(glyph, metrics - 1)] / per_em
        for sign, glyph in _letters(data, start[b"cmap"]).items()
    }


def _letters(data: bytes, cmap: int) -> dict[int, int]:
    """Read which glyph stands for which letter (cmap format 12: runs of letters)."""
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    tables = (cmap + struct.unpack_from(">L", data, cmap + 8 + 8 * number)[0] for number in range(count))
    table = next(table for table in tables if struct.unpack_from(">H", data, table) == (12,))
    (runs,) = struct.unpack_from(">L", data, table + 12)
    letters: dict[int, int] = {}
    for first, last, glyph in struct.iter_unpack(">LLL", data[table + 16 : table + 16 + 12 * runs]):
        letters.update(zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True))
    return letters
