"""The columns of a list come from the model: every field that a record has, as what it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backendkit.model import CHAPTERS, Design, Record
from backendkit.model.database import Attribute, Entity
from backendkit.model.requirements import Functional, Quality
from backendkit.model.shape import shapes
from backendkit.room.columns import CAPTURE, about_ids, columns_of, example_of

KINDS = {
    "choice", "choices", "flag", "line", "lines", "list", "number", "pairs", "reference", "references", "text", "type",
    "whole", "words",
}  # fmt: skip
LISTS = {
    f"{chapter}.{shape.alias}": shape.part
    for chapter, holder in Design()
    if chapter in CHAPTERS
    for shape in shapes(type(holder))
    if shape.many and shape.part and issubclass(shape.part, Record)
}


def named(kind: type[Record], chosen: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in columns_of(kind, chosen)}


def shown(kind: type[Record], chosen: tuple[str, ...] = ()) -> list[str]:
    return [name for name, one in named(kind, chosen).items() if one["shown"] and one["kind"] != "list"]


@pytest.mark.parametrize("where", LISTS)
def test_every_list_has_all_its_fields_once_with_a_heading_and_a_place_for_the_first_words(
    where: str,
) -> None:
    found = columns_of(LISTS[where])
    names = [one["name"] for one in found]
    assert names[0] == "id"
    assert len(set(names)) == len(names)
    assert {name.partition(".")[0] for name in names} == {shape.alias for shape in shapes(LISTS[where])}
    assert {one["kind"] for one in found} <= KINDS
    assert all(one["heading"] for one in found)
    assert [one["name"] for one in found if one.get("main")] == [CAPTURE[LISTS[where].kind][0]]
    assert json.loads(json.dumps(found)) == found


def test_the_line_that_is_always_empty_asks_for_a_draft() -> None:
    assert named(Functional)["text"]["asks"] == "Write what must happen, in your words; we sharpen it later."


def test_fields_are_what_the_model_says_they_are() -> None:
    need, attribute, entity = named(Functional), named(Attribute), named(Entity)
    assert need["text"]["kind"] == "text"
    assert need["acceptance"]["kind"] == "lines"
    assert need["priority"] | {"help": "", "heading": "", "shown": True} == {
        "name": "priority",
        "kind": "choice",
        "words": ["must", "should", "could", "wont"],
        "help": "",
        "heading": "",
        "shown": True,
    }
    assert (need["goals"]["kind"], need["goals"]["to"]) == ("references", ["goal"])
    assert (need["votes"]["kind"], need["votes"]["number"]) == ("pairs", True)
    assert (attribute["to"]["kind"], attribute["to"]["to"]) == ("reference", ["entity", "attribute"])
    assert attribute["type"]["kind"] == "type"
    assert "decimal(10,2)" in attribute["type"]["words"]
    assert attribute["key"]["kind"] == "flag"
    assert entity["volume.rows"]["kind"] == "whole"
    assert [one["name"] for one in entity["attributes"]["columns"]][:3] == ["id", "type", "to"]
    unique = {one["name"]: one for one in entity["uniques"]["columns"]}
    assert (unique["of"]["kind"], unique["of"]["inside"]) == ("references", True)


def test_chosen_columns_stand_in_their_order_behind_the_id_and_the_first_words() -> None:
    assert shown(Functional, ("priority", "text")) == ["id", "priority", "text"]
    assert shown(Functional, ("priority",)) == ["id", "text", "priority"]
    scenario = ["scenario.source", "scenario.stimulus", "scenario.environment", "scenario.response"]
    assert shown(Quality, ("measure", "scenario", "goals")) == ["id", "measure", *scenario, "goals"]


def test_without_a_choice_the_usual_columns_are_shown_and_the_others_are_there() -> None:
    assert shown(Functional) == ["id", "text", "priority", "acceptance", "source"]
    assert not named(Functional)["waive"]["shown"]
    assert all(len(shown(kind)) <= 9 for kind in LISTS.values())


def test_ids_have_the_form_of_their_kind() -> None:
    assert about_ids(Functional) == {"of": "requirement", "stem": "R", "joint": "-"}
    assert about_ids(Entity)["stem"] == ""
    assert about_ids(Attribute)["joint"] == "_"


@pytest.mark.parametrize("where", LISTS)
def test_an_example_stands_in_columns_that_there_are(where: str) -> None:
    assert set(example_of(where)) <= {name.partition(".")[0] for name in named(LISTS[where])}
