"""What an existing system and a design say differently, in plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from backendkit.model import Design
from backendkit.model.database import Attribute, Entity
from backendkit.readers.imported import Imported


def differences(design: Design, imported: Imported | Design) -> tuple[str, ...]:
    """Where a design and what was read of a system do not agree; nothing is changed.

    Tables and columns are matched by their name in the database, then by id. What an imported description of an
    API says of resources and endpoints is compared too; a database says nothing of them.

    >>> shop = Design.load({"database": {"entities": [{"id": "book"}]}})
    >>> differences(shop, Design())
    ("The system has no 'book', the design has.",)
    """
    found = imported.design if isinstance(imported, Imported) else imported
    said = list(_entities(design, found))
    if found.database.engine is None:
        said += _offers(design, found)
    return tuple(said)


def _entities(design: Design, found: Design) -> Iterator[str]:
    def place(entity: Entity) -> tuple[str, str]:
        return entity.schema_.casefold(), entity.table_name.casefold()

    ours, theirs = design.database.entities, found.database.entities
    for mine, other in _pairs(ours, theirs, place):
        name = repr((mine or other).table_name)
        if mine is None or other is None:
            yield _only(name, mine is None)
            continue
        if mine.view != other.view:
            yield f"{name} is a {'view' if other.view else 'table'} in the system, not in the design."
        for a, b in _pairs(mine.attributes, other.attributes, lambda each: each.column_name.casefold()):
            whole = repr(f"{mine.table_name}.{(a or b).column_name}")
            if a is None or b is None:
                yield _only(whole, a is None)
            else:
                yield from _attribute(whole, (design, mine, a), (found, other, b))
        yield from _groups(name, design, mine, found, other)


def _pairs(ours: Any, theirs: Any, name: Callable[[Any], Any]) -> list[tuple[Any, Any]]:
    """Each of ours with the one of theirs that has its name, or else its id; then those of theirs that are left."""
    left = list(theirs)
    pairs: dict[int, Any] = {}
    for key in (name, lambda each: each.id):
        for mine in ours:
            match = next((each for each in left if id(mine) not in pairs and key(each) == key(mine)), None)
            if match:
                left.remove(match)
                pairs[id(mine)] = match
    return [(mine, pairs.get(id(mine))) for mine in ours] + [(None, each) for each in left]


def _only(what: str, theirs: bool) -> str:
    return (
        f"The system has {what}, the design has not."
        if theirs
        else f"The system has no {what}, the design has."
    )


def _attribute(
    name: str, ours: tuple[Design, Entity, Attribute], theirs: tuple[Design, Entity, Attribute]
) -> Iterator[str]:
    mine, other = ours[2], theirs[2]
    said = _types(*ours, theirs[0].database.engine)
    found = _types(*theirs, None)
    if said and found and not said & found:
        yield f"{name} is {min(found)} in the system, {min(said)} in the design."
    if mine.key != other.key:
        yield f"{name} is {'a' if other.key else 'no'} key in the system, {'a' if mine.key else 'no'} key in the design."
    if mine.optional != other.optional and not (mine.key or mine.generated or theirs[1].view):
        words = ("optional", "required") if other.optional else ("required", "optional")
        yield f"{name} is {words[0]} in the system, {words[1]} in the design."


def _types(design: Design, entity: Entity, attribute: Attribute, engine: str | None) -> set[str]:
    """The words that are right for the values of an attribute: its type, and what an engine makes of it."""
    from sqlalchemy.engine.url import URL

    from backendkit.tables import stored_type, value_type

    word = value_type(design, attribute)
    words = {str(word)} if word else set()
    if word and engine:
        words.add(stored_type(design, entity, attribute, URL.create(engine).get_dialect()()))
    return {each.casefold() if each.startswith("other") else each for each in words}


def _groups(name: str, design: Design, mine: Entity, found: Design, other: Entity) -> Iterator[str]:
    """References, uniques, indexes and checks, compared as sets."""
    ours, theirs = _facts(design, mine), _facts(found, other)
    for each in sorted(theirs - ours):
        yield f"{name} has {each} in the system, not in the design."
    for each in sorted(ours - theirs):
        yield f"{name} has {each} in the design, not in the system."


def _facts(design: Design, entity: Entity) -> set[str]:
    from backendkit.model.expression import NotAnExpression, parse_expression, print_sql
    from backendkit.tables import Link, links

    names = {attribute.id: attribute.column_name.casefold() for attribute in entity.attributes}
    said = set()
    for link in links(design, entity):
        if isinstance(link, Link):
            pairs = ", ".join(
                sorted(
                    f"{a.column_name} to {link.entity.table_name}.{b.column_name}"
                    for a, b in zip(link.of, link.to, strict=True)
                )
            )
            deleted = "" if link.record.on_delete == "no-action" else link.record.on_delete
            said.add(f"a reference {pairs.casefold()}" + (f" (on delete {deleted})" if deleted else ""))
    groups = [({attribute.id}, True) for attribute in entity.attributes if attribute.unique]
    groups += [(set(each.of), True) for each in entity.uniques] + [
        (set(each.of), each.unique) for each in entity.indexes
    ]
    keys = {attribute.id for attribute in entity.keys}
    for of, unique in groups:
        if of and of != keys and of <= set(names):
            said.add(
                f"{'unique' if unique else 'an index over'} {', '.join(sorted(names[each] for each in of))}"
            )
    for check in entity.checks:
        try:
            said.add(f"the check {print_sql(parse_expression(check.holds), column=names)}")
        except NotAnExpression:
            continue
    return said


def _offers(design: Design, found: Design) -> Iterator[str]:
    """Resources with their operations, and endpoints."""
    ours, theirs = (
        {_route(one, each.route): {*each.operations} for each in one.api.resources} for one in (design, found)
    )
    calls = [
        {f"{each.method} {_route(one, each.path)}" for each in one.api.endpoints} for one in (design, found)
    ]
    for route in dict.fromkeys((*ours, *theirs)):
        if route not in ours or route not in theirs:
            yield _only(f"'{route}'", route not in ours)
        elif ours[route] != theirs[route]:
            yield f"'{route}' offers {_spelled(theirs[route])} in the system, {_spelled(ours[route])} in the design."
    for call in sorted(calls[0] ^ calls[1]):
        yield _only(f"'{call}'", call in calls[1])


def _route(design: Design, path: str) -> str:
    return design.api.base.rstrip("/") + path


def _spelled(operations: AbstractSet[str]) -> str:
    return ", ".join(sorted(operations)) or "nothing"
