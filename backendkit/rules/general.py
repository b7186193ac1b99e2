"""Rules that look at every chapter: ids, references, scope, waivers."""

from __future__ import annotations

import re

from backendkit.model import CHAPTERS, Design, Record, spell
from backendkit.model.record import Chapter
from backendkit.rules.engine import CHAPTER_OF, Hits, catalogue, rule
from backendkit.rules.facts import listed, tokens


@rule("DES001", "record-without-id", 1)
def record_without_id(design: Design) -> Hits:
    """Every record has an id.
    Why: references and people need a word for it, and a change cannot find it without one.
    Bad: {requirements: {goals: [{text: Double the sales}]}}
    Good: {requirements: {goals: [{id: G1, text: Double the sales}]}}"""
    for at in design.records():
        if not at.record.id:
            name = f" '{at.record.name}'" if at.record.name else ""
            yield at, f"The {at.kind}{name} at {at.address} has no id", "give it a short one"


@rule("DES002", "doubled-id", 1)
def doubled_id(design: Design) -> Hits:
    """No two records have the same id.
    Why: whoever says it means one of them, and references reach only the first.
    Bad: {requirements: {goals: [{id: shop}]}, architecture: {elements: [{id: shop}]}}
    Good: {requirements: {goals: [{id: G1}]}, architecture: {elements: [{id: shop}]}}"""
    for at in design.records():
        said = f"{at.parent.address}.{at.record.id}" if at.parent else at.record.id
        if at.record.id and at.address != said:
            first = design.find(said)
            other = first.kind if first else "record"
            yield (
                at,
                f"The {at.kind} at {spell(at.path)} and {other} {said} have one id",
                "rename one of them",
            )


@rule("DES003", "odd-id", 2)
def odd_id(design: Design) -> Hits:
    """Ids begin with a letter and hold letters, digits, hyphens and underscores only.
    Why: a point means 'inside', and blanks break references, paths and generated names.
    Bad: {database: {entities: [{id: order line}]}}
    Good: {database: {entities: [{id: order-line, name: Order line}]}}"""
    for at in design.records():
        if at.record.id and not re.fullmatch(r"[^\W\d_][\w-]*", at.record.id):
            better = "-".join(tokens(at.record.id)).lstrip("0123456789-") or "a word of letters"
            yield at, f"The id '{at.record.id}' is hard to refer to", f"write {better}"


@rule("DES004", "outside-scope", 2)
def outside_scope(design: Design) -> Hits:
    """A chapter that is filled stands in the scope.
    Why: a chapter outside the scope is neither checked nor printed, and its work is overlooked.
    Bad: {scope: [api], database: {engine: sqlite}}
    Good: {scope: [api, database], database: {engine: sqlite}}"""
    for chapter in CHAPTERS:
        held = getattr(design, chapter, None)
        if isinstance(held, Chapter) and held != type(held)() and not design.scoped(chapter):
            yield ("scope",), f"The scope leaves out {chapter}, which is filled", f"add {chapter} to scope"


@rule("DES005", "idle-waiver", 2)
def idle_waiver(design: Design) -> Hits:
    """A waiver names a rule that exists, and a reason.
    Why: readers of the document want to know why the team lives with it; without a reason it does not count.
    Bad: {requirements: {goals: [{id: G1, waive: {REQ003: ""}}]}}
    Good: {requirements: {goals: [{id: G1, waive: {REQ003: its sentence comes from the board in May}}]}}"""
    codes = {rule.code for rule in catalogue()}
    chapters = [((name,), name, getattr(design, name, None)) for name in CHAPTERS]
    for path, who, holder in [*chapters, *((at.path, at.address, at.record) for at in design.records())]:
        for code, reason in holder.waive.items() if isinstance(holder, Chapter | Record) else ():
            here = (*path, "waive", code)
            if code not in codes:
                yield here, f"{who} waives {code}, which is no rule", "see `run.py rules`"
            elif not reason.strip():
                yield here, f"{who} waives {code} without a reason", "write why the team lives with it"


def _dangling(design: Design, chapter: str) -> Hits:
    lost = [one for one in design.references if one.path[0] == chapter and not design.resolve(one)]
    ids = {"".join(tokens(at.address)).rstrip("s"): at.address for at in (design.records() if lost else ())}
    for mention in lost:
        kinds = listed(mention.points.kinds, "or")
        other = design.find(mention.target)
        near = "" if other else ids.get("".join(tokens(mention.target)).rstrip("s"), "")
        what = f"that is the {other.kind} {other.address}" if other else f"there is no such {kinds}"
        path = (*mention.path, mention.target) if mention.key else mention.path
        message = f"{mention.owner.address} names '{mention.target}', but {what}"
        yield path, message, f"write {near}" if near else f"add it, or name the {kinds} that is meant"


_EXAMPLES = {
    "REQ": ("functional: [{id: R1, goals: [%s]}], goals: [{id: G1}]", "G1"),
    "ARC": ("elements: [{id: front, in: %s}, {id: shop}]", "shop"),
    "DAT": ("entities: [{id: book, attributes: [{id: next, to: %s}]}]", "book"),
    "API": ("{database: {entities: [{id: book}]}, api: {resources: [{id: books, entity: %s}]}}", "book"),
    "ENV": (
        "{architecture: {elements: [{id: data}]}, environment: {services: [{id: db, element: %s}]}}",
        "data",
    ),
    "DEV": (
        "{database: {entities: [{id: book, attributes: [{id: is}]}]}, development: {states: [{id: s, attribute: %s}]}}",
        "book.is",
    ),
    "SEC": ("roles: [{id: guest}], grants: [{id: look, role: %s}]", "guest"),
}


def _register(prefix: str, example: str, right: str) -> None:
    """The same rule once for each chapter that names things, so that each can be waived alone."""
    chapter = CHAPTER_OF[prefix]

    def dangling(design: Design) -> Hits:
        return _dangling(design, chapter)

    dangling.__doc__ = f"""What the {chapter} chapter names is there.
        Why: a word that leads nowhere is a slip of the pen, or work that nobody has begun.
        Bad: {example % "nobody"}
        Good: {example % right}"""
    rule(f"{prefix}001", f"dangling-in-{chapter}", 1)(dangling)


for _prefix, (_example, _right) in _EXAMPLES.items():
    _register(_prefix, _example, _right)
