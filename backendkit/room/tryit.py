"""Call the API before anybody writes it: start the prototype, choose an operation, send, read the answer.

The calls go through the kernel, so that it also works where the browser sits on another machine than the notebook.
What an operation takes comes from the OpenAPI description (https://spec.openapis.org/oas/v3.1.1.html).
"""

from __future__ import annotations

import json
import shlex
import threading
import time
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from backendkit.model import UserError
from backendkit.room.actions import show_calls
from backendkit.room.display import Page
from backendkit.room.overviews import show_operations
from backendkit.room.shared import Shared
from backendkit.room.widget import Widget, live

if TYPE_CHECKING:
    import httpx

    from backendkit.model import Design
    from backendkit.prototype import Running
    from backendkit.prototype.samples import Samples
    from backendkit.store import OpenDesign

Json = dict[str, Any]
SILENCE = 300.0
"""Seconds without a page that shows it, after which a prototype is stopped."""
STARTING = "Starting: the program is made from the design, and some rows for it. This takes some seconds."
WATCHED = 3.0
"""Seconds of silence after which nobody listens to changes any longer."""
LINES, SIGNS = 400, 60_000
"""How much of an answer is sent to the page."""
_MEANS = {
    200: "here it is", 201: "it is stored", 204: "done, there is nothing to show", 304: "you have it already",
    400: "the body cannot be read", 401: "it does not know you", 403: "you may not", 404: "there is no such thing",
    405: "this path does not know that method", 409: "it does not fit what is there already",
    412: "somebody changed it in between", 415: "the body is of another kind", 422: "some values cannot be taken",
    428: "say which state you mean, with If-Match", 500: "the prototype made a mistake",
    501: "nobody has written this yet: it is your team's part", 503: "the database does not answer",
}  # fmt: skip


def try_api(opened: OpenDesign) -> TryApi | Page:
    """The prototype of a design, to start, call and stop; where nobody looks on, three calls and their answers."""
    if live():
        return TryApi(opened, lambda: show_operations(opened))
    from backendkit.prototype import start

    with start(opened) as api:
        return show_calls(opened, api)


