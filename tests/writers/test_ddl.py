"""The SQL of a design runs, also when its names and texts are meant to break it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from backendkit.model import Design, UserError
from backendkit.readers import differences, read_system
from backendkit.store.text import read
from backendkit.writers import export

BOOKSHOP = Path(__file__).parents[2] / "data" / "bookshop" / "design.yaml"
NAMES = ("Order Details", "100%", "semi;colon", "co:lon", 'quo"te', "--", "O'Neil", "line\nbreak", "select")


def hostile(engine: str) -> Design:
    entities: list[dict[str, Any]] = [
        {"id": f"e{n}", "table": name, "about": name, "attributes": [
            {"id": "id", "type": "integer", "key": True, "generated": True},
            {"id": "a", "column": name, "type": "text", "default": name, "about": name},
            {"id": "up", "type": "reference", "to": f"e{(n + 1) % len(NAMES)}", "optional": True},
         ], "checks": [{"id": name, "holds": "a != '%' or a = ':x'"}, {"id": "p", "holds": f"prose; {name}"}]}
        for n, name in enumerate(NAMES)
    ]  # fmt: skip
    return Design.load({"database": {"engine": engine, "entities": entities}})


def test_the_sql_for_sqlite_runs_and_makes_the_design(tmp_path: Path) -> None:
    design, file = hostile("sqlite"), tmp_path / "x.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(export(design, "ddl"))
    connection.close()
    assert differences(design, read_system(str(file))) == ()


def test_the_sql_for_postgresql_runs_and_makes_the_design(postgres_url: str) -> None:
    import psycopg

    for design in (hostile("postgresql"), Design.load(read(BOOKSHOP.read_text(encoding="utf-8")))):
        with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            connection.execute(export(design, "ddl").encode())
        assert differences(design, read_system(postgres_url)) == ()


@pytest.mark.parametrize("engine", ["mysql", "mariadb", "mssql", "oracle"])
def test_other_engines_have_their_own_sql(engine: str) -> None:
    values = {"id": "a", "attributes": [{"id": "b", "type": "string"}, {"id": "c", "type": "uuid", "default": "new uuid"}],
              "checks": [{"id": "d", "holds": "b != 'x'"}]}  # fmt: skip
    text = export(Design.load({"database": {"engine": engine, "entities": [values]}}), "ddl")
    assert text.startswith(f"-- {engine}\n")
    assert ("`b` <> 'x'" in text) == (engine in ("mysql", "mariadb"))


def test_an_engine_without_tables_gets_the_sql_of_postgresql_and_a_word() -> None:
    design = Design.load(
        {
            "database": {
                "engine": "mongodb",
                "entities": [{"id": "a", "attributes": [{"id": "b", "type": "uuid"}]}],
            }
        }
    )
    assert export(design, "ddl").startswith(
        "-- mongodb has no tables; this is what PostgreSQL would hold\n\nCREATE TABLE a ("
    )


def test_schemas_are_made_first_and_what_is_left_out_is_said() -> None:
    entity = {
        "id": "a",
        "schema": "Sales Dept",
        "attributes": [{"id": "b", "type": "text"}],
        "checks": [{"id": "c", "holds": "be nice"}],
    }
    text = export(Design.load({"database": {"engine": "postgresql", "entities": [entity]}}), "ddl")
    assert text.index('CREATE SCHEMA "Sales Dept";') < text.index('CREATE TABLE "Sales Dept".a (')
    assert "-- a: left out: the check 'c', which is prose." in text


def test_names_that_would_be_cut_are_refused() -> None:
    design = Design.load(
        {"database": {"engine": "postgresql", "entities": [{"id": "ü" * 32, "attributes": [{"id": "b"}]}]}}
    )
    with pytest.raises(UserError, match="has 64 bytes, postgresql takes 63"):
        export(design, "ddl")


def test_the_same_design_gives_the_same_sql() -> None:
    assert export(hostile("postgresql"), "ddl") == export(hostile("postgresql"), "ddl")


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(UserError, match="'xml' is no form, allowed are schema, openapi, ddl, mermaid"):
        export(Design(), "xml")
