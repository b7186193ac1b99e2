"""Changes are data, addressed by id; a new id is written wherever the record is referred to."""

from __future__ import annotations

from typing import Any

import pytest

from backendkit.model import Change, Delete, Design, Insert, Move, Set, UserError, apply, edits

SHOP: dict[str, Any] = {
    "requirements": {
        "goals": [{"id": "G1"}, {"id": "G2"}],
        "functional": [{"id": "R1", "goals": ["G1", "G2"]}],
    },
    "architecture": {
        "elements": [{"id": "data", "kind": "container", "owns": ["copy", "book"]}],
        "decisions": [
            {
                "id": "D1",
                "criteria": [{"id": "speed"}, {"id": "cost"}],
                "options": [
                    {"id": "one", "scores": {"speed": 3, "cost": 1}},
                    {"id": "two", "scores": {"speed": 2.5}},
                ],
                "chosen": "one",
            }
        ],
    },
    "database": {
        "entities": [
            {"id": "book", "attributes": [{"id": "isbn", "key": True}]},
            {
                "id": "copy",
                "attributes": [{"id": "book", "to": "book.isbn"}, {"id": "price"}, {"id": "note"}],
                "indexes": [{"id": "by-price", "of": ["price"]}],
                "checks": [{"id": "fair", "holds": "price >= 0 and note != 'price'"}],
            },
        ]
    },
    "api": {"resources": [{"id": "copies", "entity": "copy", "sort": ["price"]}]},
    "development": {
        "states": [{"id": "life", "attribute": "copy.note", "moves": [{"id": "m", "guard": "price > 1"}]}]
    },
}


def after(*changes: Change, values: Any = SHOP) -> Any:
    for change in changes:
        values = apply(values, edits(Design.load(values), change))
    Design.load(values)
    return values


def dangling(values: Any) -> list[str]:
    design = Design.load(values)
    return [reference.target for reference in design.references if not design.resolve(reference)]


def test_the_sample_dangles_nowhere() -> None:
    assert dangling(SHOP) == []


def test_a_new_name_touches_nothing_else() -> None:
    values = after(Set("copy", "name", "Copies"))
    assert values["database"]["entities"][1].pop("name") == "Copies"
    assert values == SHOP


@pytest.mark.parametrize(
    "address",
    ["G1", "D1", "D1.speed", "D1.one", "book", "book.isbn", "copy", "copy.price", "copy.note", "copies"],
)
def test_a_new_id_is_written_wherever_the_record_is_referred_to(address: str) -> None:
    values = after(Set(address, "id", "fresh"))
    assert dangling(values) == []
    new = f"{address.rpartition('.')[0]}.fresh".lstrip(".")
    assert Design.load(values).find(new) is not None


def test_a_new_attribute_id_is_written_into_checks_and_guards_but_not_into_texts() -> None:
    values = after(Set("copy.price", "id", "cost"))
    assert values["database"]["entities"][1]["checks"][0]["holds"] == "cost >= 0 and note != 'price'"
    assert values["development"]["states"][0]["moves"][0]["guard"] == "cost > 1"


def test_renaming_the_second_of_two_records_with_one_id_leaves_references_at_the_first() -> None:
    values = after(
        Insert("", "database.entities", {"id": "copy"}), Set("database.entities[2]", "id", "print")
    )
    assert values["api"]["resources"][0]["entity"] == "copy"
    assert values["database"]["entities"][2] == {"id": "print"}


def test_a_record_goes_in_before_another_or_last_also_where_there_was_no_list() -> None:
    values = after(
        Insert("", "requirements.goals", {"id": "G0"}, before="G1"),
        Insert("", "requirements.goals", {"id": "G3"}),
        Insert("", "requirements.questions", {"id": "O1"}),
        Insert("copy", "attributes", {"id": "number"}, before="copy.book"),
    )
    assert [goal["id"] for goal in values["requirements"]["goals"]] == ["G0", "G1", "G2", "G3"]
    assert values["requirements"]["questions"] == [{"id": "O1"}]
    assert values["database"]["entities"][1]["attributes"][0] == {"id": "number"}


def test_a_record_that_goes_leaves_what_refers_to_it() -> None:
    assert dangling(after(Delete("G1"))) == ["G1"]


@pytest.mark.parametrize(
    ("before", "order"), [("G1", ["G2", "G1"]), (None, ["G1", "G2"]), ("nobody", ["G1", "G2"])]
)
def test_a_record_moves_before_another_or_last(before: str | None, order: list[str]) -> None:
    assert [goal["id"] for goal in after(Move("G2", before=before))["requirements"]["goals"]] == order


def test_the_first_can_move_to_the_end() -> None:
    assert [goal["id"] for goal in after(Move("G1"))["requirements"]["goals"]] == ["G2", "G1"]


def test_none_clears_a_field_and_clearing_an_absent_one_is_no_edit() -> None:
    values = after(Set("copy", "name", "Copies"), Set("copy", "name", None), Set("copy", "table", None))
    assert values == SHOP


def test_fields_of_parts_and_of_the_design_itself_are_reached_by_dots() -> None:
    values = after(
        Set("copy", "volume.rows", 9), Set("", "architecture.style", "monolith"), Set("", "name", "Shop")
    )
    assert values["database"]["entities"][1]["volume"] == {"rows": 9}
    assert values["architecture"]["style"] == "monolith"
    assert values["name"] == "Shop"


@pytest.mark.parametrize(
    "change", [Set("gone", "name", "x"), Delete("gone"), Move("gone"), Insert("gone", "attributes", {})]
)
def test_a_record_that_is_gone_is_named_in_one_sentence(change: Change) -> None:
    with pytest.raises(UserError, match="There is no 'gone' in the design"):
        edits(Design.load(SHOP), change)
