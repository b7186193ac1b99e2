"""What stands before every call, and what stands on the disk: hosts, sizes, headers, the log, encrypted values, HTTPS."""

from __future__ import annotations

import base64
import json
import logging
import secrets
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import LargeBinary, select, type_coerce

from backendkit.model import Design
from backendkit.prototype import Running, start
from tests.scaffold.guarded import GUARDED
from tests.scaffold.test_security import box, log_in


def module(shop: Running, name: str) -> Any:
    return sys.modules[f"{type(shop.app.state.database).__module__.partition('.')[0]}.{name}"]


def test_every_answer_has_safe_headers_also_an_error_and_the_docs_page(shop: Running) -> None:
    for answer in (
        shop.get("/boxes"),
        shop.get("/nothing"),
        shop.get("/docs"),
        shop.get("/boxes", user="ada"),
    ):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        for word in ("frame-ancestors", "base-uri", "object-src"):
            assert f"{word} 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert len(answer.headers["X-Request-ID"]) == 32
    assert "default-src 'none'" in shop.get("/boxes").headers["Content-Security-Policy"]
    assert shop.get("/docs").status_code == 200


def test_nobody_keeps_the_answer_to_a_call_with_a_login_and_asking_whether_it_changed_goes_on(
    shop: Running,
) -> None:
    path = f"/boxes/{box(shop, 'ada')['id']}"
    assert shop.get(path).headers["Cache-Control"] == "private, no-cache", "everybody may see it"
    mine = shop.get("/boxes", user="ada")
    refused = shop.get("/people", user="ada")
    by_key = shop.get("/boxes", headers={"X-API-Key": "unknown"})
    assert [each.status_code for each in (mine, refused, by_key)] == [200, 403, 401]
    for answer in (
        mine,
        refused,
        by_key,
        log_in(shop, "ada@example.org"),
        log_in(shop, "ada@example.org", ""),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
    assert "etag" in shop.get(path, user="ada").headers
    for user in ("ada", None):
        known = {"If-None-Match": shop.get(path, user=user).headers["ETag"]}
        assert shop.get(path, user=user, headers=known).status_code == 304


def test_a_body_that_is_too_large_is_refused_also_when_it_does_not_say_so(shop: Running) -> None:
    large = json.dumps({"owner": 1, "label": "x" * 30_000}).encode()
    headers = {"Content-Type": "application/json"}
    assert shop.post("/boxes", user="ada", content=large, headers=headers).status_code == 413

    def pieces() -> Any:
        for start_ in range(0, len(large), 4000):
            yield large[start_ : start_ + 4000]

    streamed = shop.post("/boxes", user="ada", content=pieces(), headers=headers)
    assert streamed.status_code == 413
    assert streamed.headers["Content-Type"] == "application/problem+json"
    assert shop.get("/boxes", user="ada").json()["items"] == []


def test_only_known_hosts_are_answered(guarded: Running) -> None:
    shield = module(guarded, "shield").Shield(guarded.app, ["shop.example"])
    import asyncio

    async def call(host: str) -> int:
        transport = httpx.ASGITransport(app=shield)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return (await client.get("/v1/boxes/1")).status_code

    assert [asyncio.run(call(host)) for host in ("evil.example", "shop.example", "SHOP.example:8000")] == [
        421,
        404,
        404,
    ]


def test_only_known_sites_may_call_from_a_browser(guarded: Running) -> None:
    import asyncio

    async def call(origin: str) -> str | None:
        transport = httpx.ASGITransport(app=guarded.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            found = await client.get("/v1/boxes/1", headers={"Origin": origin})
            return found.headers.get("Access-Control-Allow-Origin")

    assert asyncio.run(call("https://shop.example")) == "https://shop.example"
    assert asyncio.run(call("https://evil.example")) is None


def test_the_log_tells_who_did_what_and_holds_no_secret(
    shop: Running, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        tokens = log_in(shop, "ada@example.org").json()
        log_in(shop, "ada@example.org", "wrong password")
        box(shop, "ada", label="a private label")
        shop.get("/boxes", user="ada")
        shop.get("/people?mail=ada@example.org", user="ada")
        shop.post("/letters", user="ada", json={"text": 'forged"}\n{"event": "call"'})
    lines = [json.loads(each.getMessage()) for each in caplog.records if each.name.endswith("shield.audit")]
    calls = [
        (line["caller"], line["method"], line["path"], line["status"])
        for line in lines
        if line["event"] == "call"
    ]
    ada = f"member {shop.users[0].key}"
    assert (ada, "POST", "/v1/boxes", 201) in calls
    assert (ada, "GET", "/v1/people", 403) in calls
    assert not any(path == "/v1/boxes" and method == "GET" for _, method, path, _ in calls)
    assert {"event": "login", "state": "refused"} in lines
    assert {"event": "login", "state": "granted", "caller": ada} in lines
    for hidden in (
        tokens["access_token"],
        tokens["refresh_token"],
        "wrong password",
        "private label",
        "example.org",
        "forged",
    ):
        assert hidden not in "".join(
            each.getMessage() for each in caplog.records if each.name.startswith("prototype")
        )


def test_personal_and_secret_values_cannot_be_read_in_the_file_of_the_database(tmp_path: Path) -> None:
    with start(Design.load(GUARDED), rows=0) as shop:
        made = shop.app.state.database.engine
        table = shop.tables["Person"]
        values = {
            "mail": "ada.lovelace@example.org",
            "hash": "the hash itself",
            "income": Decimal("1234.56"),
            "role": "member",
        }
        with made.begin() as connection:
            connection.execute(table.insert().values(values))
            connection.execute(shop.tables["Box"].insert().values(owner=1, label="a public label"))
        stored = b"".join(file.read_bytes() for file in shop.folder.glob("prototype.sqlite*"))
        with made.begin() as connection:
            row = connection.execute(select(table)).one()
    assert (row.mail, row.hash, row.income) == (values["mail"], values["hash"], values["income"])
    assert b"a public label" in stored
    for secret in ("lovelace", "the hash", "1234.56"):
        assert secret.encode() not in stored


def test_an_encrypted_value_is_unique_and_can_be_found_but_not_sorted_by(shop: Running) -> None:
    cy = "cy"
    found = shop.get("/people", params={"mail": "bo@example.org"}, user=cy).json()["items"]
    assert [each["number"] for each in found] == [shop.users[1].key]
    twin = shop.post("/people", user=cy, json={"mail": "bo@example.org"})
    assert twin.status_code == 409
    assert shop.get("/people", params={"sort": "born"}, user=cy).status_code == 422
    assert shop.get("/people", params={"born_from": "2000-01-01"}, user=cy).status_code == 422


def test_keys_rotate_and_a_value_that_was_moved_or_changed_is_not_believed(guarded: Running) -> None:
    encryption = module(guarded, "encryption")
    old, new = (base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
    keys = encryption.Keys()
    keys.use(old)
    sealed = keys.encrypt(b"value", "person.mail", found=True)
    assert sealed == keys.encrypt(b"value", "person.mail", found=True)
    assert keys.encrypt(b"value", "person.mail", found=False) != keys.encrypt(
        b"value", "person.mail", found=False
    )
    assert keys.encrypt(b"value", "person.hash", found=True) != sealed
    keys.use(f"{new},{old}")
    assert keys.decrypt(sealed, "person.mail") == b"value"
    assert keys.encrypt(b"value", "person.mail", found=True) != sealed
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for wrong, column in ((sealed, "person.hash"), (changed, "person.mail"), (b"", "person.mail")):
        with pytest.raises(ValueError, match="cannot be decrypted"):
            keys.decrypt(wrong, column)
    keys.use(new)
    with pytest.raises(ValueError, match="cannot be decrypted"):
        keys.decrypt(sealed, "person.mail")
    with pytest.raises(ValueError, match="32 bytes"):
        keys.use("short")


def test_an_old_key_still_finds_and_reencrypting_needs_it_no_more(
    shop: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    encryption, main = (
        module(shop, "encryption"),
        __import__("importlib").import_module(
            f"{type(shop.app.state.database).__module__.partition('.')[0]}.__main__"
        ),
    )
    old = encryption.keys.all
    fresh = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    only = encryption.Keys()
    only.use(fresh)
    monkeypatch.setattr(encryption.keys, "all", only.all | old)
    query = {"params": {"mail": "ada@example.org"}, "user": "cy"}
    assert len(shop.get("/people", **query).json()["items"]) == 1
    table = shop.tables["Person"]
    with shop.app.state.database.engine.begin() as connection:
        assert main.anew(connection, table, [table.c.mail, table.c.hash, table.c.born, table.c.income]) == 4
    monkeypatch.setattr(encryption.keys, "all", only.all)
    assert len(shop.get("/people", **query).json()["items"]) == 1
    with shop.app.state.database.engine.begin() as connection:
        stored = connection.scalars(select(type_coerce(table.c.mail, LargeBinary()))).all()
    assert {each[:4] for each in stored} == {*only.all}
    monkeypatch.setattr(encryption.keys, "all", old)


def test_over_https_a_plain_call_gets_nowhere_and_a_stranger_is_not_trusted() -> None:
    with start(Design.load(GUARDED), rows=2, https=True) as shop:
        assert shop.url.startswith("https://127.0.0.1:")
        answer = shop.get("/boxes", user="member")
        assert answer.status_code == 200
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        with pytest.raises(httpx.TransportError):
            httpx.get(shop.url.replace("https", "http") + "/v1/boxes", trust_env=False)
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(f"{shop.url}/v1/boxes", trust_env=False)
