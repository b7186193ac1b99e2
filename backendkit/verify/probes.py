"""What attacks have in common: where a prototype can be attacked, by whom, with what, and how an answer reads."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import httpx

from backendkit.prototype.samples import Operation, Samples
from backendkit.prototype.users import User
from backendkit.rest import Collection

if TYPE_CHECKING:
    from backendkit.prototype import Running
    from backendkit.verify.unsafe import Unsafe

    Target: TypeAlias = Running | Unsafe

MOST = 5
"""So many resources are attacked in one way."""
SCRIPT = "<script>alert(1)</script>"


def sent(method: str, path: str, user: User | None = None, more: str = "") -> str:
    """A call in words."""
    who = f" as {user.name}" if user else ""
    return f"{method} {path[:90]}{who}{more}"


def came(answer: httpx.Response) -> str:
    """An answer in words."""
    return f"{answer.status_code} {answer.reason_phrase}"


def offering(api: Running, *wanted: str) -> list[Collection]:
    """The resources that offer some operations."""
    return [each for each in api.surface.collections if {*wanted} <= {*each.operations}]


def filled(operation: Operation, keys: list[dict[str, Any]]) -> str:
    """The path of an operation with the key of a row that stands there."""
    row = keys[0] if keys else {}
    return re.sub(r"\{(\w+)\}", lambda it: str(row.get(it[1], 1)), operation.path)


def rows(answer: httpx.Response) -> list[Any]:
    """The rows of a list, if it is one."""
    try:
        found = answer.json()
    except ValueError:
        return []
    items = found.get("items", ()) if isinstance(found, dict) else found
    return items if isinstance(items, list) else []


def textual(each: Collection) -> str:
    """A value that callers write and read, and that is free text."""
    shown = {field.json for field in each.shown}
    free = (field for field, _ in each.takes("create"))
    fits = (one for one in free if one.type.name in ("string", "text") and one.json in shown)
    return next(
        (one.json for one in fits if (one.type.length or 99) > len(SCRIPT) and not one.column.foreign_keys),
        "",
    )


def won(answer: httpx.Response) -> bool:
    """Whether a call got through the gate: done, or stopped by nothing but its content."""
    return answer.is_success or answer.status_code in (409, 412, 422, 500, 501)


def logins(target: Target) -> Iterator[User]:
    """People who can log in here."""
    access = target.safe.surface.access
    if access and access.logs_in:
        yield from (user for user in target.safe.users if user.login)


def log_in(target: Target, login: str, password: str) -> httpx.Response:
    """Log in as OAuth 2 says."""
    form = {"grant_type": "password", "username": login, "password": password}
    return target.request("POST", "/token", data=form)


def protected(api: Running) -> tuple[Operation, User] | None:
    """A list that only some may read, and one of them."""
    samples = Samples(api)
    for each in offering(api, "list"):
        user = samples.suited(each.does("list"))
        if user and not user.api_key:
            return samples.operations[each.does("list")], user
    return None


def writing(api: Running) -> tuple[Operation, User | None, Any] | None:
    """A call that adds a row, somebody who may, and a body."""
    samples = Samples(api)
    for each in offering(api, "create"):
        user = samples.suited(each.does("create"))
        if body := samples.details(each.does("create"), user)["body"]:
            return samples.operations[each.does("create")], user, body
    return None


@contextmanager
def overheard() -> Iterator[list[str]]:
    """What programs write into their log meanwhile."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    quiet = logging.getLogger("httpx").level
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the attacker's own
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        logging.getLogger("httpx").setLevel(quiet)


def visited(trap: socket.socket) -> bool:
    """Whether somebody came."""
    try:
        trap.accept()[0].close()
    except TimeoutError:
        return False
    return True
