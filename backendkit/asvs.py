"""What the OWASP Application Security Verification Standard 5.0.0 asks of a backend, and who answers it.

https://owasp.org/www-project-application-security-verification-standard/
The generated service meets some of it by itself, the team answers the rest (`security.controls`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from backendkit.model import Design
from backendkit.model.security import Control

State = Literal["service", "met", "not-applicable", "open"]
_NUMBER = re.compile(r"V(\d+)\.(\d+)\.(\d+)")
_MAIL = re.compile(r"smtp|mail", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement in our words; the standard's own text counts."""

    id: str
    level: int = 0
    """1, 2 or 3: how much is at stake; 0 when it is not in our list."""
    says: str = ""
    when: str = ""
    """The feature of a design that makes it apply; empty when it always does."""
    met: str = ""
    """How the generated service meets it; empty when it does not."""
    needs: str = ""
    """The feature that it takes for that."""
    half: str = ""
    """What the service does without meeting it."""
    tests: tuple[str, ...] = ()

    @property
    def chapter(self) -> str:
        """The title of its chapter, with the number."""
        number = self.id.partition(".")[0]
        return f"{number} {_table()['chapters'][number]['title']}"


class Answer(NamedTuple):
    """A requirement, and who answers it how."""

    requirement: Requirement
    state: State
    """service: the generated service meets it; met and not-applicable: the team says so; open: nobody does."""
    how: str
    tests: tuple[str, ...]


@cache
def list_requirements() -> tuple[Requirement, ...]:
    """The requirements that matter for a backend, by number.

    >>> list_requirements()[1].id
    'V1.2.4'
    """
    rows = _table()["requirements"]
    return tuple(Requirement(**{**row, "tests": tuple(row.get("tests", ()))}) for row in rows)


def is_number(asvs: str) -> bool:
    """Whether the standard has a requirement of this number.

    >>> is_number("V6.2.1"), is_number("V6.2.13"), is_number("6.2.1")
    (True, False, False)
    """
    match = _NUMBER.fullmatch(asvs)
    if not match:
        return False
    chapter, section, number = map(int, match.groups())
    sections = _table()["chapters"].get(f"V{chapter}", {}).get("sections", ())
    return 0 < section <= len(sections) and 0 < number <= sections[section - 1]


def find_features(design: Design) -> frozenset[str]:
    """What a design uses, in the words that the list of requirements uses.

    >>> sorted(find_features(Design.load({"development": {"states": [{"id": "life"}]}})))
    ['states']
    """
    said, api, parts = design.security, design.api, design.architecture
    login, wires = said.authentication, [one.over for one in parts.relations]
    asked = design.requirements.integrations
    own = [one for one in parts.elements if one.level == "container" and not one.external]
    passwords = bool(login and login.login and login.password)
    tokens = passwords or bool(login and login.provider)
    sealed = any(one.as_ in ("personal", "sensitive", "secret") for one in said.classified)
    found = {
        "service": api.resources or api.endpoints,
        "checks": any(one.checks for one in design.database.entities),
        "states": design.development.states,
        "relations": parts.relations,
        "containers": len(own) > 1,
        "files": any(one.store == "files" for one in own),
        "external-services": asked or any(one.external and one.level != "person" for one in parts.elements),
        "mail": any(map(_MAIL.search, (*wires, *(one.protocol for one in asked)))),
        "websockets": any(re.search(r"websocket|\bwss?\b", over, re.IGNORECASE) for over in wires),
        "graphql": api.graphql or "graphql" in (api.style or ""),
        "passwords": passwords,
        "tokens": tokens,
        "openid": login and login.provider,
        "keys": tokens or sealed,
        "grants": any(role.id for role in said.roles) and said.grants,
        "owned": any(grant.of == "own" for grant in said.grants),
        "classified": said.classified,
        "personal-data": sealed,
        "limits": said.limits and said.limits.rate,
    }
    return frozenset(word for word, holds in found.items() if holds)


def list_answers(design: Design, *, level: int = 2) -> tuple[Answer, ...]:
    """Every requirement up to a level that applies to a design, and those that the team answers beside them.

    >>> answers = list_answers(Design.load({"security": {"controls": [{"asvs": "V15.1.1", "how": "Within a week."}]}}))
    >>> [(one.state, one.how) for one in answers if one.requirement.id == "V15.1.1"]
    [('met', 'Within a week.')]
    """
    features = find_features(design)
    controls = {one.asvs: one for one in reversed(design.security.controls) if is_number(one.asvs)}
    known = {one.id: one for one in list_requirements()}
    asked = {id: one for id, one in known.items() if one.level <= level and one.when in ("", *features)}
    asked |= {id: known.get(id, Requirement(id, says=one.name or one.about)) for id, one in controls.items()}
    every = sorted(asked.values(), key=lambda one: _order(one.id))
    return tuple(_answer(one, controls.get(one.id), features) for one in every)


def _answer(asked: Requirement, control: Control | None, features: frozenset[str]) -> Answer:
    """The team's word counts more than what the service does."""
    if control and (control.state or control.how):
        state = control.state or "met"
        return Answer(asked, state, control.how, control.tests or asked.tests)
    if asked.met and features.issuperset({"service", asked.needs} - {""}):
        return Answer(asked, "service", asked.met, asked.tests)
    return Answer(asked, "open", asked.half, asked.tests)


def _order(id: str) -> tuple[int, ...]:
    return tuple(map(int, id[1:].split(".")))


@cache
def _table() -> Any:
    from yaml12 import read_yaml

    return read_yaml(Path(__file__).with_name("asvs.yml"))
