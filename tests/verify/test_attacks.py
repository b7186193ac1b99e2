"""Attacks: the generated service refuses every one, the unsafe variant falls to every one, and evidence says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from backendkit.model import Design, Set, UserError
from backendkit.prototype import start
from backendkit.store import new_design, open_design
from backendkit.threats import ATTACKS
from backendkit.verify import Unsafe, catalogue, keep_outcomes, run_attacks
from backendkit.verify.attacks import depends, kept
from tests.scaffold.guarded import GUARDED

BOOKSHOP = Path(__file__).parents[2] / "data" / "bookshop"
TOP_10 = {f"API{number}" for number in range(1, 11)}


def test_the_bookshop_refuses_every_attempt_that_the_unsafe_variant_falls_to() -> None:
    with start(open_design(BOOKSHOP)) as bookshop:
        safe, fallen = run_attacks(bookshop), run_attacks(Unsafe(bookshop))
    assert [each.attack.name for each in safe] == list(ATTACKS)
    assert [str(each.telling) for each in safe if each.state != "refused"] == []
    assert [str(each.telling) for each in fallen if each.state != "succeeded"] == []
    found = {each.attack.name: [one.sent for one in each.tries] for each in safe}
    reach, call = found["object-level-authorization"], found["function-level-authorization"]
    assert any("as member, a row of member 2" in sent for sent in reach), "two people of one role"
    assert any(" as " not in sent for sent in call), "nobody"
    assert any(" as moderator" in sent for sent in call), "another role"


def test_the_guarded_shop_refuses_them_too() -> None:
    with start(Design.load(GUARDED)) as api:
        found = {each.attack.name: each for each in run_attacks(api)}
    assert [str(each.telling) for each in found.values() if each.state == "succeeded"] == []
    for name in (
        "object-level-authorization",
        "function-level-authorization",
        "encryption-at-rest",
        "mass-assignment",
    ):
        assert found[name].state == "refused", name


def test_what_a_design_has_not_is_not_tried_and_not_called_refused() -> None:
    with start(Design()) as api:
        states = {each.attack.name: each.state for each in run_attacks(api)}
    assert (
        states["object-level-authorization"]
        == states["brute-force"]
        == states["sql-injection"]
        == "not tried"
    )
    assert states["missing-headers"] == "refused"


def test_each_attack_says_what_is_tried_what_makes_it_work_and_what_stops_it() -> None:
    for each in catalogue():
        assert each.tried.endswith("."), each.name
        assert each.works.endswith("."), each.name
        assert each.stopped.endswith("."), each.name


def test_nine_of_the_ten_risks_of_the_list_have_an_attack() -> None:
    # API10, unsafe consumption of APIs: the generated service calls nobody.
    assert {each.owasp.split()[0] for each in catalogue()} == TOP_10 - {"API10"}


def test_an_attack_that_there_is_not_is_one_sentence() -> None:
    with (
        start(Design()) as api,
        pytest.raises(UserError, match="There is no attack 'magic', there are sql-inj"),
    ):
        run_attacks(api, only=["magic"])


def test_evidence_holds_until_the_design_changes(tmp_path: Path) -> None:
    opened = new_design(tmp_path / "shop")
    with start(opened.design) as api:
        keep_outcomes(opened, run_attacks(api, only=["missing-headers", "sql-injection"]))
    found = kept(opened)
    assert list(found) == ["missing-headers"]
    assert (found["missing-headers"].value, found["missing-headers"].tries) == (0, 8)
    before = depends(opened.design)
    opened.update(Set("", "summary", "Other words"))
    assert depends(opened.design) == before
    opened.update(Set("", "api.base", "/v2"))
    assert kept(opened) == {}
