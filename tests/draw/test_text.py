"""Text: measured as the font's own tables say, cut at the right places."""

from __future__ import annotations

import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backendkit.draw.text import FONTS, clean, covered, escape, measure, shorten, wrap


@pytest.mark.parametrize("style", ["Regular", "Bold", "Italic"])
def test_widths_are_those_of_the_shipped_font(style: str) -> None:
    font = pymupdf.Font(fontfile=str(FONTS / f"NotoSans-{style}.ttf"))
    for sign in "Aiw09 ≤→éβЖ€✓—":
        assert measure(sign, 1000, style) == pytest.approx(1000 * font.glyph_advance(ord(sign)), abs=1)  # type: ignore[arg-type]


def test_the_font_has_what_designs_are_written_with() -> None:
    assert covered("Größe ≤ 200 ms → “ok” … Ελλάδα Москва ½ × − ± ✓ ☐ €")
    assert not covered("中")


def test_the_licence_of_the_font_is_beside_it() -> None:
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


@given(st.text(max_size=700), st.floats(20, 300))
def test_a_shortened_text_fits(text: str, width: float) -> None:
    assert measure(shorten(text, width, 11), 11) <= width


@given(st.text(max_size=700), st.integers(1, 4))
def test_wrapped_lines_fit_and_are_no_more_than_asked(text: str, lines: int) -> None:
    done = wrap(text, 90, 11, lines=lines)
    assert len(done) <= lines
    assert all(measure(line, 11) <= 90 for line in done)


def test_a_cut_never_parts_a_letter_from_its_accent() -> None:
    assert shorten("e\u0301" * 90, 60, 11).endswith("e\u0301…")


def test_what_is_left_out_is_marked() -> None:
    assert wrap("one two three four five six", 30, 10, lines=2)[-1].endswith("…")
    assert shorten("x" * 20_000, 10_000, 10).endswith("…")


@given(st.text())
def test_escaped_text_is_one_line_without_markup(text: str) -> None:
    assert not set('<>"\n\t\x00') & set(escape(text))
    assert clean(clean(text)) == clean(text)
