"""Take a token apart, change it, send it: what the prototype says, and what a service without guards would (RFC 7519)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from backendkit.model import UserError
from backendkit.room.display import Table
from backendkit.room.tryit import Prototype, read_answer
from backendkit.room.widget import Widget, live

if TYPE_CHECKING:
    from backendkit.prototype import Running
    from backendkit.prototype.samples import Operation
    from backendkit.prototype.users import User
    from backendkit.store import OpenDesign

Json = dict[str, Any]
SIGNS = ("kept", "turned", "secret", "none")
LONGEST = 4000
"""So many signs of a header or of claims are read."""
NONE = "No list of this design is for people who logged in, so there is no token to take apart."
MEANS = {
    "iss": "who signed it", "aud": "for whom it is", "sub": "the key of the user's row", "role": "what they may do",
    "sid": "this login, so that logging out ends it", "iat": "when it was made", "exp": "when it ends",
    "jti": "its own number", "alg": "how it is signed", "typ": "what it is for: an access token", "kid": "which key signed it",
}  # fmt: skip


def try_tokens(opened: OpenDesign) -> Tokens | Table:
    """A token of the prototype in its three parts, to be changed and sent; on paper what became of each forgery."""
    return Tokens(opened) if live() else tokens_table(opened)


def tokens_table(opened: OpenDesign) -> Table:
    """The forgeries that everybody tries, and what became of them."""
    from backendkit.prototype import start
    from backendkit.verify.callers import forgeries

    rows = []
    with start(opened) as api:
        if found := _place(api):
            operation, user = found
            good = api.token_of(user)
            made = [("not changed", good), *((each.what, each.token(good)) for each in forgeries(good))]
            for what, token in made:
                answers = _sent(api, operation, token)
                rows.append((what, *(answers[side]["said"] for side in ("safe", "unsafe"))))
    headings = ("The token", "The prototype", "Without guards")
    return Table(headings, tuple(rows), "A good token and its forgeries, sent with one call", empty=NONE)


class Tokens(Widget):
    """The playground; it asks the same prototype as the panel that calls it."""

    parts: ClassVar[tuple[str, ...]] = ("tokens",)

    def __init__(self, opened: OpenDesign) -> None:
        self.prototype = Prototype.of(opened)
        self.prototype.add(self)
        super().__init__(opened, lambda: Table((), (), empty="Nothing was tried yet."))

    def snapshot(self) -> Json:
        """Whether a prototype runs, and whose token can be had."""
        made = self.prototype
        state: Json = {"state": made.state, "said": made.said, "users": []}
        with made.guard:
            if made.running and (found := _place(made.running)):
                operation, _ = found
                state |= {"call": f"{operation.method} {operation.path}", "url": made.running.url}
                state["users"] = [
                    each.name
                    for each in made.running.users
                    if not each.api_key and each.role in (operation.who or ())
                ]
        state["none"] = NONE
        return state

    def on_start(self) -> None:
        """Start the prototype."""
        assert self.opened
        design = self.opened.design
        self.later(lambda: self.prototype.start(design))

    def on_alive(self) -> None:
        """A page still shows it."""
        self.prototype.alive()

    def on_token(self, user: str) -> Json:
        """A fresh token of somebody, its parts, and what is often made of it."""
        from backendkit.verify.callers import forgeries, take_apart

        running, _ = self.prototype.asked()
        token = running.token_of(user)
        head, claims = take_apart(token)
        ready = [
            {"what": each.what, "head": each.head, "claims": each.claims, "sign": each.sign}
            for each in forgeries(token)
        ]
        return {"token": token, "head": head, "claims": claims, "forgeries": ready, "means": MEANS}

    def on_compose(self, good: str, head: str, claims: str, sign: str) -> Json:
        """The token of what stands in the fields, made of a good one."""
        from backendkit.verify.callers import compose

        if sign not in SIGNS or good.count(".") != 2:
            raise UserError(f"A signature is one of {', '.join(SIGNS)}.")
        return {"token": compose(_object("header", head), _object("claims", claims), sign, good)}

    def on_send(self, good: str, head: str, claims: str, sign: str) -> Json:
        """What comes of that token, here and where nobody looks at it."""
        token = self.on_compose(good, head, claims, sign)["token"]
        running, _ = self.prototype.asked()
        found = _place(running)
        if not found:
            raise UserError(NONE)
        return _sent(running, found[0], token)


def _place(running: Running) -> tuple[Operation, User] | None:
    from backendkit.verify.probes import protected

    return protected(running)


def _sent(running: Running, operation: Operation, token: str) -> Json:
    from backendkit.verify import Unsafe

    told = {}
    for side, target in (("safe", running), ("unsafe", Unsafe(running))):
        answer = target.get(operation.path, headers={"Authorization": f"Bearer {token}"})
        read = read_answer(answer)
        told[side] = {"good": answer.is_success, **{name: read[name] for name in ("said", "detail", "rows")}}
    return told


def _object(name: str, text: str) -> Json:
    """A part as an object. Raises UserError when it is none."""
    try:
        found = json.loads(text) if len(text) <= LONGEST else None
    except ValueError as error:
        raise UserError(f"The {name} cannot be read as JSON: {error}.") from None
    except RecursionError:
        found = None
    if not isinstance(found, dict):
        raise UserError(f"The {name} must be an object, as {{}}, of at most {LONGEST:,} signs.")
    return found
