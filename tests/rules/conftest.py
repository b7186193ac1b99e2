"""Random designs: whatever the vocabulary allows, with few words so that ids meet, double and dangle."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from backendkit.model import Design

SCHEMA = Design.model_json_schema(by_alias=True)
WORDS = st.sampled_from(
    [
        "a",
        "b",
        "c",
        "a.b",
        "book",
        "books",
        "order-line",
        "order line",
        "price",
        "price1",
        "price2",
        "email",
        "R1",
        "Q1",
        "D1",
        "0",
        "/",
        "//",
        "{n}",
        "/a/{n}",
        "?",
        ".",
        ", ",
        ":",
        "£",
        "(?(\n",
        "ß'\"",
        "GET",
        "must",
        "REQ004",
        " ",
        "",
        "When a, the b shall c.",
        "If if, then shall shall.",
        "latency <= 1 s",
        "p95 latency < 2 ms at 1 req/s\n",
        "memory <= 2 GB",
        "price >= 0",
        "price >= 0 and",
        "2026-01-01",
        "reads",
        "starts a",
    ]
)
TYPES = st.sampled_from(
    ["", "text", "string", "string(9)", "float", "uuid", "enum(a, a)", "enum(a, b)", "reference"]
)


def fitting(schema: dict[str, Any], name: str = "") -> st.SearchStrategy[Any]:
    """Plain data that a piece of the schema allows."""
    if "$ref" in schema:
        return fitting(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return st.one_of([fitting(one) for one in schema["anyOf"] if one.get("type") != "null"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "properties" in schema:
        fields = {key: fitting(one, key) for key, one in schema["properties"].items() if key != "format"}
        return st.fixed_dictionaries({}, optional=fields)
    if schema.get("type") == "object":
        return st.dictionaries(WORDS, fitting(schema["additionalProperties"]), max_size=2)
    if schema.get("type") == "array":
        return st.lists(fitting(schema["items"]), max_size=3)
    if name == "type":
        return TYPES
    plain = {
        "boolean": st.booleans(),
        "integer": st.integers(1, 10**6),
        "number": st.sampled_from([0.0, 1.5, -2.0]),
    }
    return plain.get(schema.get("type", ""), WORDS)


designs = fitting(SCHEMA).map(Design.load)
