"""State machines of a design are kept by the service: who moves a row where no move leads is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from backendkit.model import Design
from backendkit.prototype import Running, start
from backendkit.scaffold import generate

SHOP: dict[str, Any] = {
    "database": {
        "entities": [
            {
                "id": "copy",
                "attributes": [
                    {"id": "number", "type": "integer", "key": True},
                    {"id": "price", "type": "decimal(8,2)", "optional": True},
                    {"id": "note", "type": "text", "optional": True},
                    {"id": "state", "type": "enum(draft, offered, sold)", "column": "The State"},
                ],
            }
        ]
    },
    "api": {
        "resources": [
            {"id": "copies", "entity": "copy", "operations": ["list", "get", "create", "patch", "replace"]}
        ],
        "endpoints": [
            {
                "id": "offer",
                "method": "POST",
                "path": "/copies/{number}/offer",
                "does": "offers it",
                "returns": "copies",
            },
            {
                "id": "sell",
                "method": "POST",
                "path": "/copies/{number}/sell",
                "does": "sells it",
                "returns": "copies",
            },
        ],
    },
    "development": {
        "states": [
            {
                "id": "copy-life",
                "attribute": "copy.state",
                "start": "draft",
                "moves": [
                    {
                        "id": "offering",
                        "from": "draft",
                        "to": "offered",
                        "guard": "price > 0 and note != ':x'",
                        "by": "offer",
                    },
                    {
                        "id": "selling",
                        "from": "offered",
                        "to": "sold",
                        "guard": "the money is there",
                        "by": "sell",
                    },
                    {"id": "taking-back", "from": "offered", "to": "draft"},
                ],
            }
        ]
    },
}


@pytest.fixture(scope="module")
def standing() -> Iterator[Running]:
    with start(Design.load(SHOP), rows=0) as api:
        yield api


@pytest.fixture
def api(standing: Running) -> Running:
    with standing.app.state.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM copy")
    return standing


def copy(api: Running, **values: Any) -> Any:
    return api.post("/copies", json={"number": 1, **values})


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("detail") or answer.json().get("state")


def test_a_new_row_begins_where_the_machine_begins(api: Running) -> None:
    assert told(copy(api, state="sold")) == (409, "A new row begins as 'draft'.")
    assert told(copy(api, state="draft")) == (201, "draft")


def test_a_move_that_the_design_does_not_know_is_refused(api: Running) -> None:
    copy(api, state="draft")
    assert told(api.patch("/copies/1", json={"state": "sold"})) == (
        409,
        "No move leads from 'draft' to 'sold'.",
    )
    assert told(api.get("/copies/1")) == (200, "draft")
    assert told(api.patch("/copies/1", json={"state": "draft", "note": "same"})) == (200, "draft")


def test_a_guard_is_looked_at_with_the_new_values_and_what_it_refuses_changes_nothing(api: Running) -> None:
    copy(api, state="draft", note="old")
    refused = api.patch("/copies/1", json={"state": "offered", "note": "new"})
    assert told(refused) == (
        409,
        "The row may not become 'offered': price > 0 and note != ':x' does not hold.",
    )
    assert api.get("/copies/1").json()["note"] == "old"
    assert told(api.patch("/copies/1", json={"state": "offered", "price": "3.50"})) == (200, "offered")
    assert told(api.patch("/copies/1", json={"state": "draft"})) == (200, "draft")
    whole = {"number": 1, "price": "0", "note": "old", "state": "offered"}
    assert api.put("/copies/1", json=whole).status_code == 409


def test_an_endpoint_makes_the_moves_that_name_it(api: Running) -> None:
    copy(api, state="draft", price="1", note="a")
    assert told(api.post("/copies/1/offer")) == (200, "offered")
    assert told(api.post("/copies/1/offer")) == (409, "The row is 'offered', and must be 'draft'.")
    assert api.post("/copies/2/offer").status_code == 404
    described = api.get("/openapi.json").json()["paths"]["/copies/{number}/offer"]["post"]
    assert set(described["responses"]) == {"200", "404", "409", "422"}
    assert "501" not in described["description"]


def test_a_guard_in_prose_is_a_file_of_the_teams(api: Running) -> None:
    copy(api, state="draft", price="1", note="a")
    api.post("/copies/1/offer")
    assert told(api.post("/copies/1/sell")) == (501, "The guard of 'selling' is not written yet.")
    assert told(api.get("/copies/1")) == (200, "offered")
    files = generate(Design.load(SHOP))
    assert "the money is there" in files["service/guards/copy_life_selling.py"]
    assert (
        "def copy_life_selling(row: Mapping[str, Any]) -> bool:"
        in files["service/guards/copy_life_selling.py"]
    )


def test_a_design_without_lives_has_no_word_of_them() -> None:
    files = generate(Design.load({**SHOP, "development": {}}))
    assert "service/states.py" not in files
    assert "life" not in files["service/collection.py"].lower()


def test_what_cannot_be_kept_is_told() -> None:
    machines = [
        {"id": "a", "attribute": "copy.state"},
        {"id": "b", "attribute": "copy.nothing", "start": "x"},
    ]
    with start(Design.load({**SHOP, "development": {"states": machines}}), rows=0) as api:
        assert [gap for gap in api.gaps if "State machine" in gap] == [
            f"State machine '{id}' is left out: it needs a start and an attribute that no other one moves."
            for id in "ab"
        ]
