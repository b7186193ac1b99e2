"""The form of a chapter: its fields come from the model, what stands in them from the design."""

from __future__ import annotations

from typing import Any

import pytest

from backendkit import room
from backendkit.model import CHAPTERS, Design, UserError
from backendkit.room.form import Form
from backendkit.store import OpenDesign


@pytest.mark.parametrize("chapter", [name for name in CHAPTERS if name in Design.model_fields])
def test_every_chapter_has_a_form_without_its_lists(bookshop: OpenDesign, chapter: str) -> None:
    state = Form(bookshop, chapter).snapshot()
    names = [one["name"] for one in state["fields"]]
    assert "about" in names
    assert not {"waive", "entities", "elements", "resources"} & set(names)
    assert {f"{chapter}.{name}" for name in names} == set(state["values"])


def test_values_are_those_of_the_design_and_a_gap_is_none(bookshop: OpenDesign, blank: OpenDesign) -> None:
    assert Form(bookshop, "api").snapshot()["values"]["api.versioning.by"] == "path"
    assert set(Form(blank, "api").snapshot()["values"].values()) == {None}


def test_a_field_is_saved_as_any_other_change(blank: OpenDesign) -> None:
    change = {"set": {"at": "", "field": "architecture.style", "value": "microservices", "was": None}}
    answer: dict[str, Any] = Form(blank, "architecture").on_save("step", [change])
    assert answer["ok"]
    assert blank.design.architecture.style == "microservices"


def test_where_nobody_looks_it_is_a_text_and_an_unknown_chapter_is_a_sentence(bookshop: OpenDesign) -> None:
    shown = room.edit_chapter(bookshop, "database")
    assert isinstance(shown, room.display.Text)
    assert "postgresql" in shown.markdown
    with pytest.raises(UserError, match="has no chapter 'data', it has: requirements"):
        room.edit_chapter(bookshop, "data")
