"""Attacks on who calls: tokens, passwords, rows of somebody else, calls of another role, values that are not theirs."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations, islice
from typing import TYPE_CHECKING, Any, Literal

from backendkit.prototype.samples import Samples
from backendkit.prototype.users import PASSWORD, User
from backendkit.verify.attacks import Try, attack
from backendkit.verify.probes import MOST, came, filled, log_in, logins, offering, protected, sent, won

if TYPE_CHECKING:
    from backendkit.prototype import Running
    from backendkit.verify.probes import Target

GUESSED = "secret"
"""The key that whoever forges a token tries first."""


@attack("object-level-authorization", "API1 Broken object level authorization")
def reach(target: Target) -> Iterator[Try]:
    """Somebody puts the number of another person's row into the address.
    Works: where a call looks whether somebody is logged in, and not whether the row is theirs.
    Stopped: a row of somebody else is not found; the same line says so for every call."""
    api, samples = target.safe, Samples(target.safe)
    access = api.surface.access
    for one, other in pairs(api) if access else ():
        for operation in samples.operations.values():
            granted = access.grants[operation.id].get(one.role) if access else None
            if granted != "own" or "{" not in operation.path or samples.suited(operation.id) is None:
                continue
            theirs = {tuple(key.items()) for key in samples.details(operation.id, other)["keys"]}
            theirs -= {tuple(key.items()) for key in samples.details(operation.id, one)["keys"]}
            for key in sorted(theirs)[:1]:
                path = filled(operation, [dict(key)])
                body = samples.details(operation.id, one)["body"]
                answer = target.request(operation.method, path, user=one, json=body)
                yield Try(
                    sent(operation.method, path, one, f", a row of {other.name}"), came(answer), won(answer)
                )


@attack("function-level-authorization", "API5 Broken function level authorization")
def call(target: Target) -> Iterator[Try]:
    """Nobody, or somebody of another role, sends a call that is not for them.
    Works: where the page hides a button and the service asks nothing.
    Stopped: what no grant names is refused, before anything else is looked at."""
    api, samples = target.safe, Samples(target.safe)
    people = [None, *{user.role: user for user in reversed(api.users)}.values()]
    for operation in samples.operations.values():
        for user in people if operation.who is not None else ():
            if user and user.role in (operation.who or ()):
                continue
            path = filled(operation, samples.details(operation.id)["keys"])
            answer = target.request(operation.method, path, user=user, json={})
            yield Try(sent(operation.method, path, user), came(answer), won(answer))


@attack("mass-assignment", "API3 Broken object property level authorization")
def assign(target: Target) -> Iterator[Try]:
    """A body carries values that the caller must not set: a role, a state, a hash, something unknown.
    Works: where a body is written into a row as it comes.
    Stopped: each call has a list of what it takes, and refuses everything else."""
    api, samples = target.safe, Samples(target.safe)
    for each in offering(api, "patch")[:MOST]:
        operation = samples.operations[each.does("patch")]
        user = samples.suited(operation.id)
        details = samples.details(operation.id, user)
        taken = {field.json for field, _ in each.takes("patch")}
        path = filled(operation, details["keys"])
        fixed = [field for field in each.fields if field.json not in taken and not field.column.primary_key]
        for field in fixed[:3]:
            value = field.type.values[-1] if field.type.values else "1"
            answer = target.patch(path, user=user, json={field.json: value})
            yield Try(
                sent("PATCH", path, user, f" with {field.json}: {value}"), came(answer), answer.is_success
            )
        answer = target.patch(path, user=user, json={"is_admin": True})
        yield Try(sent("PATCH", path, user, " with is_admin: true"), came(answer), answer.is_success)


@attack("skipped-step", "API6 Unrestricted access to sensitive business flows")
def skip(target: Target) -> Iterator[Try]:
    """A step is skipped: the state of a thing is written as if it had happened.
    Works: where a state is a value like any other.
    Stopped: a new thing begins at the beginning, and only the moves of its life lead on."""
    api, samples = target.safe, Samples(target.safe)
    for each in api.surface.collections:
        for life in each.lives[:1] if "create" in each.operations else ():
            user = samples.suited(each.does("create"))
            body = samples.details(each.does("create"), user)["body"]
            ends = [step.move.to for step in life.steps if step.move.to != life.machine.start]
            if body and ends:
                made = target.post(each.path, user=user, json={**body, life.field.json: ends[-1]})
                yield Try(
                    sent("POST", each.path, user, f" with {life.field.json}: {ends[-1]}"),
                    came(made),
                    made.is_success,
                )


@attack("brute-force", "API2 Broken authentication")
def guess(target: Target) -> Iterator[Try]:
    """Passwords are guessed, one after the other.
    Works: where a login may fail as often as one likes, or tells whether the name exists.
    Stopped: after some failures an account has to wait, and a wrong name is told like a wrong password."""
    access = target.safe.surface.access
    for user in islice(logins(target), 1):
        assert access
        tries = access.attempts.count + 3
        answers = [log_in(target, user.login, f"guess {number}") for number in range(tries)]
        last = log_in(target, user.login, PASSWORD)
        refused = any(answer.status_code == 429 for answer in (*answers, last))
        yield Try(f"{tries} wrong passwords for {user.name}, then the right one", came(last), not refused)
        unknown = log_in(target, "nobody@evil.example", "guess")
        told = unknown.text != answers[0].text
        yield Try("a login that does not exist", "the same words" if not told else unknown.text[:60], told)


@dataclass(frozen=True, slots=True)
class Forgery:
    """A token that is not what it seems: what it says, and how it is signed (as before, with a secret, not at all)."""

    what: str
    head: dict[str, Any]
    claims: dict[str, Any]
    sign: Literal["kept", "turned", "secret", "none"]

    def token(self, good: str) -> str:
        """It, made of a good token."""
        return compose(self.head, self.claims, self.sign, good)


def forgeries(good: str) -> Iterator[Forgery]:
    """The forgeries that everybody tries, made of a good token."""
    head, claims = take_apart(good)
    plain = {"alg": "none", "typ": "at+jwt"}
    late = claims | {"exp": claims["exp"] + 31536000}
    yield Forgery("nothing changed but the signature", head, claims, "turned")
    yield Forgery("another role, the old signature", head, claims | {"role": "admin"}, "kept")
    yield Forgery("“alg: none” and no signature", plain, claims | {"exp": 2**33}, "none")
    yield Forgery(
        f"signed with a key that everybody tries: “{GUESSED}”",
        {"alg": "HS256", "typ": "at+jwt"},
        claims,
        "secret",
    )
    yield Forgery("the end put off by a year", head, late, "kept")


def take_apart(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the claims of a token (JWS compact serialization, RFC 7515)."""
    head, claims, _ = token.split(".")
    return read_part(head), read_part(claims)