class Prototype(Shared):
    """The one prototype of a design in this kernel: every page that shows it speaks to the same."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.said = "stopped", ""
        self.running: Running | None = None
        self.samples: Samples | None = None
        self.calls: deque[Json] = deque(maxlen=20)
        self.seen = time.monotonic()
        self._ended = threading.Event()

    def start(self, design: Design) -> None:
        """Run it; one that runs is stopped before. A second start while the first is under way does nothing."""
        with self.guard:
            if self.state == "starting":
                return
            self.state, self.said, ran = "starting", STARTING, self._taken()
        self.tell()
        failed = "The prototype did not start."
        try:
            if ran:
                ran.stop()
            self._begin(design)
            failed = ""
        except UserError as error:
            failed = f"The prototype cannot start. {error}"
        finally:
            if failed:
                self.state, self.said = "stopped", failed
            self.tell()

    def _begin(self, design: Design) -> None:
        from backendkit.prototype import start
        from backendkit.prototype.samples import Samples

        running, ended = start(design), threading.Event()
        with self.guard:
            self.running, self.samples, self._ended = running, Samples(running), ended
            self.state, self.said, self.seen = "running", "", time.monotonic()
        threading.Thread(target=self._watch, args=(ended,), name="tryit", daemon=True).start()

    def stop(self, said: str = "") -> None:
        """End it; its rows are gone."""
        with self.guard:
            ran = self._taken()
            if self.state == "running":
                self.state, self.said = "stopped", said
        if ran:
            ran.stop()
        self.tell()

    def _taken(self) -> Running | None:
        """What runs, which nobody speaks to from now on."""
        self._ended.set()
        ran, self.running, self.samples = self.running, None, None
        return ran

    def _watch(self, ended: threading.Event) -> None:
        while not ended.wait(SILENCE / 10):
            if time.monotonic() - self.seen > SILENCE:
                self.stop("Stopped, because no page showed it any more. Its rows are gone.")

    def alive(self) -> None:
        """A page still shows it."""
        self.seen = time.monotonic()

    def asked(self) -> tuple[Running, Samples]:
        """What runs. Raises UserError when nothing does."""
        if not self.running or not self.samples:
            raise UserError("The prototype is stopped: start it again.")
        return self.running, self.samples


class TryApi(Widget):
    """The panel: a call is chosen, filled in, and sent for nobody or for a user."""

    parts = ("tryit",)

    def __init__(self, opened: OpenDesign, still: Any) -> None:
        self.prototype = Prototype.of(opened)
        self.prototype.add(self)
        super().__init__(opened, still)

    def snapshot(self) -> Json:
        """Whether it runs, what can be called, and the last calls."""
        made = self.prototype
        state: Json = {"state": made.state, "said": made.said}
        with made.guard:
            if not made.running or not made.samples:
                return state
            running = made.running
            state |= {"url": running.url, "docs": running.docs, "changed": self._changed(running.design)}
            state |= {"told": [*running.gaps, *running.unread], "base": running.surface.base}
            state["operations"] = [
                {key: getattr(each, key) for key in ("id", "method", "path", "group", "does", "who")}
                for each in made.samples.operations.values()
            ]
            state["users"] = [
                {"name": each.name, "role": each.role, "login": each.login} for each in running.users
            ]
            state["calls"] = [{key: call[key] for key in _LIGHT} for call in made.calls]
        return state

    def _changed(self, ran: Design) -> bool:
        assert self.opened
        now = self.opened.design
        parts = [(each.database, each.api, each.development, each.security, each.name) for each in (now, ran)]
        return now is not ran and parts[0] != parts[1]

    def on_hello(self, view: str) -> Json:
        """A page shows it."""
        self.prototype.alive()
        return super().on_hello(view)

    def on_alive(self) -> None:
        """A page still shows it."""
        self.prototype.alive()

    def on_start(self) -> None:
        """Start it, or start it again, from the design as it is now."""
        assert self.opened
        design = self.opened.design
        self.later(lambda: self.prototype.start(design))

    def on_stop(self) -> None:
        """Stop it."""
        self.prototype.stop()

    def on_operation(self, id: str, user: str = "") -> Json:
        """What an operation takes, with values that stand in the tables now, and that a user may see."""
        from backendkit.prototype.users import pick

        with self.prototype.guard:
            running, samples = self.prototype.asked()
            if id not in samples.operations:
                raise UserError(f"There is no operation '{id}' (any more).")
            return samples.details(id, pick(running.users, user) if user else None)

    def on_call(
        self,
        method: str,
        address: str,
        headers: dict[str, str],
        body: str | None = None,
        operation: str = "",
        user: str = "",
    ) -> Json:
        """Send one call, for a user where one is named, and give its answer."""
        import httpx

        running, _ = self.prototype.asked()
        if not address.startswith("/"):
            raise UserError(f"A path begins with a slash: '/{address[:60]}'.")
        sent = {name: value.encode() for name, value in headers.items() if value.strip()}
        if body is not None:
            sent["Content-Type"] = b"application/json"
        begun = time.perf_counter()
        try:
            answer = _answered(running, method, address, user or None, headers=sent, content=body)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RuntimeError) as error:
            raise UserError(f"This cannot be sent: {error}.") from None
        taken = (time.perf_counter() - begun) * 1000
        with self.prototype.guard:
            number = self.prototype.calls[0]["n"] + 1 if self.prototype.calls else 1
            call: Json = {
                "n": number,
                "method": method,
                "address": address,
                "operation": operation,
                "user": user,
            }
            call |= {"ms": round(taken, 1), "body": body, "headers": headers} | read_answer(answer)
            self.prototype.calls.appendleft(call | {"curl": as_curl(answer), "python": as_python(answer)})
            return self.prototype.calls[0]

    def on_recall(self, n: int) -> Json:
        """One of the last calls, with its answer."""
        found = next((call for call in self.prototype.calls if call["n"] == n), None)
        if not found:
            raise UserError("This call is forgotten: the last 20 are kept.")
        return found


_LIGHT = ("n", "method", "address", "status", "ms", "user")


def _answered(running: Running, method: str, address: str, user: str | None, **sent: Any) -> httpx.Response:
    """The answer of a call. One that goes on for ever (`:watch`) is read for some seconds."""
    import httpx

    if not address.partition("?")[0].endswith(":watch"):
        return running.request(method, address, user=user, **sent)
    heard = b""
    with running.stream(method, address, user=user, **sent) as answer:
        try:
            for piece in answer.iter_raw():
                heard += piece
        except httpx.ReadTimeout:
            heard += f": nothing more for {WATCHED:g} seconds\n".encode()
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=heard, request=answer.request
        )


def read_answer(answer: httpx.Response) -> Json:
    """An answer for people: its status in words, its body laid out and shortened, what it says of single fields."""
    status = answer.status_code
    named = HTTPStatus(status).phrase if status in {*HTTPStatus} else answer.reason_phrase
    try:
        data = answer.json()
        text = json.dumps(data, indent=2, ensure_ascii=False)
    except ValueError:
        data, text = None, answer.text
    problem = data if isinstance(data, dict) and status >= 400 else {}
    errors = [each for each in problem.get("errors") or () if isinstance(each, dict)]
    items = data.get("items") if isinstance(data, dict) else None
    lines, whole = text[:SIGNS].splitlines()[:LINES], text.splitlines()
    return {
        "status": status,
        "said": f"{status} {named}" + (f": {_MEANS[status]}" if status in _MEANS else ""),
        "detail": str(problem.get("detail") or ""),
        "errors": [{key: str(each.get(key, "")) for key in ("at", "message")} for each in errors],
        "answered": [[name, value] for name, value in answer.headers.items()],
        "text": "\n".join(lines),
        "more": len(whole) - len(lines) + (whole[: len(lines)] != lines),
        "rows": len(items) if isinstance(items, list) else None,
    }


def as_curl(answer: httpx.Response) -> str:
    """The call as a line for a terminal."""
    request = answer.request
    parts = ["curl", *(["-X", request.method] if request.method != "GET" else []), str(request.url)]
    for name, value in _sent(request):
        parts += ["-H", f"{name}: {value}"]
    return shlex.join(parts + (["--data", request.content.decode()] if request.content else []))


def as_python(answer: httpx.Response) -> str:
    """The call as Python that needs only httpx."""
    request = answer.request
    parts = [repr(request.method), repr(str(request.url))]
    if headers := dict(_sent(request)):
        parts.append(f"headers={headers!r}")
    if request.content:
        parts.append(f"content={request.content.decode()!r}.encode()")
    call = f"answer = httpx.request({', '.join(parts)})"
    return f"import httpx\n\n{call}\nprint(answer.status_code, answer.text)"


def _sent(request: httpx.Request) -> list[tuple[str, str]]:
    """The headers that matter; the others every client sends by itself."""
    by_itself = ("host", "accept", "accept-encoding", "connection", "user-agent", "content-length")
    return [
        (name.decode(), value.decode(errors="replace")) for name, value in request.headers.raw
        if name.decode().lower() not in by_itself
    ]  # fmt: skip
