"""A database that lasts: made once, taken again with its rows, and never somebody else's."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from backendkit.model import Design, UserError
from backendkit.prototype import start
from backendkit.verify import run_attacks
from tests.scaffold.guarded import GUARDED

SHOP = Design.load(GUARDED)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'shop.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


def test_rows_and_what_is_encrypted_are_there_the_next_time_and_counting_goes_on(url: str) -> None:
    with start(SHOP, on=url, rows=5) as api:
        people = api.get("/people", user="keeper").json()["items"]
        made = api.post("/boxes", json={"owner": api.users[0].key, "label": "Shoes"}, user="member")
        assert made.status_code == 201, made.text
        token = api.token_of("member")
    assert people
    with start(SHOP, on=url, rows=5) as again:
        assert again.get("/people", user="keeper").json()["items"] == people
        assert again.get(f"/boxes/{made.json()['id']}").json()["label"] == "Shoes"
        head = {"Authorization": f"Bearer {token}"}
        assert again.get("/boxes", headers=head).status_code == 200, "a token is good over a start"
        more = again.post("/boxes", json={"owner": again.users[0].key, "label": "Hats"}, user="member")
        assert more.json()["id"] > made.json()["id"]


def test_it_holds_against_every_attack_there_too(url: str) -> None:
    with start(SHOP, on=url) as api:
        found = {each.attack.name: each for each in run_attacks(api)}
    assert [str(each.telling) for each in found.values() if each.state == "succeeded"] == []
    assert found["encryption-at-rest"].state == found["sql-injection"].state == "refused"


def test_a_database_of_something_else_is_refused_and_stays_as_it_is(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE customers (name TEXT)")
    with pytest.raises(UserError, match="holds tables that no prototype made: name an empty database"):
        start(SHOP, on=url)
    assert sa.inspect(engine).get_table_names() == ["customers"]
    engine.dispose()


def test_a_database_of_another_design_or_of_earlier_tables_is_refused(url: str) -> None:
    with start(SHOP, on=url, rows=1):
        pass
    with pytest.raises(UserError, match="belongs to the design 'Guarded'"):
        start(Design(name="Other"), on=url)
    boxes = [{**each, "attributes": each["attributes"][:-1]} for each in GUARDED["database"]["entities"]]
    with pytest.raises(UserError, match="earlier state of the design: delete that database"):
        start(Design.load(GUARDED | {"database": {"entities": boxes}}), on=url)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("shop.db", "no address of a database: write sqlite"),
        ("oracle+nothing://x", "no address of a database"),
        ("postgresql+psycopg://kim:secret@127.0.0.1:1/shop", r"kim:\*\*\*@127.0.0.1:1/shop cannot be used"),
        ("sqlite:////nowhere/at/all.db", "cannot be used: unable to open database file"),
    ],
)
def test_an_address_that_leads_nowhere_gets_one_sentence_without_its_password(
    url: str, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence) as told:
        start(Design(), on=url)
    assert "secret" not in str(told.value)


def test_a_broken_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database" * 100)
    with pytest.raises(UserError, match="cannot be used: file is not a database"):
        start(Design(), on=f"sqlite:///{tmp_path / 'text.db'}")


def test_rows_of_another_database_are_not_mixed_in(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")):
        pass
    with pytest.raises(UserError, match="has rows of its own"):
        start(SHOP, on=f"sqlite:///{tmp_path / 'b.db'}", data=str(tmp_path / "a.db"))
