"""A prototype starts, answers this machine only, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from backendkit.model import Design, UserError
from backendkit.prototype import Running, start
from tests.prototype.conftest import SHOP

SERVE = """
import json, sys
from backendkit.model import Design
from backendkit.prototype import serve
serve(Design.load(json.loads(sys.argv[1])), port=int(sys.argv[2]))
"""


def test_stopping_leaves_no_thread_file_socket_or_module(shop: Design) -> None:
    threads, modules = threading.enumerate(), set(sys.modules)
    with start(shop) as api:
        assert api.get("/makers").status_code == 200
        assert (api.folder / "service" / "app.py").is_file()
    assert threading.enumerate() == threads
    assert not api.folder.exists()
    assert not [name for name in set(sys.modules) - modules if name.startswith("prototype_")]
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", httpx.URL(api.url).port or 0)) != 0
    api.stop()


def test_two_versions_of_a_design_answer_side_by_side(shop: Design) -> None:
    values = shop.values()
    values["database"]["entities"][0]["attributes"].append(
        {"id": "country", "type": "text", "optional": True}
    )
    with start(shop, rows=1) as old, start(Design.load(values), rows=1) as new, start(shop, rows=2) as third:
        assert "country" not in old.get("/makers").json()["items"][0]
        assert "country" in new.get("/makers").json()["items"][0]
        assert [len(each.get("/makers").json()["items"]) for each in (old, third)] == [1, 2]


def test_a_path_may_leave_out_the_base(shop: Design) -> None:
    values = shop.values()
    values["api"]["base"] = "/v1"
    with start(Design.load(values), rows=1) as api:
        assert api.get("/makers").json() == api.get("/v1/makers").json() == api.get("makers").json()
        assert api.get("/openapi.json").status_code == 200


def test_a_port_that_is_taken_is_told_in_one_sentence(shop: Design) -> None:
    with (
        start(shop, rows=0) as api,
        pytest.raises(UserError, match=r"^Port \d+ cannot be used .*: name another"),
    ):
        start(shop, port=httpx.URL(api.url).port or 0)


def test_a_database_that_does_not_answer_is_told_without_its_password(shop: Design) -> None:
    with pytest.raises(UserError) as told:
        start(shop, database="postgresql+psycopg://ann:hush@127.0.0.1:1/x")
    assert "hush" not in str(told.value)


def test_the_notebooks_proxy_settings_do_not_come_between(
    shop: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with start(shop, rows=0) as api:
        assert api.get("/makers").status_code == 200


def test_under_a_hub_callers_need_the_token(shop: Design, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "x")
    with start(shop, rows=0) as api, httpx.Client(trust_env=False) as stranger:
        assert api.get("/makers").status_code == 200
        assert stranger.get(f"{api.url}/makers").status_code == 401
        wrong = {"Authorization": "Bearer wrong", "Cookie": "backendkit=wrong; x"}
        assert stranger.get(f"{api.url}/makers", headers=wrong).status_code == 401
        opened = stranger.get(api.docs)
        assert (opened.status_code, opened.headers["Location"]) == (303, "/docs")
        assert stranger.get(f"{api.url}/makers").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:1"}, 200),
        ({"Host": "[::1]:80"}, 200),
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
        ({"Host": "[::1"}, 421),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_another_site_or_name_is_refused(quiet: Running, headers: dict[str, str], status: int) -> None:
    assert quiet.get("/makers", headers=headers).status_code == status
    posted = quiet.post("/makers", json={"name": str(headers)[:40]}, headers=headers).status_code
    assert posted == (201 if status == 200 and "navigate" not in headers.values() else max(status, 403))


def test_own_pages_may_post(quiet: Running) -> None:
    assert quiet.post("/makers", json={"name": "x"}, headers={"Origin": quiet.url}).status_code == 201


@pytest.fixture(scope="module")
def quiet() -> Iterator[Running]:
    """One prototype for many callers."""
    with start(Design.load(SHOP), rows=0) as running:
        yield running


@pytest.mark.parametrize("ending", ["SIGINT", "SIGTERM"])
def test_serve_prints_its_address_and_ends_politely(ending: str) -> None:
    import json

    command = [sys.executable, "-c", SERVE, json.dumps(SHOP), "0"]
    flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        creationflags=flags,
    ) as process:
        assert process.stdout
        assert process.stderr
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line
        assert httpx.get(f"{found[0]}/makers", trust_env=False).status_code == 200
        process.send_signal(getattr(signal, ending if os.name == "posix" else "CTRL_BREAK_EVENT"))
        assert process.wait(20) == 0
        assert process.stdout.read().strip().endswith("Stopped.")
        assert "Traceback" not in process.stderr.read()


def test_a_database_it_is_given_keeps_its_rows(shop: Design, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    with start(shop, database=url) as api:
        assert api.get("/makers").json()["items"] == []
        api.post("/makers", json={"name": "a"}).raise_for_status()
    with start(shop, database=url) as api:
        assert api.get("/makers/a").status_code == 200


def test_calls_that_nobody_wrote_say_so(shop: Design) -> None:
    values = shop.values()
    values["api"]["endpoints"] = [{"id": "melt", "method": "POST", "path": "/things/{number}/melt"}]
    with start(Design.load(values)) as api:
        answer = api.post("/things/1/melt")
        assert (answer.status_code, answer.headers["Content-Type"]) == (501, "application/problem+json")
        assert "melt" in answer.json()["detail"]
