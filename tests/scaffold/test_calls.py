"""Many at once, once and no more, what is pointed to brought along, changes told as they happen, values that follow."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from backendkit.prototype import Running
from tests.scaffold.test_security import box


@contextmanager
def statements(shop: Running) -> Iterator[list[str]]:
    """The SQL that is sent meanwhile."""
    engine, found = shop.app.state.database.engine, []

    def note(*arguments: Any) -> None:
        found.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_many_rows_come_in_together_or_not_at_all(shop: Running) -> None:
    ada = shop.users[0].key
    good = [{"owner": ada, "label": f"b{number}", "width": number} for number in range(1, 201)]
    made = shop.post("/boxes:bulk", user="ada", json={"items": good})
    assert made.status_code == 201, made.text
    assert [each["label"] for each in made.json()["items"]] == [each["label"] for each in good]
    bad = shop.post(
        "/boxes:bulk", user="ada", json={"items": [*good[:3], {"owner": ada, "label": "x", "width": 0}]}
    )
    assert bad.status_code == 409
    assert shop.post("/boxes:bulk", user="ada", json={"items": []}).status_code == 422
    told = shop.post("/boxes:bulk", user="ada", json={"items": [{"owner": ada}]}).json()
    assert told["errors"][0]["at"] == "body.items.0.label"
    assert shop.get("/boxes", params={"limit": 100, "offset": 200}, user="ada").json()["items"] == []


def test_a_call_with_a_key_is_done_once_however_often_it_is_sent(shop: Running) -> None:
    sent = {"owner": shop.users[0].key, "label": "one"}
    once = {"Idempotency-Key": "00000000-0000-4000-8000-000000000001"}
    first, again = (shop.post("/boxes", user="ada", json=sent, headers=once) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert {name: first.headers[name] for name in ("Location", "ETag")} == {
        name: again.headers[name] for name in ("Location", "ETag")
    }
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(shop.get("/boxes", user="ada").json()["items"]) == 1
    other = shop.post("/boxes", user="ada", json={**sent, "label": "two"}, headers=once)
    assert other.status_code == 422
    theirs = {"owner": shop.users[1].key, "label": "mine"}
    assert shop.post("/boxes", user="bo", json=theirs, headers=once).status_code == 201, (
        "keys are everybody's own"
    )


def test_a_call_that_failed_may_be_sent_again_with_its_key(shop: Running) -> None:
    once = {"Idempotency-Key": "00000000-0000-4000-8000-000000000002"}
    sent = {"owner": shop.users[0].key, "label": "one", "width": 0}
    assert shop.post("/boxes", user="ada", json=sent, headers=once).status_code == 409
    assert shop.post("/boxes", user="ada", json={**sent, "width": 1}, headers=once).status_code == 201


def test_many_senders_of_one_key_make_one_row(shop: Running) -> None:
    sent = {"owner": shop.users[0].key, "label": "one"}
    headers = {
        "Idempotency-Key": "00000000-0000-4000-8000-000000000003",
        "Authorization": f"Bearer {shop.token_of('ada')}",
    }
    answers: list[int] = []

    def send() -> None:
        answers.append(
            httpx.post(f"{shop.url}/v1/boxes", json=sent, headers=headers, trust_env=False).status_code
        )

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {*answers} <= {201, 409}
    assert 201 in answers
    assert len(shop.get("/boxes", user="ada").json()["items"]) == 1


def test_what_is_pointed_to_comes_along_with_one_question_however_many_rows(shop: Running) -> None:
    counts = []
    for wanted in (2, 60):
        while (have := len(shop.get("/boxes", params={"limit": 100}, user="ada").json()["items"])) < wanted:
            box(shop, "ada", width=have + 1)
        with statements(shop) as found:
            items = shop.get("/boxes", params={"expand": "owner", "limit": 100}, user="ada").json()["items"]
        counts.append(len([line for line in found if line.lstrip().upper().startswith("SELECT")]))
        assert {each["expanded"]["owner"]["number"] for each in items} == {shop.users[0].key}
    assert counts == [2, 2]
    assert "expanded" not in shop.get("/boxes", user="ada").json()["items"][0]
    assert shop.get("/boxes", params={"expand": "label"}, user="ada").status_code == 422


def test_changes_are_told_as_they_happen_to_those_who_may_see_them(shop: Running) -> None:
    heard: dict[str, list[tuple[str, Any]]] = {"ada": [], "cy": []}
    ready, done = threading.Barrier(3), threading.Semaphore(0)

    def listen(user: str, enough: int) -> None:
        headers = {"Authorization": f"Bearer {shop.token_of(user)}"}
        with httpx.stream(
            "GET", f"{shop.url}/v1/boxes:watch", headers=headers, timeout=20, trust_env=False
        ) as answer:
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            lines = answer.iter_lines()
            assert next(lines) == ": watching"
            ready.wait()
            kind = ""
            for line in lines:
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    heard[user].append((kind, json.loads(value)["label"]))
                    if len(heard[user]) == enough:
                        break
        done.release()

    threads = [threading.Thread(target=listen, args=each) for each in (("ada", 3), ("cy", 4))]
    for thread in threads:
        thread.start()
    ready.wait()
    box(shop, "bo")
    mine = box(shop, "ada")
    assert (
        shop.post("/boxes", user="ada", json={"owner": mine["owner"], "label": "x", "width": 0}).status_code
        == 409
    )
    shop.patch(f"/boxes/{mine['id']}", user="ada", json={"label": "new"}).raise_for_status()
    shop.delete(f"/boxes/{mine['id']}", user="ada").raise_for_status()
    assert done.acquire(timeout=20)
    assert done.acquire(timeout=20)
    assert heard["ada"] == [("created", "of ada"), ("changed", "new"), ("deleted", "new")]
    assert heard["cy"] == [("created", "of bo"), *heard["ada"]]


def test_a_value_that_follows_is_computed_and_nobody_writes_it(shop: Running) -> None:
    made = box(shop, "ada", width=3, height="1.10")
    assert made["area"] == "3.30"
    changed = shop.patch(f"/boxes/{made['id']}", user="ada", json={"height": "0.10"})
    assert changed.json()["area"] == "0.30"
    assert shop.patch(f"/boxes/{made['id']}", user="ada", json={"area": "1"}).status_code == 422


def test_rules_hold_those_of_the_grammar_at_once_and_those_in_words_when_they_are_written(
    shop: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (
        shop.post(
            "/boxes", user="ada", json={"owner": shop.users[0].key, "label": "x", "height": "100"}
        ).status_code
        == 409
    )
    mine = box(shop, "ada")
    package = shop.app.state.database.__module__.partition(".")[0]
    import sys

    rows = sys.modules[f"{package}.routers.things"].rows
    thing = {"box": mine["id"], "name": "pen"}
    assert shop.post("/things", user="ada", json=thing).json()["name"] == "pen"
    monkeypatch.setattr(rows, "rules", [(lambda connection, row: row["name"] != "no", "never no")])
    monkeypatch.setattr(
        rows,
        "derives",
        {"name": lambda connection, row: row["name"].upper() if row["name"] != "no" else "no"},
    )
    made = shop.post("/things", user="ada", json=thing).json()
    assert made["name"] == "PEN"
    refused = shop.patch(f"/things/{made['id']}", user="ada", json={"name": "no"})
    assert (refused.status_code, refused.json()["detail"]) == (409, "This rule would be broken: never no")
    assert shop.get(f"/things/{made['id']}", user="ada").json()["name"] == "PEN"
