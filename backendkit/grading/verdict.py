"""What holds in a learner's design: findings that fell silent, records, queries and calls with their answers."""

from __future__ import annotations

import html
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backendkit.grading.form import Expectation, Form
from backendkit.model import Design, UserError

if TYPE_CHECKING:
    from backendkit.prototype import Running


@dataclass(frozen=True, slots=True)
class Held:
    """Whether one expectation holds, and what is said of it."""

    holds: bool
    says: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a check: passed or not, and the first word that helps."""

    exercise: str
    results: tuple[Held, ...]
    next: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything holds."""
        return all(result.holds for result in self.results)

    @property
    def word(self) -> str:
        """The first thing that does not hold; the praise when all does."""
        return next((result.says for result in self.results if not result.holds), "That is it.")

    def __str__(self) -> str:
        done = sum(result.holds for result in self.results)
        lead = f"{done} of {len(self.results)} hold. {self.word}"
        return f"{lead} {self.next}".strip()

    def _repr_html_(self) -> str:
        mark = "✓" if self.passed else "…"
        return f'<p class="bk-verdict"><b>{mark}</b> {html.escape(str(self))}</p>'

    def _repr_markdown_(self) -> str:
        return str(self)


def judge(form: Form, design: Design) -> tuple[Held, ...]:
    """Hold a design against an exercise, one expectation after the other; the prototype starts only when needed."""
    from backendkit.rules import check

    findings = {(finding.code, at) for finding in check(design) for at in (finding.at, "")}
    with ExitStack() as stack:
        return tuple(_judged(form, design, findings, stack))


def _judged(form: Form, design: Design, findings: set[tuple[str, str]], stack: ExitStack) -> Iterator[Held]:
    api: Running | None = None
    for expectation in form.holds:
        says = expectation.otherwise
        if expectation.call or expectation.query:
            try:
                api = api or _started(design, stack)
            except UserError as error:
                yield Held(False, f"{says} The prototype does not start: {error}")
                continue
            held = _called(api, expectation) if expectation.call else _queried(api, expectation)
        else:
            silent = (expectation.silent, expectation.at) not in findings
            held = silent if expectation.silent else _there(design, expectation)
        yield Held(held, says)


def _started(design: Design, stack: ExitStack) -> Running:
    from backendkit.prototype import start

    return stack.enter_context(start(design))


def _there(design: Design, expectation: Expectation) -> bool:
    found = design.find(expectation.has)
    if not found or not expectation.field:
        return found is not None
    value: Any = found.record.model_dump(mode="json", by_alias=True)
    for step in expectation.field.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return bool(value == expectation.value)


def _queried(api: Running, expectation: Expectation) -> bool:
    place = f"{(api.folder / 'prototype.sqlite').as_uri()}?mode=ro"
    with closing(sqlite3.connect(place, uri=True)) as database:
        return [list(row) for row in database.execute(expectation.query)] == expectation.rows


def _called(api: Running, expectation: Expectation) -> bool:
    method, _, path = expectation.call.partition(" ")
    if expectation.user and expectation.user not in {user.name for user in api.users}:
        return False  # the role is gone, or nobody has it
    answer = api.request(method, path, json=expectation.json_, user=expectation.user or None)
    if answer.status_code != expectation.status:
        return False
    return expectation.answer is None or _contains(answer.json(), expectation.answer)


def _contains(found: Any, wanted: Any) -> bool:
    """Whether an answer holds what is wanted: the named keys of a mapping, the first items of a list.

    >>> _contains({"items": [{"a": 1, "b": 2}], "next": None}, {"items": [{"a": 1}]})
    True
    """
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            key in found and _contains(found[key], value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) >= len(wanted)
            and all(_contains(one, other) for one, other in zip(found, wanted, strict=False))
        )
    return bool(found == wanted)
