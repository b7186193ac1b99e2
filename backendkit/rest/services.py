"""One service for each container that owns entities: a surface cut along its owners (microservices).

What a database keeps inside one service, two services must ask each other: https://microservices.io/patterns/data/database-per-service.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backendkit.model import Design
from backendkit.model.naming import ascii_snake, distinct
from backendkit.rest.shapes import Access, Asked, Call, Collection, Elsewhere, Surface

LEAST = 2
"""So many containers must own something before there are services."""
NOT_MADE = {
    "serverless": (
        "Serverless: the code is one service that a function can hold; packaging it, the gateway before it, how long it "
        "takes to begin, and a pool of connections (a database has few, functions are many) are not generated."
    ),
    "event-driven": "Event-driven: the calls are generated; the broker, who publishes and who listens are not.",
}
"""What no scaffold holds, by the style of the architecture."""


def left_to_you(design: Design) -> Iterator[str]:
    """What the style of an architecture needs beside the code that is made here."""
    if design.scoped("architecture") and design.architecture.style in NOT_MADE:
        yield NOT_MADE[design.architecture.style]


def services(surface: Surface) -> dict[str, Surface]:
    """The surfaces of the services by name; none where the design is one service.

    Entities that nobody owns stand in the first service, those of several in that of the first owner: a gap says so.
    """
    design = surface.design
    wanted = design.scoped("architecture") and design.architecture.style == "microservices"
    owners = [it for it in design.architecture.elements if it.owns and not it.store] if wanted else []
    if len(owners) < LEAST:
        return {}
    names = dict(zip((it.id for it in owners), distinct(ascii_snake(it.id) for it in owners), strict=True))
    first = names[owners[0].id]
    of: dict[str, str] = {}
    gaps: dict[str, list[str]] = {name: [] for name in names.values()}
    for name, table in surface.tables.items():
        entity = table.info["entity"].id
        mine = [it.id for it in owners if entity in it.owns]
        of[name] = names[mine[0]] if mine else first
        if len(mine) != 1:
            said = f"is owned by {' and by '.join(mine)}" if mine else "is owned by no container"
            gaps[of[name]].append(f"Entity '{entity}' {said}: it stands in {of[name]}.")
    return {name: _cut(surface, name, of, first, gaps[name]) for name in gaps}


def _cut(whole: Surface, name: str, of: dict[str, str], first: str, gaps: list[str]) -> Surface:
    """What one service has."""
    mine = {table for table, service in of.items() if service == name}
    elsewhere = {table: tuple(_elsewhere(whole, table, of, gaps)) for table in mine}
    asked = {
        found.to
        for table, service in of.items()
        if service != name
        for found in _elsewhere(whole, table, of, [])
        if of[found.to] == name
    }
    collections = tuple(_own(each, mine, gaps) for each in whole.collections if each.table in mine)
    calls = tuple(call for call in whole.calls if _place(call, of, first) == name)
    return replace(
        whole,
        service=name,
        elsewhere={table: found for table, found in elsewhere.items() if found},
        asked=tuple(
            Asked(table, whole.columns[table][_key(whole, table)]) for table in whole.tables if table in asked
        ),
        tables={table: each for table, each in whole.tables.items() if table in mine},
        columns={table: each for table, each in whole.columns.items() if table in mine},
        lives=tuple(life for life in whole.lives if life.table in mine),
        stubs=tuple({stub.name: stub for each in collections for stub in each.stubs}.values()),
        collections=collections,
        calls=calls,
        access=whole.access and _access(whole.access, mine, collections, calls, gaps),
        gaps=tuple(gaps),
    )


def _key(whole: Surface, table: str) -> int:
    return next(place for place, field in enumerate(whole.columns[table]) if field.column.primary_key)


def _elsewhere(whole: Surface, table: str, of: dict[str, str], gaps: list[str]) -> Iterator[Elsewhere]:
    """The references of a table that lead to another service: no database keeps them."""
    fields = {id(field.column): field for field in whole.columns[table]}
    names = {id(each): name for name, each in whole.tables.items()}
    for rule in sorted(whole.tables[table].foreign_key_constraints, key=lambda it: tuple(it.column_keys)):
        to = names.get(id(rule.referred_table))
        if to is None or of[to] == of[table]:
            continue
        rule.info["elsewhere"] = True
        keys = [column for column in whole.tables[to].columns if column.primary_key]
        if [each.column for each in rule.elements] == keys and len(keys) == 1:
            yield Elsewhere(fields[id(rule.elements[0].parent)], to, of[to])
        else:
            entity = whole.tables[table].info["entity"].id
            gaps.append(
                f"Entity '{entity}': whether {', '.join(rule.column_keys)} is there in {of[to]} is not asked."
            )


def _own(each: Collection, mine: set[str], gaps: list[str]) -> Collection:
    """A resource that brings along only rows of its own service."""
    near = tuple(expand for expand in each.expands if expand.hop.to in mine)
    gaps += [
        f"Resource '{each.resource.id}': {expand.json} is a row of another service, and does not come along."
        for expand in each.expands
        if expand not in near
    ]
    return replace(each, expands=near, hops=tuple(hop for hop in each.hops if hop.to in mine))


def _place(call: Call, of: dict[str, str], first: str) -> str:
    """Where a further call stands: beside the row that it names or gives, else in the first service."""
    near = call.row or call.returns
    return of[near.table] if near else first


def _access(
    access: Access,
    mine: set[str],
    collections: tuple[Collection, ...],
    calls: tuple[Call, ...],
    gaps: list[str],
) -> Access:
    """Everybody's tokens are known everywhere; people log in where the users are."""
    names = {each.does(operation) for each in collections for operation in each.operations}
    names |= {call.name for call in calls}
    ways = {}
    for table, found in access.ways.items():
        near = tuple(way for way in found if all(hop.table in mine for hop in way.hops))
        if table in mine and near:
            ways[table] = near
        elif table in mine:
            gaps.append(
                f"Table '{table}': whose a row is stands in another service, so nobody has one as their own."
            )
    here = access.user in mine
    return replace(
        access,
        grants={name: roles for name, roles in access.grants.items() if name in names},
        ways=ways,
        login=access.login if here else None,
        password=access.password if here else None,
        role=access.role if here else None,
        provider=access.provider if here else "",
    )
