"""The panel that calls the prototype: one real prototype for most tests, asked as its page asks."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from backendkit import room
from backendkit.model import Design, Set, UserError
from backendkit.room import tryit
from backendkit.room.display import Page
from backendkit.room.tryit import Prototype, TryApi, as_curl, read_answer
from backendkit.store import OpenDesign, new_design, open_design

from .conftest import HOSTILE, ROOT, Looker, Refused

BOOK = {"title": "Dune", "author": "frank-herbert"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenDesign]:
    """A bookshop whose prototype runs once for all tests of this module."""
    opened = open_design(ROOT / "data" / "bookshop").copy_to(tmp_path_factory.mktemp("tryit") / "shop")
    yield opened
    Prototype.of(opened).stop()


def panel(opened: OpenDesign) -> TryApi:
    part = room.try_api(opened)
    assert isinstance(part, TryApi)
    return part


def running(looker: Looker, part: TryApi) -> dict[str, Any]:
    """The state of a panel once its prototype runs; it is started when it does not."""
    state = looker.see(part)
    if state["state"] != "running":
        looker.ask(part, "start")
        state = looker.wait(part, "state", lambda told: told["state"]["state"] == "running")["state"]
    return state


@pytest.fixture
def page(shop: OpenDesign, looker: Looker) -> TryApi:
    """A panel with a prototype that runs."""
    part = panel(shop)
    running(looker, part)
    return part


@pytest.fixture
def call(page: TryApi, looker: Looker) -> Callable[..., dict[str, Any]]:
    """Send one call from the panel."""

    def send(
        method: str, address: str, body: Any = None, user: str = "member", **headers: str
    ) -> dict[str, Any]:
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        return looker.ask(page, "call", method=method, address=address, headers=headers, body=text, user=user)

    return send


Call = Callable[..., dict[str, Any]]


def test_where_no_kernel_runs_and_nothing_can_be_called_the_page_says_so(blank: OpenDesign) -> None:
    shown = room.try_api(blank)
    assert isinstance(shown, Page)
    assert "nothing to call yet" in shown._repr_mimebundle_()[0]["text/plain"]


def test_it_is_started_by_a_press_and_says_so_meanwhile(shop: OpenDesign, looker: Looker) -> None:
    part = panel(shop)
    assert looker.see(part)["state"] in ("stopped", "running")
    part.prototype.stop()
    looker.ask(part, "start")
    looker.ask(part, "start")
    assert looker.wait(part, "state", lambda told: told["state"]["state"] == "starting")
    state = running(looker, part)
    assert state["url"].startswith("http://127.0.0.1:")
    assert state["docs"].startswith(state["url"])
    assert state["changed"] is False


def test_every_call_of_the_api_is_offered_with_what_it_does(page: TryApi, looker: Looker) -> None:
    offered = {one["id"]: one for one in looker.see(page)["operations"]}
    assert offered["list_books"] == {
        "id": "list_books", "method": "GET", "path": "/v1/books", "group": "books", "does": "lists rows of Book",
        "who": None,
    }  # fmt: skip
    found = looker.ask(page, "operation", id="create_book")
    assert set(found) == {"keys", "params", "fields", "body"}
    assert found["body"]["title"]


def test_a_call_is_sent_for_nobody_or_for_a_user_and_sees_what_is_theirs(
    page: TryApi, looker: Looker, call: Call
) -> None:
    state = looker.see(page)
    assert [each["name"] for each in state["users"]] == [
        "member",
        "member 2",
        "moderator",
        "moderator 2",
        "provider",
    ]
    who = {each["id"]: each["who"] for each in state["operations"]}
    assert (who["list_copies"], who["list_orders"], who["hide_copy"]) == (
        None,
        ["member", "moderator"],
        ["moderator"],
    )
    assert [call("GET", "/orders", user=user)["status"] for user in ("", "member", "provider")] == [
        401,
        200,
        403,
    ]
    mine, theirs = (
        json.loads(call("GET", "/orders?limit=100", user=user)["text"])["items"]
        for user in ("member", "member 2")
    )
    assert not {each["number"] for each in mine} & {each["number"] for each in theirs}
    keys = looker.ask(page, "operation", id="get_order", user="member")["keys"]
    assert {each["number"] for each in keys} == {each["number"] for each in mine[:30]}
    assert "Bearer" in call("GET", "/orders")["curl"]
    with pytest.raises(Refused, match="There is no user 'nobody' here, there are 'member'"):
        looker.ask(page, "operation", id="get_order", user="nobody")


def test_a_call_that_is_gone_is_told(page: TryApi, looker: Looker) -> None:
    with pytest.raises(Refused, match=r"There is no operation 'burn_books' \(any more\)"):
        looker.ask(page, "operation", id="burn_books")


def test_an_answer_comes_with_its_meaning_its_time_and_its_rows(call: Call) -> None:
    found = call("GET", "/books?limit=2")
    assert found["said"] == "200 OK: here it is"
    assert (found["status"], found["rows"], found["errors"]) == (200, 2, [])
    assert 0 < found["ms"] < 30_000
    assert json.loads(found["text"])["items"]
    assert ["content-type", "application/json"] in found["answered"]


def test_what_is_copied_from_an_answer_asks_the_same_again(call: Call) -> None:
    found = call("GET", "/books?limit=1", Accept="application/json")
    again = subprocess.run([sys.executable, "-c", found["python"]], capture_output=True, check=True)
    assert again.stdout.startswith(b"200 {")
    assert shlex.split(found["curl"])[1].endswith("/books?limit=1")


def test_a_row_is_added_and_read_back(call: Call, page: TryApi, looker: Looker) -> None:
    body = looker.ask(page, "operation", id="create_book")["body"]
    made = call("POST", "/books", body)
    assert made["said"].startswith("201 Created")
    where = dict(made["answered"])["location"]
    again = call("GET", httpx.URL(where).path)
    assert json.loads(again["text"])["title"] == body["title"]


def test_a_mistake_is_said_of_each_field(call: Call) -> None:
    found = call("POST", "/books", {"title": 5, "colour": "red"})
    assert found["said"].startswith("422 Unprocessable ")
    assert found["said"].endswith(": some values cannot be taken")
    places = {one["at"] for one in found["errors"]}
    assert "body.title" in places
    assert all(one["message"] for one in found["errors"])


@pytest.mark.parametrize(
    ("method", "address", "body", "status"),
    [
        ("POST", "/books", "{no json", 400),
        ("GET", "/books/999999", None, 404),
        ("GET", "/nothing", None, 404),
        ("PUT", "/books", None, 405),
        ("GET", "//example.org/books", None, 404),
        ("GET", "/../../etc/passwd", None, 404),
    ],
)
def test_what_the_prototype_refuses_is_an_answer_in_words(
    call: Call, method: str, address: str, body: str | None, status: int
) -> None:
    found = call(method, address, body)
    assert found["status"] == status
    assert ": " in found["said"]


def test_a_call_that_nobody_has_written_yet_says_whose_part_it_is(
    call: Call,
) -> None:
    found = call("GET", "/isbn/9780441478123", "")
    assert found["said"] == "501 Not Implemented: nobody has written this yet: it is your team's part"


@pytest.mark.parametrize(
    ("method", "address", "headers"),
    [
        ("GET", "books", {}),
        ("GET", "", {}),
        ("GET", "http://example.org/", {}),
        ("GET", "/books\n", {}),
        ("GE T", "/books", {}),
        ("GET", "/books", {"X-Note": "two\r\nlines: yes"}),
        ("GET", "/books", {"Größe": "1"}),
    ],
)
def test_what_cannot_be_sent_is_one_sentence(
    call: Call, method: str, address: str, headers: dict[str, str]
) -> None:
    with pytest.raises(Refused, match=r"cannot be sent|begins with a slash"):
        call(method, address, **headers)


def test_text_that_would_be_markup_travels_as_it_is(call: Call) -> None:
    found = call("POST", "/books", {"title": HOSTILE})
    assert found["body"] == json.dumps({"title": HOSTILE})
    assert json.dumps({"title": HOSTILE}) in shlex.split(found["curl"])


def test_the_last_calls_are_kept_and_shown_again(call: Call, page: TryApi, looker: Looker) -> None:
    first = call("GET", "/books?limit=1")
    for _ in range(20):
        last = call("GET", "/books?limit=3")
    listed = looker.see(page)["calls"]
    assert [one["n"] for one in listed] == list(range(last["n"], last["n"] - 20, -1))
    assert set(listed[0]) == {"n", "method", "address", "status", "ms", "user"}
    assert looker.ask(page, "recall", n=last["n"]) == last
    with pytest.raises(Refused, match="the last 20 are kept"):
        looker.ask(page, "recall", n=first["n"])


def test_a_design_that_has_changed_since_is_told(page: TryApi, shop: OpenDesign, looker: Looker) -> None:
    shop.update(Set("", "summary", "Not what a prototype is made of."))
    assert not looker.see(page)["changed"]
    shop.update(Set("book.title", "type", "string(99)"))
    assert looker.see(page)["changed"]


def test_a_page_that_shows_it_keeps_it_alive(page: TryApi, looker: Looker) -> None:
    page.prototype.seen = 0
    looker.ask(page, "alive")
    assert page.prototype.seen


def test_two_pages_share_one_prototype_however_the_folder_is_written(
    page: TryApi, shop: OpenDesign, looker: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shop.folder
    monkeypatch.chdir(shop.folder.parent)
    other = panel(open_design("shop"))
    assert looker.see(other)["url"] == looker.see(page)["url"]
    looker.ask(other, "stop")
    assert looker.wait(page, "state", lambda told: told["state"]["state"] == "stopped")
    for word, data in (("operation", {"id": "list_books"}), ("call", {"method": "GET", "address": "/books"})):
        with pytest.raises(Refused, match="stopped: start it again"):
            looker.ask(page, word, **data, **({"headers": {}} if word == "call" else {}))


def test_a_prototype_that_no_page_shows_any_more_is_stopped(
    blank: OpenDesign, looker: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tryit, "SILENCE", 0.05)
    part = panel(blank)
    looker.see(part)
    looker.ask(part, "start")
    ended = looker.wait(part, "state", lambda told: told["state"]["said"] not in ("", tryit.STARTING))
    assert ended["state"] == {
        "state": "stopped", "said": "Stopped, because no page showed it any more. Its rows are gone.",
    }  # fmt: skip


def test_what_keeps_it_from_starting_is_a_sentence(
    blank: OpenDesign, looker: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(design: Design) -> None:
        raise UserError("The database refuses: too many columns on book")

    monkeypatch.setattr("backendkit.prototype.start", start)
    part = panel(blank)
    looker.see(part)
    looker.ask(part, "start")
    told = looker.wait(part, "state", lambda told: told["state"]["said"].startswith("The prototype cannot"))
    assert told["state"] == {
        "state": "stopped",
        "said": "The prototype cannot start. The database refuses: too many columns on book",
    }


def test_a_mistake_of_ours_is_told_and_it_can_be_started_again(
    blank: OpenDesign, looker: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = panel(blank)
    looker.see(part)
    with monkeypatch.context() as broken:
        broken.setattr("backendkit.prototype.start", lambda design: 1 / 0)
        looker.ask(part, "start")
        assert "ZeroDivisionError" in looker.wait(part, "trouble")["text"]
    assert looker.see(part) == {"state": "stopped", "said": "The prototype did not start."}
    assert running(looker, part)["operations"] == []
    looker.ask(part, "stop")


def test_a_long_answer_is_cut_and_says_how_much_is_missing() -> None:
    asked = httpx.Request("GET", "http://127.0.0.1/")
    many = read_answer(httpx.Response(200, json=list(range(1000)), request=asked))
    assert (len(many["text"].splitlines()), many["more"]) == (tryit.LINES, 1002 - tryit.LINES)
    wide = read_answer(httpx.Response(200, text="x" * (tryit.SIGNS + 1), request=asked))
    assert (len(wide["text"]), wide["more"]) == (tryit.SIGNS, 1)
    short = read_answer(httpx.Response(299, text="plain", request=asked))
    assert (short["text"], short["more"], short["said"], short["rows"]) == ("plain", 0, "299 ", None)


def test_a_call_for_a_terminal_names_what_matters_only() -> None:
    asked = httpx.Request(
        "POST", "http://127.0.0.1/a b", headers={"If-Match": '"1"'}, content=b'{"a": "it\'s"}'
    )
    parts = shlex.split(as_curl(httpx.Response(200, request=asked)))
    assert parts == [
        "curl", "-X", "POST", "http://127.0.0.1/a%20b", "-H", 'If-Match: "1"', "--data", '{"a": "it\'s"}',
    ]  # fmt: skip


def test_a_design_in_a_database_has_a_prototype_too(tmp_path: Path, looker: Looker) -> None:
    part = panel(new_design(f"sqlite:///{tmp_path / 'team.db'}#shop"))
    assert looker.see(part) == {"state": "stopped", "said": ""}
