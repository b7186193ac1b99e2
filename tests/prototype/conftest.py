"""A shop that shows every kind of call, served on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from backendkit.model import Design
from backendkit.prototype import Running, start

ALL = ["list", "get", "create", "replace", "patch", "delete"]
SHOP: dict[str, Any] = {
    "name": "Shop",
    "database": {
        "engine": "postgresql",
        "entities": [
            {
                "id": "maker",
                "attributes": [
                    {"id": "name", "type": "string(40)", "key": True},
                    {"id": "belongs-to", "type": "reference", "to": "maker", "optional": True},
                ],
            },
            {
                "id": "thing",
                "table": "All Things",
                "attributes": [
                    {"id": "number", "type": "integer", "key": True, "generated": True},
                    {"id": "class", "type": "string(20)", "unique": True, "column": "class; drop"},
                    {"id": "price", "type": "decimal(10,2)", "default": "9.50"},
                    {"id": "exact", "type": "decimal(30,12)", "optional": True},
                    {"id": "maker", "type": "reference", "to": "maker", "optional": True, "on-delete": "restrict"},
                    {"id": "made", "type": "datetime", "default": "now"},
                    {"id": "day", "type": "date", "optional": True},
                    {"id": "hour", "type": "time", "optional": True},
                    {"id": "good", "type": "boolean", "default": "true"},
                    {"id": "extra", "type": "json", "optional": True},
                    {"id": "raw", "type": "binary", "optional": True},
                    {"id": "token", "type": "uuid", "default": "new uuid"},
                    {"id": "secret", "type": "text", "optional": True},
                ],
                "checks": [{"id": "price-not-negative", "holds": "price >= 0"}],
            },
            {
                "id": "part",
                "attributes": [
                    {"id": "thing", "type": "reference", "to": "thing", "key": True, "on-delete": "cascade"},
                    {"id": "place", "type": "string(10)", "key": True},
                    {"id": "inside", "type": "text", "optional": True},
                ],
                "references": [{"id": "inside-of", "of": ["thing", "inside"], "to": "part", "match": []}],
            },
            {"id": "note", "attributes": [{"id": "line", "type": "text"}]},
        ],
    },
    "api": {
        "pagination": {"size": 3, "most": 10},
        "resources": [
            {"id": "makers", "entity": "maker", "operations": ALL},
            {"id": "things", "entity": "thing", "operations": ALL, "hide": ["secret"], "readonly": ["token"],
             "filter": ["class", "price", "maker", "made", "day", "hour", "good", "number", "token"],
             "sort": ["price", "class", "day"]},
            {"id": "parts", "entity": "part", "operations": ALL},
            {"id": "notes", "entity": "note", "operations": ["list", "create"]},
            {"id": "reading", "path": "/only/read", "entity": "thing", "operations": ["list", "get"]},
        ],
    },
}  # fmt: skip


@pytest.fixture
def shop() -> Design:
    return Design.load(SHOP)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def standing(request: pytest.FixtureRequest) -> Iterator[Running]:
    """The shop, on one database after the other."""
    database = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        name = f"shop_{uuid4().hex}"
        with psycopg.connect(f"{server.replace('+psycopg', '')}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        database = f"{server}/{name}"
    with start(Design.load(SHOP), rows=0, database=database) as running:
        yield running


@pytest.fixture
def api(standing: Running) -> Running:
    """The shop, empty."""
    engine = standing.app.state.database.engine
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql('TRUNCATE maker, "All Things", part, note RESTART IDENTITY CASCADE')
        else:
            connection.exec_driver_sql('UPDATE maker SET "belongs-to" = NULL')
            for name in ("part", "All Things", "maker", "note"):
                connection.exec_driver_sql(f'DELETE FROM "{name}"')
    return standing
