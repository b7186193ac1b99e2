"""The JSON Schema lets editors complete a design, and takes every design that opens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from backendkit.model import Design
from backendkit.store.text import read
from backendkit.writers import export
from backendkit.writers.schema import FILE

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def schema() -> Any:
    found = json.loads(export(Design(), "schema"))
    Draft202012Validator.check_schema(found)
    return found


def test_the_committed_schema_is_up_to_date() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert text == export(Design(), "schema"), "run: python -m backendkit.writers.schema"


@pytest.mark.parametrize(
    "file", sorted((ROOT / "data").glob("*/design.yaml")), ids=lambda file: file.parent.name
)
def test_the_worked_designs_fit(schema: Any, file: Path) -> None:
    values = read(file.read_text(encoding="utf-8"))
    assert not list(Draft202012Validator(schema).iter_errors(values))


def test_every_part_is_described_and_closed(schema: Any) -> None:
    assert schema["$defs"]["Attribute"]["description"] == "One value of an entity: a column."
    open_ = [
        name
        for name, part in schema["$defs"].items()
        if part.get("type") == "object" and part["additionalProperties"] is not False
    ]
    assert open_ == []
    assert "on-delete" in schema["$defs"]["Attribute"]["properties"]
    assert "default" in schema["$defs"]["Attribute"]["properties"]


@pytest.mark.parametrize(
    ("type", "fits"),
    [("integer", True), ("string(20)", True), ("decimal(10,2)", True), ("enum(a, b)", True), ("other(geometry(Point,4326))", True),
     ("", False), ("int", False), ("integer(4)", False), (7, False)],
)  # fmt: skip
def test_attribute_types_are_completed_and_checked(schema: Any, type: Any, fits: bool) -> None:
    values = {"database": {"entities": [{"id": "a", "attributes": [{"id": "b", "type": type}]}]}}
    assert Draft202012Validator(schema).is_valid(values) is fits


def test_unknown_words_do_not_fit(schema: Any) -> None:
    assert not Draft202012Validator(schema).is_valid({"databse": {}})
    assert not Draft202012Validator(schema).is_valid({"database": {"engine": "postgres"}})
