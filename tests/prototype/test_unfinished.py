"""Unfinished and odd designs run too: what cannot be served is a sentence."""

from __future__ import annotations

import keyword
import re
from typing import Any

import pytest

from backendkit.model import Design
from backendkit.prototype import start
from backendkit.writers.openapi import describe

KEY = {"id": "id", "type": "integer", "key": True, "generated": True}
ALL = ["list", "get", "create", "replace", "patch", "delete"]


def made(entities: list[dict[str, Any]], resources: list[dict[str, Any]] | None = None, **api: Any) -> Design:
    if resources is None:
        resources = [
            {"id": f"{each['id']}-rows", "entity": each["id"], "operations": ALL} for each in entities
        ]
    return Design.load({"database": {"entities": entities}, "api": {"resources": resources, **api}})


def test_a_design_without_anything_runs() -> None:
    with start(Design()) as api:
        assert api.get("/openapi.json").json()["paths"] == {}
        assert api.get("/docs").status_code == 200
        assert api.get("/").status_code == 307


@pytest.mark.parametrize(
    ("entities", "resources", "said"),
    [
        ([], [{"id": "books", "entity": "book"}], "shows no entity"),
        ([], [{"id": "books"}], "shows no entity"),
        ([{"id": "book"}], None, "shows no entity"),
        ([{"id": "log", "attributes": [{"id": "line", "type": "text"}]}], None, "cannot be told apart by a key"),
        ([{"id": "day", "view": True, "attributes": [KEY]}], None, "a view is only read"),
        ([{"id": "a", "attributes": [KEY]}], [{"id": "as", "entity": "a"}], "names no operations"),
        ([{"id": "a", "attributes": [KEY]}], [{"id": "as", "entity": "a", "operations": ["list"], "filter": ["x"]}], "filter names 'x'"),
        ([{"id": "a", "attributes": [KEY]}], [{"id": "as", "entity": "a", "operations": ["list"], "path": "/docs"}], "is not free; it stands at /docs_2"),
        ([{"id": "a", "attributes": [KEY]}], [{"id": "as", "entity": "a", "operations": ["list"], "path": "/x/{y}"}], "it stands at /x/y"),
        ([{"id": "a", "attributes": [KEY]}] * 2, [{"id": "as", "entity": "a", "operations": ["list"]}] * 2, "it stands at /as_2"),
        ([{"id": "a", "attributes": [KEY, {"id": "b", "type": "reference", "to": "gone"}]}], None, "'gone'"),
        ([{"id": "a", "attributes": [KEY, {"id": "b"}]}], None, "type of 'b'"),
        ([{"id": "a", "attributes": [{"id": "k", "type": "json", "key": True}]}], None, "told apart"),
        ([{"id": "a", "attributes": [KEY], "checks": [{"id": "c", "holds": "it is nice"}]}], None, "prose"),
    ],
)  # fmt: skip
def test_what_is_missing_is_one_sentence(entities: Any, resources: Any, said: str) -> None:
    with start(made(entities, resources)) as api:
        assert said in "\n".join(api.gaps)
        assert all(line.endswith(".") and "\n" not in line for line in api.gaps)
        for path in api.get("/openapi.json").json()["paths"]:
            if "{" not in path:
                assert api.get(path).status_code == 200


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        ({"id": "e", "path": "/e"}, "no method or no path"),
        ({"id": "e", "method": "GET"}, "no method or no path"),
        ({"id": "e", "method": "GET", "path": "/a-rows/{other}"}, "is there already"),
        ({"id": "e", "method": "GET", "path": "/docs"}, "is there already"),
    ],
)
def test_an_endpoint_that_cannot_be_served_is_one_sentence(endpoint: dict[str, Any], said: str) -> None:
    with start(made([{"id": "a", "attributes": [KEY]}], endpoints=[endpoint])) as api:
        assert said in api.gaps[-1]


def test_reserved_words_are_names_like_any_other() -> None:
    words = [
        *keyword.kwlist, *keyword.softkwlist, "id", "metadata", "model_config", "model_dump", "model_fields", "json",
        "copy", "dict", "schema", "items", "keys", "values", "get", "c", "request", "body", "query", "table", "rows",
        "router", "limit", "offset", "sort", "cursor", "str", "int", "date", "list", "self", "cls", "next", "if_match",
        "__class__", "_private", "registry", "type", "object", "select", "order", "group", "UUID", "Field", "Literal",
    ]  # fmt: skip
    attributes = [KEY, *({"id": word, "type": "text", "optional": True} for word in words if word != "id")]
    some = [
        {"id": word, "attributes": attributes}
        for word in ("class", "import", "metadata", "none", "table", "input")
    ]
    resources = [
        {"id": f"{each['id']}-rows", "entity": each["id"], "operations": ALL, "filter": words, "sort": words}
        for each in some
    ]
    with start(made(some, resources), rows=2) as api:
        for each in resources:
            row = api.post(
                f"/{each['id']}", json={"class": "a", "model_config": "b", "limit": "c", "items": "d"}
            ).json()
            assert (row["class"], row["model_config"], row["limit"], row["items"]) == ("a", "b", "c", "d")
            found = api.get(f"/{each['id']}?class=a&model_config=b&limit_=c&sort=-class,model_config").json()
            assert [each["id"] for each in found["items"]] == [row["id"]]


