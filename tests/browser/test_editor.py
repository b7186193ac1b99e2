"""The editor of a list: everything by the keys alone, told in the model's words, and on disk when it says so."""

from __future__ import annotations

from typing import Any

import pytest

from backendkit.model import Insert
from backendkit.store import open_design
from tests.browser.sheet import NEW, Sheet

pytestmark = pytest.mark.browser

REQUIREMENTS = 'edit(design, "requirements.functional")'
ENTITIES = 'edit(design, "database.entities")'
CELLS = (
    "window.jupyterapp.shell.currentWidget.content.widgets"
    ".map((cell) => [cell.model.sharedModel.getSource(), cell.model.executionCount])"
)
LONG_TASKS = """() => {
    window.longest = 0;
    const note = (list) => { for (const each of list.getEntries()) window.longest = Math.max(window.longest, each.duration); };
    new PerformanceObserver(note).observe({ type: "longtask" });
}"""
HOSTILE = "<img src=x onerror=alert(1)></script>{{x}}${y}\"'`&amp; שלום 🙂 \\n "
PLACES = {  # what may hold any text, by kind of column
    "requirement": ("text", "acceptance", "name", "about"),
    "entity": ("name", "about", "table", "schema", "volume.growth"),
    "attribute": ("example", "default", "column", "name", "about"),
}


def test_five_requirements_are_written_with_the_keys_alone_and_no_key_reaches_the_notebook(
    desk: Any, house: Any
) -> None:
    folder = house.design(of="blank")
    page = desk.page(folder, REQUIREMENTS)
    sheet, before = Sheet(page, folder), page.evaluate(CELLS)
    assert sheet.hint(NEW, "text") == "Write what must happen, in your words; we sharpen it later."
    sheet.host.get_by_role("searchbox").focus()
    sheet.press("Enter")
    lines = ["abba", "dd and more", "xyz", "0, 0 is a restart", "the shop shall open"]
    for line in lines:
        sheet.type(line)
        sheet.press("Enter")
    sheet.saved()
    said = [(one.id, one.text) for one in sheet.records()]
    assert said == [(f"R{n + 1}", line) for n, line in enumerate(lines)]

    sheet.press("ArrowUp", "Tab")  # to the priority of the last one
    sheet.type("mu")
    sheet.press("Tab")
    sheet.type("Given")
    sheet.press("Shift+Enter")
    sheet.type("Then")
    sheet.press("ControlOrMeta+s")
    sheet.saved()
    last = sheet.records()[-1]
    assert (last.priority, last.acceptance) == ("must", ("Given", "Then"))

    for _ in range(3):
        sheet.press("ControlOrMeta+z")
    sheet.saved()
    assert [one.text for one in sheet.records()] == lines[:-1]
    for _ in range(3):
        sheet.press("ControlOrMeta+Shift+z")
    sheet.saved()
    assert sheet.records()[-1] == last
    assert page.evaluate(CELLS) == before


def test_an_entity_with_attributes_is_written_with_the_keys_alone_and_told_what_the_model_refuses(
    desk: Any, house: Any
) -> None:
    folder = house.design()
    sheet = Sheet(desk.page(folder, ENTITIES), folder, "Entities")
    sheet.host.get_by_role("searchbox").focus()
    sheet.press("Escape")
    sheet.type("Gift card")
    sheet.press("ControlOrMeta+Enter")
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
    sheet.press("ControlOrMeta+Enter")
    assert sheet.field.input_value() == "Gift card"

    sheet.rewrite("reader-account", "id", "customer")  # what refers to it follows
    sheet.press("Enter")
    sheet.saved()
    assert sheet.record("gift-card.buyer").to == "customer"
    sheet.press("ControlOrMeta+z")
    sheet.saved()
    assert sheet.record("gift-card.buyer").to == "reader-account"

    before, told = sheet.design.text(), sheet.row("book").locator(".bk-told")
    sheet.rewrite("book", "volume.rows", "many")
    sheet.status("1 edit not saved: look at what is marked.")
    assert told.inner_text() == "Volume: rows: Found 'many', allowed is a whole number."
    assert sheet.field.input_value() == "many"
    assert sheet.field.get_attribute("aria-invalid") == "true"
    assert told.get_attribute("id") in (sheet.field.get_attribute("aria-describedby") or "")
    assert sheet.design.text() == before
    sheet.press("ControlOrMeta+a")
    sheet.type("7")
    sheet.saved()
    assert told.count() == 0
    assert sheet.record("book").volume.rows == 7

    sheet.row("book").get_by_role("button", name="attributes").press("Enter")
    sheet.rewrite("book.title", "type", "sting")
    sheet.status("1 edit not saved")
    sheet.host.get_by_role("searchbox").fill("order")
    sheet.host.get_by_role("button", name="Show what is not saved").click()
    assert sheet.field.input_value() == "sting"
    sheet.press("ControlOrMeta+z")
    sheet.saved()
    assert sheet.field.input_value() == sheet.record("book.title").type


