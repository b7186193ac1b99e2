"""What the chapters tell: who satisfies what, numbers asked and measured, decisions, entities, calls, lives of things."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from backendkit.candidates import tool_decisions
from backendkit.decide import number, weigh_options
from backendkit.model import CHAPTERS, Design, Located
from backendkit.model.architecture import Criterion, Decision, Option
from backendkit.model.database import Attribute, Entity
from backendkit.model.development import StateMachine
from backendkit.model.requirements import Functional, Quality
from backendkit.room.display import Page, Picture, Table, Text
from backendkit.room.display import escape_markdown as plain
from backendkit.room.examples import example
from backendkit.room.pictures import still_picture
from backendkit.room.widget import following

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

_FENCES = {"ddl": "sql", "openapi": "json", "schema": "json", "mermaid": "mermaid"}
_CALLS = {
    "list": ("GET", "shows many"),
    "create": ("POST", "adds one"),
    "get": ("GET", "shows one"),
    "replace": ("PUT", "replaces one"),
    "patch": ("PATCH", "changes parts of one"),
    "delete": ("DELETE", "deletes one"),
}


@following
def show_trace(opened: OpenDesign) -> Table:
    """Every requirement and what satisfies it, chapter by chapter."""
    asked = opened.design.requirements
    wanted: tuple[Functional | Quality, ...] = (*asked.functional, *asked.quality)
    found: dict[tuple[str, str], list[str]] = {}
    for located in opened.design.located:
        for id in getattr(located.record, "satisfies", ()):
            found.setdefault((id, str(located.path[0])), []).append(located.record.id)
    used = [name for name in CHAPTERS[1:] if any(chapter == name for _, chapter in found)]
    rows = []
    for one in wanted:
        cells = [", ".join(found.get((one.id, name), ())) for name in used]
        missing = "" if any(cells) or one.priority == "wont" else "nothing yet"
        rows.append((one.id, one.priority or "", *cells, missing))
    headings = ("", "Priority", *("API" if name == "api" else name.capitalize() for name in used), "Missing")
    looks = ("", "chip", *("" for _ in used), "chip")
    return _filled(headings, rows, "What satisfies which requirement", looks)


@following
def show_measures(opened: OpenDesign) -> Table:
    """Every quality requirement: the number that is asked, and the one that a run measured."""
    state = hashlib.sha256(opened.text().encode()).hexdigest()
    measured = {proof.requirement: proof for proof in opened.evidence() if proof.depends == state}
    rows = []
    for quality in opened.design.requirements.quality:
        proof, story = measured.get(quality.id), quality.scenario
        value = f"{proof.value:g} ({proof.at[:10]}, {proof.by})" if proof else "not measured"
        parts = (f"{story.source} {story.stimulus}", story.environment) if story else (quality.about,)
        told = ", ".join(filter(None, map(str.strip, parts)))
        rows.append((quality.id, told[:1].upper() + told[1:], quality.measure, quality.priority or "", value))
    headings = ("", "When", "Asked", "Priority", "Measured")
    looks = ("", "", "code", "chip", "chip")
    hint = example("requirements.quality")
    return Table(headings, tuple(rows), "Numbers asked and measured", looks, hint=hint)


def show_decisions(opened: OpenDesign, decision: str = "") -> Page:
    """Every decision (one, or "environment": those about tools): question, options with scores, choice, what follows."""
    decisions = (one for _, one in asked_decisions(opened.design, decision))
    return _page(map(_decision, decisions), "No decision is written down yet.", "architecture.decisions")


def asked_decisions(design: Design, where: str) -> Iterator[tuple[Located, Decision]]:
    """Every decision with its place, the one of that id, or with "environment" those about tools."""
    wanted = tool_decisions(design) if where == "environment" else (where,)
    return ((at, one) for at, one in design.each(Decision) if not where or one.id in wanted)


def _decision(decision: Decision) -> list[Text | Table]:
    chosen = next((option.title for option in decision.options if option.id == decision.chosen), "")
    facts = ", ".join(filter(None, (decision.status, decision.date)))
    follows = [*decision.consequences]
    if decision.reopens:
        follows.append(f"The question opens again when {decision.reopens} does not hold.")
    head = f"### {plain(decision.id)}: {plain(decision.name)}\n\n{plain(decision.context)}"
    tail = f"**{plain(chosen) or 'Not decided yet'}**{f' ({plain(facts)})' if facts else ''}. {plain(decision.because)}"
    found = weigh_options(decision)
    said = " ".join(filter(None, (found.flip, found.missing, found.difference))) if found.winners else ""
    return [
        Text(head),
        *([_scores(decision)] if decision.options else []),
        Text("\n".join(filter(None, (tail, _bullets(follows), said and f"\n{plain(said)}")))),
    ]


def _scores(decision: Decision) -> Table:
    options, found = decision.options, weigh_options(decision)
    rows = [
        (one.title, f"{one.weight:g}", *(_score(option, one) for option in options))
        for one in decision.criteria
    ]
    sums = [number(total) + " ✓" * (place in found.winners) for place, total in enumerate(found.totals)]
    rows.append(("Sum", "", *sums))
    votes = [sum(option.votes.values()) for option in options]
    rows += [("Votes", "", *map(str, votes))] if any(votes) else []
    headings = ("Criterion", "Weight", *(option.title for option in options))
    caption = f"{decision.id}: scores from 0 to 5; the sum counts each by its weight"
    return Table(headings, tuple(rows), caption, ("", *("number" for _ in headings[1:])))


def _score(option: Option, criterion: Criterion) -> str:
    return f"{option.scores[criterion.id]:g}" if criterion.id in option.scores else "–"


@following
def show_dictionary(opened: OpenDesign, entity: str = "") -> Page:
    """The data dictionary: every entity (or one) with its attributes and the rules that its rows keep."""
    entities = (one for one in opened.design.database.entities if entity in ("", one.id))
    return _page(map(_entity, entities), "There is no entity yet.", "database.entities")


def _entity(entity: Entity) -> list[Text | Table]:
    rows = []
    for one in entity.attributes:
        type = f"{one.type} to {one.to}" if one.to else one.type
        rows.append((one.id, type, _duties(entity, one), one.about, one.example))
    rules = [f"Rule: {check.holds} ({check.title})" for check in entity.checks]
    rules += [f"Together only once: {', '.join(unique.of)} ({unique.title})" for unique in entity.uniques]
    rules += [
        f"Together a reference to {one.to}: {', '.join(one.of)} ({one.title})" for one in entity.references
    ]
    headings = ("Attribute", "Type", "Rules", "Meaning", "Example")
    table = _filled(headings, rows, f"Attributes of {entity.title}", ("", "code"))
    head = Text(f"### {plain(entity.title)}\n\n{plain(entity.about)}")
    return [head, table, *([Text(_bullets(rules).strip())] if rules else [])]


def _duties(entity: Entity, attribute: Attribute) -> str:
    flags = {
        "part of the key" if len(entity.keys) > 1 else "key": attribute.key,
        "optional": attribute.optional,
        "unique": attribute.unique,
        "made by the database": attribute.generated,
        f"default {attribute.default}": attribute.default,
    }
    return ", ".join(text for text, holds in flags.items() if holds)


@following
def show_export(opened: OpenDesign, format: str, *, lines: int = 40) -> Text:
    """The design in another form, as "ddl", "openapi" or "mermaid", cut after some lines."""
    from backendkit.writers import export

    return _listing(export(opened.design, format), _FENCES.get(format, ""), lines)


@following
def show_file(opened: OpenDesign, path: str, *, lines: int = 60) -> Text:
    """A file that the scaffold puts around the code, as ".env.example" or "compose.yaml", cut after some lines."""
    from backendkit.scaffold.surroundings import surroundings

    text = surroundings(opened.design).get(path, "")
    kind = path.rpartition(".")[2]
    if not text:
        return Text(f"*This design has no use for {plain(path)} yet.*", empty=True)
    return _listing(text, kind if kind in ("yaml", "json") else "", lines)


def _listing(text: str, kind: str, lines: int) -> Text:
    every = text.splitlines()
    shown = "\n".join(every[:lines])
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", shown)), default=0))
    rest = f"\n\nAnd {len(every) - lines} lines more." if len(every) > lines else ""
    return Text(f"{fence}{kind}\n{shown}\n{fence}{rest}")


@following
def show_operations(opened: OpenDesign) -> Table:
    """Every call that the API answers: what follows from the resources, and the endpoints that do more."""
    api, rows = opened.design.api, []
    for one in api.resources:
        entity = opened.design.entity(one.entity)
        key = "".join(f"/{{{attribute.id}}}" for attribute in entity.keys) if entity else ""
        for path, group in ((one.route, ("list", "create")), (one.route + key, tuple(_CALLS)[2:])):
            calls = [_CALLS[name] for name in group if name in one.operations]
            methods, does = (", ".join(words) for words in zip(*calls, strict=True)) if calls else ("", "")
            rows += [(methods, api.base + path, does, ", ".join(one.satisfies))] if calls else []
    for call in api.endpoints:
        told = call.does + "".join(f"; {code} when {why}" for code, why in call.errors.items())
        rows.append((call.method or "", api.base + call.path, told, ", ".join(call.satisfies)))
    headings = ("Call", "Path", "What it does", "For")
    return _filled(headings, rows, "Calls of the API", ("", "code"), hint=example("api.resources"))


@following
def show_states(opened: OpenDesign) -> Page:
    """Every state machine: from where to where, what sets it off, and what must hold."""
    return _page(
        [_states(opened, machine) for machine in opened.design.development.states],
        "No life of a thing is written down yet.",
        "development.states",
    )


def _states(opened: OpenDesign, machine: StateMachine) -> list[Text | Table | Picture]:
    rows = tuple((move.from_, move.to, move.trigger, move.guard) for move in machine.moves)
    head = f"### {plain(machine.id)}: {plain(machine.attribute)}\n\nIt begins as *{plain(machine.start)}*."
    drawn = [still_picture(opened, "states", focus=machine.id)] if machine.id and machine.moves else []
    table = Table(
        ("From", "To", "When", "Only if"), rows, f"Moves of {machine.attribute}", ("", "", "", "code")
    )
    return [Text(head), *drawn, table]


def _bullets(texts: Iterable[str]) -> str:
    return "".join(f"\n- {plain(text)}" for text in texts)


def _page(groups: Iterable[Sequence[Text | Table | Picture]], empty: str, where: str) -> Page:
    parts = tuple(part for group in groups for part in group)
    return Page(parts or (Table((), (), empty=empty, hint=example(where)),))


def _filled(
    headings: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    caption: str,
    looks: tuple[str, ...],
    hint: str = "",
) -> Table:
    """The table without the columns in which nothing stands."""
    kept = [n for n in range(len(headings)) if n == 0 or any(row[n] for row in rows)]
    cut = tuple(tuple(row[n] for n in kept) for row in rows)
    looks = (*looks, *("" for _ in headings))
    return Table(tuple(headings[n] for n in kept), cut, caption, tuple(looks[n] for n in kept), hint=hint)
