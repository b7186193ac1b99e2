"""Rules for phase 5: threats that say what is done, risks that somebody accepts, controls by their number (STRIDE, ASVS 5)."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches

from backendkit.asvs import is_number
from backendkit.model import Design
from backendkit.model.security import Control, Threat
from backendkit.rules.engine import Hits, rule
from backendkit.rules.facts import listed
from backendkit.threats import ATTACKS, list_candidates, open_at_the_border


@rule("SEC010", "no-threats", 1)
def no_threats(design: Design) -> Hits:
    """Somebody has asked what could go wrong.
    Why: what nobody thinks of is found by those who look for it.
    Bad: {architecture: {elements: [{id: shop, kind: container}]}}
    Good: {architecture: {elements: [{id: shop, kind: container}]}, security: {threats: [{id: T1, at: shop}]}}
    """
    asked = design.scoped("architecture") and not design.security.threats
    if asked and (count := len(list_candidates(design))):
        message = f"The security chapter answers none of {count} threats that STRIDE asks about"
        yield ("security", "threats"), message, "begin where people come in, and write what is done"


@rule("SEC011", "half-written-threat", 1)
def half_written_threat(design: Design) -> Hits:
    """A threat says of which kind it is, where, and what is done about it.
    Why: a fear without a place and an answer makes nobody do anything.
    Bad: threats: [{id: T1, threat: Somebody reads orders of others.}]
    Good: threats: [{id: T1, stride: information-disclosure, at: service, control: Every query asks for the owner.}]
    """
    wanted = {"stride": "its kind", "at": "where it is"}
    for at, it in design.each(Threat):
        more = {} if it.control or it.accepted else {"control": "what is done about it"}
        fields = {name: said for name, said in {**wanted, **more}.items() if not getattr(it, name)}
        if fields:
            yield at, f"{at.address} does not say {listed(fields.values())}", f"write {listed(fields)}"


@rule("SEC012", "unknown-attack", 2)
def unknown_attack(design: Design) -> Hits:
    """What tries a threat or a control is an attack that there is.
    Why: a test that nobody can run looks like safety.
    Bad: threats: [{id: T1, tests: [hacking]}]
    Good: threats: [{id: T1, tests: [sql-injection]}]
    """
    for at in design.records("threat", "control"):
        for name in getattr(at.record, "tests", ()):
            if name not in ATTACKS:
                message = f"{at.address} is tried by '{name}', which is no attack that we run"
                near = get_close_matches(name.lower(), ATTACKS, 1, 0.5)
                yield (*at.path, "tests"), message, f"take {listed(near or ATTACKS, 'or')}"


@rule("SEC013", "risk-without-owner", 2)
def risk_without_owner(design: Design) -> Hits:
    """A risk that stays medium or high is accepted by somebody.
    Why: otherwise everybody believes that somebody else has decided it.
    Bad: threats: [{id: T1, residual: high}]
    Good: threats: [{id: T1, residual: high, accepted: The owner, until the second server comes in May.}]
    """
    for at, it in design.each(Threat):
        if it.residual in ("medium", "high") and not it.accepted:
            message = f"The risk of {at.address} stays {it.residual}, and nobody accepts it"
            yield at, message, "write under `accepted` who lives with it and why, or do more"


@rule("SEC014", "unknown-requirement", 1)
def unknown_requirement(design: Design) -> Hits:
    """A control names a requirement of the ASVS 5 by its number.
    Why: the number leads to what the standard asks, and a wrong one to something else.
    Bad: controls: [{id: C1, asvs: 2.1.1}]
    Good: controls: [{id: C1, asvs: V6.2.1}]
    """
    for at, it in design.each(Control):
        if not it.asvs:
            yield at, f"{at.address} does not say which requirement it answers", "write `asvs`, as V6.2.1"
        elif not is_number(it.asvs):
            message = f"{at.address} answers '{it.asvs}', which the ASVS 5 does not have"
            yield at, message, "write its number there, as V6.2.1"


@rule("SEC015", "answered-twice", 2)
def answered_twice(design: Design) -> Hits:
    """One control answers one requirement of the ASVS.
    Why: of two answers one is old, and nobody knows which.
    Bad: controls: [{id: C1, asvs: V6.2.1}, {id: C2, asvs: V6.2.1}]
    Good: controls: [{id: C1, asvs: V6.2.1}, {id: C2, asvs: V6.2.2}]
    """
    counts = Counter(it.asvs for it in design.security.controls if it.asvs)
    seen = set[str]()
    for at, it in design.each(Control):
        if counts[it.asvs] > 1 and it.asvs in seen:
            yield at, f"{at.address} answers {it.asvs} once more", "put both answers into one"
        seen.add(it.asvs)


@rule("SEC016", "open-border", 2)
def open_border(design: Design) -> Hits:
    """Where people and other systems come in, every kind of threat has an answer.
    Why: attacks begin where a stranger may speak first.
    Bad: {architecture: {elements: [{id: kim, kind: person}, {id: shop, kind: container}], relations: [{id: asks,
      from: kim, to: shop}]}, security: {threats: [{id: T1}]}}
    Good: {architecture: {elements: [{id: kim, kind: person}, {id: data, kind: container}]}, security: {threats:
      [{id: T1}]}}
    """
    found = open_at_the_border(design) if design.scoped("architecture") and design.security.threats else {}
    for id, candidates in found.items():
        at = design.find(id)
        said = list(dict.fromkeys(f"{one.stride} ({one.at})" for one in candidates))
        more = [f"{len(said) - 3} more"] if len(said) > 4 else []
        told = listed([*said[: 3 if more else 4], *more])
        if at:
            message = f"People or systems outside reach {at.address}, and nothing answers {told}"
            yield at, message, "write a threat for each, with its control"
