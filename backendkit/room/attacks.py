"""The attacks on a page: each sent to the prototype and to a variant without guards, side by side."""

from __future__ import annotations

import inspect
import textwrap
import threading
from typing import TYPE_CHECKING, Any, ClassVar

from backendkit.model import UserError
from backendkit.room.display import Table
from backendkit.room.shared import Shared
from backendkit.room.widget import Widget, live
from backendkit.threats import ATTACKS

if TYPE_CHECKING:
    from backendkit.store import OpenDesign
    from backendkit.verify import Outcome

Json = dict[str, Any]
MOST = 6
"""So many attempts of one attack are shown; those that succeeded come first."""


def show_attacks(opened: OpenDesign) -> Attacks | Table:
    """Every attack on the prototype, why it works where it does, and what came of the last run of this very design.

    Where somebody looks, a button attacks.
    """
    return Attacks(opened) if live() else attacks_table(opened)


def attacks_table(opened: OpenDesign) -> Table:
    """The same on paper."""
    rows = [
        (one["name"], f"{one['tried']} It works {one['works']}", one["stopped"], one["came"])
        for one in _listed(opened)
    ]
    headings = ("", "What is tried", "What stops it", "Last run")
    risks = "Attacks on the prototype, after the OWASP API Security Top 10 of 2023"
    return Table(headings, tuple(rows), risks, ("", "", "", "chip"))


class Attacking(Shared):
    """The one who attacks the prototypes of a design in this kernel, one run at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way, self.said = "", ""
        self.outcomes: dict[str, tuple[Outcome, Outcome]] = {}
        self._one = threading.Lock()

    def run(self, opened: OpenDesign, name: str) -> None:
        """Run one attack, or all of them for ''; a second run while one is under way does nothing."""
        from backendkit.verify import catalogue

        if not self._one.acquire(blocking=False):
            return
        wanted = [name] if name else [one.name for one in catalogue()]
        self.under_way = name or "all"
        self._say("Starting: two prototypes are made, one of them without guards.")
        failed = ""
        try:
            self._attack(opened, wanted)
        except UserError as error:
            failed = f"Nothing was attacked. {error}"
        finally:
            self.under_way = ""
            self._one.release()
            self._say(failed)

    def _attack(self, opened: OpenDesign, wanted: list[str]) -> None:
        from backendkit.prototype import start
        from backendkit.verify import Unsafe, keep_outcomes, run_attacks

        ran = opened.design
        with start(ran) as safe, start(ran) as thrown_away:
            unsafe = Unsafe(thrown_away)
            for number, each in enumerate(wanted, 1):
                self._say(f"{number} of {len(wanted)}: {each}")
                (outcome,) = run_attacks(safe, only=[each])
                (fallen,) = run_attacks(unsafe, only=[each])
                self.outcomes[each] = outcome, fallen
                if opened.design.values() == ran.values():  # what was changed meanwhile was not attacked
                    keep_outcomes(opened, [outcome])

    def _say(self, words: str) -> None:
        self.said = words
        self.tell()


class Attacks(Widget):
    """The list, a button for each, and what came of it beside what came of it where nothing stops it."""

    parts: ClassVar[tuple[str, ...]] = ("attacks",)

    def __init__(self, opened: OpenDesign) -> None:
        self.attacking = Attacking.of(opened)
        self.attacking.add(self)
        super().__init__(opened, lambda: attacks_table(opened))

    def snapshot(self) -> Json:
        """The attacks with their last result, and how far a run is."""
        assert self.opened
        return {
            "attacks": _listed(self.opened),
            "running": self.attacking.under_way,
            "said": self.attacking.said,
            "seen": sorted(self.attacking.outcomes),
        }

    def on_attack(self, name: str = "") -> None:
        """Run one, or all of them."""
        assert self.opened
        if name and name not in ATTACKS:
            raise UserError(f"There is no attack '{name}'.")
        opened = self.opened
        self.later(lambda: self.attacking.run(opened, name))

    def on_outcome(self, name: str) -> Json:
        """What came of one in this session, and how it is written."""
        from backendkit.verify import catalogue

        found = next((one for one in catalogue() if one.name == name), None)
        if not found:
            raise UserError(f"There is no attack '{name}'.")
        told: Json = {"code": textwrap.dedent(inspect.getsource(found.tries))}
        if outcomes := self.attacking.outcomes.get(name):
            told["safe"], told["unsafe"] = map(_told, outcomes)
        return told


def _listed(opened: OpenDesign) -> list[Json]:
    from backendkit.verify import catalogue
    from backendkit.verify.attacks import kept

    found = kept(opened)
    return [
        {
            "name": one.name, "owasp": one.owasp, "tried": one.tried, "works": one.works, "stopped": one.stopped,
            "came": f"{found[one.name].value:.0f} of {found[one.name].tries} succeeded"
            if one.name in found
            else "not measured",
        }
        for one in catalogue()
    ]  # fmt: skip


def _told(outcome: Outcome) -> Json:
    tries = sorted(outcome.tries, key=lambda each: not each.succeeded)
    return {
        "state": outcome.state,
        "tries": [
            {"sent": each.sent, "came": each.came, "succeeded": each.succeeded} for each in tries[:MOST]
        ],
        "more": max(0, len(tries) - MOST),
    }
