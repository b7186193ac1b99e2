"""Entity-relationship pictures: crow's feet at the right ends, and the Graphviz text to the letter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from backendkit.draw import picture
from backendkit.draw.er import MOST_ROWS, Plan
from backendkit.model import Design

GOLDEN = Path(__file__).with_name("golden")


def test_the_graphviz_text_of_the_shop(shop: Design, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / "er.dot", Plan(shop).dot)


def test_the_graphviz_text_around_one_entity(shop: Design, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / "er-focus.dot", Plan(shop, "copy").dot)


def test_a_composite_reference_is_one_line(shop: Design) -> None:
    plan = Plan(shop)
    assert [line.link.ids for line in plan.lines if line.link.to == "line"] == [("order", "place")]


def test_what_nobody_defines_is_a_ghost(shop: Design) -> None:
    plan = Plan(shop)
    assert [card.address for card in plan.cards.values() if card.entity is None] == ["reader"]
    assert b'class="entity ghost"' in picture(shop, "er")


def test_focus_shows_an_entity_and_its_neighbours(shop: Design) -> None:
    assert {card.address for card in Plan(shop, "book").cards.values()} == {"genre", "book", "copy"}


def test_a_hidden_neighbour_still_makes_a_foreign_key(shop: Design) -> None:
    rows = {row.id: row.tags for card in Plan(shop, "line").cards.values() for row in card.rows}
    assert rows["buyer"] == "FK"


def test_a_very_long_entity_says_how_much_more_there_is() -> None:
    rows = [{"id": f"a{number}"} for number in range(MOST_ROWS + 3)]
    plan = Plan(Design.load({"database": {"entities": [{"id": "wide", "attributes": rows}]}}))
    assert plan.cards["n0"].rows[-1].name == "and 3 more"


def test_two_schemas_stand_in_frames() -> None:
    entities = [{"id": "a", "schema": "sales"}, {"id": "b", "schema": "stock"}, {"id": "c"}]
    svg = picture(Design.load({"database": {"entities": entities}}), "er").decode()
    assert 'id="schema-sales"' in svg
    assert 'id="schema-stock"' in svg


def test_two_entities_of_one_id_are_both_drawn() -> None:
    design = Design.load({"database": {"entities": [{"id": "a"}, {"id": "a"}]}})
    assert len(Plan(design).cards) == 2


def test_entities_without_references_stand_in_rows_of_five() -> None:
    design = Design.load({"database": {"entities": [{"id": f"e{number}"} for number in range(12)]}})
    assert "n5 -> n6 -> n7 -> n8 -> n9 [style=invis];" in Plan(design).dot
