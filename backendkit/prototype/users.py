"""For whom a call to a prototype can be sent: made-up people of each role, and services with a key."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from backendkit.model import UserError
from backendkit.rest import Access, Surface

PASSWORD = "only for trying"
EACH = 2
"""How many people of each role: whether one sees what is another's shows only with two."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody for whom calls are sent: `key` is the key of their row, `login` what they log in with.

    A service has an `api_key` instead.
    """

    name: str
    role: str
    key: Any = ""
    login: str = ""
    api_key: str = ""


def services(surface: Surface) -> tuple[User, ...]:
    """A service of each role, with a key of its own."""
    roles = surface.access.services if surface.access else ()
    return tuple(User(role, role, api_key=secrets.token_urlsafe(24)) for role in roles)


def known_keys(users: tuple[User, ...]) -> str:
    """What the service must know of API keys: name, role and digest."""
    return ",".join(
        f"{number}:{quote(user.role, safe='')}:{sha256(user.api_key.encode()).hexdigest()}"
        for number, user in enumerate(users)
    )


def people(connection: sa.Connection, surface: Surface, tables: dict[str, sa.Table]) -> Iterator[User]:
    """Two people of each role, as far as there are rows for them."""
    access = surface.access
    for role in access.users if access else ():
        assert access
        rows = list(_rows(connection, access, tables, role)) if access.user else [("1", ""), ("2", "")]
        for number, (key, login) in enumerate(rows, 1):
            yield User(role if number == 1 else f"{role} {number}", role, key, str(login))


def _rows(
    connection: sa.Connection, access: Access, tables: dict[str, sa.Table], role: str
) -> Iterator[tuple[Any, Any]]:
    assert access.key
    assert access.login
    columns = tables[access.user].c
    first = sa.text("rowid") if connection.dialect.name == "sqlite" else columns[access.key.name]
    statement = sa.select(columns[access.key.name], columns[access.login.name]).order_by(first)
    if access.role:
        statement = statement.where(columns[access.role.name] == role)
    elif role != access.users[0]:
        return
    for row in connection.execute(statement.limit(EACH)):
        yield row[0], row[1]


def given(surface: Surface, table: str) -> dict[str, list[str]]:
    """What users need to be tried: one password, and each role in turn."""
    access, found = surface.access, dict[str, list[str]]()
    if not access or access.user != table:
        return found
    if access.password:
        found[access.password.name] = [_hash()]
    roles = [
        role for role in access.users if access.role and role in (access.role.type.values or access.users)
    ]
    return found | ({access.role.name: roles} if access.role and roles else {})


@cache
def _hash() -> str:
    from pwdlib import PasswordHash

    return PasswordHash.recommended().hash(PASSWORD)


def pick(users: tuple[User, ...], wanted: User | str) -> User:
    """The user that a name, a role or a login means. Raises UserError when there is none."""
    found = [user for user in users if wanted in (user, user.name, user.login) and wanted]
    if not found:
        known = ", ".join(f"'{user.name}'" for user in users) or "none at all"
        raise UserError(f"There is no user '{wanted}' here, there are {known}.")
    return found[0]
