"""Who logs in at the provider is known here, every forgery is refused, and a provider that is away stops only its own."""

from __future__ import annotations

import base64
import hmac
import json
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from sqlalchemy import insert

from backendkit.prototype import Running, start
from backendkit.prototype.users import User
from tests.scaffold.guarded import provided

RSA, EC, STRANGE = (
    RSAKey.generate_key(2048, {"kid": "first"}),
    ECKey.generate_key("P-256", {"kid": "second"}),
    RSAKey.generate_key(2048, {"kid": "first"}),
)


class Issuer:
    """A login provider on this machine: its discovery document and its keys, and how often it was asked for them."""

    def __init__(self) -> None:
        self.keys: list[Any] = [RSA]
        self.about: dict[str, Any] = {}
        self.asked = 0
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found: Any = {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys"} | issuer.about
                if self.path == "/keys":
                    issuer.asked += 1
                    found = {"keys": [key.as_dict(private=key.key_type == "oct") for key in issuer.keys]}
                body = json.dumps(found).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self.handler = Handler
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.run()

    def run(self) -> None:
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def again(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), self.handler)
        self.run()

    def claims(self, **other: Any) -> dict[str, Any]:
        now = int(time.time())
        said = {"iss": self.url, "aud": "guarded", "sub": "4711", "iat": now, "nbf": now, "exp": now + 300}
        return {**said, "email": "ada@example.org", "email_verified": True, **other}

    def token(self, key: Any = RSA, header: dict[str, Any] | None = None, **other: Any) -> str:
        """A token of the provider; what is None is left out."""
        said = {"alg": "ES256" if key is EC else "RS256", "kid": key.kid} | (header or {})
        claims = {name: value for name, value in self.claims(**other).items() if value is not None}
        head = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(head, claims, key, algorithms=["RS256", "PS256", "ES256", "HS256", "RS512"])


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Issuer, Running]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        issuer = Issuer()
        with start(provided(issuer.url), rows=0) as running:
            table = running.tables["Person"]
            with running.app.state.database.engine.begin() as connection:
                users = []
                for name, role in (("ada", "member"), ("bo", "member"), ("cy", "keeper")):
                    values = {"mail": f"{name}@example.org", "hash": "none", "role": role}
                    made = connection.execute(insert(table).values(values).returning(table.c.number))
                    users.append(User(name, role, made.scalar_one(), values["mail"]))
            running.users = tuple(users)
            yield issuer, running
        issuer.stop()


@pytest.fixture
def issuer(served: tuple[Issuer, Running]) -> Issuer:
    """The provider with its first key, of which the service knows nothing yet."""
    found, running = served
    found.keys, found.about, found.asked = [RSA], {}, 0
    forget(running)
    return found


@pytest.fixture
def shop(served: tuple[Issuer, Running]) -> Running:
    return served[1]


def forget(shop: Running) -> None:
    """The keys are old, and the pause is over."""
    provider = shop.app.state.security.provider
    provider.known = provider.asked = float("-inf")


def call(shop: Running, token: str, path: str = "/boxes") -> Any:
    return shop.get(path, headers={"Authorization": f"Bearer {token}"})


def test_who_logs_in_at_the_provider_may_what_their_role_may_with_rows_of_their_own(
    issuer: Issuer, shop: Running
) -> None:
    for user in ("ada", "bo"):
        owner = next(each.key for each in shop.users if each.name == user)
        assert shop.post("/boxes", user=user, json={"owner": owner, "label": f"of {user}"}).status_code == 201
    mine = call(shop, issuer.token())
    assert mine.status_code == 200, mine.text
    assert {each["label"] for each in mine.json()["items"]} == {"of ada"}
    assert call(shop, issuer.token(), "/people").status_code == 403
    assert call(shop, issuer.token(email="cy@example.org"), "/people").status_code == 200
    for good in (issuer.token(header={"alg": "PS256"}), issuer.token(header={"typ": "at+jwt"})):
        assert call(shop, good).status_code == 200
    assert call(shop, issuer.token(aud=["other", "guarded"])).status_code == 200
    assert issuer.asked == 1, "the keys are kept"


def test_what_a_token_says_of_roles_is_not_believed(issuer: Issuer, shop: Running) -> None:
    assert call(shop, issuer.token(role="keeper", roles=["keeper"]), "/people").status_code == 403


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def forgeries(issuer: Issuer) -> dict[str, str]:
    """Tokens that are not what they seem."""
    good = issuer.token()
    head, _, sign = good.split(".")
    confused = f"{part({'alg': 'HS256', 'kid': 'first'})}.{part(issuer.claims())}"
    secret = hmac.digest(RSA.as_pem(private=False), confused.encode(), "sha256")
    now = int(time.time())
    own = {"alg": "RS256", "kid": "first"}
    return {
        "another user": f"{head}.{part(issuer.claims(email='cy@example.org'))}.{sign}",
        "another key": issuer.token(STRANGE),
        "a key that it brings along": issuer.token(STRANGE, {"jwk": STRANGE.as_dict(private=False)}),
        "no signature": f"{part({'alg': 'none', 'kid': 'first'})}.{part(issuer.claims())}.",
        "cut signature": good[:-4],
        "the public key as a secret": f"{confused}.{base64.urlsafe_b64encode(secret).decode().rstrip('=')}",
        "an algorithm that is not listed": issuer.token(header={"alg": "RS512"}),
        "an algorithm of other keys": f"{part(own | {'alg': 'ES256'})}.{part(issuer.claims())}.{sign}",
        "from somebody else": issuer.token(iss="https://evil.example"),
        "from almost the same": issuer.token(iss=f"{issuer.url}/"),
        "from nobody": issuer.token(iss=None),
        "for somebody else": issuer.token(aud="other"),
        "for nobody": issuer.token(aud=None),
        "too old": issuer.token(exp=now - 60),
        "without an end": issuer.token(exp=None),
        "an end that is no time": issuer.token(exp="tomorrow"),
        "not yet": issuer.token(nbf=now + 600),
        "without a subject": issuer.token(sub=None),
        "without the id of a key": issuer.token(header={"kid": None}),
        "with an unknown key": issuer.token(header={"kid": "nothing"}),
        "the id of a key is no text": f"{part(own | {'kid': 7})}.{part(issuer.claims())}.{sign}",
        "of another kind": issuer.token(header={"typ": "logout+jwt"}),
        "a kind that is no text": f"{part(own | {'typ': 7})}.{part(issuer.claims())}.{sign}",
        "a user who does not exist": issuer.token(email="nobody@example.org"),
        "an address that nobody verified": issuer.token(email_verified=False),
        "an address verified in words": issuer.token(email_verified="true"),
        "without a login": issuer.token(email=None),
        "a login that is no text": issuer.token(email=["ada@example.org"]),
        "nested too deeply": f"{head}.{base64.urlsafe_b64encode(b'[' * 7000).decode()}.{sign}",
        "nonsense": "a.b.c",
    }