def compose(head: dict[str, Any], claims: dict[str, Any], sign: str, good: str) -> str:
    """A token of these parts. Parts that say the same as those of the good one stay as they are, letter by letter."""
    parts = [
        was if read_part(was) == now else part(now)
        for was, now in zip(good.split("."), (head, claims), strict=False)
    ]
    text, old = ".".join(parts), good.rpartition(".")[2]
    made = {"kept": old, "turned": old[::-1], "none": ""}
    return f"{text}.{made[sign] if sign in made else signature(text, GUESSED)}"


def part(value: dict[str, Any]) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def read_part(text: str) -> dict[str, Any]:
    """What a part of a token says."""
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def signature(text: str, secret: str) -> str:
    """HS256 with a secret of one's own."""
    made = hmac.digest(secret.encode(), text.encode(), sha256)
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


@attack("forged-token", "API2 Broken authentication")
def forge(target: Target) -> Iterator[Try]:
    """A token is changed, signed with another key, or says of itself that it needs no signature.
    Works: where what a token says of its algorithm is believed, or its end is not looked at.
    Stopped: one algorithm is pinned, and signature, issuer, audience and end are checked at each call."""
    found = protected(target.safe)
    if found:
        operation, user = found
        old = target.safe.token_of(user, seconds=-60)
        good = target.safe.token_of(user)
        made = [(each.what, each.token(good)) for each in forgeries(good)]
        for what, token in (*made, ("a minute too old", old)):
            answer = target.get(operation.path, headers={"Authorization": f"Bearer {token}"})
            yield Try(f"GET {operation.path} with a token: {what}", came(answer), won(answer))


def pairs(api: Running) -> Iterator[tuple[User, User]]:
    """Two people of one role."""
    return ((a, b) for a, b in combinations(api.users, 2) if a.role == b.role)
