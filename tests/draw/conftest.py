"""A shop with every kind of entity, reference, element and relation, and the worst names people can type."""

from __future__ import annotations

from typing import Any

import pytest

from backendkit.model import Design

NAMES = (
    "\"quoted\" 'twice'", "<b>&amp;</b>", "back\\slash\\", "new\nline\ttab", "\x00\x07\x1b bell", "x" * 20_000,
    "word " * 4_000, "😀👩‍👩‍👧 face", "שלום עולם", "مرحبا", "javascript:alert(1)", "中文表名", "]]>", "-->", "%s {x} $",
    "</svg><script>alert(1)</script>", "a.b", " ", "", "\u202eoverride", "\ufffe", "e\u0301" * 400,
)  # fmt: skip


def _attribute(id: str, type: str = "string(80)", *marks: str, to: str = "") -> dict[str, Any]:
    return {"id": id, "type": type, **dict.fromkeys(marks, True), **({"to": to} if to else {})}


def _refers(id: str, to: str, *marks: str) -> dict[str, Any]:
    return _attribute(id, "reference", *marks, to=to)


ENTITIES = [
    {"id": "genre", "attributes": [_attribute("code", "string(20)", "key"), _refers("parent", "genre", "optional")]},
    {"id": "book", "attributes": [_attribute("isbn", "string(13)", "key"), _attribute("title"), _refers("genre", "genre")]},
    {"id": "copy", "name": "Copy of a book", "attributes": [
        _attribute("number", "uuid", "key"), _refers("book", "book.isbn"), _attribute("note", "text", "optional")]},
    {"id": "order", "attributes": [_attribute("number", "uuid", "key"), _refers("buyer", "reader", "optional")]},
    {"id": "line", "attributes": [
        _refers("order", "order", "key"), _attribute("place", "integer", "key"), _refers("copy", "copy", "unique")]},
    {"id": "refund", "attributes": [_attribute("order", "uuid"), _attribute("place", "integer"), _attribute("why")],
     "references": [{"id": "of-line", "of": ["order", "place"], "to": "line"}]},
    {"id": "sales", "view": True, "attributes": [_attribute("total", "decimal(12,2)")]},
    {"id": "idea"},
]  # fmt: skip
ARCHITECTURE = {
    "elements": [
        {"id": "shop", "kind": "system", "name": "Bookshop", "about": "Readers buy and sell second-hand books."},
        {"id": "front", "kind": "container", "in": "shop", "name": "Shop front", "technology": "react"},
        {"id": "service", "kind": "container", "in": "shop", "name": "Shop API", "technology": "FastAPI, Python 3.12"},
        {"id": "search", "kind": "component", "in": "service", "name": "Search"},
        {"id": "data", "kind": "container", "in": "shop", "technology": "Postgres 16", "store": "database"},
        {"id": "events", "kind": "container", "in": "shop", "technology": "rabbitmq", "store": "queue"},
        {"id": "photos", "kind": "container", "in": "shop", "technology": "s3", "store": "files"},
        {"id": "isbn", "kind": "system", "name": "ISBN register", "external": True},
    ],
    "relations": [
        {"id": "searches", "from": "reader", "to": "front", "does": "searches and orders", "over": "HTTPS"},
        {"id": "calls", "from": "front", "to": "search", "does": "calls", "over": "HTTPS"},
        {"id": "stores", "from": "service", "to": "data", "does": "reads and writes", "over": "SQL"},
        {"id": "tells", "from": "service", "to": "events", "does": "announces", "over": "AMQP", "async": True},
        {"id": "asks", "from": "service", "to": "isbn", "does": "looks up", "over": "HTTPS"},
        {"id": "asks-too", "from": "front", "to": "isbn", "does": "shows covers", "over": "HTTPS"},
        {"id": "dreams", "from": "service", "to": "mars", "does": "delivers"},
    ],
}  # fmt: skip
REQUIREMENTS = {
    "stakeholders": [{"id": "reader", "role": "buys books"}, {"id": "owner", "role": "pays for it"}],
    "integrations": [{"id": "pay", "name": "Payment provider", "direction": "out", "protocol": "HTTPS", "data": "payments"}],
}  # fmt: skip
LIVES = {
    "states": [
        {"id": "order-life", "attribute": "order.state", "start": "open", "moves": [
            {"id": "paying", "from": "open", "to": "paid", "trigger": "the money is there", "guard": "paid >= total"}]},
        {"id": "copy-life", "attribute": "copy.state", "start": "draft"},
    ]
}  # fmt: skip


@pytest.fixture
def shop() -> Design:
    """Fifteen minutes into a design: a composite reference, a reference to itself, ghosts, a view, an idea."""
    return Design.load(
        {
            "name": "Shop",
            "requirements": REQUIREMENTS,
            "architecture": ARCHITECTURE,
            "database": {"entities": ENTITIES},
            "development": LIVES,
        }
    )


@pytest.fixture
def hostile() -> Design:
    """Every bad name in every field that is drawn, with circles and dangling references."""
    entities: list[dict[str, Any]] = []
    elements: list[dict[str, Any]] = []
    relations: list[dict[str, Any]] = []
    kinds = ("person", "system", "container", "component")
    for number, name in enumerate(NAMES):
        other, texts = NAMES[(number * 5 + 3) % len(NAMES)], {"id": name, "name": name, "about": name}
        rows = [{**texts, "type": "string(3)"}, {"id": "r", "type": "reference", "to": other}]
        entities.append({**texts, "table": name, "schema": NAMES[number % 3], "attributes": rows})
        elements.append({**texts, "kind": kinds[number % 4], "technology": name, "in": other})
        relations.append({"id": name, "from": name, "to": other, "does": name, "over": name})
    moves = [{"id": f"{name} {end}", "from": name, "to": end, "trigger": name, "guard": end}
             for name, end in zip(NAMES, (*NAMES[5:], *NAMES[:5]), strict=True)]  # fmt: skip
    lives = {"states": [{"id": NAMES[1], "attribute": NAMES[1], "start": NAMES[2], "moves": moves}]}
    architecture = {"elements": elements, "relations": relations}
    values = {
        "name": NAMES[1],
        "architecture": architecture,
        "database": {"entities": entities},
        "development": lives,
    }
    return Design.model_validate(values)  # made in memory: signs that no file may hold come in too


def large(count: int, references: int) -> Design:
    """So many entities, each with so many references all over the place."""
    entities = []
    for number in range(count):
        rows = [_attribute("number", "uuid", "key"), *(_attribute(f"a{i}") for i in range(9))]
        rows += [_refers(f"r{i}", f"e{(number * 7 + i * 131 + 5) % count}") for i in range(references)]
        entities.append({"id": f"e{number}", "attributes": rows})
    return Design.load({"database": {"entities": entities}})
