"""Decisions in the room: what the page gets, and its arithmetic beside ours, sentence by sentence."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from backendkit import room
from backendkit.decide import Weighing, weigh_options
from backendkit.model import Design, Insert, Set
from backendkit.model.architecture import Decision
from backendkit.room.display import Page
from backendkit.room.weighing import Weigh, decisions, weigh
from backendkit.room.widget import STATIC
from backendkit.store import OpenDesign

from .conftest import Looker, node

CASES = 400
WEIGHTS = (0.0, 0.1, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0)
SCORES = (None, 0.0, 0.3, 1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 5.0)
SENTENCES = ("verdict", "flip", "turn", "unmoved", "missing", "difference")


def made(seed: int) -> Decision:
    """A decision of any size; with few different numbers, so that ties come up."""
    dice = random.Random(seed)
    ids = [f"c{n}" for n in range(dice.randrange(5))]
    options = []
    for n in range(dice.randrange(5)):
        scores = {id: dice.choice(SCORES) for id in ids}
        given = {id: score for id, score in scores.items() if score is not None}
        options.append({"id": f"o{n}", "name": dice.choice(("", f"option {n}")), "scores": given})
    criteria = [
        {"id": id, "name": dice.choice(("", f"by {id}")), "weight": dice.choice(WEIGHTS)} for id in ids
    ]
    rest = {"chosen": dice.choice(("", "o0", "o1", "gone")), "because": dice.choice(("", "We know it."))}
    return Decision.model_validate({"id": "D1", "criteria": criteria, "options": options, **rest})


def ours(found: Weighing) -> dict[str, Any]:
    return {
        "totals": [pytest.approx(float(total)) for total in found.totals],
        "shares": [pytest.approx(float(share)) for share in found.shares],
        "ranking": [*found.ranking],
        "winners": [*found.winners],
        "margin": pytest.approx(float(found.margin)),
        "gaps": [one._asdict() for one in found.gaps],
        "flips": [_plain(one._asdict()) for one in found.flips],
        "firm": [*found.firm],
        "turns": [_plain(one._asdict()) for one in found.turns],
        **{name: getattr(found, name) for name in SENTENCES},
    }


def _plain(parts: dict[str, Any]) -> dict[str, Any]:
    exact = {
        name: pytest.approx(float(value))
        for name, value in parts.items()
        if name in ("weight", "score", "to")
    }
    return {**parts, **exact, "winners": [*parts["winners"]]}


def test_the_page_calculates_as_we_do() -> None:
    cases = [made(seed) for seed in range(CASES)]
    plain = [
        decisions(
            Design.load({"architecture": {"decisions": [case.model_dump(mode="json", by_alias=True)]}})
        )[0]
        for case in cases
    ]
    decide = (STATIC / "decide.js").read_text(encoding="utf-8")
    asked = f"console.log(JSON.stringify({json.dumps(plain)}.map(parts.decide)));"
    theirs = json.loads(node("const parts = {};", decide, asked))
    for case, answer in zip(cases, theirs, strict=True):
        assert answer == ours(weigh_options(case)), case


def test_the_page_gets_addresses_numbers_and_the_next_id(bookshop: OpenDesign) -> None:
    state = Weigh(bookshop, "D1").snapshot()
    (first,) = state["decisions"]
    speed = {"id": "speed", "name": "time to first release", "weight": 5.0}
    assert first["criteria"][0] == {"at": "D1.speed", **speed, "record": speed | {"from": "C4"}}
    assert first["options"][1]["scores"] == {"speed": 2.0, "cost": 2.0, "scaling": 5.0}
    assert state["statuses"][:2] == ("proposed", "accepted")
    count = len(bookshop.design.architecture.decisions)
    assert state["next"] == f"D{count + 1}"
    assert len(Weigh(bookshop).snapshot()["decisions"]) == count


def test_records_without_an_id_have_an_address_all_the_same(blank: OpenDesign) -> None:
    blank.update(
        Insert("", "architecture.decisions", {"title": "Which?", "criteria": [{"name": "cost"}, {}]})
    )
    (one,) = Weigh(blank).snapshot()["decisions"]
    assert one["at"] == "architecture.decisions[0]"
    assert [each["at"] for each in one["criteria"]] == [f"{one['at']}.criteria[{n}]" for n in (0, 1)]


def test_without_a_kernel_it_is_the_still_page(bookshop: OpenDesign, blank: OpenDesign) -> None:
    page = weigh(bookshop, "D1")
    assert isinstance(page, Page)
    assert len(page.parts) == 3
    assert page.parts[:2] == room.show_decisions(bookshop).parts[:2]
    assert weigh(blank)._repr_mimebundle_()[1]["designdoc"]["empty"]


def test_the_still_page_says_what_would_flip_it_and_what_was_not_scored(bookshop: OpenDesign) -> None:
    bookshop.update(
        Set("D1.micro", "scores.cost", None), Set("D1", "chosen", "micro"), Set("D1", "because", None)
    )
    text = weigh(bookshop, "D1")._repr_mimebundle_()[0]["text/markdown"]
    assert "| hosting cost | 3 | 5 | – | 4 |" in text
    assert "would have to count less than 0.5 instead of 5 (−4.5) for serverless functions to win." in text
    assert "Not scored yet, so it adds nothing: microservices by “hosting cost”." in text
    assert "The sum says modular monolith, you chose microservices: say why in “because”." in text


def test_votes_are_a_line_only_when_somebody_voted(bookshop: OpenDesign) -> None:
    assert "| Votes |" not in weigh(bookshop, "D1")._repr_mimebundle_()[0]["text/markdown"]
    bookshop.update(Set("D1.micro", "votes.Kim", 2), Set("D1.micro", "votes.Ann", 1))
    assert "| Votes |  | 0 | 3 | 0 |" in weigh(bookshop, "D1")._repr_mimebundle_()[0]["text/markdown"]


def test_an_id_of_very_many_digits_is_counted_by_nobody(blank: OpenDesign) -> None:
    blank.update(Insert("", "architecture.decisions", {"id": "D" + "9" * 5000}))
    assert Weigh(blank).snapshot()["next"] == "D1"


def test_a_weight_that_is_moved_is_saved_and_told_to_every_page(bookshop: OpenDesign, looker: Looker) -> None:
    one, other = (weigh(bookshop, where) for where in ("D1", ""))
    assert isinstance(one, Weigh)
    assert isinstance(other, Weigh)
    looker.see(one)
    looker.see(other)
    moved = {"set": {"at": "D1.speed", "field": "weight", "value": 2.5, "was": 5.0}}
    assert looker.ask(one, "save", step="1", changes=[moved])["ok"]
    for part in (one, other):
        told = looker.wait(part, "state")["state"]["decisions"][0]
        assert (told["id"], told["criteria"][0]["weight"]) == ("D1", 2.5)
    again = {"set": {"at": "D1.speed", "field": "weight", "value": 9, "was": 5.0}}
    assert looker.ask(other, "save", step="2", changes=[again])["conflict"][0]["theirs"] == 2.5
