"""Threats and controls on a page: what is answered, proposed and open, and a button that takes a threat in."""

from __future__ import annotations

from typing import Any

from backendkit import room
from backendkit.model import Set
from backendkit.model.change import change_from
from backendkit.room.display import Page, Table, Text
from backendkit.room.threats import MOST, Threats
from backendkit.rules import check
from backendkit.store import OpenDesign

from .conftest import HOSTILE, Looker


def parts(page: Any) -> tuple[Table | Text, ...]:
    assert isinstance(page, Page)
    return tuple(part for part in page.parts if isinstance(part, Table | Text))


def test_without_an_architecture_the_page_says_where_to_begin(blank: OpenDesign) -> None:
    (table,) = parts(room.show_threats(blank))
    assert isinstance(table, Table)
    assert "no element of the architecture" in table.empty
    assert "architecture.elements" in table.hint


def test_the_example_under_an_empty_list_of_threats_can_be_run(blank: OpenDesign) -> None:
    for line in ("false-orders", "long-passwords"):
        field = "security.threats" if line == "false-orders" else "security.controls"
        record = room.examples.EXAMPLES[field]
        blank.update(change_from({"insert": {"at": "", "field": field, "record": record}}))
        assert blank.design.find(line)


def test_every_place_has_its_letters_and_those_that_strangers_reach_stand_first(bookshop: OpenDesign) -> None:
    matrix, meaning, written = parts(room.show_threats(bookshop))
    assert isinstance(matrix, Table)
    assert isinstance(written, Table)
    rows = {row[0]: row[1:] for row in matrix.rows}
    assert rows["Shop API"] == ("answered",) * 6
    assert [row[0] for row in matrix.rows[:2]] == ["Shop front", "Shop API"]
    assert rows["Shop data"][0] == ""
    assert "Proposed" in getattr(meaning, "markdown", "")
    assert len(written.rows) == len(bookshop.design.security.threats)
    assert written.rows[0][0] == bookshop.design.security.threats[0].id


def test_the_controls_stand_chapter_by_chapter_with_who_meets_them(bookshop: OpenDesign) -> None:
    head, *tables = parts(room.show_controls(bookshop))
    assert "ASVS 5.0.0" in getattr(head, "markdown", "")
    assert isinstance(tables[0], Table)
    assert tables[0].caption == "V1 Encoding and Sanitization"
    rows = {row[0]: row for table in tables if isinstance(table, Table) for row in table.rows}
    assert rows["V1.2.4"][2] == "service"
    assert rows["V6.2.1"][2:4] == ("team", "Registration refuses fewer than 12 characters.")
    assert rows["V10.4.4"][2] == "not needed"


def test_typed_text_never_becomes_markup(bookshop: OpenDesign) -> None:
    bookshop.update(
        Set("service", "name", HOSTILE),
        Set("guessed-passwords", "threat", HOSTILE),
        Set("guessed-passwords", "name", HOSTILE),
        Set("long-passwords", "how", HOSTILE),
    )
    for page in (room.show_threats(bookshop), room.show_controls(bookshop)):
        data, _ = page._repr_mimebundle_()
        assert HOSTILE.partition(">")[0] not in data["text/html"]
        assert HOSTILE not in data["text/markdown"]


def test_a_large_design_is_cut_with_a_sentence(blank: OpenDesign) -> None:
    elements = [{"id": f"e{n}", "kind": "container"} for n in range(300)]
    blank.update(Set("", "architecture.elements", elements))
    matrix, _, rest, _ = parts(room.show_threats(blank))
    assert isinstance(matrix, Table)
    assert len(matrix.rows) == MOST
    assert getattr(rest, "markdown", "") == "And 260 elements and flows more, with 1560 open questions."
    assert len(Threats(blank).snapshot()["places"]) == 300


def test_one_button_takes_a_threat_in_and_it_is_answered(bookshop: OpenDesign, looker: Looker) -> None:
    part = Threats(bookshop)
    looker.see(part)
    places = part.snapshot()["places"]
    assert places[0] == {"at": "front", "name": "Shop front (4)"}
    todo = looker.ask(part, "todo", at="front")["todo"]
    assert [one["state"] for one in todo] == ["proposed"] * 4
    change = {"insert": {"at": "", "field": "security.threats", "record": todo[0]["record"]}}
    assert looker.ask(part, "save", step="1", changes=[change])["ok"]
    assert bookshop.design.security.threats[-1].at == "front"
    assert part.snapshot()["places"][0]["name"] == "Shop front (3)"
    assert [one for one in check(bookshop, chapter="security") if one.code.startswith("SEC01")] == []


def test_what_is_open_becomes_a_threat_that_a_rule_asks_to_finish(bookshop: OpenDesign) -> None:
    (first, *_) = Threats(bookshop).on_todo("worker")["todo"]
    assert first["state"] == "open"
    bookshop.update(
        change_from({"insert": {"at": "", "field": "security.threats", "record": first["record"]}})
    )
    found = [one for one in check(bookshop, chapter="security") if one.code == "SEC011"]
    assert [one.at for one in found] == ["spoofing-worker"]


def test_a_place_that_is_gone_has_nothing_to_write(bookshop: OpenDesign) -> None:
    assert Threats(bookshop).on_todo("nowhere") == {"todo": []}
