"""Databases as they really are become designs; nothing of them is written, no row and no password gets out."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from backendkit.model import Design, UserError
from backendkit.model.database import Attribute, Entity
from backendkit.readers import Imported, catalogue, differences, read_system

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """A SQLite file with a name that says nothing, read."""
    file = tmp_path_factory.mktemp("nasty") / "export.dat"
    with sqlite3.connect(file) as connection:
        connection.executescript((HERE / "nasty_sqlite.sql").read_text(encoding="utf-8"))
    connection.close()
    before = file.read_bytes()
    imported = read_system(str(file))
    assert file.read_bytes() == before
    assert os.listdir(file.parent) == [file.name]
    return imported


def entity(imported: Imported, table: str) -> Entity:
    return next(each for each in imported.design.database.entities if each.table_name == table)


def attribute(imported: Imported, table: str, column: str) -> Attribute:
    return next(each for each in entity(imported, table).attributes if each.column_name == column)


def test_chinook_is_read_whole(real: Path) -> None:
    file = real / "chinook.sqlite"
    if not file.exists():
        pytest.skip("chinook.sqlite is not beside the repository")
    imported = read_system(str(file))
    design = imported.design
    entities = {each.id: each for each in design.database.entities}
    pointing = [
        (one.id, each.id, each.to) for one in design.database.entities for each in one.attributes if each.to
    ]
    assert (len(entities), len(pointing), imported.unread) == (11, 11, ())
    assert [each.id for each in entities["playlist-track"].keys] == ["playlist_id", "track_id"]
    assert ("employee", "reports_to", "employee") in pointing
    assert sum(each.volume.rows or 0 for each in entities.values() if each.volume) == 15607
    assert [each.id for each in design.api.resources][:3] == ["albums", "artists", "customers"]
    assert entities["invoice"].attribute("total").type == "decimal(10,2)"  # type: ignore[union-attr]
    assert [(each.id, each.level) for each in design.architecture.elements] == [
        ("chinook", "system"),
        ("data", "container"),
    ]


def test_odd_names_get_ids_and_keep_their_own(nasty: Imported) -> None:
    assert entity(nasty, "Order Details").id == "order-details"
    assert [each.id for each in entity(nasty, "emoji 😀").attributes] == ["naïve_quoted", "unnamed", "日本"]
    assert [each.id for each in entity(nasty, "in").attributes] == ["or_", "and_"]
    ids = [
        each.id
        for each in (
            *nasty.design.database.entities,
            *nasty.design.api.resources,
            *nasty.design.architecture.elements,
        )
    ]
    assert len(set(ids)) == len(ids)
    routes = [each.route for each in nasty.design.api.resources]
    assert len(set(routes)) == len(routes)
    assert all(
        found.address == found.record.id for found in nasty.design.records("entity", "resource", "element")
    )


def test_keys_references_and_uniques_of_any_shape_are_read(nasty: Imported) -> None:
    (before,) = entity(nasty, "Order Details").references
    assert (before.id, before.of, before.to, before.match) == (
        "line-before",
        ("order_id", "line_no"),
        "order-details",
        (),
    )
    assert [attribute(nasty, "child", name).to for name in ("SALE", "code", "lost")] == [
        "sale",
        "other.code",
        "",
    ]
    assert attribute(nasty, "child", "SALE").on_delete == "cascade"
    kept = {each.of: each.to for each in entity(nasty, "child").references}
    assert kept == {("lost",): "missing", ("text_sale",): "sale"}
    assert entity(nasty, "untyped").keys == ()
    assert attribute(nasty, "other", "code").unique
    assert [(each.of, each.unique) for each in entity(nasty, "other").indexes] == [
        (("x", "y"), True),
        (("x",), False),
    ]
    assert [each.of for each in entity(nasty, "in").uniques] == [("or_", "and_")]
    assert {attribute(nasty, name, "id").type for name in ("one", "two")} == {"reference", "integer"}


def test_types_defaults_and_generated_columns_are_read(nasty: Imported) -> None:
    found = {each.id: each for each in entity(nasty, "sale").attributes}
    assert found["flag"].type == "enum(Y, N)"
    assert found["state"].type == "enum(open, shut)"
    assert {each: found[each].default for each in ("made", "code", "d", "e", "f")} == {
        "made": "now", "code": "new uuid", "d": "it's", "e": "''", "f": "",
    }  # fmt: skip
    assert found["id"].generated
    assert found["total"].generated
    assert not attribute(nasty, "other", "id").generated
    assert attribute(nasty, "Order Details", "Unit Price").type == "other(MONEY)"
    assert [each.type for each in entity(nasty, "untyped").attributes] == ["bigint", "text", ""]
    assert [each.type for each in entity(nasty, "sums").attributes] == ["string(10)", "float", "bigint"]


def test_checks_are_lines_of_the_grammar_or_prose(nasty: Imported) -> None:
    holds = [each.holds for each in entity(nasty, "sale").checks]
    assert holds == [
        "(n >= 1) AND (n <= 5)",
        "length(m) > 2",
        "((price > 0) AND (quantity >= 0)) OR (total IS NOT NULL)",
    ]
    assert [each.holds for each in entity(nasty, "in").checks] == ["or_ > 1"]


def test_rows_are_counted_and_never_kept(nasty: Imported) -> None:
    assert entity(nasty, "untyped").volume.rows == 2  # type: ignore[union-attr]
    assert "secret" not in str(nasty)


def test_what_was_not_understood_is_listed(nasty: Imported) -> None:
    said = "\n".join(nasty.unread)
    for words in ("broken: columns: no such table", "docs: a virtual table", "docs_content", "expression-based index lowered", "'missing'",
                  "index some is only over rows where y > 0", "sale.total: how it is computed", "default abs(-1)",
                  "check length(m) > 2 is kept as prose", "untyped.c: the database says no type", "onupdate CASCADE"):  # fmt: skip
        assert words in said


def test_what_was_read_differs_in_nothing_and_opens_again(nasty: Imported) -> None:
    assert differences(nasty.design, nasty) == ()
    assert Design.load(nasty.design.values()) == nasty.design


def test_only_list_is_offered_where_rows_cannot_be_told_apart(nasty: Imported) -> None:
    offered = {each.entity: each.operations for each in nasty.design.api.resources}
    assert offered["untyped"] == offered["sums"] == ("list",)
    assert len(offered["rowless"]) == 6


def test_a_log_beside_a_file_is_neither_left_nor_needed(tmp_path: Path) -> None:
    file = tmp_path / "logged.db"
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("CREATE TABLE a (id integer primary key)")
    connection.commit()
    connection.close()
    assert read_system(str(file)).design.entity("a")
    assert os.listdir(tmp_path) == ["logged.db"]
    if sys.platform != "win32":
        file.chmod(stat.S_IRUSR)
        tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert read_system(f"sqlite:///{file}").design.entity("a")


def test_counting_that_takes_long_is_broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "slow.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(
            "CREATE TABLE a (x); CREATE VIEW slow AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
            "SELECT max(x) AS x FROM c"
        )
    connection.close()
    monkeypatch.setattr(catalogue, "SECONDS", 0.2)
    imported = read_system(str(file))
    assert "slow: types: interrupted." in imported.unread


@pytest.fixture
def nasty_url(postgres_url: str) -> str:
    """A PostgreSQL database with something of everything, and a clerk who may read little."""
    sql = (HERE / "nasty_postgresql.sql").read_text(encoding="utf-8")
    run(postgres_url, sql)
    return postgres_url


def run(url: str, sql: str) -> None:
    import psycopg

    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(sql)  # type: ignore[call-overload]


def test_postgresql_is_read_with_schemas_types_and_partitions(nasty_url: str) -> None:
    imported = read_system(nasty_url.replace("+psycopg", ""))
    found = {each.id: each for each in imported.design.database.entities}
    assert set(found) == {
        "order-details",
        "people",
        "events",
        "notes",
        "summed",
        "kept",
        "nothing",
        "tab-le",
        "sales-people",
    }
    people = {each.id: each for each in found["people"].attributes}
    assert {each: people[each].type for each in people} == {
        "id": "integer", "ser": "integer", "m": "enum(sad, ok, very happy)", "ms": "other(mood[])", "tags": "other(TEXT[])",
        "dom": "other(posint)", "iv": "other(INTERVAL)", "at": "datetime", "u": "uuid", "j": "json", "state": "enum(a, b)",
        "n": "integer", "neg": "integer", "low": "text", "boss": "reference", "geo": "other(point)",
    }  # fmt: skip
    assert [each for each in people if people[each].generated] == ["id", "ser", "low"]
    assert [people[each].default for each in ("m", "at", "u", "j")] == ["ok", "now", "new uuid", "{}"]
    assert (people["boss"].to, people["boss"].on_delete) == ("people", "set-null")
    assert {each.holds for each in found["people"].checks} == {
        "n IN (1, 2)",
        "(neg >= (-5)) AND (neg NOT IN (7, 8))",
    }
    assert found["order-details"].about == "What was ordered"
    assert found["order-details"].attributes[2].about == "in €"
    assert [found["sales-people"].attributes[1].to, found["tab-le"].attributes[0].to] == [
        "people",
        "sales-people",
    ]
    assert (found["tab-le"].schema_, found["tab-le"].table, found["people"].schema_) == (
        "Odd Schema",
        "Tab.le",
        "",
    )
    assert found["events"].volume.rows == 150  # type: ignore[union-attr]
    assert [(each.of, each.to) for each in found["notes"].references] == [(("e", "a"), "events")]
    assert [found[each].view for each in ("summed", "kept", "notes")] == [True, True, False]
    assert imported.design.database.engine == "postgresql"
    assert differences(imported.design, imported) == ()


def test_schemas_are_chosen_and_unknown_ones_refused(nasty_url: str) -> None:
    imported = read_system(nasty_url, schemas=("sales",))
    assert [each.id for each in imported.design.database.entities] == ["people"]
    assert "people: it refers to 'people', which was not read." in imported.unread
    with pytest.raises(UserError, match=r"no schema 'nope'; there are .*sales"):
        read_system(nasty_url, schemas=("nope",))


@pytest.mark.parametrize(
    "denied", ["pg_description", "pg_constraint", "pg_index", "pg_class", "pg_attrdef, pg_inherits"]
)
def test_a_denied_catalogue_is_listed_and_the_rest_is_read(nasty_url: str, denied: str) -> None:
    run(nasty_url, "".join(f"REVOKE SELECT ON pg_catalog.{each} FROM PUBLIC;" for each in denied.split(", ")))
    imported = read_system(nasty_url.replace("postgres@", "clerk:geheim@"))
    notes = next(each for each in imported.design.database.entities if each.table_name == "notes")
    assert [each.type for each in notes.attributes] == ["integer", "bigint", "date"]
    assert f"permission denied for table {denied.partition(',')[0]}" in "\n".join(imported.unread)
    assert "geheim" not in str(imported)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("nope.db", "is not there"),
        (".", "is a folder"),
        ("", "Nothing was given"),
        ("a\0b", "Nothing was given"),
        ("x" * 5000, "cannot be read"),
        ("http://example.org/openapi.json", "Download the file first"),
        ("sqlite://", "names no file"),
        ("sqlite:///nope.db", "nope.db is not there"),
        ("postgresql://u:geheim@127.0.0.1:1/x", "Connection refused|refused"),
        ("postgres://u:geheim@host.invalid/x?password=geheim", "cannot be read"),
        ("mysql://u:geheim@h/x", "pip install pymysql"),
        ("foo://u:geheim@h/x", "no database is called 'foo'"),
        ("postgresql://u:g@geheim@h/x", "as %40"),
        ("://geheim", "as %40"),
    ],
)
def test_what_cannot_be_read_gets_one_sentence_without_a_password(
    source: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=said) as caught:
        read_system(source)
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    "content",
    [b"", b"SQLite format 3\x00" + b"x" * 4000, bytes(range(256)), b"Dear all,\n* no\n& yes: no: x"],
)
def test_files_that_are_something_else_get_one_sentence(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "thing"
    file.write_bytes(content)
    with pytest.raises(UserError, match="thing") as caught:
        read_system(str(file))
    assert "\n" not in str(caught.value)


def test_hundreds_of_tables_are_read_in_seconds(tmp_path: Path) -> None:
    file = tmp_path / "big.db"
    with sqlite3.connect(file) as connection:
        for n in range(300):
            connection.execute(
                f"CREATE TABLE t{n} (id integer primary key, up integer references t{n // 2}, name varchar(50) not null unique, "
                "price numeric(10,2) check (price >= 0), state text check (state in ('a', 'b')), on_sale boolean default 1)"
            )
    connection.close()
    began = time.process_time()
    imported = read_system(str(file))
    assert (len(imported.design.database.entities), imported.unread) == (300, ())
    assert attribute(imported, "t7", "on_sale").default == "true"
    assert time.process_time() - began < 10


def test_a_database_without_tables_gives_an_empty_design(tmp_path: Path) -> None:
    file = tmp_path / "bare.db"
    with sqlite3.connect(file) as connection:
        connection.executescript("CREATE TABLE a (x); DROP TABLE a;")
    connection.close()
    imported: Any = read_system(str(file))
    assert imported.design.database.entities == ()
    assert imported.unread == ("There are no tables in main.",)
