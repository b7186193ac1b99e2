"""Rules for phase 2c: calls that exist, say what they do and stay fast (RFC 9110, RFC 9457)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backendkit.model import Design, Located
from backendkit.model.api import Endpoint, Resource
from backendkit.model.database import Entity
from backendkit.rules.engine import Hits, rule
from backendkit.rules.facts import found_by, gaps, listed, size, tokens
from backendkit.rules.language import words

_METHOD = {"list": "GET", "get": "GET", "create": "POST", "replace": "PUT"}
_SEGMENT = re.compile(r"\.?[a-z0-9]+(?:[-.~][a-z0-9]+)*|\{[A-Za-z_]\w*\}")
_SLOW = 100_000


@rule("API002", "empty-api", 1)
def empty_api(design: Design) -> Hits:
    """Callers can ask for something: a resource, an endpoint, a query or an event.
    Why: a backend that nobody can call has no users.
    Bad: style: rest
    Good: style: rest, endpoints: [{id: search}]"""
    api = design.api
    if not (api.resources or api.endpoints or api.events or (api.graphql and api.graphql.queries)):
        yield ("api",), "Callers can ask for nothing", "add a resource for each entity that they may see"


@rule("API003", "half-written-call", 1)
def half_written_call(design: Design) -> Hits:
    """A resource says of which entity and with which operations; an endpoint its method, path and purpose.
    Why: these are the first questions of everyone who calls it.
    Bad: {database: {entities: [{id: book}]}, api: {resources: [{id: books, entity: book}]}}
    Good: {database: {entities: [{id: book}]}, api: {resources: [{id: books, entity: book,
      operations: [list]}]}}"""
    yield from gaps(design, "resource", entity="which entity it shows", operations="what callers may do")
    yield from gaps(design, "endpoint", method="its method", path="its path", does="what it does")
    yield from gaps(design, "event", when="what happened")


@rule("API004", "odd-path", 3)
def odd_path(design: Design) -> Hits:
    """Paths are lower-case nouns with hyphens, plural for collections, without a slash at the end.
    Why: callers guess paths; one style makes the guess right, and the method is the verb already.
    Bad: resources: [{id: books, path: /getBooks}]
    Good: resources: [{id: books, path: /books}]"""
    for at, path in _paths(design):
        parts = path.strip("/").split("/")
        odd = [part for part in parts if not _SEGMENT.fullmatch(part)]
        names = [tokens(part) for part in parts]
        verbs = [name[0] for name in names if len(name) > 1 and name[0] in words("methods")]
        if path != (better := f"/{'/'.join(parts)}"):
            yield at, f"{at.address} has slashes too many or too few in '{path}'", f"write {better}"
        elif verbs:
            yield at, f"The path of {at.address} says {verbs[0]}", "name the thing; the method is the verb"
        elif odd:
            better = "-".join(tokens(odd[0])) or "words in lower case"
            yield at, f"'{odd[0]}' in the path of {at.address} is hard to guess", f"write {better}"
        elif parts[-1] == getattr(at.record, "entity", "") not in words("mass") and parts[-1][-1:] != "s":
            yield at, f"The path of {at.address} is one {parts[-1]}, but shows many", "write the plural"


@rule("API005", "same-call-twice", 1)
def same_call_twice(design: Design) -> Hits:
    """Method and path together mean one call.
    Why: only the first of two can ever be reached.
    Bad: endpoints: [{id: a, method: GET, path: "/x/{n}"}, {id: b, method: GET, path: "/x/{id}"}]
    Good: endpoints: [{id: a, method: GET, path: "/x/{n}"}, {id: b, method: POST, path: "/x/{n}"}]"""
    seen: dict[str, str] = {}
    for at, call in _calls(design):
        first = seen.setdefault(call, at.address)
        if first != at.address:
            yield at, f"{at.address} and {first} are both {call}", "give one another path"


@rule("API006", "unlike-path-parameters", 2)
def unlike_path_parameters(design: Design) -> Hits:
    """What stands in braces in a path is what the endpoint takes from the path.
    Why: a value that is announced and never sent, or sent and never announced, is a call that fails.
    Bad: endpoints: [{id: pay, path: "/orders/{number}/pay", takes: [{id: order, in: path}]}]
    Good: endpoints: [{id: pay, path: "/orders/{number}/pay", takes: [{id: number, in: path}]}]"""
    for at, it in design.each(Endpoint):
        taken = {one.id for one in it.takes if one.place == "path"}
        if taken and it.path and taken != (shown := set(re.findall(r"\{(\w+)", it.path))):
            odd = listed(sorted(taken ^ shown))
            yield at, f"{at.address} has {odd} in its path or in `takes`", "write the same in both"


@rule("API007", "unsaid-convention", 2)
def unsaid_convention(design: Design) -> Hits:
    """The API says once how long lists are cut, what errors look like and how versions change.
    Why: every caller needs all three, and changing them later breaks every caller.
    Bad: endpoints: [{id: search}], base: /v1
    Good: endpoints: [{id: search}], base: /v1, errors: problem-details"""
    api = design.api
    if any("list" in it.operations for it in api.resources) and not (api.pagination and api.pagination.by):
        yield ("api",), "Lists have no end", "write pagination: {by: offset or cursor, size: 20, most: 100}"
    if (api.resources or api.endpoints) and not api.errors:
        yield ("api",), "Nobody knows what an error looks like", "write errors: problem-details (RFC 9457)"
    versioned = (api.versioning and api.versioning.by) or re.search(r"v\d", api.base)
    if (api.resources or api.endpoints) and not versioned:
        yield ("api",), "Every change breaks callers", "write versioning: {by: path, current: v1}"


@rule("API008", "slow-list", 2)
def slow_list(design: Design) -> Hits:
    """Where there are very many rows, lists are narrowed and ordered by what an index holds.
    Why: without one each such call reads the whole table.
    Bad: {database: {entities: [{id: e, attributes: [{id: a}], volume: {rows: 900000}}]},
      api: {resources: [{id: es, entity: e, sort: [a]}]}}
    Good: {database: {entities: [{id: e, attributes: [{id: a}], volume: {rows: 900000}, indexes: [{id: i,
      of: [a]}]}]}, api: {resources: [{id: es, entity: e, sort: [a]}]}}"""
    for at, it, entity in _shown(design):
        held = {id for way in found_by(entity) for id in way}
        few = {one.id for one in entity.attributes if one.type == "boolean" or one.type.startswith("enum")}
        slow = list(dict.fromkeys(id for id in (*it.filter, *it.sort) if id not in held | few))
        if slow and (size(entity) or 0) >= _SLOW:
            message = f"{at.address} looks through {size(entity)} rows for {listed(slow)}"
            yield at, message, f"add an index to {entity.id}, or take it out of filter and sort"


@rule("API009", "endpoint-without-errors", 3)
def endpoint_without_errors(design: Design) -> Hits:
    """An endpoint says how it fails.
    Why: callers write code for each error, and testers a test.
    Bad: endpoints: [{id: pay}]
    Good: endpoints: [{id: pay, errors: {"409": the order is not open}}]"""
    return gaps(design, "endpoint", errors="how it fails (status code and when)")


@rule("API010", "impossible-operation", 1)
def impossible_operation(design: Design) -> Hits:
    """Only what has a key is fetched or changed one by one, and a view is not written.
    Why: such a call can never work.
    Bad: {database: {entities: [{id: e, view: true}]}, api: {resources: [{id: es, entity: e,
      operations: [create]}]}}
    Good: {database: {entities: [{id: e, view: true}]}, api: {resources: [{id: es, entity: e,
      operations: [list]}]}}"""
    for at, it, entity in _shown(design):
        writes = [one for one in it.operations if one not in ("list", "get") and entity.view]
        keyless = entity.attributes and not entity.keys
        singly = [one for one in it.operations if one not in ("list", "create") and keyless]
        if writes or singly:
            message = f"{at.address} offers {listed(writes or singly)}, but {entity.id}"
            yield (
                at,
                f"{message} {'is a view' if writes else 'has no key'}",
                "take that away, or mend the entity",
            )


@rule("API011", "get-that-changes", 2)
def get_that_changes(design: Design) -> Hits:
    """GET only reads.
    Why: browsers, caches and crawlers call GET whenever they like, and twice.
    Bad: endpoints: [{id: pay, method: GET, path: /pay, does: starts the payment}]
    Good: endpoints: [{id: pay, method: POST, path: /pay, does: starts the payment}]"""
    for at, it in design.each(Endpoint):
        verb = it.does.lower().partition(" ")[0]
        if it.method == "GET" and verb in words("changing"):
            yield at, f"{at.address} is a GET that {verb} something", "make it a POST"


@rule("API012", "resource-for-nobody", 2)
def resource_for_nobody(design: Design) -> Hits:
    """Once rights are given, some role may use every resource.
    Why: what nobody may call is not needed, or a grant was forgotten.
    Bad: {api: {resources: [{id: a}, {id: b}]}, security: {grants: [{id: g, resource: a}]}}
    Good: {api: {resources: [{id: a}]}, security: {grants: [{id: g, resource: a}]}}"""
    granted = {it.resource for it in design.security.grants} if design.scoped("security") else set()
    for at in design.records("resource"):
        if granted and at.record.id not in granted:
            yield at, f"No role may use {at.address}", "add a grant under security, or delete the resource"


def _shown(design: Design) -> Iterator[tuple[Located, Resource, Entity]]:
    """Resources whose entity is there."""
    for at, it in design.each(Resource):
        if entity := design.entity(it.entity):
            yield at, it, entity


def _paths(design: Design) -> Iterator[tuple[Located, str]]:
    for at in design.records("resource", "endpoint"):
        it = at.record
        path = it.path if isinstance(it, Endpoint) else it.route if isinstance(it, Resource) else ""
        if path.strip("/"):
            yield at, path


def _calls(design: Design) -> Iterator[tuple[Located, str]]:
    """Method and path of every call, the names in braces left out."""
    for at, path in _paths(design):
        way = re.sub(r"\{[^}]*\}", "{}", path.rstrip("/"))
        if isinstance(at.record, Endpoint) and at.record.method:
            yield at, f"{at.record.method} {way}"
        if isinstance(at.record, Resource):
            entity = design.entity(at.record.entity)
            item = way + "/{}" * len(entity.keys if entity else ())
            for one in at.record.operations:
                yield at, f"{_METHOD.get(one, one.upper())} {way if one in ('list', 'create') else item}"
