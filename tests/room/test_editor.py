"""What a page is told of a list, and the parts of the editor that need no browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backendkit import room
from backendkit.model import Delete, Insert, Move, Set
from backendkit.room.columns import columns_of
from backendkit.room.display import Table
from backendkit.room.editor import Editor, table_change, table_findings, table_state
from backendkit.room.lists import find_list
from backendkit.room.widget import script
from backendkit.store import OpenDesign, open_design

from .conftest import HOSTILE, Looker, node

R = "requirements.functional"
JS = script(Editor.parts)


@pytest.fixture
def page(bookshop: OpenDesign, looker: Looker) -> Editor:
    """The requirements of the bookshop, as somebody sees them."""
    part = room.edit(bookshop, R)
    assert isinstance(part, Editor)
    looker.see(part)
    return part


def change(opened: OpenDesign, *changes: Any, where: str = R) -> dict[str, Any]:
    """What a page that knows the list is told of some changes."""
    old = table_state(opened.design, where)
    opened.update(*changes)
    return table_change(old, table_state(opened.design, where))


def test_where_no_kernel_runs_the_list_is_shown(bookshop: OpenDesign) -> None:
    assert isinstance(room.edit(bookshop, R), Table)


def test_a_row_has_its_address_its_values_by_column_and_the_rows_inside(bookshop: OpenDesign) -> None:
    state = table_state(bookshop.design, "database.entities")
    book = next(row for row in state["rows"] if row["at"] == "book")
    assert book["values"]["volume.rows"] == 120000
    title = next(row for row in book["lists"]["attributes"] if row["at"] == "book.title")
    assert title["values"] == {"id": "title", "type": "string(300)", "example": "The Left Hand of Darkness"}
    assert book["lists"]["uniques"] == []


def test_what_a_column_may_point_to_is_told_with_its_title_and_where_it_stands(bookshop: OpenDesign) -> None:
    ids = table_state(bookshop.design, "database.entities")["ids"]
    assert {"at": "book.title", "id": "title", "title": "title", "in": "book"} in ids["attribute"]
    assert {"at": "copy", "id": "copy", "title": "Copy", "in": ""} in ids["entity"]
    assert "goal" not in ids


def test_a_page_is_told_only_of_the_rows_that_changed(bookshop: OpenDesign) -> None:
    told = change(bookshop, Set("R2", "priority", "could"))
    assert [row["at"] for row in told.pop("changed")] == ["R2"]
    assert told == {}
    assert change(bookshop) == {}
    assert change(bookshop, Set("book", "about", "Elsewhere")) == {}


def test_rows_that_come_go_or_move_are_told_by_their_order(bookshop: OpenDesign) -> None:
    order = [row["at"] for row in table_state(bookshop.design, R)["rows"]]
    told = change(bookshop, Move("R2", None))
    assert (told["order"], "changed" in told) == (["R1", *order[2:], "R2"], False)
    assert change(bookshop, Delete("R2"))["order"] == ["R1", *order[2:]]
    told = change(bookshop, Insert("", R, {"id": "R99"}, before="R1"))
    assert (told["order"], [row["at"] for row in told["changed"]]) == (["R99", "R1", *order[2:]], ["R99"])


def test_a_list_that_has_become_empty_is_told(blank: OpenDesign) -> None:
    blank.update(Insert("", R, {"id": "R1"}))
    assert change(blank, Delete("R1"))["order"] == []


def test_findings_stand_at_the_column_that_they_speak_of(bookshop: OpenDesign) -> None:
    bookshop.update(Set("R1", "text", "The shop shall be fast."), Set("book.title", "type", None))
    assert {one["field"] for one in table_findings(bookshop.design, R)["R1"]} == {"text"}
    assert table_findings(bookshop.design, "database.entities")["book.title"]
    assert "R1" not in table_findings(bookshop.design, "database.entities")


def test_a_page_is_told_of_the_edits_of_others_and_afterwards_of_the_findings(
    page: Editor, bookshop: OpenDesign, looker: Looker
) -> None:
    open_design(bookshop.where).update(Set("R1", "text", "The shop shall be fast."))
    (row,) = looker.wait(page, "rows", lambda message: "changed" in message)["changed"]
    assert row["values"]["text"] == "The shop shall be fast."
    told = looker.wait(page, "rows", lambda message: "R1" in message.get("findings", {}))
    assert told["where"] == R


def test_an_edit_of_a_page_is_answered_and_told_to_the_other_pages(
    page: Editor, bookshop: OpenDesign, looker: Looker
) -> None:
    other = room.edit(bookshop, R)
    looker.see(other)  # type: ignore[arg-type]
    put = {
        "set": {"at": "R1", "field": "text", "value": "Mine", "was": bookshop.design.find("R1").record.text}
    }  # type: ignore[union-attr]
    assert looker.ask(page, "save", step="one", changes=[put]) == {"ok": True, "ids": {}}
    told = looker.wait(other, "rows", lambda message: "changed" in message)  # type: ignore[arg-type]
    assert told["changed"][0]["values"]["text"] == "Mine"


def test_a_list_inside_a_record_that_is_gone_says_so_and_comes_back(
    bookshop: OpenDesign, looker: Looker
) -> None:
    part = room.edit(bookshop, "copy.attributes")
    assert isinstance(part, Editor)
    count = len(looker.see(part)["rows"])
    bookshop.update(Set("copy", "id", "exemplar"))
    assert "There is no 'copy'" in looker.wait(part, "rows", lambda message: "missing" in message)["missing"]
    assert looker.see(part)["rows"] == []
    bookshop.update(Set("exemplar", "id", "copy"))
    assert len(looker.see(part)["rows"]) == count


def test_while_the_file_cannot_be_read_the_rows_stay_and_the_reason_is_told(
    page: Editor, bookshop: OpenDesign, looker: Looker
) -> None:
    file = Path(bookshop.where) / "design.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "\n  - [", encoding="utf-8")
    page.refresh()
    assert "design.yaml" in looker.wait(page, "trouble")["text"]
    assert len(looker.see(page)["rows"]) == 36
    assert not [message for who, message in looker.heard if message.get("order") == []]


def test_hostile_text_reaches_a_page_as_plain_data(hostile: OpenDesign, looker: Looker) -> None:
    rows = looker.see(room.edit(hostile, R))["rows"]  # type: ignore[arg-type]
    assert rows[0]["values"]["text"] == HOSTILE


# ---- the page's own parts, run by node


def test_a_value_that_is_shown_as_text_and_typed_again_is_the_same_value(bookshop: OpenDesign) -> None:
    lists = ("requirements.functional", "requirements.quality", "database.entities", "api.endpoints")
    lists += ("book.attributes", "copy.checks", "architecture.decisions", "architecture.elements")
    kinds = {where: find_list(bookshop.design, where).kind for where in lists}
    held = [
        (column, row["values"][column["name"]])
        for where in lists
        for row in table_state(bookshop.design, where)["rows"]
        for column in columns_of(kinds[where])
        if column["name"] in row["values"]
    ]
    odd = [
        ({"kind": "lines"}, ["One\nof two lines", "Two"]),
        ({"kind": "words"}, ["a, b"]),
        ({"kind": "words"}, ["a, b", "c"]),
        ({"kind": "text"}, "One\n\n  two"),
        ({"kind": "pairs", "number": True}, {"Dr. Kim": 3}),
    ]
    test = "console.log(JSON.stringify(held.map(([column, value]) => [value, cellValue(column, cellText(column, value))])));"
    pairs = json.loads(node(JS, f"const held = {json.dumps([*held, *odd])};", test))
    assert len(pairs) > 300
    assert [one for one in pairs if one[0] != one[1]] == []


@pytest.mark.parametrize(
    ("column", "typed", "value"),
    [
        ({"kind": "whole"}, "60,000", 60000),
        ({"kind": "whole"}, "60 000", 60000),
        ({"kind": "whole"}, "a few", "a few"),
        ({"kind": "whole"}, "99999999999999999999", "99999999999999999999"),
        ({"kind": "number"}, "1.5", 1.5),
        ({"kind": "flag"}, "yes", True),
        ({"kind": "flag"}, "no", None),
        ({"kind": "choice", "words": ["must", "should"]}, "MU", "must"),
        ({"kind": "choice", "words": ["must", "might"]}, "m", "m"),
        ({"kind": "choices", "words": ["read", "write"]}, "r; WRITE", ["read", "write"]),
        ({"kind": "references"}, "R1, R2,", ["R1", "R2"]),
        ({"kind": "lines"}, "One\nTwo\n", ["One", "Two"]),
        ({"kind": "line"}, " two\nlines ", "two lines"),
        ({"kind": "text"}, " \n ", None),
        ({"kind": "pairs"}, "a: 1\nb", {"a": "1", "b": ""}),
    ],
)
def test_typed_text_is_taken_for_what_it_means(column: dict[str, Any], typed: str, value: Any) -> None:
    test = f"console.log(JSON.stringify(cellValue({json.dumps(column)}, {json.dumps(typed)})));"
    assert json.loads(node(JS, test)) == value


def test_what_goes_to_a_spreadsheet_comes_back_the_same() -> None:
    rows = [["Id", 'say "hi"', "two\nlines"], ["", "a\tb", ""], ['"', "x", "ü 🙂"]]
    test = f"const rows = {json.dumps(rows)}; console.log(JSON.stringify(readSheet(writeSheet(rows))));"
    assert json.loads(node(JS, test)) == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ('"two\nlines"\tb', [["two\nlines", "b"]]),
        ('5" pipe\tb', [['5" pipe', "b"]]),
        ('"not closed\tb', [['"not closed', "b"]]),
        ('"a" and b\tc', [['"a" and b', "c"]]),
    ],
)
def test_what_spreadsheets_copy_is_read_as_they_mean_it(text: str, rows: list[list[str]]) -> None:
    assert json.loads(node(JS, f"console.log(JSON.stringify(readSheet({json.dumps(text)})));")) == rows


def test_an_id_is_made_of_the_first_words_in_any_script() -> None:
    made = node(
        JS,
        'console.log(["Gift card", "Größe (m²)", "заказ 7", "…"].map((each) => slug(each, "-")).join("|"));',
    )
    assert made.strip() == "gift-card|große-m2|заказ-7|"
