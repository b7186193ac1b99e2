"""Who is nobody may nothing, who is somebody may what a grant says, with rows that are theirs (OWASP API Top 10, 1 to 5)."""

from __future__ import annotations

import base64
import json
import secrets
import time
from hashlib import sha256
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from backendkit.model import Design
from backendkit.prototype import Running, start
from tests.scaffold.conftest import PASSWORD
from tests.scaffold.guarded import GUARDED


def log_in(shop: Running, login: str, password: str = PASSWORD) -> Any:
    return shop.post("/token", data={"grant_type": "password", "username": login, "password": password})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def box(shop: Running, user: str, **values: Any) -> dict[str, Any]:
    owner = next(each.key for each in shop.users if each.name == user)
    made = shop.post("/boxes", user=user, json={"owner": owner, "label": f"of {user}", **values})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def test_what_no_grant_names_is_refused_to_everybody(shop: Running) -> None:
    for user in (None, "ada", "cy"):
        assert shop.get("/forgotten", user=user).status_code in (401, 403)
    assert shop.get("/boxes").status_code == 401
    assert shop.get("/boxes").headers["WWW-Authenticate"] == "Bearer"
    assert shop.get("/people", user="ada").status_code == 403
    assert shop.delete("/boxes/1", user="cy").status_code == 403


def test_a_call_that_somebody_adds_later_and_forgets_to_grant_is_refused() -> None:
    with start(Design.load(GUARDED), rows=0) as shop:

        async def later() -> str:
            return "open"

        shop.app.add_api_route("/later", later)
        assert shop.client.get("/later").status_code == 401


def test_a_login_gives_a_token_that_opens_what_its_role_may(shop: Running) -> None:
    answer = log_in(shop, "ada@example.org")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    tokens = answer.json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 600)
    assert shop.get("/boxes", headers=bearer(tokens["access_token"])).status_code == 200
    assert shop.get("/people", headers=bearer(tokens["access_token"])).status_code == 403


def test_a_wrong_password_and_an_unknown_login_are_told_alike(shop: Running) -> None:
    wrong, unknown = log_in(shop, "ada@example.org", "no"), log_in(shop, "nobody@example.org")
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.json() == unknown.json()


def test_after_three_failures_an_account_is_refused_for_a_while_and_others_are_not(shop: Running) -> None:
    assert [log_in(shop, "ada@example.org", "no").status_code for _ in range(4)] == [400, 400, 400, 429]
    refused = log_in(shop, "ADA@example.org")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 601
    assert log_in(shop, "bo@example.org").status_code == 200


def test_a_refresh_token_works_once_and_its_second_use_ends_the_session(shop: Running) -> None:
    first = log_in(shop, "ada@example.org").json()
    again = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = shop.post("/token", data=again)
    assert second.status_code == 200
    assert shop.post("/token", data=again).json()["error"] == "invalid_grant"
    stolen = {**again, "refresh_token": second.json()["refresh_token"]}
    assert shop.post("/token", data=stolen).status_code == 400
    assert shop.get("/boxes", headers=bearer(second.json()["access_token"])).status_code == 401


def test_who_logs_out_is_out_at_once(shop: Running) -> None:
    tokens = log_in(shop, "ada@example.org").json()
    assert shop.get("/boxes", headers=bearer(tokens["access_token"])).status_code == 200
    assert shop.post("/token/revoke", data={"token": tokens["refresh_token"]}).status_code == 200
    assert shop.get("/boxes", headers=bearer(tokens["access_token"])).status_code == 401
    assert shop.post("/token/revoke", data={"token": "nonsense"}).status_code == 200


