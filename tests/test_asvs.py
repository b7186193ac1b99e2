"""The list of the ASVS is a list of its requirements, and a design is asked what belongs to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from backendkit.asvs import Answer, find_features, is_number, list_answers, list_requirements
from backendkit.model import Design
from backendkit.store import open_design
from backendkit.threats import ATTACKS

ROOT = Path(__file__).resolve().parent.parent
BOOKSHOP = open_design(ROOT / "data" / "bookshop").design
LOGIN = {"authentication": {"id": "login", "login": "user.mail", "password": "user.hash"}}


def answer(design: Design, id: str, **options: Any) -> Answer:
    return next(one for one in list_answers(design, **options) if one.requirement.id == id)


def test_every_requirement_has_a_number_of_the_standard_once_and_in_order() -> None:
    ids = [one.id for one in list_requirements()]
    assert all(map(is_number, ids))
    assert ids == sorted(set(ids), key=lambda id: [int(part) for part in id[1:].split(".")])
    assert len(ids) > 60


def test_a_requirement_says_one_sentence_has_a_level_and_known_attacks() -> None:
    for one in list_requirements():
        assert one.says.endswith("."), one.id
        assert len(one.says) < 140, one.id
        assert one.level in (1, 2, 3), one.id
        assert not (one.met and one.half), one.id
        assert set(one.tests) <= set(ATTACKS), one.id
        assert one.chapter.startswith(one.id.partition(".")[0]), one.id


def test_the_standard_has_345_requirements() -> None:
    numbers = (f"V{c}.{s}.{n}" for c in range(20) for s in range(12) for n in range(20))
    assert sum(map(is_number, numbers)) == 345


@pytest.mark.parametrize("wrong", ["", "6.2.1", "V6.2", "V6.2.13", "V18.1.1", "V0.1.1", "v6.2.1", "V6.2.1 "])
def test_anything_else_is_no_number(wrong: str) -> None:
    assert not is_number(wrong)


def test_every_feature_that_is_asked_for_is_found_in_some_design() -> None:
    words = {word for one in list_requirements() for word in (one.when, one.needs) if word}
    everything: dict[str, Any] = {
        "api": {"graphql": {"depth": 3}},
        "architecture": {"relations": [{"id": "talks", "over": "WebSocket"}]},
        "security": {"authentication": {"id": "login", "provider": "https://login.example"}},
    }
    assert words <= find_features(BOOKSHOP) | find_features(Design.load(everything))


def test_an_empty_design_is_asked_what_always_counts_and_nothing_is_met() -> None:
    answers = list_answers(Design())
    assert answers
    assert {one.requirement.when for one in answers} == {""}
    assert {one.state for one in answers} == {"open"}


def test_the_service_meets_what_the_design_lets_it_meet() -> None:
    design = Design.load({"api": {"resources": [{"id": "books"}]}, "security": LOGIN})
    assert answer(design, "V11.4.2").state == "service"
    assert answer(design, "V8.2.1").state == "open"
    assert answer(BOOKSHOP, "V8.2.1").state == "service"


def test_a_level_asks_for_no_more_than_it() -> None:
    counts = [len(list_answers(BOOKSHOP, level=level)) for level in (1, 2, 3)]
    assert counts == sorted(set(counts))
    design = Design.load({"security": LOGIN})
    assert {one.requirement.level for one in list_answers(design, level=1)} == {1}


def test_the_word_of_the_team_counts_more_than_the_service() -> None:
    control = {"id": "C1", "asvs": "V11.4.2", "state": "open", "how": "Old accounts have a weak hash."}
    found = answer(Design.load({"security": {**LOGIN, "controls": [control]}}), "V11.4.2")
    assert (found.state, found.how) == ("open", "Old accounts have a weak hash.")


def test_what_the_team_answers_beyond_the_list_stands_in_its_place() -> None:
    control = {"id": "C1", "asvs": "V13.1.4", "name": "Secrets and when they change", "state": "met"}
    ids = [one.requirement.id for one in list_answers(Design.load({"security": {"controls": [control]}}))]
    assert "V13.1.4" not in {one.id for one in list_requirements()}
    assert ids == sorted(ids, key=lambda id: [int(part) for part in id[1:].split(".")])
    assert "V13.1.4" in ids