def test_every_forged_token_is_refused(issuer: Issuer, shop: Running) -> None:
    assert call(shop, issuer.token()).status_code == 200
    for name, token in forgeries(issuer).items():
        answer = call(shop, token)
        assert (name, answer.status_code) == (name, 401)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "ask for an account" in call(shop, issuer.token(email="nobody@example.org")).json()["detail"]
    assert "kid" in call(shop, issuer.token(header={"kid": None})).json()["detail"]


def test_a_secret_among_the_published_keys_opens_nothing(issuer: Issuer, shop: Running) -> None:
    secret = OctKey.import_key("0123456789abcdef0123456789abcdef", {"kid": "secret"})
    issuer.keys = [RSA, secret]
    assert "k" in secret.as_dict(private=True)
    assert call(shop, issuer.token()).status_code == 200
    assert call(shop, issuer.token(secret, {"alg": "HS256"})).status_code == 401


def test_new_keys_of_the_provider_count_without_a_restart_and_old_ones_no_longer(
    issuer: Issuer, shop: Running
) -> None:
    assert call(shop, issuer.token()).status_code == 200
    issuer.keys = [EC]
    shop.app.state.security.provider.asked = float("-inf")  # the pause is over
    assert call(shop, issuer.token(EC)).status_code == 200
    assert call(shop, issuer.token()).status_code == 401
    assert issuer.asked == 2


def test_tokens_with_made_up_keys_do_not_make_the_service_ask_again_and_again(
    issuer: Issuer, shop: Running
) -> None:
    assert call(shop, issuer.token()).status_code == 200
    for number in range(30):
        assert call(shop, issuer.token(header={"kid": f"made-up-{number}"})).status_code == 401
    assert issuer.asked == 1
    assert call(shop, issuer.token()).status_code == 200


def test_while_the_provider_is_away_its_tokens_get_a_503_and_our_own_go_on(
    issuer: Issuer, shop: Running
) -> None:
    issuer.stop()
    try:
        for _ in range(2):
            away = call(shop, issuer.token())
            assert (away.status_code, away.headers["Content-Type"]) == (503, "application/problem+json")
            assert away.json()["detail"] == "The login provider does not answer. Try again later."
            assert int(away.headers["Retry-After"]) > 0
        assert shop.get("/boxes", user="ada").status_code == 200
        assert call(shop, issuer.token(), "/boxes/999").status_code == 503
        assert shop.get("/boxes/999").status_code == 404
    finally:
        issuer.again()
    assert call(shop, issuer.token()).status_code == 503, "it is not asked again at once"
    forget(shop)
    assert call(shop, issuer.token()).status_code == 200


def test_keys_that_are_known_serve_while_the_provider_is_away(issuer: Issuer, shop: Running) -> None:
    assert call(shop, issuer.token()).status_code == 200
    issuer.stop()
    try:
        assert call(shop, issuer.token()).status_code == 200
    finally:
        issuer.again()


@pytest.mark.parametrize(
    "about",
    [{"issuer": "https://evil.example"}, {"jwks_uri": "http://login.example/keys"}, {"jwks_uri": 7}],
)
def test_a_provider_that_talks_nonsense_is_not_believed(
    issuer: Issuer, shop: Running, about: dict[str, Any]
) -> None:
    issuer.about = about
    assert call(shop, issuer.token()).status_code == 503
    assert issuer.asked == 0


def test_the_service_starts_without_the_provider() -> None:
    with start(provided("https://login.invalid"), rows=2) as shop:
        assert shop.get("/boxes", user="member").status_code == 200
        assert shop.get("/docs").status_code == 200


def test_an_issuer_or_an_audience_that_is_missing_takes_no_tokens_at_all(
    issuer: Issuer, shop: Running
) -> None:
    package = type(shop.app.state.database).__module__.partition(".")[0]
    made = sys.modules[f"{package}.settings"].Settings
    provider = sys.modules[f"{package}.openid"].Provider
    assert provider(made()).issued(issuer.token())
    for missing in ({"oidc_issuer": ""}, {"oidc_audience": ""}, {"oidc_claim": ""}):
        assert not provider(made(**missing)).issued(issuer.token(iss=missing.get("oidc_issuer", issuer.url)))
    open_wire = "http://login.example"
    assert not provider(made(oidc_issuer=open_wire)).issued(issuer.token(iss=open_wire))