def forgeries(shop: Running) -> dict[str, str]:
    """Tokens that are not what they seem."""
    good = shop.token_of("ada")
    head, body, sign = good.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    theirs = OctKey.import_key(secrets.token_hex(32))
    ours = shop.app.state.security.tokens.first
    kid = ours.kid
    return {
        "another role": f"{head}.{part(claims | {'role': 'keeper'})}.{sign}",
        "no signature": f"{part({'alg': 'none'})}.{body}.",
        "cut signature": good[:-4],
        "another key": jwt.encode({"alg": "HS256", "kid": kid, "typ": "at+jwt"}, claims, theirs),
        "an unknown key": jwt.encode({"alg": "HS256", "kid": "00", "typ": "at+jwt"}, claims, ours),
        "another algorithm": jwt.encode(
            {"alg": "HS512", "kid": kid, "typ": "at+jwt"}, claims, ours, algorithms=["HS512"]
        ),
        "too old": shop.token_of("ada", seconds=-1),
        "for somebody else": jwt.encode(
            {"alg": "HS256", "kid": kid, "typ": "at+jwt"}, claims | {"aud": "x"}, ours
        ),
        "from somebody else": jwt.encode(
            {"alg": "HS256", "kid": kid, "typ": "at+jwt"}, claims | {"iss": "x"}, ours
        ),
        "without an end": jwt.encode(
            {"alg": "HS256", "kid": kid, "typ": "at+jwt"},
            {k: v for k, v in claims.items() if k != "exp"},
            ours,
        ),
        "of another kind": jwt.encode({"alg": "HS256", "kid": kid, "typ": "JWT"}, claims, ours),
        "nobody": jwt.encode({"alg": "HS256", "kid": kid, "typ": "at+jwt"}, claims | {"sub": "x'; --"}, ours),
        "nonsense": "a.b.c",
    }


def test_every_forged_token_is_refused(shop: Running) -> None:
    assert shop.get("/boxes", user="ada").status_code == 200
    for name, token in forgeries(shop).items():
        answer = shop.get("/boxes", headers=bearer(token))
        assert (name, answer.status_code) == (name, 401)
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert shop.get("/boxes/1", headers=bearer("a.b.c")).status_code == 401, "also where nobody needs a token"
    assert shop.get("/boxes", headers={"Authorization": "Basic YTpi"}).status_code == 401


def test_a_token_that_was_good_is_refused_when_its_time_is_over(shop: Running) -> None:
    token = shop.token_of("ada", seconds=1)
    assert shop.get("/boxes", headers=bearer(token)).status_code == 200
    until = time.monotonic() + 3
    while shop.get("/boxes", headers=bearer(token)).status_code == 200:
        assert time.monotonic() < until


def test_old_keys_are_understood_and_the_first_one_signs() -> None:
    with start(Design.load(GUARDED), rows=2) as shop:
        tokens = shop.app.state.security.tokens
        old, new = "o" * 32, "n" * 32
        aged = type(tokens)([old]).sign(shop.users[0].key, "member")
        both = type(tokens)([new, old])
        assert both.read(aged).role == "member"
        assert type(tokens)([new]).read(both.sign(1, "member")).role == "member"
        with pytest.raises(Exception, match="401"):
            type(tokens)([new]).read(aged)


def test_a_program_calls_with_its_key_and_only_what_it_may(guarded: Running) -> None:
    security = guarded.app.state.security
    security.services[sha256(b"k3y").hexdigest()] = ("till", "robot")
    assert guarded.get("/report", headers={"X-API-Key": "k3y"}).status_code == 501
    assert guarded.get("/report", headers={"X-API-Key": "other"}).status_code == 401
    assert guarded.get("/boxes", headers={"X-API-Key": "k3y"}).status_code == 403
    assert guarded.get("/report").status_code == 401


def test_two_people_of_one_role_see_and_touch_only_their_own(shop: Running) -> None:
    mine, other = box(shop, "ada"), box(shop, "bo")
    assert [each["id"] for each in shop.get("/boxes", user="ada").json()["items"]] == [mine["id"]]
    assert len(shop.get("/boxes", user="cy").json()["items"]) == 2
    theirs = f"/boxes/{other['id']}"
    whole = {"owner": mine["owner"], "label": "taken"}
    assert shop.patch(theirs, user="ada", json={"label": "taken"}).status_code == 404
    assert shop.put(theirs, user="ada", json=whole).status_code == 404
    assert shop.delete(theirs, user="ada").status_code == 404
    assert shop.post(f"{theirs}/shut", user="ada").status_code == 404
    assert shop.get(f"{theirs}/count", user="ada").status_code == 404
    assert shop.get(f"{theirs}/count", user="bo").status_code == 501
    assert shop.post(f"{theirs}/shut", user="bo").json()["state"] == "shut"
    assert shop.get(theirs).json()["label"] == "of bo"


