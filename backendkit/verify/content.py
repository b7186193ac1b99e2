"""Attacks by what is sent: statements, scripts, addresses, paths, bodies too large or broken."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx

from backendkit.prototype.samples import Samples
from backendkit.verify.attacks import Try, attack
from backendkit.verify.probes import MOST, SCRIPT, came, offering, rows, sent, textual, visited, writing

if TYPE_CHECKING:
    from backendkit.verify.probes import Target

INJECTIONS = ("x' OR '1'='1", "x' UNION SELECT 1 --", 'x" OR ""="', "x'; DROP TABLE {table}; --")
LEAKS = re.compile(
    r"Traceback|File \"|sqlalchemy|sqlite3|psycopg|\.py\b|SELECT |site-packages", re.IGNORECASE
)


@attack("sql-injection", "API8 Security misconfiguration")
def inject(target: Target) -> Iterator[Try]:
    """A filter, a sorting or a key carries a piece of SQL instead of a value.
    Works: where statements are put together from text.
    Stopped: values travel beside the statement as parameters, and what may be sorted by is a list of words."""
    api, samples = target.safe, Samples(target.safe)
    for each in offering(api, "list")[:MOST]:
        texts = [one for one in each.filters if one.field.type.name in ("string", "text", "other")][:2]
        user, path = samples.suited(each.does("list")), each.path
        table = each.entity.table_name
        for one in texts:
            for text in INJECTIONS:
                said = text.format(table=table)
                answer = target.get(path, user=user, params={one.json: said})
                found = f", {len(rows(answer))} rows" if answer.is_success else ""
                got = answer.status_code >= 500 or bool(rows(answer))
                yield Try(sent("GET", f"{path}?{one.json}={said}", user), came(answer) + found, got)
        answer = target.get(path, user=user, params={"sort": "1; DROP TABLE x"})
        yield Try(sent("GET", f"{path}?sort=1; DROP TABLE x", user), came(answer), answer.status_code >= 500)
        standing = target.get(path, user=user, params={"limit": 1})
        yield Try(f"is {path} still there?", came(standing), standing.status_code >= 500)


@attack("cross-site-scripting", "API8 Security misconfiguration")
def script(target: Target) -> Iterator[Try]:
    """A text that is stored holds a script, and is read by somebody else's browser.
    Works: where an answer is a page, or may be taken for one.
    Stopped: answers say that they are JSON and that browsers must not guess (nosniff); a page in front must escape."""
    api, samples = target.safe, Samples(target.safe)
    for each in offering(api, "create", "get")[:MOST]:
        name, user = textual(each), samples.suited(each.does("create"))
        body = samples.details(each.does("create"), user)["body"]
        if not name or not body:
            continue
        made = target.post(each.path, user=user, json={**body, name: SCRIPT})
        where = made.headers.get("Location")
        read = target.get(httpx.URL(where).path, user=user) if where else made
        kind, sure = (
            read.headers.get("Content-Type", ""),
            read.headers.get("X-Content-Type-Options") == "nosniff",
        )
        runs = SCRIPT in read.text and ("html" in kind or not sure)
        yield Try(sent("POST", each.path, user, f" with {name}: {SCRIPT}"), f"{came(read)}, {kind}", runs)


@attack("server-side-request", "API7 Server side request forgery")
def lure(target: Target) -> Iterator[Try]:
    """A text holds an address inside the network, and the service goes there.
    Works: where the service fetches what callers name.
    Stopped: the generated service fetches nothing; a call of your own needs a list of where it may go."""
    api, samples = target.safe, Samples(target.safe)
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.3)
        bait = f"http://127.0.0.1:{trap.getsockname()[1]}/"
        for each in offering(api, "create")[:2]:
            name, user = textual(each), samples.suited(each.does("create"))
            body = samples.details(each.does("create"), user)["body"]
            if name and body:
                answer = target.post(each.path, user=user, json={**body, name: bait})
                yield Try(sent("POST", each.path, user, f" with {name}: {bait}"), came(answer), visited(trap))


@attack("verbose-errors", "API8 Security misconfiguration")
def provoke(target: Target) -> Iterator[Try]:
    """A call is broken on purpose, and the error tells how the service is made.
    Works: where what goes wrong inside is sent outside.
    Stopped: errors have one form and say what the caller did wrong; the rest stands in the log."""
    if found := writing(target.safe):
        operation, user, body = found
        head = {"Content-Type": "application/json"}
        odd = {name: {"a": ["\x00"]} for name in body}
        for what, content in (
            ("no JSON", b"{"),
            ("odd values", json.dumps(odd).encode()),
            ("no UTF-8", b'"\xff"'),
        ):
            answer = target.post(operation.path, user=user, content=content, headers=head)
            leak = LEAKS.search(answer.text)
            yield Try(
                sent("POST", operation.path, user, f", {what}"),
                came(answer),
                bool(leak) or answer.status_code == 500,
            )
    for path in ("/nothing/%00", "/%ff"):
        answer = target.client.get(target.url + path)
        yield Try(f"GET {path}", came(answer), bool(LEAKS.search(answer.text)))


@attack("path-traversal", "API8 Security misconfiguration")
def climb(target: Target) -> Iterator[Try]:
    """A path climbs out of the folder that is served.
    Works: where a piece of an address becomes the name of a file.
    Stopped: the service serves its docs page only, and never outside its folder."""
    for path in (
        "/static-offline-docs/..%2f..%2f..%2f..%2fetc/passwd",
        "/static-offline-docs/%2e%2e/%2e%2e/etc/passwd",
        "/..%5c..%5cwin.ini",
    ):
        answer = target.client.get(target.url + path)
        yield Try(f"GET {path}", came(answer), answer.is_success)


@attack("oversized-body", "API4 Unrestricted resource consumption")
def stuff(target: Target) -> Iterator[Try]:
    """A body is so large that it fills the memory, with and without saying so beforehand.
    Works: where a body is read to its end, whatever its size.
    Stopped: what is too large is refused at once, and what grows too large while it comes as well."""
    if found := writing(target.safe):
        operation, user, _ = found
        size = target.safe.surface.body + 1
        head = {"Content-Type": "application/json"}
        whole = target.post(operation.path, user=user, content=b" " * size, headers=head)
        yield Try(
            sent("POST", operation.path, user, f", {size:,} bytes"), came(whole), whole.status_code != 413
        )
        pieces = (b" " * 65536 for _ in range(size // 65536 + 1))
        came_late = target.post(operation.path, user=user, content=pieces, headers=head)
        yield Try(
            sent("POST", operation.path, user, ", piece by piece"),
            came(came_late),
            came_late.status_code != 413,
        )
