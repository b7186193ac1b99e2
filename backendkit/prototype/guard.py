"""Who may speak to a prototype: this machine, never a strange web page, with a token where others share the machine.

Three walls. The server binds loopback only. The Host header must be a name of this machine, so that no page can reach
it through a name of its own (DNS rebinding). A browser that says it comes from another site is refused, except when
somebody follows a link (https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site), so that no page can
post behind a reader's back. A plain `curl` passes all three.

A token is asked for where many people work on one machine (under JupyterHub), and whenever one wants it. The
notebook's own client sends it by itself; a browser gets it as a cookie from the address that is printed.
"""

from __future__ import annotations

import json
from http.cookies import CookieError, SimpleCookie
from secrets import compare_digest
from typing import Any
from urllib.parse import parse_qs, urlsplit

OURS = ("127.0.0.1", "localhost", "::1")


class Guard:
    """An ASGI application in front of another."""

    def __init__(self, app: Any, token: str = "") -> None:
        self.app, self.token = app, token

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if status_why := _foreign(scope["method"], headers):
            return await _answer(send, *status_why)
        if self.token and compare_digest(given.encode(), self.token.encode()):
            cookie = f"{self.cookie}={self.token}; HttpOnly; SameSite=Strict; Path=/"
            return await _answer(send, 303, "", {"location": scope["path"], "set-cookie": cookie})
        if self.token and not self.known(headers):
            return await _answer(
                send, 401, "Send the token: Authorization: Bearer …, or open the address with it."
            )
        if self.token and headers.get("authorization") == f"Bearer {self.token}":
            # It was meant for this guard: the service behind knows other tokens.
            rest = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
            scope = {**scope, "headers": rest}
        await self.app(scope, receive, send)

    cookie = "backendkit"

    def known(self, headers: dict[str, str]) -> bool:
        found = [headers.get("authorization", "").removeprefix("Bearer ")]
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            cookies = SimpleCookie()
        found += [cookies[self.cookie].value] if self.cookie in cookies else []
        return any(compare_digest(each.encode(), self.token.encode()) for each in found)


def _foreign(method: str, headers: dict[str, str]) -> tuple[int, str] | None:
    """Why a call does not come from this machine; None when it does."""
    host = headers.get("host", "")
    if _name(f"//{host}") not in OURS:
        return 421, f"This service answers to {', '.join(OURS)}, not to '{host[:100]}'."
    site = headers.get("sec-fetch-site", "none")
    follows = method in ("GET", "HEAD") and headers.get("sec-fetch-mode") == "navigate"
    origin = headers.get("origin")
    strange = origin is not None and urlsplit(origin).netloc != host
    if (site not in ("none", "same-origin") or strange) and not follows:
        return 403, "Another web site may not use this service."
    return None


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


async def _answer(send: Any, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
    body = json.dumps({"type": "about:blank", "status": status, "detail": detail}).encode() if detail else b""
    found = {"content-type": "application/problem+json", "content-length": str(len(body)), **(headers or {})}
    raw = [(name.encode(), value.encode("latin-1", "replace")) for name, value in found.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