@pytest.mark.parametrize(
    "word", ["class", "request", "body", "if_match", "größe", "日本", "a b", "con", "1st"]
)
def test_keys_and_resources_of_any_name_have_paths(word: str) -> None:
    entities = [
        {
            "id": word,
            "attributes": [
                {"id": word, "type": "text", "key": True},
                {"id": f"{word}-b", "type": "date", "key": True},
            ],
        }
    ]
    with start(made(entities, [{"id": word, "entity": word, "operations": ALL}]), rows=0) as api:
        (name, other), path = (
            [field.json for field in api.surface.columns[next(iter(api.surface.tables))]],
            api.surface.collections[0].path,
        )
        made_row = api.post(path, json={name: "x", other: "2027-01-31"})
        assert made_row.status_code == 201, made_row.text
        assert api.get(made_row.headers["Location"]).json() == {name: "x", other: "2027-01-31"}
        assert api.delete(made_row.headers["Location"]).status_code == 204


def test_names_that_become_the_same_are_kept_apart() -> None:
    attributes = [
        KEY,
        {"id": "first-name", "type": "text"},
        {"id": "first name", "type": "text", "column": "fn"},
    ]
    entities = [{"id": each, "attributes": attributes} for each in ("a-b", "a_b", "A B", "ab", "a-b-list")]
    entities[1]["table"], entities[2]["table"] = "t2", "t3"
    resources = [{"id": each["id"], "entity": each["id"], "operations": ALL} for each in entities]
    with start(made(entities, resources), rows=3) as api:
        paths = [each.path for each in api.surface.collections]
        assert len(set(paths)) == 5
        for path in paths:
            assert list(api.get(path).json()["items"][0]) == ["id", "first_name", "first_name_2"]


def test_schemas_of_one_name_are_kept_apart() -> None:
    entities = [
        {
            "id": f"{schema}-order",
            "table": "order",
            "schema": schema,
            "attributes": [KEY, {"id": schema, "type": "text"}],
        }
        for schema in ("sales", "archive")
    ]
    with start(made(entities), rows=2) as api:
        assert "sales" in api.get("/sales-order-rows").json()["items"][0]
        assert "archive" in api.get("/archive-order-rows").json()["items"][0]


def test_a_literal_path_comes_before_one_with_a_key() -> None:
    entities = [
        {"id": "a", "attributes": [{"id": "k", "type": "text", "key": True}]},
        {"id": "b", "attributes": [KEY]},
    ]
    resources = [
        {"id": "as", "entity": "a", "operations": ["list", "get"]},
        {"id": "bs", "entity": "b", "path": "/as/popular", "operations": ["list"]},
    ]
    endpoints = [{"id": "best", "method": "GET", "path": "/as/best"}]
    with start(made(entities, resources, endpoints=endpoints), rows=1) as api:
        assert "items" in api.get("/as/popular").json()
        assert api.get("/as/best").status_code == 501


@pytest.mark.parametrize("word", ["datetime", "date", "time", "now", "uuid4", "metadata"])
def test_an_entity_may_be_called_like_what_the_source_imports(word: str) -> None:
    with start(
        made([{"id": word, "attributes": [KEY, {"id": "at", "type": "datetime", "default": "now"}]}])
    ) as api:
        assert len(api.get(f"/{word}-rows").json()["items"]) == 20


def test_schemas_have_ascii_names_whatever_script_people_write() -> None:
    entities = [{"id": id, "attributes": [KEY, {"id": "t", "type": "text"}]} for id in ("日本", "中国", "ü")]
    with start(made(entities)) as api:
        schemas = api.get("/openapi.json").json()["components"]["schemas"]
    assert all(re.fullmatch(r"[a-zA-Z0-9._-]+", name) for name in schemas)
    assert schemas.keys() <= describe(made(entities))["components"]["schemas"].keys() | {"Problem"}


@pytest.mark.long
def test_a_design_of_a_thousand_resources_is_served() -> None:
    with start(made([{"id": f"e{n}", "attributes": [KEY]} for n in range(1000)]), rows=1) as api:
        assert len(api.get("/e999-rows").json()["items"]) == 1
