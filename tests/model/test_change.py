"""Changes are data, addressed by id; a new id is written wherever the record is referred to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backendkit.model import Change, Delete, Design, Insert, Move, Set, UserError, apply, edits
from backendkit.model.change import Resolver

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


@pytest.mark.parametrize("field", ["waive.REQ007", "votes.kim", "votes.Dr. Kim, M.A.", "votes.1.5"])
def test_one_key_of_a_mapping_comes_and_goes_and_an_empty_mapping_goes_with_it(field: str) -> None:
    name, _, key = field.partition(".")
    value = "It is so." if name == "waive" else 3
    values = after(Set("R1", field, value), Set("R1", f"{name}.lee", value))
    assert values["requirements"]["functional"][0][name] == {key: value, "lee": value}
    assert after(Set("R1", f"{name}.lee", None), Set("R1", field, None), values=values) == SHOP


def test_what_a_cleared_field_was_the_last_word_of_goes_too() -> None:
    assert after(Set("copy", "volume.rows", 9), Set("copy", "volume.rows", None)) == SHOP
    assert after(Set("", "api.versioning.by", "path"), Set("", "api.versioning.by", None)) == SHOP


@pytest.mark.parametrize(
    ("at", "field", "before"),
    [
        ("book", "database.entities", "copy"),
        ("copy", "database.entities", None),
        ("copy.price", "attributes", "note"),
        ("D1", "architecture.decisions", None),
        ("D1.one", "options", "D1.two"),
    ],
)
def test_a_deleted_record_put_back_is_what_it_was(at: str, field: str, before: str | None) -> None:
    found = Design.load(SHOP).find(at)
    assert found
    record: Any = SHOP
    for step in found.path:
        record = record[step]
    owner = found.parent.address if found.parent else ""
    assert after(Delete(at), Insert(owner, field, record, before)) == SHOP


IDS = ("a", "b", "c", "book", "copy", "price", "b.c", "")
ADDRESSES = (
    *("a", "b", "c", "book", "copy", "copy.a", "copy.price", "copy.book", "b.c", "D1", "D1.one", "R1", "G1"),
    *(
        "database.entities[0]",
        "database.entities[1].attributes[1]",
        "database.entities[2]",
        "copy.attributes[0]",
    ),
)
LISTS = ("database.entities", "requirements.goals", "attributes", "options")
at_any, ids = st.sampled_from(ADDRESSES), st.sampled_from(IDS)
befores = st.none() | at_any | ids
records: st.SearchStrategy[dict[str, Any]] = st.builds(dict, id=ids) | st.builds(
    lambda id, inner: {"id": id, "attributes": [{"id": each} for each in inner]},
    ids,
    st.lists(ids, max_size=2),
)
changes = st.one_of(
    st.builds(Insert, st.just("") | at_any, st.sampled_from(LISTS), records, befores),
    st.builds(Delete, at_any),
    st.builds(Move, at_any, befores),
    st.builds(Set, at_any, st.sampled_from(["name", "waive.X.1", "about"]), st.sampled_from(["x", None])),
    st.builds(Set, at_any, st.just("id"), ids),
    st.builds(Set, at_any, st.just("attributes"), st.just([{"id": "c"}]) | st.none()),
)


@given(st.lists(changes, min_size=2, max_size=9))
@settings(max_examples=300, deadline=None)
def test_changes_at_once_are_what_they_are_one_by_one(steps: list[Change]) -> None:
    slow = quick = SHOP
    resolver = Resolver(Design.load(SHOP))
    for change in steps:
        try:
            wanted = apply(slow, edits(Design.load(slow), change))
            Design.load(wanted)
        except (UserError, TypeError, AttributeError):
            continue
        slow, found = wanted, resolver.edits(change, quick)
        if found is None:
            resolver = Resolver(Design.load(quick))
            found = resolver.edits(change, quick)
        quick = apply(quick, found or [])
        assert quick == slow


def test_hundreds_of_changes_are_resolved_by_one_design() -> None:
    values, resolver = SHOP, Resolver(Design.load(SHOP))
    many: list[Change] = [Insert("", "requirements.functional", {"id": f"N{n}"}, "R1") for n in range(200)]
    many += [
        Set("R1", "name", "x"),
        Delete("G1"),
        Move("G2"),
        Set("copy.price", "about", "y"),
        Delete("book"),
    ]
    for change in many:
        found = resolver.edits(change, values)
        assert found is not None
        values = apply(values, found)
    assert [each["id"] for each in values["requirements"]["functional"]] == [
        *(f"N{n}" for n in range(200)),
        "R1",
    ]
    assert values["database"]["entities"][0]["attributes"][1] == {"id": "price", "about": "y"}
