"""C4 pictures: what is seen from afar and from near, ghosts, frames, and the Graphviz text to the letter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from backendkit.draw import picture
from backendkit.draw.architecture import Plan
from backendkit.model import Design

GOLDEN = Path(__file__).with_name("golden")


@pytest.mark.parametrize("what", ["context", "container"])
def test_the_graphviz_text(shop: Design, what: str, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / f"{what}.dot", Plan(shop, what).dot)


def test_from_afar_a_container_is_its_system(shop: Design) -> None:
    plan = Plan(shop, "context")
    assert set(plan.boxes) == {"shop", "isbn", "reader", "mars", "pay"}
    assert ("reader", "shop") in {(arrow.tail, arrow.head) for arrow in plan.arrows}


def test_from_afar_relations_between_the_same_two_are_one_line(shop: Design) -> None:
    (arrow,) = (arrow for arrow in Plan(shop, "context").arrows if arrow.head == "isbn")
    assert arrow.label == ["looks up", "[HTTPS]", "shows covers"]


def test_near_the_containers_stand_in_their_system(shop: Design) -> None:
    plan = Plan(shop, "container")
    assert {key for key, box in plan.boxes.items() if box.frame == "shop"} == {
        "front", "service", "data", "events", "photos"
    }  # fmt: skip
    assert list(plan.frames) == ["shop"]


def test_a_component_is_its_container(shop: Design) -> None:
    calls = next(arrow for arrow in Plan(shop, "container").arrows if arrow.address == "calls")
    assert calls.head == "service"


def test_an_integration_is_connected_without_being_told(shop: Design) -> None:
    (arrow,) = (arrow for arrow in Plan(shop, "context").arrows if arrow.head == "pay")
    assert (arrow.tail, arrow.label) == ("shop", ["payments", "[HTTPS]"])


def test_stakeholders_nobody_relates_are_not_drawn(shop: Design) -> None:
    assert "owner" not in Plan(shop, "context").boxes


def test_what_nobody_defines_is_a_ghost(shop: Design) -> None:
    assert Plan(shop, "container").boxes["mars"].kind == "ghost"
    assert b'class="element ghost"' in picture(shop, "container")


def test_a_relation_without_ends_is_drawn() -> None:
    plan = Plan(Design.load({"architecture": {"relations": [{"id": "r", "does": "talks"}]}}), "context")
    assert [box.title for box in plan.boxes.values()] == ["not said yet"]


def test_a_system_nobody_wrote_down_is_drawn_with_the_name_of_the_design() -> None:
    values = {
        "elements": [{"id": "a", "kind": "container"}],
        "relations": [{"id": "r", "from": "a", "to": "pay"}],
    }
    plan = Plan(Design.load({"name": "Shop", "architecture": values}), "context")
    assert [box.title for box in plan.boxes.values()] == ["Shop", "pay"]


def test_parts_that_contain_each_other_end() -> None:
    elements = [{"id": "a", "kind": "container", "in": "b"}, {"id": "b", "kind": "component", "in": "a"}]
    assert picture(Design.load({"architecture": {"elements": elements}}), "container")


def test_a_container_of_a_missing_system_stands_in_its_ghost() -> None:
    plan = Plan(Design.load({"architecture": {"elements": [{"id": "a", "in": "tomorrow"}]}}), "container")
    assert plan.frames["tomorrow"].kind == "ghost"


def test_a_relation_to_a_missing_system_around_something_ends_at_its_frame() -> None:
    values = {
        "elements": [{"id": "a", "in": "tomorrow"}],
        "relations": [{"id": "r", "from": "x", "to": "tomorrow"}],
    }
    plan = Plan(Design.load({"architecture": values}), "container")
    assert set(plan.boxes) == {"a", "x"}
    assert "lhead=cluster_1" in plan.dot


def test_a_relation_to_a_framed_system_ends_at_the_frame(shop: Design) -> None:
    relations = [{"id": "r", "from": "reader", "to": "shop", "does": "uses"}]
    values = shop.values()
    values["architecture"]["relations"] = relations
    assert "lhead=cluster_1" in Plan(Design.load(values), "container").dot


def test_focus_shows_one_container_and_its_neighbours(shop: Design) -> None:
    assert set(Plan(shop, "container", "data").boxes) == {"data", "service"}
    assert "pay" in Plan(shop, "container", "shop").boxes


def test_waiting_for_no_answer_is_dashed(shop: Design) -> None:
    assert {arrow.address for arrow in Plan(shop, "container").arrows if arrow.dashed} == {"tells"}
