"""A design as SQLAlchemy tables (https://docs.sqlalchemy.org/en/21/core/metadata.html)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from backendkit.model import Design
from backendkit.model.database import Attribute, Check, Entity, Reference, Unique
from backendkit.model.datatype import DataType
from backendkit.model.expression import (
    Expression,
    NotAnExpression,
    is_expression,
    names,
    parse_expression,
    print_sql,
)
from backendkit.model.link import value_type
from backendkit.tables.reference import Link, links
from backendkit.tables.sqltypes import FOLDING, column_type, known

Pairs = tuple[tuple[sa.Column[Any], sa.Column[Any]], ...]
_NUMBERS, _TEXTS = ("integer", "bigint", "decimal", "float"), ("string", "text", "enum")
_LITERALS: dict[str, Callable[[str], Any]] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
    "uuid": UUID,
    "json": json.loads,
    **dict.fromkeys((*_TEXTS, "other"), str),
}


def metadata(design: Design, *, engine: str | None = None, drawn: bool = False) -> sa.MetaData:
    """The tables of a design, with keys, references, uniques, checks and indexes.

    `engine` is the one the SQL is for, when it is not the design's. `drawn` brings views and entities without
    attributes too. What no table can say stands as plain sentences in `.info["left_out"]`.
    """
    built = _Tables(design, engine or design.database.engine or "postgresql")
    for entity in design.database.entities:
        built.add_table(entity, drawn)
    for entity in design.database.entities:
        if id(entity) in built.tables and not entity.view:
            built.add_rules(entity)
    for entity in design.database.entities:
        if id(entity) in built.tables and not entity.view:
            built.add_links(entity)
    built.meta.info["left_out"] = tuple(built.left_out)
    return built.meta


class _Tables:
    """The tables so far, what was left out, and the names that are taken."""

    def __init__(self, design: Design, engine: str) -> None:
        self.design, self.engine = design, engine
        self.meta = sa.MetaData()
        self.left_out: list[str] = []
        self.places: set[tuple[str | None, str]] = set()
        self.tables: dict[int, sa.Table] = {}
        self.columns: dict[int, sa.Column[Any]] = {}
        self.uniques: dict[int, set[frozenset[str]]] = {}
        self.taken = {entity.table_name.casefold() for entity in design.database.entities}

    def fold(self, name: str) -> str:
        return name.casefold() if self.engine in FOLDING else name

    def add_table(self, entity: Entity, drawn: bool) -> None:
        schema = entity.schema_ or None
        name = entity.table_name
        if schema and self.engine == "sqlite":
            schema, name = None, f"{schema}_{name}"
        place = (schema, self.fold(name))
        if not name or place in self.places:
            return self.leave(entity, f"a second table '{name}'" if name else "a table without a name")
        if not drawn and (entity.view or not entity.attributes):
            what = "a view: its query is not in the design" if entity.view else "no attributes"
            return self.leave(entity, what)
        table = sa.Table(name, self.meta, schema=schema, comment=entity.about or None)
        table.info["entity"] = entity
        self.places.add(place)
        self.tables[id(entity)] = table
        for attribute in entity.attributes:
            self.add_column(entity, table, attribute)

    def add_column(self, entity: Entity, table: sa.Table, attribute: Attribute) -> None:
        name, word = attribute.column_name, value_type(self.design, attribute)
        if not name or any(self.fold(name) == self.fold(column.name) for column in table.columns):
            what = f"a second column '{name}'" if name else "a column without a name"
            return self.leave(entity, what)
        if not known(word):
            what = f"the type of '{attribute.id}', which is {word or 'not known'}; text stands for it"
            self.leave(entity, what)
        follows = self.follows(entity, attribute, word)
        whole = bool(word and word.name in ("integer", "bigint") and attribute.generated and not attribute.to)
        whole = whole and not follows
        column: sa.Column[Any] = sa.Column(
            name,
            column_type(self.design, entity, attribute),
            *([sa.Identity()] if whole else []),
            *([sa.Computed(follows, persisted=True)] if follows else []),
            primary_key=attribute.key,
            nullable=attribute.optional and not attribute.key and not whole,
            autoincrement=(entity.keys == (attribute,) or "auto") if whole else False,
            server_default=None if follows else self.default(entity, attribute, word),
            comment=attribute.about or None,
            info={"attribute": attribute},
        )
        table.append_column(column)
        self.columns[id(attribute)] = column

    def default(self, entity: Entity, attribute: Attribute, word: DataType | None) -> Any:
        text, kind = attribute.default, word.name if word else "text"
        if not text or attribute.generated:
            return None
        if text == "now" and kind in ("date", "time", "datetime"):
            return {"date": sa.func.current_date(), "time": sa.func.current_time()}.get(kind, sa.func.now())
        if text == "new uuid":
            mine = {"sqlite": "(lower(hex(randomblob(16))))", "mssql": "newid()", "oracle": "sys_guid()"}
            mine |= dict.fromkeys(FOLDING[1:], "(uuid())")
            return sa.text(mine.get(self.engine, "gen_random_uuid()"))
        if kind == "boolean" and text in ("true", "false"):
            return sa.true() if text == "true" else sa.false()
        if kind in _NUMBERS and re.fullmatch(r"-?\d+(\.\d+)?", text):
            return sa.text(text)
        try:
            literal = unquoted(text)
            _LITERALS[kind](literal)
            return literal
        except (KeyError, ValueError):
            return self.leave(entity, f"the default of '{attribute.id}', '{text}', which is no {word}")

    def add_rules(self, entity: Entity) -> None:
        """Unique constraints, checks and indexes."""
        table = self.tables[id(entity)]
        seen = self.uniques[id(entity)] = {frozenset(column.name for column in table.primary_key)}
        alone = [Unique(of=(attribute.id,)) for attribute in entity.attributes if attribute.unique]
        for unique in (*alone, *entity.uniques):
            columns = self.of(entity, unique.of, f"the unique '{unique.id}'")
            if columns and (found := frozenset(column.name for column in columns)) not in seen:
                seen.add(found)
                name = self.name(table, unique.id) if unique.id else None
                table.append_constraint(sa.UniqueConstraint(*columns, name=name))
        for index in entity.indexes:
            if columns := self.of(entity, index.of, f"the index '{index.id}'"):
                name = self.name(table, index.id or "_".join(column.name for column in columns))
                sa.Index(name, *columns, unique=index.unique)
                seen |= {frozenset(column.name for column in columns)} if index.unique else set()
        for check in entity.checks:
            self.add_check(entity, table, check)
        for rule in self.design.development.rules if self.design.scoped("development") else ():
            if rule.entity == entity.id and is_expression(rule.holds):
                self.add_check(entity, table, Check(id=rule.id, holds=rule.holds))

    def add_check(self, entity: Entity, table: sa.Table, check: Check) -> None:
        what = f"the check '{check.id or check.holds}'"
        try:
            expression = parse_expression(check.holds)
        except NotAnExpression:
            return self.leave(entity, f"{what}, which is prose")
        if not self.of(entity, names(expression), what):
            return None
        table.append_constraint(
            sa.CheckConstraint(
                self.sql(entity, expression),
                name=self.name(table, check.id) if check.id else None,
                info={"names": names(expression)},
            )
        )

    def sql(self, entity: Entity, expression: Expression) -> str:
        columns = {attribute.id: attribute.column_name for attribute in entity.attributes}
        quote = "`" if self.engine in FOLDING[1:] else '"'
        return print_sql(expression, column=columns, quote=quote).replace(":", "\\:")

    def follows(self, entity: Entity, attribute: Attribute, word: DataType | None) -> str:
        """What a value is computed from, as SQL; empty when somebody writes it."""
        said = f"{entity.id}.{attribute.id}"
        found = (it.is_ for it in self.design.development.derived if it.attribute == said)
        text = next(found, "") if self.design.scoped("development") and not attribute.key else ""
        if not is_expression(text):
            return ""
        expression, known_ = parse_expression(text), {each.id for each in entity.attributes} - {attribute.id}
        if not set(names(expression)) <= known_:
            self.leave(
                entity, f"how '{attribute.id}' is found, which speaks of attributes that are not there"
            )
            return ""
        sql = self.sql(entity, expression)
        return (
            f"round({sql}, {word.scale or 0})" if word and word.name == "decimal" and word.precision else sql
        )

    def add_links(self, entity: Entity) -> None:
        """References to keys and to what is unique."""
        table, seen = self.tables[id(entity)], set[Pairs]()
        for link in links(self.design, entity):
            if not isinstance(link, Link):
                self.leave(entity, f"the reference '{link.id}': there is no '{link.to}' with such a key")
                continue
            of, to = ([self.columns.get(id(attribute)) for attribute in side] for side in (link.of, link.to))
            pairs = tuple((a, b) for a, b in zip(of, to, strict=True) if a is not None and b is not None)
            if why := self.misfit(link, pairs, seen):
                self.leave(entity, f"the reference '{link.record.id}': {why}")
                continue
            seen.add(pairs)
            named = isinstance(link.record, Reference) and link.record.id
            constraint = sa.ForeignKeyConstraint(
                [a for a, _ in pairs],
                [b for _, b in pairs],
                name=self.name(table, link.record.id) if named else None,
                ondelete=link.record.on_delete.replace("-", " ").upper() or None,
            )
            table.append_constraint(constraint)

    def misfit(self, link: Link, pairs: Pairs, seen: set[Pairs]) -> str:
        """Why a database would not take a reference; empty when it does."""
        if pairs in seen:
            return "another one says the same"
        unique = self.uniques.get(id(link.entity), set())
        if len(pairs) < len(link.of) or frozenset(b.name for _, b in pairs) not in unique:
            return f"what it points to in '{link.entity.id}' is neither key nor unique"
        sides = ([_family(value_type(self.design, each)) for each in side] for side in (link.of, link.to))
        if next(sides) != next(sides):
            return f"its type is not that of what it points to in '{link.entity.id}'"
        return ""

    def of(self, entity: Entity, ids: tuple[str, ...], what: str) -> list[sa.Column[Any]]:
        """The columns of some attributes; none when one of them is not there, which is listed."""
        found = [self.columns.get(id(entity.attribute(each))) for each in ids]
        columns = [column for column in found if column is not None]
        if len(columns) == len(ids) == len(set(ids)) and ids:
            return columns
        self.leave(entity, f"{what}, which speaks of attributes that are not there")
        return []

    def name(self, table: sa.Table, id_: str) -> str:
        """A name for a constraint or index that no other has and every engine takes."""
        full = re.sub(r"\W+", "_", id_ if id_.startswith(table.name) else f"{table.name}_{id_}")
        short, number = full, 1
        while len(short.encode()) > 60 or short.casefold() in self.taken:
            number += 1
            kept = full.encode()[:48].decode(errors="ignore")
            short = f"{kept}_{hashlib.sha256(f'{full}{number}'.encode()).hexdigest()[:8]}"
        self.taken.add(short.casefold())
        return short

    def leave(self, entity: Entity, what: str) -> None:
        self.left_out.append(f"{entity.id or entity.table or 'An entity'}: left out: {what}.")


def unquoted(text: str) -> str:
    """The text of a default: quotes are only needed around `now`, `new uuid`, and nothing at all.

    >>> unquoted("'it''s'"), unquoted("''"), unquoted("new")
    ("it's", '', 'new')
    """
    quoted = len(text) > 1 and text[0] == text[-1] == "'"
    return text[1:-1].replace("''", "'") if quoted else text


def _family(word: DataType | None) -> str:
    name = word.name if word else "text"
    return {"bigint": "integer", "string": "text", "enum": "text", "other": str(word)}.get(name, name)