def test_nobody_makes_rows_in_the_name_of_others_nor_gives_theirs_away(shop: Running) -> None:
    mine = box(shop, "ada")
    bo = shop.users[1].key
    assert shop.post("/boxes", user="ada", json={"owner": bo, "label": "x"}).status_code == 403
    assert (
        shop.post("/boxes:bulk", user="ada", json={"items": [{"owner": bo, "label": "x"}]}).status_code == 403
    )
    assert shop.patch(f"/boxes/{mine['id']}", user="ada", json={"owner": bo}).status_code == 403
    assert shop.get("/boxes", user="bo").json()["items"] == []
    assert shop.get(f"/boxes/{mine['id']}").json()["owner"] == mine["owner"]


def test_what_lies_in_a_row_of_mine_is_mine_over_references(shop: Running) -> None:
    mine, other = box(shop, "ada"), box(shop, "bo")
    made = shop.post("/things", user="ada", json={"box": mine["id"], "name": "pen"})
    assert made.status_code == 201
    assert shop.post("/things", user="ada", json={"box": other["id"], "name": "pen"}).status_code == 403
    assert shop.get(f"/things/{made.json()['id']}", user="bo").status_code == 404
    assert (
        shop.patch(f"/things/{made.json()['id']}", user="ada", json={"box": other["id"]}).status_code == 403
    )
    assert [each["name"] for each in shop.get("/things", user="ada").json()["items"]] == ["pen"]


def test_a_letter_is_read_by_both_and_taken_back_by_who_wrote_it(shop: Running) -> None:
    ada, bo = shop.users[0].key, shop.users[1].key
    made = shop.post("/letters", user="ada", json={"from": ada, "to": bo, "text": "hello"})
    assert made.status_code == 201
    assert shop.post("/letters", user="ada", json={"from": bo, "to": ada, "text": "yes"}).status_code == 403
    path = f"/letters/{made.json()['id']}"
    assert shop.get(path, user="bo").json()["text"] == "hello"
    assert shop.delete(path, user="bo").status_code == 404
    assert shop.delete(path, user="ada").status_code == 204


def test_nobody_gives_themselves_a_role_or_a_password(shop: Running) -> None:
    me = f"/people/{shop.users[0].key}"
    for field in ("role", "hash", "number2"):
        assert shop.patch(me, user="ada", json={field: "keeper"}).status_code == 422
    assert shop.get(me, user="ada").json()["role"] == "member"
    assert "hash" not in shop.get(me, user="ada").json()
    assert shop.get(f"/people/{shop.users[1].key}", user="ada").status_code == 404


def test_what_is_brought_along_is_only_what_one_may_see(shop: Running) -> None:
    box(shop, "ada")
    (seen,) = shop.get("/boxes", params={"expand": "owner"}, user="ada").json()["items"]
    assert seen["expanded"]["owner"]["mail"] == "ada@example.org"
    box(shop, "bo")
    mails = [
        each["expanded"]["owner"]["mail"]
        for each in shop.get("/boxes", params={"expand": "owner"}, user="cy").json()["items"]
    ]
    assert sorted(mails) == ["ada@example.org", "bo@example.org"]


def test_the_description_says_which_calls_need_a_login(shop: Running) -> None:
    described = shop.get("/openapi.json").json()
    assert described["components"]["securitySchemes"]["login"]["flows"]["password"]["tokenUrl"] == "/v1/token"
    paths = described["paths"]
    assert "security" not in paths["/v1/boxes/{id}"]["get"]
    assert {"login": []} in paths["/v1/boxes"]["get"]["security"]
    assert {"401", "403"} <= {*paths["/v1/boxes"]["get"]["responses"]}
