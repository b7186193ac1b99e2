"""What could go wrong where: STRIDE for each element and each data flow of the architecture (Shostack, Threat Modeling).

https://learn.microsoft.com/azure/security/develop/threat-modeling-tool-threats
The questions come from the C4 model; the answers are the threats of the security chapter, or follow from the design.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

from backendkit.model import Design
from backendkit.model.architecture import Element, Relation
from backendkit.model.security import Stride, Threat

ATTACKS = (
    "sql-injection",
    "cross-site-scripting",
    "mass-assignment",
    "object-level-authorization",
    "function-level-authorization",
    "brute-force",
    "forged-token",
    "oversized-body",
    "rate-limit",
    "missing-headers",
    "cross-origin",
    "open-redirect",
    "verbose-errors",
    "plain-http",
    "encryption-at-rest",
    "secrets-in-logs",
    "path-traversal",
    "undocumented-method",
    "skipped-step",
    "server-side-request",
)
"""What `tests` of a threat or a control may name."""
PROTECTED = ("personal", "sensitive", "secret")
_TLS = re.compile(
    r"\b(?:https|tls|ssl|wss|sftp|ftps|ssh|smtps|imaps|amqps|mqtts|ldaps|rediss)\b", re.IGNORECASE
)
_PLAIN = re.compile(r"\b(?:no|not|without)\b", re.IGNORECASE)
_CALLS = re.compile(r"http|rest|graphql|grpc|websocket|\bwss?\b|\bsse\b", re.IGNORECASE)


class Candidate(NamedTuple):
    """Something that could go wrong at one element or relation, and what the design says of it."""

    stride: Stride
    at: str
    where: str
    """What people call the place."""
    sentence: str
    border: bool
    """Whether a person or another system reaches it."""
    written: tuple[Threat, ...]
    """What the security chapter says of it."""
    control: str
    """What the design itself answers; empty when it does not."""
    tests: tuple[str, ...]

    @property
    def state(self) -> Literal["answered", "proposed", "open"]:
        """Whether the team wrote what is done, the design only implies it, or nobody says anything."""
        if any(threat.control or threat.accepted for threat in self.written):
            return "answered"
        return "proposed" if self.control else "open"

    @property
    def threat(self) -> Threat:
        """The record that accepts it."""
        id = f"{self.stride}-{self.at}"
        said = {"threat": self.sentence, "control": self.control, "tests": self.tests}
        return Threat(id=id, stride=self.stride, at=self.at, **said)


def list_candidates(design: Design) -> tuple[Candidate, ...]:
    """What STRIDE asks of every element and every flow, in the order of the file.

    >>> design = Design.load({"architecture": {"elements": [{"id": "data", "store": "database"}]}})
    >>> [(one.stride, one.state) for one in list_candidates(design)][:2]
    [('tampering', 'open'), ('repudiation', 'open')]
    """
    return tuple(_Diagram(design).candidates())


def list_answered(design: Design) -> tuple[Candidate, ...]:
    """What the security chapter answers."""
    return tuple(one for one in list_candidates(design) if one.state == "answered")


def list_open(design: Design) -> tuple[Candidate, ...]:
    """What nobody wrote down and the design does not answer by itself."""
    return tuple(one for one in list_candidates(design) if one.state == "open")


def open_at_the_border(design: Design) -> dict[str, list[Candidate]]:
    """For every element that somebody outside reaches: what is open there or on the way to it, and not begun.

    A flooded line counts once, at the element that it leads to.
    """
    diagram, found = _Diagram(design), defaultdict[str, list[Candidate]](list)
    ends = {flow.id: flow.to for flow in diagram.flows}
    for one in diagram.candidates():
        flooded = one.at in ends and one.stride == "denial-of-service"
        if one.border and one.state == "open" and not one.written and not flooded:
            found[ends.get(one.at, one.at)].append(one)
    return {at: found[at] for at in diagram.reached if at in found}


class _Diagram:
    """The architecture as a data flow diagram."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.elements = {one.id: one for one in design.architecture.elements if one.id}
        every = (one for one in design.architecture.relations if one.id and one.from_ and one.to)
        self.flows = [one for one in every if self.host(one.from_) != self.host(one.to)]
        self.into = defaultdict[str, list[Relation]](list)
        for flow in self.flows:
            self.into[flow.to].append(flow)
        ends = [flow.to for flow in self.flows if self.outside(flow.from_) and not self.outside(flow.to)]
        self.reached = {to: True for to in ends if to in self.elements}
        self.written = defaultdict[tuple[str, str], list[Threat]](list)
        for threat in design.security.threats:
            self.written[threat.stride, threat.at].append(threat)

    def candidates(self) -> Iterator[Candidate]:
        """Element by element, then flow by flow."""
        for element in self.drawn():
            place, into = self.places[element.id], self.into[element.id]
            callers = list(dict.fromkeys(self.title(one.from_) for one in into))
            towards = f" towards {' and '.join(callers)}" if 0 < len(callers) < 3 else ""
            who = {"who": element.title, "towards": towards}
            answers = _answers(place)
            for stride, sentence in _asked(place):
                control, tests = self.answer(answers.get(stride), self.of_element(element))
                yield self.candidate(
                    stride, element.id, element.title, sentence.format(**who), control, tests
                )
        for flow in self.flows:
            yield from self.of(flow)

    def of(self, flow: Relation) -> Iterator[Candidate]:
        """What is asked of one flow. The far end is the one that somebody pretends to be."""
        begins, answers = self.title(flow.from_), self.title(flow.to)
        who, other = (answers, begins) if self.outside(flow.to) else (begins, answers)
        ends = {"begins": begins, "answers": answers, "who": who, "other": other}
        kinds = [found.kind for end in (flow.from_, flow.to) if (found := self.design.find(end))]
        who_is = {"stakeholder": "person-flow", "integration": "outside-flow"}
        kind = next((who_is[one] for one in kinds if one in who_is), "flow")
        served = "served" if self.places.get(flow.to) == "service" else "flow"
        told = _answers("flow") | _answers(kind) | _answers(served)
        for stride, sentence in _asked(kind):
            control, tests = self.answer(told.get(stride), self.of_flow(flow))
            if stride == "denial-of-service" and not control:
                control = flow.failure or self.spared(flow.to)
            yield self.candidate(
                stride, flow.id, f"{begins} → {answers}", sentence.format(**ends), control, tests
            )

    def candidate(
        self, stride: Stride, at: str, where: str, sentence: str, control: str, tests: tuple[str, ...]
    ) -> Candidate:
        written = tuple(self.written.get((stride, at), ()))
        return Candidate(stride, at, where, sentence, at in self.border, written, control, tests)

    def spared(self, at: str) -> str:
        """What is done so that an element goes on when a line to it is flooded."""
        return next((one.control for one in self.written.get(("denial-of-service", at), ())), "")

    def answer(self, told: dict[str, Any] | None, more: set[str]) -> tuple[str, tuple[str, ...]]:
        """The control and what tries it, when the design has what it takes."""
        if not told or not (self.facts | more).issuperset(told["needs"]):
            return "", ()
        return told["control"], tuple(told.get("tests", ()))

    @cached_property
    def facts(self) -> set[str]:
        """What the design decides for all places."""
        said, api, limits = self.design.security, self.design.api, self.design.security.limits
        login = said.authentication and (said.authentication.login or said.authentication.provider)
        facts = {
            "login": login,
            "grants": any(role.id for role in said.roles) and said.grants,
            "sealed": any(one.as_ in PROTECTED for one in said.classified),
            "limits": limits and (limits.rate or limits.body),
        }
        found = {word for word, holds in facts.items() if holds and self.design.scoped("security")}
        return found | ({"api"} if api.resources or api.endpoints else set())

    @cached_property
    def border(self) -> set[str]:
        """Elements and flows that somebody outside reaches."""
        return {
            *self.reached,
            *(one.id for one in self.flows if self.outside(one.from_) and one.to in self.reached),
        }

    @cached_property
    def places(self) -> dict[str, str]:
        """The kind of every element."""
        return {id: self.place(one) for id, one in self.elements.items()}

    def drawn(self) -> list[Element]:
        """An own system only while nothing stands in it, a component only when it talks to the outside of its host."""
        filled = {one.in_ for one in self.elements.values()}
        ends = {end for one in self.flows for end in (one.from_, one.to)}
        return [
            one
            for one in self.elements.values()
            if (one.external or one.level != "system" or one.id not in filled)
            and (one.level != "component" or one.id in ends)
        ]

    def host(self, id: str) -> str:
        """What a component runs in; anything else runs by itself."""
        found = self.elements.get(id)
        return found.in_ if found and found.level == "component" and found.in_ else id

    def outside(self, id: str) -> bool:
        """Whether it is a person, or run by somebody else."""
        if found := self.elements.get(id):
            return found.external or found.level == "person"
        other = self.design.find(id)
        return bool(other and other.kind in ("stakeholder", "integration"))

    def title(self, id: str) -> str:
        found = self.design.find(id)
        return found.record.title if found else id

    def place(self, element: Element) -> str:
        if self.outside(element.id):
            return "outside"
        if element.store:
            return "store"
        if _front(element):
            return "front"
        called = any(self.calls(one) for one in self.into[element.id])
        return "service" if called and "api" in self.facts else "process"

    def calls(self, flow: Relation) -> bool:
        """Whether it is a call of an API."""
        caller = self.elements.get(flow.from_)
        return self.outside(flow.from_) or bool(_CALLS.search(flow.over) or (caller and _front(caller)))

    def of_element(self, element: Element) -> set[str]:
        into = self.into[element.id]
        found = {"tls"} if into and all(_encrypted(one.over) for one in into) else set()
        queried = element.store == "database" and any(self.places.get(one.from_) == "service" for one in into)
        return found | ({"queried"} if queried else set())

    def of_flow(self, flow: Relation) -> set[str]:
        facts = {"tls": _encrypted(flow.over), "outward": self.outside(flow.to)}
        return {word for word, holds in facts.items() if holds}


def _front(element: Element) -> bool:
    return not set(_table()["fronts"]).isdisjoint(re.findall(r"[a-z]+", element.technology.lower()))


def _encrypted(over: str) -> bool:
    return bool(_TLS.search(over)) and not _PLAIN.search(over)


def _asked(place: str) -> Iterator[tuple[Stride, str]]:
    """What is asked of a kind of place, with its sentence."""
    every = _table()["sentences"]
    said = every["process"] | every.get("flow" if place.endswith("flow") else place, {})
    return ((stride, said[stride]) for stride in _table()["asked"][place])


def _answers(place: str) -> dict[str, Any]:
    found: dict[str, Any] = _table()["answers"].get(place, {})
    return found


@cache
def _table() -> Any:
    from yaml12 import read_yaml

    return read_yaml(Path(__file__).with_name("threats.yml"))
