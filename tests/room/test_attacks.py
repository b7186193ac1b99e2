"""Attacks at the press of a button: what the prototype says, beside what a variant without guards says."""

from __future__ import annotations

from typing import Any

import pytest

from backendkit import room
from backendkit.model import Set
from backendkit.prototype import start
from backendkit.room.attacks import MOST, Attacks
from backendkit.room.display import Table
from backendkit.store import OpenDesign
from backendkit.threats import ATTACKS
from backendkit.verify import keep_outcomes, run_attacks

from .conftest import Looker, Refused


def ended(looker: Looker, part: Attacks) -> dict[str, Any]:
    """The state after a run."""
    told: dict[str, Any] = looker.wait(
        part, "state", lambda news: not news["state"]["running"] and bool(news["state"]["seen"])
    )
    return told["state"]  # type: ignore[no-any-return]


def test_an_attack_shows_what_came_of_the_last_run_of_this_very_design(blank: OpenDesign) -> None:
    def last() -> dict[Any, Any]:
        table = room.show_attacks(blank)
        assert isinstance(table, Table)
        return {row[0]: row[-1] for row in table.rows}

    with start(blank.design) as api:
        keep_outcomes(blank, run_attacks(api, only=["cross-origin"]))
    assert last()["cross-origin"] == "0 of 2 succeeded"
    assert last()["sql-injection"] == "not measured"
    blank.update(Set("", "api.base", "/v2"))
    assert {*last().values()} == {"not measured"}


def test_one_press_attacks_and_both_answers_stand_side_by_side(bookshop: OpenDesign, looker: Looker) -> None:
    part = Attacks(bookshop)
    state = looker.see(part)
    assert [one["name"] for one in state["attacks"]] == list(ATTACKS)
    assert {one["came"] for one in state["attacks"]} == {"not measured"}
    assert "safe" not in looker.ask(part, "outcome", name="mass-assignment")
    looker.ask(part, "attack", name="mass-assignment")
    looker.ask(part, "attack", name="mass-assignment")  # a second press does nothing
    state = ended(looker, part)
    assert state["seen"] == ["mass-assignment"]
    (came,) = [one["came"] for one in state["attacks"] if one["name"] == "mass-assignment"]
    assert came.startswith("0 of ")
    told = looker.ask(part, "outcome", name="mass-assignment")
    assert told["safe"]["state"] == "refused"
    assert told["unsafe"]["state"] == "succeeded"
    assert told["unsafe"]["tries"][0]["succeeded"]
    assert any("PATCH" in one["sent"] and one["came"].startswith("422") for one in told["safe"]["tries"])
    assert len(told["safe"]["tries"]) <= MOST
    assert told["code"].startswith("@attack(")
    assert [one.by for one in bookshop.evidence() if one.of == "attack mass-assignment"] == ["attack"]


def test_all_are_run_and_what_a_design_has_not_is_not_tried(blank: OpenDesign, looker: Looker) -> None:
    part = Attacks(blank)
    looker.see(part)
    looker.ask(part, "attack")
    state = ended(looker, part)
    assert state["seen"] == sorted(ATTACKS)
    assert looker.ask(part, "outcome", name="brute-force")["safe"] == {
        "state": "not tried",
        "tries": [],
        "more": 0,
    }
    came = {one["name"]: one["came"] for one in state["attacks"]}
    assert came["brute-force"] == "not measured"
    assert came["missing-headers"].startswith("0 of ")


def test_an_attack_that_there_is_not_is_refused_with_a_sentence(blank: OpenDesign, looker: Looker) -> None:
    for word in ("attack", "outcome"):
        with pytest.raises(Refused, match="There is no attack 'magic'"):
            looker.ask(Attacks(blank), word, name="magic")
