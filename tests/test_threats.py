"""STRIDE asks the right questions of each kind of place, and sees what is answered."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from backendkit.model import Design
from backendkit.store import open_design
from backendkit.threats import (
    ATTACKS,
    Candidate,
    list_answered,
    list_candidates,
    list_open,
    open_at_the_border,
)

ROOT = Path(__file__).resolve().parent.parent
ELEMENTS: list[dict[str, Any]] = [
    {"id": "kim", "name": "Kim", "kind": "person"},
    {"id": "shop", "kind": "system"},
    {"id": "front", "kind": "container", "in": "shop", "technology": "React 19"},
    {"id": "api", "kind": "container", "in": "shop", "technology": "fastapi"},
    {"id": "buying", "kind": "component", "in": "api"},
    {"id": "selling", "kind": "component", "in": "api"},
    {"id": "data", "kind": "container", "in": "shop", "store": "database"},
    {"id": "bank", "kind": "system", "external": True},
]
RELATIONS: list[dict[str, Any]] = [
    {"id": "looks", "from": "kim", "to": "front", "over": "HTTPS"},
    {"id": "calls", "from": "front", "to": "api", "over": "https"},
    {"id": "keeps", "from": "api", "to": "data", "over": "SQL", "failure": "The call is refused."},
    {"id": "asks", "from": "buying", "to": "selling"},
    {"id": "pays", "from": "api", "to": "bank", "over": "HTTP without TLS"},
]
SAFE: dict[str, Any] = {
    "authentication": {"id": "login", "login": "user.mail"},
    "roles": [{"id": "member"}],
    "grants": [{"id": "buy", "role": "member", "of": "own"}],
    "classified": [{"id": "mail", "attribute": "user.mail", "as": "personal"}],
    "limits": {"rate": "60 per minute"},
}


def design(**more: Any) -> Design:
    values = {"architecture": {"elements": ELEMENTS, "relations": RELATIONS}}
    return Design.load({**values, "api": {"resources": [{"id": "books"}]}, **more})


def letters(design: Design) -> dict[str, str]:
    """The first letters of what is asked at each place."""
    found: dict[str, str] = {}
    for one in list_candidates(design):
        found[one.at] = found.get(one.at, "") + one.stride[0].upper()
    return found


def at(found: Design, where: str, stride: str) -> Candidate:
    return next(one for one in list_candidates(found) if (one.at, one.stride) == (where, stride))


def test_nothing_is_asked_of_a_design_without_architecture() -> None:
    assert list_candidates(Design()) == ()
    assert open_at_the_border(Design()) == {}


def test_each_kind_of_place_is_asked_what_belongs_to_it() -> None:
    assert letters(design()) == {
        "kim": "SR",
        "front": "STRIDE",
        "api": "STRIDE",
        "data": "TRID",
        "bank": "SR",
        "looks": "TID",
        "calls": "TID",
        "keeps": "TID",
        "pays": "TID",
    }


def test_a_system_is_asked_while_nothing_stands_in_it_and_a_component_when_it_talks_outside() -> None:
    parts = [{"id": "shop", "kind": "system"}]
    assert letters(Design.load({"architecture": {"elements": parts}})) == {"shop": "STRIDE"}
    more = [*RELATIONS, {"id": "tells", "from": "buying", "to": "bank"}]
    found = letters(design(architecture={"elements": ELEMENTS, "relations": more}))
    assert found["buying"] == "STRIDE"
    assert "selling" not in found


def test_stakeholders_and_integrations_are_asked_at_their_flows() -> None:
    values: dict[str, Any] = {
        "requirements": {"stakeholders": [{"id": "kim"}], "integrations": [{"id": "bank"}]},
        "architecture": {
            "elements": [{"id": "api"}],
            "relations": [
                {"id": "looks", "from": "kim", "to": "api"},
                {"id": "pays", "from": "api", "to": "bank"},
            ],
        },
    }
    found = Design.load(values)
    assert letters(found) == {"api": "STRIDE", "looks": "STRID", "pays": "STRID"}
    assert at(found, "looks", "spoofing").sentence == "Somebody pretends to be kim towards api."
    assert at(found, "pays", "spoofing").sentence == "Somebody pretends to be bank towards api."


def test_a_sentence_names_the_place_whatever_people_call_it() -> None:
    elements = [*ELEMENTS[:3], {**ELEMENTS[3], "name": "The {API} <b>"}, *ELEMENTS[4:]]
    found = design(architecture={"elements": elements, "relations": RELATIONS})
    assert at(found, "api", "spoofing").sentence == "Somebody pretends to be The {API} <b> towards front."


def test_what_the_design_says_elsewhere_is_proposed_with_what_tries_it() -> None:
    plain, safe = design(), design(security=SAFE)
    for where, stride, attack in (
        ("api", "spoofing", "forged-token"),
        ("api", "information-disclosure", "object-level-authorization"),
        ("api", "denial-of-service", "rate-limit"),
        ("api", "elevation-of-privilege", "function-level-authorization"),
        ("data", "information-disclosure", "encryption-at-rest"),
        ("front", "tampering", "mass-assignment"),
    ):
        assert at(plain, where, stride).state == "open", where
        one = at(safe, where, stride)
        assert (one.state, attack in one.tests) == ("proposed", True), where
    assert at(plain, "api", "tampering").tests == ("sql-injection", "mass-assignment")


def test_what_stands_outside_the_scope_answers_nothing() -> None:
    assert at(design(security=SAFE, scope=["architecture", "api"]), "api", "spoofing").state == "open"


@pytest.mark.parametrize(
    ("over", "state"),
    [
        ("HTTPS", "proposed"),
        ("gRPC over TLS", "proposed"),
        ("HTTP", "open"),
        ("HTTP, no TLS", "open"),
        ("", "open"),
    ],
)
def test_only_an_encrypted_line_is_safe_from_listeners(over: str, state: str) -> None:
    relations = [{**RELATIONS[1], "over": over}]
    found = design(architecture={"elements": ELEMENTS, "relations": relations})
    assert at(found, "calls", "information-disclosure").state == state
    assert at(found, "calls", "tampering").tests == (("plain-http",) if state == "proposed" else ())


def test_what_happens_when_the_other_side_is_silent_answers_a_cut_line() -> None:
    assert at(design(), "keeps", "denial-of-service").control == "The call is refused."
    threat = {"id": "T1", "stride": "denial-of-service", "at": "front", "control": "Plain files."}
    assert at(design(security={"threats": [threat]}), "looks", "denial-of-service").control == "Plain files."


def test_a_written_threat_answers_by_kind_and_place_and_only_with_a_control() -> None:
    threat: dict[str, Any] = {"id": "T1", "stride": "spoofing", "at": "api"}
    assert list_answered(design(security={"threats": [threat]})) == ()
    for field in ("control", "accepted"):
        found = design(security={"threats": [{**threat, field: "Said."}]})
        assert [(one.at, one.stride) for one in list_answered(found)] == [("api", "spoofing")]
        assert ("api", "spoofing") not in [(one.at, one.stride) for one in list_open(found)]


def test_an_accepted_candidate_is_a_threat_that_answers_it() -> None:
    one = at(design(security=SAFE), "api", "spoofing")
    record = one.threat.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert record["control"].startswith("Callers log in")
    found = design(security={**SAFE, "threats": [record]})
    assert at(found, "api", "spoofing").state == "answered"
    assert set(record["tests"]) <= set(ATTACKS)


def test_the_border_is_where_somebody_outside_comes_in() -> None:
    assert set(open_at_the_border(design())) == {"front"}
    assert {one.at for one in open_at_the_border(design())["front"]} == {"front"}


def test_every_attack_that_is_proposed_is_one_that_there_is() -> None:
    bookshop = open_design(ROOT / "data" / "bookshop").design
    for found in (bookshop, design(security=SAFE)):
        assert {name for one in list_candidates(found) for name in one.tests} <= set(ATTACKS)


def test_three_hundred_elements_take_no_time() -> None:
    elements = [{"id": f"e{n}", "kind": "container", "technology": "go"} for n in range(300)]
    relations = [
        {"id": f"r{n}", "from": f"e{n % 300}", "to": f"e{(n * 7 + 1) % 300}", "over": "HTTPS"}
        for n in range(900)
    ]
    found = design(architecture={"elements": elements, "relations": relations}, security=SAFE)
    begun = time.perf_counter()
    assert len(list_candidates(found)) > 4000
    assert time.perf_counter() - begun < 2
