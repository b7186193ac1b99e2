"""Attacks on what stands around the calls: methods, headers, redirects, the line, the file, the log, the pace."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import httpx
import sqlalchemy as sa

from backendkit.prototype.samples import Samples
from backendkit.prototype.users import PASSWORD
from backendkit.verify.attacks import Try, attack
from backendkit.verify.probes import MOST, came, log_in, logins, offering, overheard, sent

if TYPE_CHECKING:
    from backendkit.verify.probes import Target

EVIL = "https://evil.example"


@attack("rate-limit", "API4 Unrestricted resource consumption")
def flood(target: Target) -> Iterator[Try]:
    """One caller calls as fast as a program can.
    Works: where nobody counts.
    Stopped: each caller has a number of calls for a time, and is told when to come again."""
    api, samples = target.safe, Samples(target.safe)
    limit = api.surface.rate
    for each in offering(api, "list")[:1] if limit and limit.count <= 5000 else ():
        assert limit
        user = samples.suited(each.does("list"))
        answer, count = target.get(each.path, user=user, params={"limit": 1}), 1
        until = time.monotonic() + min(limit.seconds, 30)
        while answer.status_code != 429 and count < limit.count + 20 and time.monotonic() < until:
            answer, count = target.get(each.path, user=user, params={"limit": 1}), count + 1
        got = answer.status_code != 429
        yield Try(sent("GET", each.path, user, f", {count} times"), came(answer), got)


@attack("missing-headers", "API8 Security misconfiguration")
def look(target: Target) -> Iterator[Try]:
    """An answer is shown in a frame of another page, taken for another kind of file, or kept by a cache.
    Works: where answers do not say what browsers may do with them.
    Stopped: every answer, errors too, carries the headers that say so."""
    wanted = {
        "Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer", "Cache-Control": "no-",
    }  # fmt: skip
    for path in ("/openapi.json", "/nothing-here"):
        answer = target.get(path)
        for name, value in wanted.items():
            found = answer.headers.get(name, "nothing")
            yield Try(f"GET {path}: {name}", found[:60], value not in found)


@attack("cross-origin", "API8 Security misconfiguration")
def cross(target: Target) -> Iterator[Try]:
    """Another web site calls the service from the browser of somebody who is logged in.
    Works: where every origin is allowed, or the one that asks is simply repeated.
    Stopped: only the origins of a list may read answers."""
    for path in ("/openapi.json", "/nothing-here"):
        answer = target.get(path, headers={"Origin": EVIL})
        allowed = answer.headers.get("Access-Control-Allow-Origin", "")
        yield Try(
            f"GET {path} from {EVIL}",
            f"{answer.status_code}, allowed: {allowed or 'nobody'}",
            allowed in ("*", EVIL),
        )


@attack("open-redirect", "API8 Security misconfiguration")
def redirect(target: Target) -> Iterator[Try]:
    """A link to the service leads on to a page of the attacker.
    Works: where an address in a call, or the name in the Host header, is followed.
    Stopped: the service redirects to fixed paths of its own, and answers only to names that it knows."""
    for path in (f"/?next={EVIL}", f"/?redirect={EVIL}", "//evil.example/", "/%2f%2fevil.example"):
        answer = target.client.get(target.url + path)
        to = answer.headers.get("Location", "")
        yield Try(
            f"GET {path}",
            f"{answer.status_code} {to}".strip(),
            "evil.example" in httpx.URL(to).host if to else False,
        )
    answer = target.client.get(f"{target.url}/", headers={"Host": "evil.example"})
    yield Try("GET / with Host: evil.example", came(answer), answer.status_code < 400)


@attack("plain-http", "API8 Security misconfiguration")
def listen(target: Target) -> Iterator[Try]:
    """Somebody in between reads a call, or answers in the service's place.
    Works: where the service speaks without encryption, or callers do not look at the certificate.
    Stopped: over HTTPS a plain call gets no answer, and a certificate of a stranger is not believed."""
    from backendkit.prototype import start

    if target.unsafe:
        answer = target.client.get(f"{target.url}/openapi.json")
        yield Try("GET without encryption", came(answer), answer.is_success)
        return
    with start(target.safe.design, rows=0, https=True) as api:
        for what, url, error in (
            ("GET without encryption", api.url.replace("https:", "http:"), httpx.TransportError),
            ("GET, the certificate not known", api.url, httpx.ConnectError),
        ):
            try:
                answer = httpx.get(f"{url}/openapi.json", trust_env=False)
                yield Try(what, came(answer), True)
            except error as refused:
                yield Try(what, f"refused: {refused}"[:80], False)


@attack("encryption-at-rest", "API8 Security misconfiguration")
def read_file(target: Target) -> Iterator[Try]:
    """Somebody has the file of the database: an old disk, a backup, a copy.
    Works: where personal values stand in it as they are.
    Stopped: they are encrypted with a key that is not in the database."""

    api = target.safe
    stored = target.stored()
    text_types = ("string", "text")
    with api.app.state.database.engine.connect() as connection:

        def values(name: str, column: str) -> list[str]:
            found = api.tables[name].c[column]
            return [
                str(each)
                for each in connection.scalars(sa.select(found).where(found.is_not(None)).limit(500))
            ]

        texts = [
            (name, field, values(name, field.name))
            for name, fields in api.surface.columns.items()
            for field in fields
            if field.type.name in text_types
        ]
    clear = "\n".join(value for _, field, found in texts if not field.sealed for value in found)
    for name, field, found in texts:
        telling = [value for value in found if field.sealed and len(value) > 7 and value not in clear]
        seen = sum(value.encode() in stored for value in telling)
        if telling and stored:
            what = f"{api.surface.tables[name].info['entity'].id}.{field.attribute.id}"
            yield Try(f"look for {len(telling)} values of {what}", f"{seen} of them readable", bool(seen))


@attack("secrets-in-logs", "API8 Security misconfiguration")
def read_log(target: Target) -> Iterator[Try]:
    """Somebody reads the log: a colleague, a tool that collects it.
    Works: where calls are logged with their bodies and headers.
    Stopped: the log says who did what and how it ended, and holds no value that was sent."""
    for user in islice(logins(target), 1):
        with overheard() as lines:
            answer = log_in(target, user.login, PASSWORD)
            log_in(target, user.login, "a wrong password")
        text = "\n".join(lines)
        secrets = {
            "the password": PASSWORD,
            "the wrong password": "a wrong password",
            "the login": user.login,
        }
        if answer.is_success:
            secrets["the token"] = answer.json().get("access_token", PASSWORD)
        for what, secret in secrets.items():
            yield Try(
                f"{what} in {len(lines)} lines of the log",
                "there" if secret in text else "not there",
                secret in text,
            )


@attack("undocumented-method", "API9 Improper inventory management")
def try_methods(target: Target) -> Iterator[Try]:
    """A method that nobody wrote down is sent, or one is hidden inside another.
    Works: where old or automatic routes still answer.
    Stopped: what the description does not name answers 405, and a header cannot change the method."""
    samples = Samples(target.safe)
    known = {(each.method, each.path) for each in samples.operations.values()}
    for each in offering(target.safe, "list")[:MOST]:
        user = samples.suited(each.does("list"))
        for method in ("PUT", "DELETE", "PATCH", "TRACE"):
            if (method, each.path) not in known:
                answer = target.request(method, each.path, user=user)
                yield Try(sent(method, each.path, user), came(answer), answer.is_success)
        hidden = target.get(each.path, user=user, headers={"X-HTTP-Method-Override": "DELETE"})
        yield Try(
            sent("GET", each.path, user, ", overridden by DELETE"), came(hidden), hidden.status_code == 204
        )
