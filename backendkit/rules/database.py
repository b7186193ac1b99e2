"""Rules for phase 2b: rows that can be told apart, found, and trusted (Date; Karwin)."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from backendkit.model import Design
from backendkit.model.database import Attribute, Check, Entity, Index
from backendkit.model.expression import NotAnExpression, names, parse_expression
from backendkit.model.link import Link, links, value_type
from backendkit.rules.engine import Hits, rule
from backendkit.rules.facts import circles, found_by, gaps, listed, size, tokens
from backendkit.rules.language import words

_PERSONAL = re.compile(r"(first|last|family|given|full)_name|(birth|born)_(date|day|on)|date_of_birth")
_FAMILY = {
    "integer": "number",
    "bigint": "number",
    "decimal": "number",
    "string": "text",
    "enum": "text",
    "other": "",
}
_LARGE = 10_000


@rule("DAT002", "empty-database", 1)
def empty_database(design: Design) -> Hits:
    """There are entities, and an engine that keeps them.
    Why: what the system must remember is the part that is dearest to change later.
    Bad: entities: [{id: book}]
    Good: engine: postgresql, entities: [{id: book}]"""
    if not design.database.entities:
        yield ("database",), "Nothing is remembered", "add an entity for each thing the system must remember"
    elif not design.database.engine:
        yield ("database",), "No engine is chosen", "write engine: postgresql, sqlite, mongodb … and why"


@rule("DAT003", "entity-without-key", 1)
def entity_without_key(design: Design) -> Hits:
    """The rows of an entity can be told apart.
    Why: without a key nothing can point to a row, and a doubled one cannot be found or deleted.
    Bad: entities: [{id: reader, attributes: [{id: name, type: string(80)}]}]
    Good: entities: [{id: reader, attributes: [{id: number, type: uuid, key: true}]}]"""
    for at, it in design.each(Entity):
        if it.attributes and not it.keys and not it.view:
            message = f"Two rows of {at.address} that look alike cannot be told apart"
            yield at, message, "mark one attribute (or several together) as key"


@rule("DAT004", "half-written-entity", 1)
def half_written_entity(design: Design) -> Hits:
    """An entity has attributes, an attribute has a type, a reference says to what.
    Why: the types decide what can be stored, compared and shown.
    Bad: entities: [{id: copy, attributes: [{id: book, type: reference}]}]
    Good: entities: [{id: copy, attributes: [{id: book, type: reference, to: copy}]}]"""
    yield from gaps(design, "entity", attributes="what is known of it")
    yield from gaps(design, "attribute", type="its type")
    yield from gaps(design, "attribute", unless=lambda it: it.type != "reference", to="where it points")
    for at, it in design.each(Attribute):
        if it.to and it.type not in ("", "reference"):
            yield at, f"{at.address} points and is {it.type}", "write type: reference, or take away `to`"


@rule("DAT005", "reference-that-does-not-fit", 1)
def reference_that_does_not_fit(design: Design) -> Hits:
    """A reference points to what tells rows apart over there: the key or a unique, all of it, of one type.
    Why: otherwise it means no row, or several.
    Bad: entities: [{id: a, attributes: [{id: b, type: reference, to: b}]}, {id: b, attributes: [{id: x,
      type: text}]}]
    Good: entities: [{id: a, attributes: [{id: b, type: reference, to: b}]}, {id: b, attributes: [{id: x,
      type: uuid, key: true}]}]"""
    for it in links(design):
        if misfit := _misfit(design, it):
            yield it.at, f"{it.at.address} points to {it.to}, {misfit[0]}", misfit[1]


@rule("DAT006", "reference-without-index", 2)
def reference_without_index(design: Design) -> Hits:
    """A reference leads an index when there are many rows.
    Why: finding what belongs to one row, and deleting that row, reads the whole table without one.
    Bad: entities: [{id: copy, attributes: [{id: n, type: uuid, key: true}, {id: of, type: reference,
      to: copy}]}]
    Good: entities: [{id: copy, attributes: [{id: n, type: uuid, key: true}, {id: of, type: reference,
      to: copy}], indexes: [{id: i, of: [of]}]}]"""
    if design.database.engine in ("mysql", "mariadb", "mongodb", "redis", "dynamodb"):
        return  # the first two make it by themselves, the others have no references
    for it in links(design):
        ids, rows = {one.id for one in it.of}, size(it.entity)
        led = any(set(way[: len(ids)]) == ids for way in found_by(it.entity))
        if it.there and ids and not led and (rows is None or rows >= 1000) and not it.entity.view:
            yield it.at, f"No index begins with {it.at.address}", f"add one of {listed(sorted(ids))}"


@rule("DAT007", "money-as-float", 2)
def money_as_float(design: Design) -> Hits:
    """Money is a decimal, never a float.
    Why: floats cannot hold 0.10; sums of prices drift by cents.
    Bad: entities: [{id: copy, attributes: [{id: price, type: float}]}]
    Good: entities: [{id: copy, attributes: [{id: price, type: "decimal(10,2)"}]}]"""
    for at, it in design.each(Attribute):
        if it.type == "float" and words("money") & set(tokens(it.id)):
            yield at, f"{at.address} looks like money, and floats lose cents", "write decimal(10,2)"


@rule("DAT008", "odd-enum", 2)
def odd_enum(design: Design) -> Hits:
    """An enum has two values or more, each once.
    Why: one value says nothing, and a doubled one was meant to be another.
    Bad: entities: [{id: copy, attributes: [{id: state, type: "enum(new, good, new)"}]}]
    Good: entities: [{id: copy, attributes: [{id: state, type: "enum(new, good, worn)"}]}]"""
    for at, it in design.each(Attribute):
        values = it.datatype.values if it.datatype else ()
        if len(values) == 1 or len(set(values)) < len(values):
            doubled = sorted({value for value in values if values.count(value) > 1})
            what = f"has {listed(doubled)} twice" if doubled else f"can only be {values[0]}"
            yield at, f"{at.address} {what}", "write each value once, and all of them"


@rule("DAT009", "string-without-length", 3)
def string_without_length(design: Design) -> Hits:
    """A string says how long it may be.
    Why: forms, answers and some engines need a limit, and somebody will send a megabyte.
    Bad: entities: [{id: book, attributes: [{id: title, type: string}]}]
    Good: entities: [{id: book, attributes: [{id: title, type: string(300)}]}]"""
    for at, it in design.each(Entity):
        if endless := [one.id for one in it.attributes if one.type == "string"]:
            message = f"{listed(endless)} of {at.address} may be of any length"
            yield at, message, "write string(300), or text when that is meant"


@rule("DAT010", "same-table", 1)
def same_table(design: Design) -> Hits:
    """No two entities have the same table.
    Why: rows of both would lie in one heap, and the second table cannot be made.
    Bad: entities: [{id: a, table: books}, {id: b, table: Books}]
    Good: entities: [{id: a, table: books}, {id: b, table: copies}]"""
    seen: dict[tuple[str, str], str] = {}
    for at, it in design.each(Entity):
        first = seen.setdefault((it.schema_.lower(), it.table_name.lower()), it.id)
        if first != it.id:
            yield at, f"{at.address} and {first} are both kept in the table {it.table_name}", "rename one"


@rule("DAT011", "hard-table-name", 3)
def hard_table_name(design: Design) -> Hits:
    """Tables and columns have names that need no quotes.
    Why: one forgotten quote around a reserved word or a blank breaks a query that somebody types at night.
    Bad: entities: [{id: order}]
    Good: entities: [{id: order, table: orders}]"""
    reserved = _reserved(design.database.engine or "")
    for at, it in design.each(Entity):
        given = [it.table, *(one.column for one in it.attributes)]
        hard = [name for name in given if name and not re.fullmatch(r"[A-Za-z_]\w{0,62}", name, re.ASCII)]
        hard += [it.table_name] if it.table_name.lower() in reserved else []
        if hard:
            yield at, f"Every query must quote {listed(hard)} of {at.address}", "give it a plain `table` name"


@rule("DAT012", "forgotten-entity", 2)
def forgotten_entity(design: Design) -> Hits:
    """Something refers to every entity: another entity, a resource, an event, a requirement it satisfies.
    Why: rows that nobody reaches need not be stored.
    Bad: {database: {entities: [{id: book}, {id: shelf}]}, api: {resources: [{id: books, entity: book}]}}
    Good: {database: {entities: [{id: book}]}, api: {resources: [{id: books, entity: book}]}}"""
    used = {it.entity for it in design.api.resources} | {it.entity for it in design.api.events}
    used |= {it.attribute.rpartition(".")[0] for it in design.development.states}
    used |= {it.to for it in links(design) if it.goal is not it.entity}
    for at, it in design.each(Entity) if design.api.resources else ():
        if it.id not in used and not it.satisfies:
            yield at, f"Nothing uses {at.address}", "add a resource or reference, or write what it satisfies"


@rule("DAT013", "check-nobody-can-keep", 2)
def check_nobody_can_keep(design: Design) -> Hits:
    """A check is one line over attributes of its entity.
    Why: prose is kept for people, but neither the database nor the code can hold rows to it.
    Bad: entities: [{id: copy, checks: [{id: c, holds: price >= 0}]}]
    Good: entities: [{id: copy, attributes: [{id: price}], checks: [{id: c, holds: price >= 0}]}]"""
    yield from gaps(design, "check", holds="what must hold")
    for at, it in design.each(Check):
        entity = at.parent.record if at.parent else None
        try:
            used = names(parse_expression(it.holds)) if it.holds and isinstance(entity, Entity) else ()
        except NotAnExpression as error:
            yield (
                at,
                f"{at.address} is prose to a machine ({error})",
                "write it like `price >= 0 and stars < 6`",
            )
            continue
        unknown = [name for name in used if isinstance(entity, Entity) and not entity.attribute(name)]
        if unknown:
            yield at, f"{at.address} speaks of {listed(unknown)}", "name attributes that its entity has"


@rule("DAT014", "needless-index", 3)
def needless_index(design: Design) -> Hits:
    """An index names attributes, and begins otherwise than every other way to find rows.
    Why: each index slows every write, and one that another begins with is never needed.
    Bad: entities: [{id: e, attributes: [{id: a}, {id: b}], indexes: [{id: i, of: [a, b]}, {id: j, of: [a]}]}]
    Good: entities: [{id: e, attributes: [{id: a}, {id: b}], indexes: [{id: i, of: [a, b]}, {id: j,
      of: [b]}]}]"""
    yield from gaps(design, "index", "unique", "reference", of="which attributes it is made of")
    for at, it in design.each(Index):
        entity = at.parent.record if at.parent else None
        if isinstance(entity, Entity) and it.of and not it.unique:
            place = entity.indexes.index(it)
            others = [("the key or a unique", way, True) for way in entity.unique_groups]
            others += [(one.id, one.of, i < place) for i, one in enumerate(entity.indexes) if i != place]
            for name, way, first in others:
                if it.of == (way if first else way[:-1])[: len(it.of)]:
                    yield at, f"{at.address} finds nothing that {name} does not find as fast", "delete it"
                    break


@rule("DAT015", "mandatory-circle", 2)
def mandatory_circle(design: Design) -> Hits:
    """Entities do not need each other in a circle.
    Why: the first row of such a circle can never be stored, because each wants another one first.
    Bad: entities: [{id: a, attributes: [{id: n, key: true}, {id: up, type: reference, to: a}]}]
    Good: entities: [{id: a, attributes: [{id: n, key: true}, {id: up, type: reference, to: a,
      optional: true}]}]"""
    needs = defaultdict(list)
    for it in links(design):
        if it.of and not it.optional and not it.entity.view:
            needs[it.entity.id].append(it.to)
    for circle in circles(needs):
        if at := design.find(circle[0]):
            yield at, f"No first row can be stored, as {' needs '.join(circle)}", "make one of them optional"


@rule("DAT016", "several-values-in-one-row", 2)
def several_values_in_one_row(design: Design) -> Hits:
    """A thing that occurs many times has an entity of its own; many-to-many has one between.
    Why: the third phone number has no place, and a list in a text can be neither checked nor joined.
    Bad: entities: [{id: reader, attributes: [{id: phone1}, {id: phone2}]}]
    Good: entities: [{id: reader}, {id: phone, attributes: [{id: of, type: reference, to: reader}]}]"""
    plurals = {plural: it.id for _, it in design.each(Entity) for plural in (f"{it.id}s", f"{it.id}_ids")}
    for at, it in design.each(Entity):
        groups = defaultdict(list)
        for one in it.attributes:
            match = re.fullmatch(r"(.*[^\W\d_])[_-]?\d", one.id)
            if match and not words("numbered") & set(tokens(match[1])):
                groups[match[1]].append(one.id)
            if one.id in plurals and one.type.partition("(")[0] in ("string", "text", "json"):
                mend = f"make an entity between {at.address} and {plurals[one.id]}, with a reference to each"
                yield at, f"{at.address}.{one.id} is a list in one value", mend
        for base, ids in groups.items():
            if len(ids) > 1:
                yield at, f"{at.address} has {listed(ids)}", f"make {base} an entity that refers to it"


@rule("DAT017", "optional-key", 1)
def optional_key(design: Design) -> Hits:
    """A key is never missing; and where engines differ, what is unique is not missing either.
    Why: a row without its key cannot be named, and engines differ on whether two missing values are the same.
    Bad: entities: [{id: book, attributes: [{id: isbn, type: string(13), key: true, optional: true}]}]
    Good: entities: [{id: book, attributes: [{id: isbn, type: string(13), key: true}]}]"""
    for at, it in design.each(Attribute):
        if it.optional and it.key:
            yield at, f"{at.address} is a key and may be missing", "take away optional, or key"
        elif it.optional and it.unique and design.database.engine == "mssql":
            yield at, f"SQL Server lets only one row lack {at.address}", "take away optional, or unique"


@rule("DAT018", "typed-key", 2)
def typed_key(design: Design) -> Hits:
    """A key is nothing that people type and change.
    Why: a name is misspelt, an address moves, and every reference to the row must then change too.
    Bad: entities: [{id: reader, attributes: [{id: email, type: string(254), key: true}]}]
    Good: entities: [{id: reader, attributes: [{id: number, type: uuid, key: true}]}]"""
    for at, it in design.each(Attribute):
        alone = at.parent and isinstance(at.parent.record, Entity) and len(at.parent.record.keys) == 1
        text = it.type.partition("(")[0] in ("string", "text")
        if it.key and alone and text and words("typed") & set(tokens(it.id)[-1:]):
            mend = f"add a number or uuid as key, and keep {it.id} as unique"
            yield at, f"{at.address} is typed by people and will change, but is the key", mend


@rule("DAT019", "unknown-size", 2)
def unknown_size(design: Design) -> Hits:
    """Big entities say how many rows are expected.
    Why: indexes, machines and answers' times are chosen by the size.
    Bad: entities: [{id: book}]
    Good: entities: [{id: book, volume: {rows: 120000}}]"""
    entities = [it for it in design.database.entities if not it.view]
    if entities and all(size(it) is None for it in entities):
        here = ("database", "entities")
        yield here, "No entity says how many rows are expected", "write volume: {rows: …} at the biggest"
        return
    for it in links(design):
        big = not (it.entity.view or it.optional) and (size(it.goal) or 0) >= _LARGE
        if big and size(it.entity) is None:
            message = f"{it.here.address} belongs to {it.to} with its {size(it.goal)} rows and names none"
            yield it.here, message, "write volume: {rows: …}"


@rule("DAT020", "personal-unclassified", 2)
def personal_unclassified(design: Design) -> Hits:
    """What looks personal is classified, when security is in scope.
    Why: the law asks where each such value lies, who sees it and when it goes.
    Bad: {database: {entities: [{id: reader, attributes: [{id: email, type: text}]}]},
      security: {roles: [{id: guest}]}}
    Good: {database: {entities: [{id: reader, attributes: [{id: email, type: text}]}]},
      security: {classified: [{id: mail, attribute: reader.email, as: personal}]}}"""
    known = {it.attribute for it in design.security.classified}
    for at, it in design.each(Entity) if design.scoped("security") else ():
        bare = [one.id for one in it.attributes if f"{it.id}.{one.id}" not in known and _personal(one)]
        if bare:
            yield (
                at,
                f"{at.address} holds what looks personal, {listed(bare)}",
                "add it to security.classified",
            )


def _misfit(design: Design, it: Link) -> tuple[str, str] | None:
    """Why a reference cannot name one row, and what to do."""
    if not it.goal.attributes or not it.of:
        return None
    if not it.onto:
        return "whose rows nothing tells apart", f"give {it.to} a key"
    parts = listed(one.id for one in it.onto)
    if len(it.of) != len(it.onto):
        return f"whose rows {parts} tell apart together", f"list {len(it.onto)} attributes under `references`"
    for ours, theirs in zip(it.of, it.onto, strict=True):
        words = [word.name if (word := value_type(design, one)) else "" for one in (ours, theirs)]
        kinds = [_FAMILY.get(word, word) for word in words]
        if all(kinds) and kinds[0] != kinds[1]:
            return f"whose {theirs.id} is {kinds[1]}, as {kinds[0]}", "give both the same type"
    if not any(set(group) <= {one.id for one in it.onto} for group in it.goal.unique_groups):
        return f"by {parts}, which several rows may share", "point to its key, or mark that as unique"
    return None


def _personal(it: Attribute) -> bool:
    name = tokens(it.id)
    plain = it.type.partition("(")[0] in ("string", "text", "date", "datetime", "other", "")
    return plain and bool(words("personal") & set(name) or _PERSONAL.search("_".join(name)))


@cache
def _reserved(engine: str) -> set[str]:
    from sqlalchemy.dialects import registry

    name = {"mariadb": "mysql"}.get(engine, engine)
    dialect = registry.load(name if name in ("mysql", "mssql", "oracle") else "postgresql")
    return set(dialect().identifier_preparer.reserved_words)
