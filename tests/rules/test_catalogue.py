"""Every rule has a page, an example that it finds and one that it leaves alone, and cases of both kinds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from yaml12 import parse_yaml, read_yaml

from backendkit import rules
from backendkit.model import Design
from backendkit.rules import Finding, Rule

CASES = Path(__file__).parent
RULES = pytest.mark.parametrize("rule", rules.catalogue(), ids=lambda rule: rule.code)


def found(values: Any, code: str) -> list[Finding]:
    return [finding for finding in rules.check(Design.load(values)) if finding.code == code]


def test_there_is_a_case_file_for_every_rule_and_for_nothing_else() -> None:
    assert {file.stem for file in CASES.glob("*.yml")} == {rule.code for rule in rules.catalogue()}


def test_codes_and_names_are_used_once() -> None:
    assert len({rule.code for rule in rules.catalogue()}) == len({rule.name for rule in rules.catalogue()})


@RULES
def test_a_rule_has_a_page_in_four_parts(rule: Rule) -> None:
    assert rule.summary.endswith(".")
    assert rule.why.endswith(".")
    assert rule.rank in (1, 2, 3)
    for part in (rule.summary, "Why: ", "Bad:\n  ", "Good:\n  "):
        assert part in rules.explain(rule.code)


@RULES
def test_the_bad_example_is_found_and_the_good_one_is_not(rule: Rule) -> None:
    assert found(parse_yaml(rule.bad), rule.code)
    assert not found(parse_yaml(rule.good), rule.code)


@RULES
def test_the_cases_fire_where_they_say_and_else_are_silent(rule: Rule) -> None:
    cases: Any = read_yaml(CASES / f"{rule.code}.yml")
    assert cases["fires"]
    assert cases["silent"]
    for case in cases["fires"]:
        assert [finding.at for finding in found(case["design"], rule.code)] == case["at"]
    for values in cases["silent"]:
        assert found(values, rule.code) == []


@RULES
def test_a_message_names_the_element_and_says_how_to_mend_it(rule: Rule) -> None:
    cases: Any = read_yaml(CASES / f"{rule.code}.yml")
    for case in cases["fires"]:
        for finding in found(case["design"], rule.code):
            assert finding.at in finding.message or finding.at.rpartition(".")[2] in finding.message
            assert finding.mend[0].islower() or finding.mend[0] in "`'"
            assert not finding.mend.endswith(".")
