"""Rows copied from a database: every one is served exactly, or it is told why not."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from backendkit.model import Design, UserError
from backendkit.prototype import Running, start
from backendkit.readers import read_system

MESSY = """
CREATE TABLE "Order Details" (
    "Order ID" INTEGER NOT NULL, "Product" TEXT NOT NULL, "Unit Price" DECIMAL(10,2), "When" DATETIME, "Day" DATE,
    "Rate" DECIMAL(30,12), "Flag" BOOLEAN, "Count" INTEGER, PRIMARY KEY ("Order ID", "Product"));
INSERT INTO "Order Details" VALUES
    (1, 'a', 12.5, '2026-01-02 03:04:05.678', '2026-01-02', '0.1', 1, 7),
    (1, 'b/c', 0.1, '2026-13-45', 'soon', 0.000000000001, 2, 'many'),
    (2, 'ü', 'cheap', 1262304000, '2026-01-02 00:00:00', 1e3, NULL, 1.5),
    (3, X'00FF', NULL, NULL, NULL, NULL, 0, 9007199254740993);
CREATE TABLE log (line TEXT, at DATE);
INSERT INTO log VALUES ('x', NULL), ('x', NULL), (NULL, '2026-01-01');
CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES child(id), kind TEXT CHECK (kind IN ('a','b')));
INSERT INTO child VALUES (1, 99, 'a'), (2, 1, 'b');
CREATE TABLE empty (id INTEGER PRIMARY KEY);
CREATE VIEW loud AS SELECT upper(line) AS line FROM log;
"""


def walk(api: Running, path: str) -> list[dict[str, Any]]:
    """All rows of a list."""
    found: list[dict[str, Any]] = []
    page = {"next": f"{path}?limit=100"}
    while page["next"]:
        answer = api.get(page["next"])
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += answer.json()["items"]
    return found


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    file = tmp_path / "mes sy.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(MESSY)
    connection.close()
    return file


def test_every_value_of_a_real_database_is_served_exactly(real: Path) -> None:
    file = real / "chinook.sqlite"
    if not file.exists():
        pytest.skip("the real input is not there")
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    design = read_system(str(file)).design
    source = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    count = 0
    with start(design, data=str(file)) as api:
        assert api.unread == ()
        for each in api.surface.collections:
            columns = ", ".join(f'"{field.attribute.column_name}"' for field in each.fields)
            known = source.execute(f'SELECT {columns} FROM "{each.entity.table_name}"').fetchall()
            kinds = [field.type for field in each.fields]
            expected = [tuple(map(as_served, kinds, row)) for row in known]
            found = [tuple(row.values()) for row in walk(api, each.path)]
            assert sorted(found, key=repr) == sorted(expected, key=repr)
            count += len(found)
        assert sum(Decimal(row["total"]) for row in walk(api, "/invoices")) == Decimal("2328.60")
    source.close()
    assert count == 15_607
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before


def as_served(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if kind.name == "decimal":
        return str(Decimal(repr(value)).quantize(Decimal("0.01")))
    return value.replace(" ", "T") if kind.name == "datetime" else value


def test_a_messy_database_is_served_as_it_is_and_what_is_odd_is_told(messy: Path) -> None:
    with start(read_system(str(messy)).design, data=str(messy)) as api:
        rows = walk(api, "/order-details")
        told = "\n".join(api.unread)
        assert [row["line"] for row in walk(api, "/logs")] == ["x", "x", None]
        assert walk(api, "/children") == [
            {"id": 1, "parent": 99, "kind": "a"}, {"id": 2, "parent": 1, "kind": "b"},
        ]  # fmt: skip
        assert len(walk(api, "/louds")) == 3
        assert walk(api, "/empties") == []
        assert api.get("/order-details/1/a").json() == rows[0]
        assert api.get("/order-details/1/b/c").json() == rows[1]
    assert rows == [
        {"order_id": 1, "product": "a", "unit_price": "12.50", "when": "2026-01-02T03:04:05.678000",
         "day": "2026-01-02", "rate": "0.100000000000", "flag": True, "count": 7},
        {"order_id": 1, "product": "b/c", "unit_price": "0.10", "when": "2026-13-45", "day": "soon",
         "rate": "0.000000000001", "flag": 2, "count": "many"},
        {"order_id": 2, "product": "ü", "unit_price": "cheap", "when": 1262304000, "day": "2026-01-02",
         "rate": "1000.000000000000", "flag": None, "count": 1.5},
        {"order_id": 3, "product": "AP8=", "unit_price": None, "when": None, "day": None, "rate": None,
         "flag": False, "count": 9007199254740993},
    ]  # fmt: skip
    for sentence in (
        "order-details: 2 rows: 'when' is no datetime, and served as it is.",
        "order-details: 1 row: 'day' is no date, and served as it is.",
        "order-details: 1 row: 'unit_price' is no decimal(10,2), and served as it is.",
        "order-details: 2 rows: 'count' is no integer, and served as it is.",
        "order-details: 1 row: 'flag' is no boolean, and served as it is.",
        "order-details: 1 row: 'product' is no text, and served as it is.",
    ):
        assert sentence in told


@pytest.mark.parametrize(
    ("kind", "value", "served", "told"),
    [
        ("uuid", "5", "5", "no uuid, and served as it is"),
        ("uuid", "x'00'", "AA==", "no uuid, and served as it is"),
        ("real", "5", 5.0, ""),
        ("real", "'xyz'", "xyz", "no float, and served as it is"),
        ("real", "''", "", "no float, and served as it is"),
        ("real", "x'00'", "AA==", "no float, and served as it is"),
        ("real", "'NaN'", "NaN", "no float, and served as it is"),
        ("real", "9e999", "Infinity", "no float, and served as it is"),
        ("blob", "x'00ff'", "AP8=", ""),
        ("blob", "1.5", "MS41", "no binary, and served as the bytes of its text"),
        ("blob", "12", "MTI=", "no binary, and served as the bytes of its text"),
        ("blob", "'xyz'", "eHl6", "no binary, and served as the bytes of its text"),
        ("json", "x'00'", "AA==", "no json, and served as it is"),
        ("json", "x'3132'", "MTI=", "no json, and served as it is"),
        ("json", "'[NaN]'", "[NaN]", "no json, and served as it is"),
        ("json", "'[1]'", [1], ""),
    ],
)
def test_a_value_of_another_type_is_served_and_told(
    tmp_path: Path, kind: str, value: str, served: Any, told: str
) -> None:
    file = tmp_path / "odd.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(
            f"CREATE TABLE t (id INTEGER PRIMARY KEY, v {kind}); INSERT INTO t VALUES (1, {value}), (2, NULL)"
        )
    connection.close()
    with start(read_system(str(file)).design, data=str(file)) as api:
        assert walk(api, api.surface.collections[0].path) == [{"id": 1, "v": served}, {"id": 2, "v": None}]
        assert api.unread == ((f"t: 1 row: 'v' is {told}.",) if told else ())


def test_rows_that_the_designed_tables_refuse_are_counted(messy: Path) -> None:
    values = {
        "database": {
            "entities": [
                {"id": "log", "attributes": [{"id": "line", "type": "text", "key": True}, {"id": "at", "type": "date"}]},
                {"id": "gone", "attributes": [{"id": "x", "type": "text"}]},
                {"id": "child", "attributes": [{"id": "id", "type": "integer", "key": True}, {"id": "new", "type": "text", "optional": True}]},
            ]
        },
        "api": {"resources": [{"id": "logs", "entity": "log", "operations": ["list"]}, {"id": "children", "entity": "child"}]},
    }  # fmt: skip
    with start(Design.load(values), data=f"sqlite:///{messy}") as api:
        assert walk(api, "/logs") == []
        assert walk(api, "/children") == [{"id": 1, "new": None}, {"id": 2, "new": None}]
        told = api.unread
    assert "log: 2 rows left out: NOT NULL constraint failed: log.at." in told
    assert "log: 1 row left out: NOT NULL constraint failed: log.line." in told
    assert "gone: the source has no table 'gone'." in told
    assert "child: the source has no column 'new' in its table 'child'." in told


def test_after_copying_the_rules_hold_again(messy: Path) -> None:
    with start(read_system(str(messy)).design, data=str(messy)) as api:
        assert api.post("/children", json={"parent": 77, "kind": "a"}).status_code == 409
        assert api.patch("/children/1", json={"kind": "b", "parent": None}).status_code == 200
        assert api.delete("/children/1").status_code == 409


@pytest.mark.parametrize(
    "source", ["nowhere.db", "sqlite:///nowhere.db", "postgresql://ann:hush@127.0.0.1:1/x", "what://ever"]
)
def test_a_source_that_cannot_be_read_is_one_sentence(source: str) -> None:
    with pytest.raises(UserError) as told:
        start(Design(), data=source)
    assert "hush" not in str(told.value)
    assert "\n" not in str(told.value)


def test_rows_of_postgresql_are_served_exactly(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            """
            CREATE SCHEMA sales; CREATE SCHEMA archive;
            CREATE TABLE sales.orders (id uuid PRIMARY KEY, total numeric(12,3), rate numeric, placed timestamptz,
                local timestamp, day date, hour time, tags text[], body jsonb, raw bytea, ok boolean, ip inet,
                pause interval, big bigint, ratio double precision);
            CREATE TABLE archive.orders (id integer PRIMARY KEY, was uuid REFERENCES sales.orders);
            CREATE VIEW sales.totals AS SELECT total FROM sales.orders;
            INSERT INTO sales.orders VALUES
              ('11111111-1111-1111-1111-111111111111', 123456789.125, 0.12345678901234567890123456789,
               '2026-01-02 03:04:05.678901+02', '2026-01-02 03:04:05', '0001-01-01', '23:59:59.5', '{a,"b c"}',
               '{"x": [1, null]}', '\\x00ff', true, '10.0.0.1', '1 day', 9223372036854775807, 0.1),
              ('22222222-2222-2222-2222-222222222222', NULL, 'NaN', 'infinity', NULL, '4713-01-01 BC', NULL, NULL,
               NULL, NULL, NULL, NULL, NULL, NULL, 'Infinity');
            INSERT INTO archive.orders VALUES (1, '11111111-1111-1111-1111-111111111111');
            """
        )
    design = read_system(postgres_url).design
    with start(design, data=postgres_url) as api:
        paths = {
            each.entity.schema_ + "." + each.entity.table_name: each.path for each in api.surface.collections
        }
        first, second = walk(api, paths["sales.orders"])
        assert walk(api, paths["archive.orders"]) == [
            {"id": 1, "was": "11111111-1111-1111-1111-111111111111"}
        ]
        assert len(walk(api, paths["sales.totals"])) == 2
        told = "\n".join(api.unread)
    assert first == {
        "id": "11111111-1111-1111-1111-111111111111", "total": "123456789.125",
        "rate": "0.12345678901234567890123456789", "placed": "2026-01-02T01:04:05.678901",
        "local": "2026-01-02T03:04:05", "day": "0001-01-01", "hour": "23:59:59.500000", "tags": '{a,"b c"}',
        "body": {"x": [1, None]}, "raw": "AP8=", "ok": True, "ip": "10.0.0.1/32", "pause": "1 day",
        "big": 9223372036854775807, "ratio": 0.1,
    }  # fmt: skip
    odd = {key: value for key, value in second.items() if value is not None and key != "id"}
    assert odd == {"rate": "NaN", "placed": "infinity", "day": "4713-01-01 BC", "ratio": "Infinity"}
    assert told.count("served as it is") == 4


def test_a_table_that_nobody_may_read_is_told(postgres_url: str, shop: Design) -> None:
    address = postgres_url.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN; CREATE TABLE maker (name text)"
        )
    with start(shop, data=postgres_url.replace("postgres@", "guest@")) as api:
        assert api.get("/makers").json()["items"] == []
        assert any("maker: its rows cannot be read: permission denied" in line for line in api.unread)


def test_many_rows_are_copied_in_batches(
    tmp_path: Path, benchmark_rows: int, thing: Callable[[], Design]
) -> None:
    file = tmp_path / "many.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT)")
        connection.executemany(
            "INSERT INTO thing VALUES (?, ?)", ((n, f"n{n}") for n in range(benchmark_rows))
        )
    connection.close()
    with start(thing(), data=str(file)) as api:
        last = api.get(f"/things?limit=100&offset={benchmark_rows - 1}").json()
        assert (len(last["items"]), last["next"]) == (1, None)


@pytest.fixture
def benchmark_rows() -> int:
    return 5_001


@pytest.fixture
def thing() -> Callable[[], Design]:
    attributes = [{"id": "id", "type": "integer", "key": True}, {"id": "name", "type": "text"}]
    values = {
        "database": {"entities": [{"id": "thing", "attributes": attributes}]},
        "api": {"resources": [{"id": "things", "entity": "thing"}]},
    }
    return lambda: Design.load(values)
