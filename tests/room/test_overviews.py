"""What the chapters tell, on the worked design, on the blank one and with hostile text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backendkit import room
from backendkit.model import Evidence, Set
from backendkit.room.display import Page, Table, Text
from backendkit.store import OpenDesign

OVERVIEWS = (
    room.show_trace,
    room.show_measures,
    room.show_decisions,
    room.show_dictionary,
    room.show_operations,
    room.show_states,
)


def parts(thing: Any) -> tuple[Any, ...]:
    return thing.parts if isinstance(thing, Page) else (thing,)


def everything(thing: Any) -> str:
    return "\n".join(part._repr_mimebundle_()[0]["text/markdown"] for part in parts(thing))


@pytest.mark.parametrize("show", OVERVIEWS)
def test_a_blank_design_gets_one_sentence(blank: OpenDesign, show: Callable[[OpenDesign], Any]) -> None:
    (part,) = parts(show(blank))
    assert part._repr_mimebundle_()[1]["designdoc"]["empty"]


@pytest.mark.parametrize("show", OVERVIEWS)
def test_hostile_text_is_shown_and_never_becomes_a_tag(
    hostile: OpenDesign, show: Callable[[OpenDesign], Any]
) -> None:
    for part in parts(show(hostile)):
        data = part._repr_mimebundle_()[0]
        assert "<script" not in data.get("image/svg+xml", "")
        assert "<script" not in data.get("text/html", "") + data.get("text/markdown", "").replace("\\<", "")


def test_a_requirement_that_nothing_meets_is_named(bookshop: OpenDesign) -> None:
    before = {row[0]: row for row in room.show_trace(bookshop).rows}
    assert before["R7"][1:4] == ("must", "ordering", "order, reservation")
    assert "Missing" not in room.show_trace(bookshop).headings
    bookshop.update(Set("R35", "priority", "must"))
    assert {row[0]: row for row in room.show_trace(bookshop).rows}["R35"][-1] == "nothing yet"


def test_a_number_that_no_run_measured_says_so(bookshop: OpenDesign) -> None:
    rows = {row[0]: row for row in room.show_measures(bookshop).rows}
    assert rows["Q1"][2:] == ("p95 latency of GET /books <= 200 ms at 50 req/s", "must", "not measured")
    assert rows["Q2"][1] == "Readers open the shop, at any hour"


def test_a_stale_number_is_not_shown(bookshop: OpenDesign) -> None:
    bookshop.append_evidence(
        Evidence(requirement="Q1", value=0.1, at="2026-11-22T10:00:00Z", by="load", depends="another design")
    )
    rows = {row[0]: row for row in room.show_measures(bookshop).rows}
    assert rows["Q1"][-1] == "not measured"


def test_the_option_with_the_highest_sum_is_marked_and_the_choice_is_told(bookshop: OpenDesign) -> None:
    first = parts(room.show_decisions(bookshop))[:3]
    assert first[0].markdown.startswith("### D1: One deployable or several")
    assert first[1].rows[-1] == ("Sum", "", "44 ✓", "26", "35")
    assert first[2].markdown.startswith("**modular monolith** (accepted, 2026-10-12). The date is fixed")
    assert "The question opens again when Q1 does not hold." in first[2].markdown


def test_a_decision_without_options_or_choice_is_shown_as_open(bookshop: OpenDesign) -> None:
    bookshop.update(Set("D1", "options", None), Set("D1", "chosen", None), Set("D2", "options", None))
    text = everything(room.show_decisions(bookshop))
    assert "**Not decided yet**" in text


def test_the_dictionary_tells_keys_rules_and_references_of_one_entity(bookshop: OpenDesign) -> None:
    head, table, tail = parts(room.show_dictionary(bookshop, "review"))
    assert isinstance(head, Text)
    assert isinstance(table, Table)
    assert table.headings == ("Attribute", "Type", "Rules", "Example")
    assert table.rows[0] == ("order", "uuid", "part of the key", "")
    assert "- Rule: stars \\>= 1 and stars \\<= 5 (one-to-five-stars)" in tail.markdown
    assert "- Together a reference to order-line: order, copy (reviewed-line)" in tail.markdown
    assert len(parts(room.show_dictionary(bookshop))) > 30


def test_the_calls_are_those_of_the_resources_and_the_endpoints(bookshop: OpenDesign) -> None:
    rows = room.show_operations(bookshop).rows
    assert rows[0] == ("GET, POST", "/v1/books", "shows many, adds one", "R1, R2, R5")
    assert ("GET, DELETE", "/v1/book-authors/{book}/{author}", "shows one, deletes one", "R1") in rows
    pay = next(row for row in rows if row[1] == "/v1/orders/{number}/pay")
    assert "409 when the order is not open" in pay[2]


def test_the_life_of_a_thing_is_a_table_of_its_moves(bookshop: OpenDesign) -> None:
    drawn, table = parts(room.show_states(bookshop))[4:]
    assert drawn.alt.startswith("States of order.state. order.state begins as open: from open to paid when")
    assert table.rows[0] == ("open", "paid", "the payment is confirmed", "paid_amount >= total")
