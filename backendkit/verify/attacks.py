"""Attacks run against a prototype, each with what it tried and what came of it (OWASP API Security Top 10, 2023).

https://owasp.org/API-Security/editions/2023/en/0x11-t10/
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from backendkit.model import Design, Evidence, UserError
from backendkit.threats import ATTACKS

if TYPE_CHECKING:
    from backendkit.prototype import Running
    from backendkit.store import OpenDesign
    from backendkit.verify.unsafe import Unsafe

VERB = "attack"


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt: what was sent, what came back, and whether it got what an attacker wants."""

    sent: str
    came: str
    succeeded: bool


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to attack; its docstring says what is tried, then what makes it work, then what stops it."""

    name: str
    owasp: str
    tried: str
    works: str
    stopped: str
    tries: Callable[[Running | Unsafe], Iterator[Try]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attack: its attempts, or why nothing could be attempted."""

    attack: Attack
    tries: tuple[Try, ...]

    @property
    def state(self) -> Literal["refused", "succeeded", "not tried"]:
        """The worst of it."""
        if not self.tries:
            return "not tried"
        return "succeeded" if any(each.succeeded for each in self.tries) else "refused"

    @property
    def telling(self) -> Try | None:
        """The attempt that says most: the first that succeeded, else the first."""
        return next((each for each in self.tries if each.succeeded), next(iter(self.tries), None))

    def __str__(self) -> str:
        count = len(self.tries)
        tried = (
            f"{count} attempt{'s' if count != 1 else ''}" if count else "nothing in this design to try it on"
        )
        return f"{self.attack.name}: {self.state} ({tried})"


_ATTACKS: dict[str, Attack] = {}


def attack(name: str, owasp: str) -> Callable[[Callable[..., Iterator[Try]]], Callable[..., Iterator[Try]]]:
    """Make an attack of a function that yields attempts; its docstring has a paragraph, then Works, then Stopped."""

    def register(tries: Callable[..., Iterator[Try]]) -> Callable[..., Iterator[Try]]:
        text = " ".join((tries.__doc__ or "").split())
        tried, _, rest = text.partition(" Works: ")
        works, _, stopped = rest.partition(" Stopped: ")
        _ATTACKS[name] = Attack(name, owasp, tried, works, stopped, tries)
        return tries

    return register


def catalogue() -> tuple[Attack, ...]:
    """Every attack there is, in the order in which they are run."""
    for module in ("callers", "content", "surface"):
        import_module(f"backendkit.verify.{module}")
    return tuple(_ATTACKS[name] for name in ATTACKS)


def run_attacks(target: Running | Unsafe, *, only: Iterable[str] = ()) -> tuple[Outcome, ...]:
    """Attack a prototype, and say what came of it. Raises UserError for an attack that there is not.

    The rows of the prototype are not the same afterwards.
    """
    wanted = tuple(only)
    if unknown := [name for name in wanted if name not in ATTACKS]:
        raise UserError(f"There is no attack '{unknown[0]}', there are {', '.join(ATTACKS)}.")
    found = []
    for each in catalogue():
        if not wanted or each.name in wanted:
            found.append(Outcome(each, tuple(each.tries(target))))
            _forget(target.safe)
    return tuple(found)


def _forget(api: Running) -> None:
    """Let no attack stand in the way of the next: limits count anew."""
    with suppress(AttributeError):
        api.app.state.limits.window.storage.reset()


def depends(design: Design) -> str:
    """The hash of what attacks depend on: everything that the service is made of."""
    parts = ("database", "api", "development", "security")
    values = {name: design.values().get(name) for name in parts}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def keep_outcomes(opened: OpenDesign, outcomes: Iterable[Outcome], *, seed: int = 1) -> None:
    """Write down what came of attacks, with what it depends on: the number of attempts that succeeded."""
    now, state = datetime.now(UTC).isoformat(timespec="seconds"), depends(opened.design)
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    for outcome in outcomes:
        if outcome.tries:
            opened.append_evidence(
                Evidence(
                    of=f"{VERB} {outcome.attack.name}",
                    value=sum(each.succeeded for each in outcome.tries),
                    tries=len(outcome.tries),
                    at=now,
                    by=VERB,
                    depends=state,
                    machine=machine,
                    seed=seed,
                    command=f"{VERB} DESIGN",
                )
            )


def kept(opened: OpenDesign) -> dict[str, Evidence]:
    """The last evidence of each attack that still holds for the design as it is."""
    state = depends(opened.design)
    fresh = (each for each in opened.evidence() if each.by == VERB and each.depends == state)
    return {each.of.removeprefix(f"{VERB} "): each for each in fresh}
