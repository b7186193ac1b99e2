"""Made-up rows: believable, kept by every rule of the tables, and the same from the same seed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sqlalchemy import select

from backendkit.model import Design
from backendkit.prototype import Rows, Running, start
from backendkit.store import open_design


def everything(api: Running) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in api.surface.collections:
        engine, table = api.app.state.database.engine, api.tables[each.table]
        with engine.begin() as connection:
            rows = connection.execute(select(table).order_by(*table.primary_key))
            plain = sys.modules[type(api.app.state.database).__module__].plain
            found[each.path] = [
                {field.json: simple(row[place], plain) for place, field in enumerate(each.fields)}
                for row in rows
            ]
    return found


def simple(value: Any, plain: Any) -> Any:
    return (
        value if value is None or isinstance(value, bool | int | float | str | dict | list) else plain(value)
    )


def entity(id_: str, *attributes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": id_, "attributes": [*attributes], **more}


def served(*entities: dict[str, Any], rows: Rows = 20) -> tuple[dict[str, list[Any]], tuple[str, ...]]:
    resources = [{"id": each["id"], "entity": each["id"], "operations": ["list"]} for each in entities]
    design = Design.load({"database": {"entities": [*entities]}, "api": {"resources": resources}})
    with start(design, rows=rows) as api:
        return {path[1:]: found for path, found in everything(api).items()}, api.unread


def test_the_bookshop_is_full_and_the_same_from_the_same_seed(repository: Path) -> None:
    design = open_design(repository / "data" / "bookshop").design
    with start(design) as one, start(design) as two, start(design, seed=2, rows=3) as other:
        rows = everything(one)
        assert rows == everything(two)
        few = everything(other)
    assert {path: len(found) for path, found in rows.items() if len(found) < 15} == {}
    assert {len(found) for found in few.values()} <= {1, 2, 3}
    assert rows["/v1/books"][0]["title"] == "The Left Hand of Darkness"
    assert all(
        row["paid_amount"] <= row["total"] or len(row["paid_amount"]) < len(row["total"])
        for row in rows["/v1/orders"]
    )


def test_the_first_row_is_made_of_the_examples_that_fit() -> None:
    wanted = {
        "integer": "7", "decimal(4,2)": "1.50", "date": "2027-01-31", "datetime": "2027-01-31T09:30:00", "text": "Why not",
        "json": '["a"]', "enum(a, b)": "b", "uuid": "00000000-0000-4000-8000-000000000000",
    }  # fmt: skip
    odd = {"integer": "1e9", "decimal(4,2)": "NaN", "datetime": "2027-01-31T09:30:00Z", "enum(a, b)": "c"}
    shown = [
        {"id": f"{id_}{number}", "type": type_, "example": example, "optional": True}
        for id_, examples in (("a", wanted), ("b", odd))
        for number, (type_, example) in enumerate(examples.items())
    ]
    found, unread = served(entity("all", *shown), rows=1)
    row = {str(value) for value in found["all"][0].values()}
    assert unread == ()
    assert {*wanted.values()} - row == {'["a"]'}
    assert not {*odd.values()} & row


def test_shelves_have_speaking_codes_and_the_first_stand_below_no_other() -> None:
    shelf = [
        {"id": "code", "type": "string(40)", "key": True, "example": "crime"},
        {"id": "name", "type": "string(80)", "example": "Crime"},
        {"id": "parent", "type": "reference", "to": "shelf", "optional": True},
    ]
    rows = served(entity("shelf", *shelf))[0]["shelf"]
    assert {"code": "crime", "name": "Crime", "parent": None} in rows
    assert all(row["code"] == row["name"].lower().replace(" ", "-") for row in rows)
    assert len([row for row in rows if row["parent"] is None]) >= 3


def test_references_in_a_circle_and_to_itself_are_filled() -> None:
    key = {"id": "key", "type": "integer", "key": True}
    found, unread = served(
        entity("hen", key, {"id": "egg", "type": "reference", "to": "egg", "optional": True}),
        entity("egg", key, {"id": "hen", "type": "reference", "to": "hen"}),
        entity("self", key, {"id": "self", "type": "reference", "to": "self"}),
    )
    assert [len(rows) for rows in found.values()] == [20, 20, 20]
    assert unread == ()


def test_rules_that_leave_no_room_are_told() -> None:
    found, unread = served(
        entity("never", {"id": "a", "type": "integer"}, checks=[{"id": "c", "holds": "a > 5 and a < 2"}]),
        entity("few", {"id": "a", "type": "boolean", "key": True}),
    )
    assert found["never"] == []
    assert unread == ("No row for 'never' could be made up.",)
    assert len(found["few"]) == 2


def test_every_type_gets_a_value() -> None:
    types = "string(2) text integer bigint decimal(4,4) decimal(30,2) decimal float boolean date time datetime uuid json binary"
    attributes = [
        {"id": f"a{number}", "type": word} for number, word in enumerate([*types.split(), "enum(a, b)"])
    ]
    found, unread = served(
        entity("all", *attributes, {"id": "untyped"}, {"id": "other", "type": "other(x)"}), rows=30
    )
    assert unread == ()
    assert len(found["all"]) == 30
    assert all(value is not None for row in found["all"] for value in row.values())
    assert all(float(row["a4"]) < 1 for row in found["all"])


def test_no_rows_are_made_up_when_none_are_wanted() -> None:
    found, unread = served(entity("a", {"id": "b", "type": "text"}), rows=0)
    assert (found["a"], unread) == ([], ())


def test_thousands_of_rows_keep_every_rule_and_are_the_same_from_the_same_seed() -> None:
    key = {"id": "key", "type": "integer", "key": True}
    person = [key, {"id": "mail", "type": "string(60)", "unique": True}]
    order = [
        key,
        {"id": "person", "type": "reference", "to": "person"},
        {"id": "before", "type": "reference", "to": "order", "optional": True},
        {"id": "paid", "type": "integer"},
        {"id": "total", "type": "integer"},
        {"id": "state", "type": "enum(open, done)"},
    ]
    entities = (
        entity("person", *person),
        entity("order", *order, checks=[{"id": "c", "holds": "paid <= total"}]),
        entity("mark", key | {"type": "boolean"}),
    )
    found, unread = served(*entities, rows=3000)
    assert (found, unread) == served(*entities, rows=3000)
    assert {name: len(rows) for name, rows in found.items()} == {"person": 3000, "order": 3000, "mark": 2}
    people = [row["person"] for row in found["order"]]
    first = {row["key"] for row in found["person"][:750]}
    assert 0.4 < len([each for each in people if each in first]) / 3000 < 0.6, "half go to the first quarter"
    assert all(row["paid"] <= row["total"] for row in found["order"])


def test_the_volume_that_a_design_states_is_kept_and_scaled_down_when_it_is_large() -> None:
    def counted(volume: int) -> tuple[list[int], tuple[str, ...]]:
        key = {"id": "key", "type": "integer", "key": True}
        found, unread = served(
            entity("big", key, volume={"rows": volume}),
            entity("small", key, volume={"rows": 30}),
            entity("open", key),
            rows="stated",
        )
        return [len(rows) for rows in found.values()], unread

    assert counted(400) == ([400, 30, 20], ())
    assert counted(3_000_000) == (
        [99_998, 20, 20],
        ("The design states 3,000,050 rows; 100,038 were made up, in the same proportions.",),
    )
