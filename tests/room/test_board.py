"""Pictures, notes, findings and the board of phases, of a design as it stands now."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from backendkit import room
from backendkit.model import Delete, Insert, Set, UserError
from backendkit.room import board
from backendkit.store import OpenDesign

from .conftest import Looker


@pytest.mark.parametrize("what", ["er", "context", "container"])
def test_a_picture_has_a_caption_and_words_for_those_who_cannot_see_it(
    bookshop: OpenDesign, what: str
) -> None:
    data, metadata = room.show_picture(bookshop, what)._repr_mimebundle_()
    about = metadata["designdoc"]
    assert "Bookshop" in about["caption"]
    assert len(about["alt"]) > 30
    assert data["image/svg+xml"].startswith("<svg")
    assert "data:image/svg+xml;base64," in data["text/html"]


def test_a_picture_of_one_entity_names_it(bookshop: OpenDesign) -> None:
    assert room.show_picture(bookshop, "er", focus="book").caption.endswith("book and what is beside it")


@pytest.mark.parametrize("what", ["er", "context", "container"])
def test_a_blank_design_has_a_picture_too(blank: OpenDesign, what: str) -> None:
    assert room.show_picture(blank, what).light.startswith(b"<svg")


def test_a_picture_that_there_is_not_is_refused_with_those_there_are(bookshop: OpenDesign) -> None:
    with pytest.raises(UserError, match="container"):
        room.show_picture(bookshop, "contaner")


def test_notes_are_shown_as_they_were_written_below_the_headings_of_the_notebook(
    bookshop: OpenDesign, blank: OpenDesign
) -> None:
    bookshop.write_notes("api", "## Why\n\nBecause *we* can.\n\n```\n## no heading\n```\n# Then\n")
    shown = room.show_notes(bookshop, "api").markdown
    assert shown == "### Why\n\nBecause *we* can.\n\n```\n## no heading\n```\n## Then"
    nothing = room.show_notes(blank, "api")
    assert "notes/api.md" in nothing.markdown
    assert nothing.empty


def test_three_findings_matter_most_and_the_others_are_counted(bookshop: OpenDesign) -> None:
    bookshop.update(*(Delete(f"R{number}") for number in range(1, 12)))
    text = room.show_findings(bookshop, "api").markdown
    assert text.count("\n1. ") == 2
    assert "And " in text
    assert " more." in text
    assert room.show_findings(bookshop, "api", most=99).markdown.count("1. ") > 3


def test_what_was_waived_stands_there_with_its_reason(bookshop: OpenDesign) -> None:
    text = room.show_findings(bookshop, "api").markdown
    assert text.startswith("✓ No findings")
    assert "On purpose" in text or "on purpose" in text
    assert "Nobody sorts all of them." in text


def test_a_chapter_without_a_word_is_not_called_finished(blank: OpenDesign) -> None:
    assert room.show_findings(blank, "development").markdown == "Nothing is written here yet."
    blank.update(Set("", "scope", ["database"]))
    assert room.show_findings(blank, "api").markdown == "This design does not speak of api."


def test_the_board_leads_to_every_notebook_and_counts_what_is_open(bookshop: OpenDesign) -> None:
    bookshop.update(Set("copy", "attributes", None))
    rows = {row[0].to: row[1:] for row in room.show_board(bookshop).rows}  # type: ignore[union-attr]
    assert list(rows)[:2] == ["00_start.ipynb", "01_requirements.ipynb"]
    assert rows["01_requirements.ipynb"] == ("45 min", "nothing")
    assert "finding" in str(rows["02b_database.ipynb"][1])


def test_the_board_of_a_blank_design_says_what_is_not_begun(blank: OpenDesign) -> None:
    states = [row[2] for row in room.show_board(blank).rows]
    assert states.count("not begun") == 7


def test_a_chapter_that_the_design_does_not_speak_of_is_not_counted(bookshop: OpenDesign) -> None:
    bookshop.update(Set("", "scope", ["requirements"]))
    states = [row[2] for row in room.show_board(bookshop).rows]
    assert states.count("not part of this design") == 6


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"metadata": {"backendkit": {}}, "cells": [{"source": ["x"]}]}', '"\\ud800"']
)
def test_a_notebook_that_somebody_puts_beside_ours_is_no_phase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    known = board.phases()[:2]
    (tmp_path / "notebooks").mkdir()
    for one in known:
        shutil.copyfile(board.HOUSE / "notebooks" / one.file, tmp_path / "notebooks" / one.file)
    (tmp_path / "notebooks" / "00_Untitled.ipynb").write_text(content, encoding="utf-8")
    monkeypatch.setattr(board, "HOUSE", tmp_path)
    assert board.phases() == known


def test_the_cards_follow_the_design_while_somebody_looks(blank: OpenDesign, looker: Looker) -> None:
    cards = room.show_board(blank)
    assert isinstance(cards, board.Board)
    before = {one["chapter"]: one["kind"] for one in looker.see(cards)["phases"]}
    assert before["database"] == "blank"
    assert "start" not in [one["name"] for one in looker.see(cards)["phases"]]
    blank.update(Insert("", "database.entities", {"id": "book"}))
    told = looker.wait(cards, "state")["state"]["phases"]
    assert {one["chapter"]: one["kind"] for one in told}["database"] == "open"
