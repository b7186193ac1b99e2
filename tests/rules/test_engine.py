"""Order, scope, waivers, and the two ways to print findings."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from backendkit import rules
from backendkit.model import CHAPTERS, Design, UserError
from backendkit.rules import Finding

from .conftest import designs


def codes(values: Any, **options: Any) -> list[str]:
    return [finding.code for finding in rules.check(Design.load(values), **options)]


def test_an_empty_design_is_told_what_to_begin_with_and_nothing_else() -> None:
    assert codes({}) == ["REQ002", "REQ002", "ARC002", "DAT002", "API002", "ENV002"]


def test_the_most_basic_come_first_then_the_chapters_then_the_place_in_the_file() -> None:
    found = rules.check(
        Design.load(
            {
                "requirements": {"functional": [{"id": "R2"}, {"id": "R1"}], "goals": [{"id": "G1"}]},
                "database": {"entities": [{"id": "book", "attributes": [{"id": "title", "type": "string"}]}]},
            }
        )
    )
    ranks = [finding.rank for finding in found]
    assert ranks == sorted(ranks)
    basic = [finding for finding in found if finding.rank == 1]
    assert [CHAPTERS.index(finding.chapter) for finding in basic] == sorted(
        CHAPTERS.index(finding.chapter) for finding in basic
    )
    assert [finding.at for finding in basic if finding.code == "REQ004"] == ["R2", "R1"]


def test_chapters_outside_the_scope_are_silent() -> None:
    assert codes({"scope": ["database"]}) == ["DAT002"]
    assert codes({"scope": ["database"], "api": {"resources": [{}]}}) == ["DAT002", "DES004"]


def test_one_chapter_can_be_asked_for_and_has_its_own_ids_and_references() -> None:
    values = {
        "requirements": {"goals": [{}]},
        "api": {"resources": [{"id": "b", "entity": "c", "operations": ["get"]}]},
    }
    assert codes(values, chapter="requirements") == ["REQ002", "DES001", "REQ003"]
    assert codes(values, chapter="api") == ["API001", "API007", "API007"]
    assert codes(values, chapter="deployment") == []
    with pytest.raises(UserError, match="There is no chapter 'databse', there are requirements, "):
        rules.check(Design.load({}), chapter="databse")


@pytest.mark.parametrize("at", ["attribute", "entity", "chapter"])
def test_a_waiver_holds_for_the_element_and_what_is_inside(at: str) -> None:
    waive = {"waive": {"DAT007": "The old system does so too."}}
    attribute = {"id": "price", "type": "float"} | (waive if at == "attribute" else {})
    entity = {"id": "book", "attributes": [attribute]} | (waive if at == "entity" else {})
    design = Design.load({"database": {"entities": [entity]} | (waive if at == "chapter" else {})})
    assert "DAT007" not in [finding.code for finding in rules.check(design)]
    [waived] = rules.waived(design)
    assert (waived.finding.code, waived.finding.at) == ("DAT007", "book.price")
    assert waived.reason == "The old system does so too."


def test_a_waiver_without_a_reason_hides_nothing_and_is_a_finding_itself() -> None:
    found = codes(
        {"requirements": {"goals": [{"id": "G1", "waive": {"REQ003": ""}}]}}, chapter="requirements"
    )
    assert "REQ003" in found
    assert "DES005" in found


def test_text_is_one_line_for_each_finding_with_its_line_in_the_file() -> None:
    found = rules.check(Design.load({"scope": ["database"], "database": {"entities": [{"id": "book"}]}}))
    text = rules.as_text(found, line=lambda path: len(path) * 10)
    assert text.splitlines() == [
        "3 findings",
        "",
        "Basic: missing, dangling or doubled (2)",
        "  line 10: DAT002 No engine is chosen: write engine: postgresql, sqlite, mongodb … and why.",
        "  line 30: DAT004 book does not say what is known of it: write attributes.",
        "",
        "Sound: would not hold in use (1)",
        "  line 20: DAT019 No entity says how many rows are expected: write volume: {rows: …} at the biggest.",
    ]
    assert rules.as_text(()) == "No findings."
    assert "line" not in rules.as_text(found[:1])


def test_json_has_the_same_keys_in_the_same_order_every_time() -> None:
    found = rules.check(
        Design.load({"scope": ["api"], "api": {"resources": [{"id": "b", "entity": "größe"}]}})
    )
    rows = json.loads(rules.as_json(found, line=lambda path: None))
    assert list(rows[0]) == ["code", "name", "chapter", "at", "path", "message", "mend", "rank", "line"]
    assert ["api", "resources", 0, "entity"] in [row["path"] for row in rows]
    assert "größe" in rules.as_json(found)
    assert rules.as_json(()) == "[]"


def test_a_rule_is_explained_by_code_or_name_and_an_unknown_one_is_refused_in_a_sentence() -> None:
    assert rules.explain("req004") == rules.explain("no-priority")
    assert rules.explain("REQ004").startswith("REQ004 no-priority (basic)\nEvery requirement says")
    assert "Bad:\n  requirements:\n    functional:\n      - id: R1" in rules.explain("REQ004")
    with pytest.raises(UserError, match="There is no rule 'REQ999'"):
        rules.explain("REQ999")


def test_a_thousand_entities_are_checked_in_seconds() -> None:
    entities = [
        {
            "id": f"thing-{index}",
            "attributes": [
                {"id": "number", "type": "uuid", "key": True},
                {"id": "parent", "type": "reference", "to": f"thing-{index // 2}"},
                *({"id": f"value-{letter}", "type": "string"} for letter in "abcdefgh"),
            ],
        }
        for index in range(1000)
    ]
    texts = [
        {"id": f"R{index}", "text": f"When {index} comes, the shop must go fast."} for index in range(500)
    ]
    design = Design.load({"database": {"entities": entities}, "requirements": {"functional": texts}})
    begun = time.process_time()
    assert len(rules.check(design)) > 3000
    assert time.process_time() - begun < 5


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(designs)
def test_no_rule_stumbles_over_a_strange_design(design: Design) -> None:
    found = rules.check(design)
    assert found == rules.check(design)
    assert all(isinstance(finding, Finding) and finding.message and finding.mend for finding in found)
    json.loads(rules.as_json(found))
    for chapter in CHAPTERS:
        assert {finding.chapter for finding in rules.check(design, chapter=chapter)} <= {chapter}
