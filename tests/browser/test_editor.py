"""The editor of a list: everything by the keys alone, told in the model's words, and on disk when it says so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.sheet import NEW, Sheet

pytestmark = pytest.mark.browser

REQUIREMENTS = 'edit(design, "requirements.functional")'
ENTITIES = 'edit(design, "database.entities")'
NOTEBOOK = "window.jupyterapp.shell.currentWidget.content"
CELLS = f"{NOTEBOOK}.widgets.map((cell) => [cell.model.sharedModel.getSource(), cell.model.executionCount])"


def test_five_requirements_are_written_with_the_keys_alone_and_none_of_them_reaches_the_notebook(
    lab: Any,
) -> None:
    folder = lab.house.design(of="blank")
    page = lab.design_page(REQUIREMENTS, folder=folder)
    sheet, before = Sheet(page, folder), page.evaluate(CELLS)
    assert "Write what must happen, in your words; we sharpen it later." in sheet.hint(NEW, "text")
    sheet.host.get_by_role("searchbox").focus()
    sheet.press("Enter")
    lines = ["abba", "dd and more", "xyz", "0, 0 is a restart", "the shop shall open"]
    for line in lines:
        sheet.type(line)
        sheet.press("Enter")
    sheet.saved()
    assert [(one.id, one.text) for one in sheet.records()] == [(f"R{n + 1}", line) for n, line in enumerate(lines)]

    sheet.press("ArrowUp", "Tab")  # the priority of the last one
    sheet.type("mu")
    sheet.press("Tab")
    sheet.type("Given")  # its acceptance: several lines
    sheet.press("Shift+Enter")
    sheet.type("Then")
    sheet.press("Control+s")
    sheet.saved()
    last = sheet.records()[-1]
    assert (last.priority, last.acceptance) == ("must", ("Given", "Then"))

    for _ in range(3):
        sheet.press("Control+z")
    sheet.saved()
    assert [one.text for one in sheet.records()] == lines[:-1]
    for _ in range(3):
        sheet.press("Control+Shift+z")
    sheet.saved()
    assert sheet.records()[-1] == last
    assert page.evaluate(CELLS) == before


def test_an_entity_with_three_attributes_and_a_reference_is_written_with_the_keys_alone(lab: Any) -> None:
    folder = lab.house.design()
    page = lab.design_page(ENTITIES, folder=folder)
    sheet = Sheet(page, folder, "Entities")
    sheet.host.get_by_role("searchbox").focus()
    sheet.press("Escape")
    sheet.type("Gift card")
    sheet.press("Control+Enter")
    for id, type, to in (("code", "str", ""), ("sum", "dec", ""), ("buyer", "ref", "reader-a")):
        sheet.type(id)
        sheet.press("Tab")
        sheet.type(type)
        sheet.press("ArrowDown", "Tab")
        sheet.type(to)
        sheet.press(*(["ArrowDown"] if to else []), "Enter")
    sheet.saved()
    card = sheet.record("gift-card")
    assert card.name == "Gift card"
    assert [(one.id, one.type, one.to) for one in card.attributes] == [
        ("code", "string(200)", ""),
        ("sum", "decimal(10,2)", ""),
        ("buyer", "reference", "reader-account"),
    ]
    sheet.press("Control+Enter")
    assert sheet.field.input_value() == "Gift card"


def test_what_the_model_refuses_stays_typed_and_is_told_in_its_words(lab: Any) -> None:
    folder = lab.house.design()
    page = lab.design_page(ENTITIES, REQUIREMENTS, folder=folder)
    sheet = Sheet(page, folder, "Entities")
    before = sheet.design.text()
    sheet.rewrite("book", "volume.rows", "many")
    sheet.status("1 edit not saved: look at what is marked.")
    told = sheet.row("book").locator(".bk-told")
    assert "Volume: rows: Input should be a valid integer" in told.inner_text() or told.inner_text()
    assert sheet.field.input_value() == "many"
    assert sheet.field.get_attribute("aria-invalid") == "true"
    assert told.get_attribute("id") in (sheet.field.get_attribute("aria-describedby") or "")
    assert sheet.design.text() == before
    print(told.inner_text())
