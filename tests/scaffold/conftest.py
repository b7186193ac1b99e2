"""The guarded shop, running on SQLite and on PostgreSQL, with two people of each role."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import insert

from backendkit.model import Design
from backendkit.prototype import Running, start
from backendkit.prototype.users import User
from tests.scaffold.guarded import GUARDED

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def guarded(request: pytest.FixtureRequest) -> Iterator[Running]:
    """The shop on one database after the other."""
    database = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        name = f"guarded_{uuid4().hex}"
        with psycopg.connect(f"{server.replace('+psycopg', '')}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        database = f"{server}/{name}"
    with start(Design.load(GUARDED), rows=0, database=database) as running:
        yield running


@pytest.fixture
def shop(guarded: Running) -> Running:
    """The shop with four people in it, and nothing else."""
    from pwdlib import PasswordHash

    state = guarded.app.state
    with state.database.engine.begin() as connection:
        for table in reversed(next(iter(guarded.tables.values())).metadata.sorted_tables):
            connection.execute(table.delete())
        people = [("member", "ada"), ("member", "bo"), ("keeper", "cy"), ("keeper", "di")]
        known = PasswordHash.recommended().hash(PASSWORD)
        users = []
        for role, name in people:
            values = {"mail": f"{name}@example.org", "hash": known, "role": role}
            statement = (
                insert(guarded.tables["Person"]).values(values).returning(guarded.tables["Person"].c.number)
            )
            users.append(User(name, role, connection.execute(statement).scalar_one(), values["mail"]))
    guarded.users = tuple(users)
    state.limits.window.storage.reset()
    state.sessions.forget()
    return guarded
