"""The usual tools for the usual questions, each with scores and reasons, and the decision that a team makes of them.

They are data, in candidates.yml. A question becomes a decision record (MADR, https://adr.github.io/madr/) that the team
weighs, with criteria and scores of its own on top.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from backendkit.model import Design, HoldsDesign, Insert, UserError, as_design

FILE = Path(__file__).with_name("candidates.yml")
GOOD, BAD = 4, 2
"""From here on a score speaks for a candidate; down from here against it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tool that is often taken, with a score from 0 to 5 and its reason by each criterion."""

    id: str
    name: str
    serves: tuple[str, ...]
    scores: dict[str, int]
    reasons: dict[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by what it is judged (id and name), and who stands to be chosen."""

    id: str
    title: str
    context: str
    criteria: dict[str, str]
    candidates: tuple[Candidate, ...]


def questions(design: Design | HoldsDesign | None = None) -> tuple[Question, ...]:
    """The questions, with the candidates that are usual for a client that the design serves; all where it serves none.

    >>> [question.id for question in questions()]
    ['language', 'framework', 'database', 'hosting']
    """
    serves = as_design(design).platforms.serves if design is not None else ()
    return tuple(_narrowed(each, serves) for each in _read())


def pose(design: Design | HoldsDesign, question: str, id: str, *, among: Iterable[str] = ()) -> Insert:
    """The change that puts a question to the team: a decision of that id, proposed, with criteria, options and scores.

    `among` names the candidates; without it all are options. Raises UserError with the questions there are.

    >>> pose(Design(), "database", "D1", among=["sqlite"]).record["options"][0]["scores"]["run"]
    5
    """
    asked = next((each for each in questions(design) if each.id == question), None)
    if asked is None:
        raise UserError(f"Nobody asks for '{question}', there are: {', '.join(each.id for each in _read())}.")
    wanted = set(among)
    options = [_option(each, asked.criteria) for each in asked.candidates if not wanted or each.id in wanted]
    criteria = [{"id": key, "name": name} for key, name in asked.criteria.items()]
    record = {"id": id, "title": asked.title, "status": "proposed", "context": asked.context}
    return Insert("", "architecture.decisions", {**record, "criteria": criteria, "options": options})


def tool_decisions(design: Design | HoldsDesign) -> tuple[str, ...]:
    """The ids of the decisions about tools: those that a tool names, and those that ask one of the questions.

    >>> tool_decisions(Design.load({"architecture": {"decisions": [{"id": "D1", "title": "Which database"}]}}))
    ('D1',)
    """
    it = as_design(design)
    named = {tool.decision for tool in it.environment.tools}
    titles = {question.title for question in _read()}
    return tuple(
        one.id for one in it.architecture.decisions if one.id and (one.id in named or one.name in titles)
    )


def _option(it: Candidate, criteria: dict[str, str]) -> dict[str, Any]:
    told = {key: f"{criteria[key].capitalize()}: {reason}" for key, reason in it.reasons.items()}
    good = [told[key] for key, score in it.scores.items() if score >= GOOD]
    bad = [told[key] for key, score in it.scores.items() if score <= BAD]
    said = {"good": good} | ({"bad": bad} if bad else {})
    return {"id": it.id, "name": it.name, "scores": dict(it.scores), **said}


def _narrowed(question: Question, serves: tuple[str, ...]) -> Question:
    usual = tuple(each for each in question.candidates if not serves or {*each.serves} & {*serves})
    return Question(question.id, question.title, question.context, question.criteria, usual)


@cache
def _read() -> tuple[Question, ...]:
    from yaml12 import read_yaml

    found: Any = read_yaml(FILE)
    return tuple(
        Question(
            id,
            one["title"],
            one["context"],
            one["criteria"],
            tuple(map(_candidate, *zip(*one["candidates"].items(), strict=True))),
        )
        for id, one in found.items()
    )


def _candidate(id: str, said: dict[str, Any]) -> Candidate:
    parts = {key: text.partition(" ") for key, text in said["scores"].items()}
    scores = {key: int(score) for key, (score, _, _) in parts.items()}
    return Candidate(
        id, said["name"], tuple(said["serves"]), scores, {key: why for key, (_, _, why) in parts.items()}
    )
