"""What could go wrong where, what is done about it, and what a standard asks: STRIDE and the OWASP ASVS 5 of a design."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar

from backendkit.asvs import Answer, list_answers
from backendkit.model import Design
from backendkit.model.security import Threat
from backendkit.room.display import Page, Table, Text
from backendkit.room.examples import example
from backendkit.room.widget import Widget, following, live
from backendkit.threats import Candidate, list_candidates

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

KINDS = {
    "spoofing": "Spoofing",
    "tampering": "Tampering",
    "repudiation": "Repudiation",
    "information-disclosure": "Disclosure",
    "denial-of-service": "Denial",
    "elevation-of-privilege": "Elevation",
}
MOST = 40
"""So many elements and flows are shown; those that somebody outside reaches come first."""
MEANING = (
    "*Answered*: a threat is written, with what is done. *Proposed*: the design or the generated service already "
    "answers it, and nobody has written it down. *Open*: nothing answers it. An empty field is not asked there."
)
BY = {"service": "service", "met": "team", "not-applicable": "not needed", "open": "open"}


def show_threats(opened: OpenDesign) -> Threats | Page:
    """STRIDE for every element and every flow, and the threats that are written.

    Where somebody looks, a button takes what is proposed or open into the design.
    """
    return Threats(opened) if live() else threats_page(opened)


@following
def show_controls(opened: OpenDesign, *, level: int = 2) -> Page:
    """What the ASVS 5 asks of this design up to a level (1 to 3), chapter by chapter, and who meets it how."""
    answers = list_answers(opened.design, level=level)
    count = Counter(BY[one.state] for one in answers)
    told = (
        f"{len(answers)} requirements of the OWASP ASVS 5.0.0, levels 1 to {level}. Met by the generated service: "
        f"{count['service']}, by the team: {count['team']}, not needed here: {count['not needed']}, open: "
        f"{count['open']}. The sentences are ours; the numbers lead to the standard's own."
    )
    chapters = groupby(answers, key=lambda one: one.requirement.chapter)
    return Page((Text(told), *(_chapter(title, list(group)) for title, group in chapters)))


class Threats(Widget):
    """The same, and place by place what is not written yet."""

    parts: ClassVar[tuple[str, ...]] = ("follow", "threats")

    def __init__(self, opened: OpenDesign) -> None:
        super().__init__(opened, lambda: threats_page(opened))

    def snapshot(self) -> dict[str, Any]:
        """The tables, and the places with something to write."""
        assert self.opened
        todo = [one for one in list_candidates(self.opened.design) if one.state != "answered"]
        return {
            "html": self.still()._repr_mimebundle_()[0]["text/html"],
            "places": [{"at": at, "name": f"{found[0].where} ({len(found)})"} for at, found in _places(todo)],
        }

    def on_todo(self, at: str) -> dict[str, Any]:
        """What is proposed or open at one place, and the record that each becomes."""
        assert self.opened
        found = [
            one for one in list_candidates(self.opened.design) if one.at == at and one.state != "answered"
        ]
        return {"todo": [_told(one) for one in found]}


def threats_page(opened: OpenDesign) -> Page:
    """The same on paper."""
    candidates = list_candidates(opened.design)
    if not candidates:
        empty = "There is no element of the architecture yet, so nobody can say what could go wrong where."
        return Page((Table((), (), empty=empty, hint=example("architecture.elements")),))
    places = _places(candidates)
    parts: list[Table | Text] = [_matrix(places[:MOST], candidates), Text(MEANING)]
    if rest := places[MOST:]:
        open_ = sum(one.state == "open" for _, found in rest for one in found)
        parts.append(Text(f"And {len(rest)} elements and flows more, with {open_} open questions."))
    return Page((*parts, _written(opened.design)))


def _places(candidates: Sequence[Candidate]) -> list[tuple[str, list[Candidate]]]:
    """The candidates of each place; those that somebody outside reaches come first."""
    found: dict[str, list[Candidate]] = {}
    for one in candidates:
        found.setdefault(one.at, []).append(one)
    return sorted(found.items(), key=lambda place: not place[1][0].border)


def _matrix(places: list[tuple[str, list[Candidate]]], every: tuple[Candidate, ...]) -> Table:
    rows = []
    for _, found in places:
        states: dict[str, str] = {one.stride: one.state for one in found}
        rows.append((found[0].where, *(states.get(kind, "") for kind in KINDS)))
    count = Counter(one.state for one in every)
    caption = (
        f"STRIDE for each element and flow: {count['answered']} answered, {count['proposed']} proposed, "
        f"{count['open']} open"
    )
    return Table(("", *KINDS.values()), tuple(rows), caption, ("", *("chip" for _ in KINDS)))


def _written(design: Design) -> Table:
    names = {one.at: one.where for one in list_candidates(design)}
    rows = []
    for one in design.security.threats:
        kind = KINDS.get(one.stride, "Not said yet")
        where = f"{kind} at {names.get(one.at, one.at)}" if one.at else kind
        rows.append((one.title, f"{where}. {one.threat}", _tried(one.control, one.tests), _risk(one)))
    headings = ("", "What could go wrong", "What is done", "Risk that stays")
    return Table(
        headings, tuple(rows), "Threats and what is done about them", hint=example("security.threats")
    )


def _risk(threat: Threat) -> str:
    accepted = f"Accepted: {threat.accepted}" if threat.accepted else ""
    return ". ".join(filter(None, (threat.residual, accepted)))


def _tried(done: str, tests: Sequence[str]) -> str:
    return " ".join(filter(None, (done, f"Tried by {', '.join(tests)}." if tests else "")))


def _chapter(title: str, answers: list[Answer]) -> Table:
    rows = [
        (one.requirement.id, one.requirement.says, BY[one.state], _tried(one.how, one.tests))
        for one in answers
    ]
    return Table(("", "What is asked", "Met by", "How"), tuple(rows), title, ("", "", "chip"))


def _told(one: Candidate) -> dict[str, Any]:
    record = one.threat.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {"kind": KINDS[one.stride], "state": one.state, "record": record}
