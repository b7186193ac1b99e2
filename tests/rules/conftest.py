"""Random designs: whatever the vocabulary allows, with few words so that ids meet, double and dangle."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from backendkit.model import Design

SCHEMA = Design.model_json_schema(by_alias=True)
IDS = "a|b|c|a.b|book|books|order|order-line|line 1|price1|price2|email|R1|Q1|D1|0|ß||"
WORDS = {
    "": IDS + "|/|//|/a/{n}|?|.|, |:|£|(?(|'\"|GET|must|REQ004| |2026-01-01|reads|starts a|X" + "x" * 200,
    "id": IDS,
    "to": IDS,
    "entity": IDS,
    "text": "When a, the b shall c.|If if, then shall shall.|As a b, I want to be fast etc.|The b must|shall shall||,",
    "measure": "latency <= 1 s|p95 latency < 2 ms at 1 req/s|memory <= 2 GB|memory >= 9 GB|fast|availability > 1 s|",
    "type": "|text|string|string(9)|float|uuid|enum(a, a)|enum(a, b)|reference|reference|decimal(3,2)|other(x)",
    "holds": "price1 >= 0|a > b and|a is null||'",
}
OFTEN = {"id", "type", "to", "text", "entity", "measure", "entities", "attributes", "database", "resources"}


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
        often = {key: field for key, field in fields.items() if key in OFTEN}
        return st.fixed_dictionaries(often, optional={key: fields[key] for key in fields if key not in OFTEN})
    if schema.get("type") == "object":
        return st.dictionaries(words("id"), fitting(schema["additionalProperties"]), max_size=2)
    if schema.get("type") == "array":
        return st.lists(fitting(schema["items"], name), max_size=3)
    plain = {
        "boolean": st.booleans(),
        "integer": st.integers(1, schema.get("maximum", 10**6)),
        "number": st.sampled_from([0.0, 1.5, -2.0]),
    }
    return plain.get(schema.get("type", ""), words(name))


def words(name: str) -> st.SearchStrategy[str]:
    """A word that may stand in a field of that name."""
    return st.sampled_from(WORDS.get(name, WORDS[""]).split("|"))


designs = fitting(SCHEMA).map(Design.load)
