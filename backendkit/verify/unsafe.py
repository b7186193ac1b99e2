"""The same calls answered as nobody should answer them: for showing what each attack does where nothing stops it.

Never import this from a service. It runs inside this process on the tables of a prototype that is thrown away.
"""

from __future__ import annotations

import base64
import json
import logging
import traceback
from contextlib import suppress
from functools import partialmethod
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_plus

import httpx
import sqlalchemy as sa

from backendkit.prototype.users import PASSWORD, User, pick
from backendkit.rest import Collection

if TYPE_CHECKING:
    from backendkit.prototype import Running

log = logging.getLogger(__name__)


class Unsafe:
    """A prototype's calls without any of its guards. `safe` is the prototype on whose tables it works."""

    unsafe = True
    url = "http://unsafe"

    def __init__(self, safe: Running) -> None:
        self.safe = safe
        self.engine = safe.app.state.database.engine
        self.client = httpx.Client(transport=httpx.MockTransport(self.answer), base_url=self.url)

    def request(
        self, method: str, path: str, *, user: User | str | None = None, **options: Any
    ) -> httpx.Response:
        """Call it, as one calls a prototype."""
        if user is not None:
            named = pick(self.safe.users, user)
            head = (
                {"X-API-Key": named.api_key}
                if named.api_key
                else {"Authorization": f"Bearer {self.token(named)}"}
            )
            options["headers"] = head | (options.get("headers") or {})
        base = self.safe.surface.base
        whole = path.startswith((f"{base}/", "/openapi.json", "/static")) or not base
        return self.client.request(method, path if whole else f"{base}{path}", **options)

    get = partialmethod(request, "GET")
    post = partialmethod(request, "POST")
    patch = partialmethod(request, "PATCH")

    def token(self, user: User) -> str:
        """A token that nobody signs."""
        claims = json.dumps({"sub": str(user.key), "role": user.role}).encode()
        return f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}."

    def stored(self) -> bytes:
        """What would stand in the file of its database: every value as it is."""
        with self.engine.connect() as connection:
            values = [
                str(value)
                for table in self.safe.tables.values()
                for row in connection.execute(sa.select(table).limit(50))
                for value in row
            ]
        return "\n".join(values).encode(errors="replace")

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One call: logged with all it carries, done, and every mistake told in full."""
        body = request.read()
        log.info(
            "%s %s %s %s",
            request.method,
            request.url,
            dict(request.headers),
            unquote_plus(body[:500].decode(errors="replace")),
        )
        try:
            return self.done(request, body)
        except Exception:  # noqa: BLE001 - that everything is told is the point
            return self.page(500, traceback.format_exc(), request)

    def page(self, status: int, content: Any, request: httpx.Request) -> httpx.Response:
        """Whatever it is, as a page; and whoever asks may read it."""
        text = content if isinstance(content, str) else json.dumps(content, default=str)
        head = {
            "Content-Type": "text/html",
            "Access-Control-Allow-Origin": request.headers.get("Origin", "*"),
        }
        return httpx.Response(status, text=text, headers=head)

    def done(self, request: httpx.Request, body: bytes) -> httpx.Response:
        path = unquote(request.url.raw_path.decode().partition("?")[0])
        if to := request.url.params.get("next") or request.url.params.get("redirect"):
            return httpx.Response(302, headers={"Location": to})
        if path.startswith("//") or request.headers["Host"] == "evil.example":
            return httpx.Response(
                302, headers={"Location": f"https:{path}" if path.startswith("//") else "/docs"}
            )
        if ".." in path:
            return self.page(200, "root:x:0:0:root:/root:/bin/sh", request)
        if path.endswith("/token"):
            return self.log_in(request, body)
        method = request.headers.get("X-HTTP-Method-Override", request.method)
        for each in sorted(self.safe.surface.collections, key=lambda each: -len(each.path)):
            if path == each.path or path.startswith(f"{each.path}/"):
                key = path[len(each.path) + 1 :].split("/")[: len(each.keys)] if path != each.path else []
                return self.row(each, method, key, request, body)
        return self.page(200 if path.endswith("openapi.json") else 404, f"Nothing at {path}", request)

    def log_in(self, request: httpx.Request, body: bytes) -> httpx.Response:
        """As often as one likes, and it tells whether the name exists."""
        form = dict(httpx.QueryParams(body.decode()))
        user = next((each for each in self.safe.users if each.login == form.get("username")), None)
        if user is None:
            return self.page(400, "Nobody has this login.", request)
        if form.get("password") != PASSWORD:
            return self.page(400, "The password is wrong.", request)
        return self.page(200, {"access_token": self.token(user)}, request)

    def row(
        self, each: Collection, method: str, key: list[str], request: httpx.Request, body: bytes
    ) -> httpx.Response:
        """Statements put together from text; every value that is sent is written; nobody asks whose row it is."""
        table = each.entity.table_name
        found = [f"\"{field.column.name}\" = '{value}'" for field, value in zip(each.keys, key, strict=False)]
        if method == "GET" and not key:
            names = {one.json: one.field.column.name for one in each.filters}
            asked = [
                (names[name], value) for name, value in request.url.params.multi_items() if name in names
            ]
            found = [f"\"{name}\" = '{value}'" for name, value in asked]
        where = f"WHERE {' AND '.join(found)}" if found else ""
        if method == "DELETE":
            return self.page(204, "", request)  # what it would delete stays, for the next attack
        if method in ("POST", "PUT", "PATCH"):
            sent = json.loads(body) if body.strip() else {}
            for value in sent.values() if isinstance(sent, dict) else ():
                if str(value).startswith(
                    "http://127.0.0.1"
                ):  # it would fetch any; here only the trap on this machine
                    with suppress(httpx.HTTPError):
                        httpx.get(value, timeout=0.2, trust_env=False)
            return self.page(201 if method == "POST" else 200, sent, request)
        if method != "GET":
            return self.page(200, "TRACE", request)
        order = request.url.params.get("sort")
        sql = f'SELECT * FROM "{table}" {where}' + (f" ORDER BY {order}" if order and ";" in order else "")
        with self.engine.connect() as connection:
            rows = [dict(row._mapping) for row in connection.exec_driver_sql(sql).fetchmany(20)]
        return self.page(HTTPStatus.OK, {"items": rows}, request)


__all__ = ["Unsafe"]
