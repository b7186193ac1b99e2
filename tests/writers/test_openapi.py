"""The OpenAPI that is written is valid, and is what the prototype says of itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from backendkit.model import Design
from backendkit.prototype import start
from backendkit.store import open_design
from backendkit.writers.openapi import describe, openapi_text

EVERYTHING = {
    "name": "Every type",
    "summary": "One of each.",
    "version": "3",
    "database": {
        "engine": "sqlite",
        "entities": [
            {
                "id": "thing",
                "about": "It has everything.",
                "attributes": [
                    {"id": "class", "type": "integer", "key": True, "generated": True},
                    {"id": "Größe (cm)", "type": "decimal(3,3)", "about": 'In "metres"'},
                    {"id": "string", "type": "string"},
                    {"id": "short", "type": "string(3)", "optional": True},
                    {"id": "bigint", "type": "bigint", "default": "5"},
                    {"id": "float", "type": "float"},
                    {"id": "boolean", "type": "boolean", "default": "true"},
                    {"id": "date", "type": "date"},
                    {"id": "time", "type": "time"},
                    {"id": "datetime", "type": "datetime", "default": "now"},
                    {"id": "uuid", "type": "uuid", "default": "new uuid"},
                    {"id": "json", "type": "json", "optional": True},
                    {"id": "binary", "type": "binary", "optional": True},
                    {"id": "one", "type": "enum(only)"},
                    {"id": "many", "type": "enum(a, b)", "optional": True},
                    {"id": "long", "type": "decimal(30,10)"},
                    {"id": "any", "type": "decimal"},
                    {"id": "inet", "type": "other(inet)"},
                    {"id": "parent", "type": "reference", "to": "thing", "optional": True},
                    {"id": "untyped"},
                    {"id": "madeAt", "type": "date", "optional": True},
                    {"id": "made_at", "type": "text", "optional": True, "column": "m"},
                ],
            },
            {"id": "log", "attributes": [{"id": "line", "type": "text"}]},
            {"id": "report", "view": True, "attributes": [{"id": "day", "type": "date", "key": True}]},
            {
                "id": "pair",
                "attributes": [
                    {"id": "from", "type": "reference", "to": "thing", "key": True},
                    {"id": "request", "type": "date", "key": True},
                ],
            },
        ],
    },
    "api": {
        "base": "/v2",
        "pagination": {"by": "cursor", "size": 7, "most": 9},
        "resources": [
            {
                "id": "things",
                "entity": "thing",
                "operations": ["list", "get", "create", "replace", "patch", "delete"],
                "filter": ["madeAt", "class", "Größe (cm)", "bigint", "float", "boolean", "date", "time", "datetime", "uuid", "many"],
                "sort": ["date", "Größe (cm)"],
                "hide": ["string"],
                "readonly": ["datetime", "one"],
            },
            {"id": "logs", "entity": "log", "operations": ["list", "get", "create"]},
            {"id": "reports", "entity": "report", "operations": ["list", "get", "create"]},
            {"id": "pairs", "entity": "pair", "operations": ["list", "get", "create", "replace", "patch", "delete"]},
        ],
        "endpoints": [
            {"id": "import", "method": "POST", "path": "/things/{id}/{when}", "returns": "things",
             "takes": [{"id": "when", "type": "date"}, {"id": "amount", "type": "decimal(10,2)"},
                       {"id": "dry run", "type": "boolean", "in": "query", "optional": True},
                       {"id": "Signature", "in": "header", "about": "Of whom"}],
             "errors": {"409": "It is there already.", "nonsense": "never"}},
            {"id": "ping", "method": "GET", "path": "/ping", "returns": "pong"},
        ],
    },
}  # fmt: skip


@pytest.fixture(params=["bookshop", "every type", "nothing"])
def design(request: pytest.FixtureRequest, repository: Path) -> Design:
    if request.param == "bookshop":
        return open_design(repository / "data" / "bookshop").design
    return Design.load(EVERYTHING if request.param == "every type" else {})


def test_what_is_written_is_what_the_prototype_serves(design: Design) -> None:
    written = json.loads(openapi_text(design))
    with start(design, rows=0) as api:
        served = api.get("/openapi.json").json()
    assert written["openapi"] == served["openapi"]
    assert written["info"] == served["info"]
    assert written.get("tags") == served.get("tags")
    assert operations(written) == operations(served)
    assert bare(written["components"]["schemas"]) == bare(served["components"]["schemas"])


def test_what_is_written_is_valid(design: Design) -> None:
    OpenAPIV31SpecValidator(json.loads(openapi_text(design))).validate()


def test_the_same_design_gives_the_same_text(design: Design) -> None:
    assert openapi_text(design) == openapi_text(design)


def test_what_a_resource_hides_is_in_no_answer() -> None:
    schemas = describe(Design.load(EVERYTHING))["components"]["schemas"]
    assert "string" not in schemas["Thing"]["properties"]
    assert "string" in schemas["ThingCreate"]["properties"]
    assert {"madeAt", "made_at"} < {*schemas["Thing"]["properties"]}


def operations(document: dict[str, Any]) -> dict[str, Any]:
    """Everything about a call but its prose."""
    return {
        (path, method): {
            "name": said["operationId"],
            "tags": said.get("tags", []),
            "parameters": [bare(each) for each in said.get("parameters", [])],
            "body": said.get("requestBody"),
            "answers": said["responses"],
        }
        for path, methods in document["paths"].items()
        for method, said in methods.items()
    }


def bare(value: Any) -> Any:
    """A schema without the titles that FastAPI adds, and without the docstrings of classes."""
    if isinstance(value, list):
        return [bare(each) for each in value]
    if not isinstance(value, dict):
        return value
    prose = {"title"} | ({"description"} if "properties" in value or "in" in value else set())
    kept = {key: bare(each) for key, each in value.items() if key not in prose or not isinstance(each, str)}
    if "schema" in kept and "in" in kept:
        kept["schema"].pop("description", None)
    if isinstance(kept.get("required"), list):
        kept["required"] = sorted(kept["required"])
    return kept