def test_rows_are_moved_deleted_doubled_found_and_pasted_and_each_step_can_be_taken_back(
    desk: Any, house: Any
) -> None:
    folder = house.design()
    sheet = Sheet(desk.page(folder, REQUIREMENTS), folder)
    before = sheet.records()

    def ids() -> list[str]:
        sheet.saved()
        return [one.id for one in sheet.records()][:4]

    sheet.go("R3", "text")
    sheet.press("Alt+ArrowUp")
    assert ids() == ["R1", "R3", "R2", "R4"]
    sheet.press("ControlOrMeta+Delete")
    assert ids() == ["R1", "R2", "R4", "R5"]
    sheet.press("ControlOrMeta+d")
    assert ids() == ["R1", "R2", "R37", "R4"]
    assert sheet.record("R37").text == sheet.record("R2").text
    sheet.press("ControlOrMeta+z", "ControlOrMeta+z", "ControlOrMeta+z")
    assert ids() == ["R1", "R2", "R3", "R4"]
    assert sheet.records() == before
    sheet.press("ControlOrMeta+Shift+z", "ControlOrMeta+y")
    assert ids() == ["R1", "R2", "R4", "R5"]

    sheet.press("ControlOrMeta+f")
    sheet.type("EXPIRE minutes")
    sheet.says("1 of 35 rows")
    sheet.press("Enter")
    assert sheet.field.get_attribute("aria-label") == "Requirement of R9"
    sheet.press("Shift+F10")
    sheet.page.get_by_role("menuitem", name="Delete").press("Enter")
    sheet.saved()
    assert not sheet.design.design.find("R9")
    sheet.press("ControlOrMeta+z")
    sheet.saved()
    assert sheet.record("R9") in before

    sheet.press("ControlOrMeta+f", "Escape")
    before = sheet.records()
    lines = [f'When <{n}> is "said", the shop shall\tmust\t"Given {n}\nThen ""{n}"""' for n in range(200)]
    sheet.go(NEW, "text")
    sheet.paste("\n".join(lines))
    sheet.says("200 rows pasted.")
    made = sheet.records()[len(before) :]
    assert [(one.text, one.priority, one.acceptance) for one in made] == [
        (f'When <{n}> is "said", the shop shall', "must", (f"Given {n}", f'Then "{n}"')) for n in range(200)
    ]
    sheet.press("ControlOrMeta+z")
    sheet.saved()
    assert sheet.records() == before
    sheet.press("ControlOrMeta+Shift+z")
    sheet.saved()

    sheet.press("ControlOrMeta+f")
    sheet.type("<19>")
    sheet.host.get_by_role("button", name="Copy the rows").click()
    sheet.says("Copied 1 row with headings.")
    copied = sheet.page.evaluate("navigator.clipboard.readText()")
    cells = 'R56\t"When <19> is ""said"", the shop shall"\tmust\t"Given 19\nThen ""19"""\t'
    assert copied == f"Id\tRequirement\tPriority\tAcceptance\tSource\n{cells}"

    sheet.go(NEW, "text")
    sheet.paste("Priority\tRequirement\tCosts\nurgent\tWrong\t5\ncould\tRight\t6\n")
    sheet.says(
        "2 rows pasted. Not taken, and marked in red: priority of R237. 2 cells had no column and stayed out."
    )
    assert [(one.text, one.priority) for one in sheet.records()[-2:]] == [("Wrong", None), ("Right", "could")]
    assert "'urgent'" in sheet.row("R237").locator(".bk-told").inner_text()
    sheet.rewrite("R237", "priority", "must")
    sheet.saved()
    assert sheet.record("R237").priority == "must"


def test_any_text_is_shown_as_it_was_typed_in_every_field_that_takes_text(desk: Any, house: Any) -> None:
    folder = house.design()
    page = desk.page(
        folder,
        "edit(design, 'requirements.functional', columns=('text', 'acceptance', 'name', 'about'))",
        "edit(design, 'database.entities', columns=('name', 'about', 'table', 'schema', 'volume'))",
    )
    sheet, entities = Sheet(page, folder), Sheet(page, folder, "Entities")
    text = " ".join(HOSTILE.split())
    for column in PLACES["requirement"]:
        sheet.write("R1", column, f"{text}\n\nmore" if column == "text" else text)
    for column in PLACES["entity"]:
        entities.write("book", column, text)
    sheet.write("R2", "text", "long " * 2000)
    sheet.saved()
    entities.saved()
    one, book = sheet.record("R1"), sheet.record("book")
    assert (one.text, one.acceptance, one.name, one.about) == (f"{text}\n\nmore", (text,), text, text)
    assert (book.name, book.about, book.table, book.schema_, book.volume.growth) == (text,) * 5
    assert sheet.record("R2").text == ("long " * 2000).strip()
    entities.go("book", "id")
    sheet.go(NEW, "text")
    assert [sheet.shown("R1", column) for column in PLACES["requirement"]] == [
        f"{text}\n\nmore",
        text,
        text,
        text,
    ]
    assert [entities.shown("book", column) for column in PLACES["entity"]] == [text] * 5
    assert page.locator("img[src=x]").count() == 0
    person_sees = page.locator(".bk-table").first.evaluate("(node) => node.querySelectorAll('script').length")
    assert person_sees == 0


def test_a_thousand_rows_lose_no_key_and_stay_quick(desk: Any, house: Any) -> None:
    folder = house.design(of="blank")
    rows = ({"id": f"R{n}", "text": f"When {n} happens, the shop shall do {n}."} for n in range(1, 1001))
    open_design(folder).update(*(Insert("", "requirements.functional", row) for row in rows))
    page = desk.page(folder, REQUIREMENTS)
    sheet, typed = Sheet(page, folder), "0123456789" * 5
    sheet.go("R500", "text")
    sheet.press("ControlOrMeta+End")
    page.evaluate(LONG_TASKS)
    sheet.type(typed)
    sheet.saved()
    assert sheet.record("R500").text.endswith(typed)
    print("longest task while typing at 1,000 rows:", page.evaluate("window.longest"), "ms")
    sheet.press("ControlOrMeta+f")
    sheet.type("77")
    sheet.says("19 of 1000 rows")
