"""A design as SQLAlchemy tables, and the words for their types: the one place that knows both.

https://docs.sqlalchemy.org/en/21/core/metadata.html
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.type_api import TypeEngine

from backendkit.model import Design
from backendkit.model.database import Attribute, Entity, Reference
from backendkit.model.datatype import DataType, parse_type
from backendkit.model.expression import NotAnExpression, names, parse_expression, print_sql

Pairs = tuple[tuple[sa.Column[Any], sa.Column[Any]], ...]
FOLDING = ("sqlite", "mysql", "mariadb")
"""Engines to which `Album` and `album` are one name."""
_DECLARED = (
    (r"(tinyint|bit)\(1\)|bool(ean)?", "boolean"),
    (r"(unsigned )?big ?int(eger)?|int8|bigserial|(big)?int(eger)? unsigned", "bigint"),
    (r"(tiny|small|medium)?int(eger)?[24]?|(small)?serial|(tiny|small|medium)int unsigned", "integer"),
    (r"double( precision)?|float[48]?|real", "float"),
    (r"datetime2?|datetimeoffset|timestamp(tz| with(out)?( local)? time zone)?", "datetime"),
    (r"date", "date"),
    (r"time(tz| with(out)? time zone)?", "time"),
    (r"uuid|guid|uniqueidentifier", "uuid"),
    (r"jsonb?", "json"),
    (r"(tiny|medium|long)?blob|bytea|(long )?(var)?binary|image", "binary"),
    (r"(tiny|medium|long|n)?text|n?clob", "text"),
    (r"(native |n|var|n?var)?char(acter)?( varying)?2?|string", "string"),
    (r"dec(imal)?|numeric|number", "decimal"),
)
_DIGITS = re.compile(r"\s*\(\s*(\d+|max)\s*(?:,\s*(-?\d+)\s*)?(?: (?:char|byte))?\)", re.IGNORECASE)
_TYPE_NAME = re.compile(
    r"""(?!.*\b(?:default|check|references|primary|unique|not|null|generated|as|constraint|collate)\b)
    (?:[^\W\d][\w$]*|"[^"\x00-\x1f]+")(?:[ .](?:[^\W\d][\w$]*|"[^"\x00-\x1f]+"))*
    (?:\((?:[\w ,.]|'[^'\\]*')*\))?(?:[ ][a-z ]+)?(?:\[\d*\])*""",
    re.VERBOSE | re.IGNORECASE,
)
_PLAIN: dict[str, Callable[[], TypeEngine[Any]]] = {
    "text": sa.Text,
    "integer": sa.Integer,
    "bigint": sa.BigInteger,
    "float": sa.Double,
    "boolean": sa.Boolean,
    "date": sa.Date,
    "time": sa.Time,
    "datetime": lambda: sa.DateTime(timezone=True),
    "uuid": sa.Uuid,
    "json": lambda: sa.JSON().with_variant(JSONB(), "postgresql"),
    "binary": sa.LargeBinary,
}
_NUMBERS, _TEXTS = ("integer", "bigint", "decimal", "float"), ("string", "text", "enum")
_LITERALS: dict[str, Callable[[str], Any]] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
    "uuid": UUID,
    "json": json.loads,
    **dict.fromkeys((*_TEXTS, "other"), str),
}


def named_type(declared: str) -> str:
    """The word for a type as a database spells it; `other(…)` for one we have no word for, empty for none.

    >>> [named_type(name) for name in ("NVARCHAR(160)", "DOUBLE PRECISION", "NUMERIC(10,2)", "geometry")]
    ['string(160)', 'float', 'decimal(10,2)', 'other(geometry)']
    """
    declared = " ".join(declared.split())
    digits = _DIGITS.search(declared)
    bare = _DIGITS.sub("", declared)
    for pattern, word in _DECLARED:
        if re.fullmatch(pattern, declared, re.IGNORECASE):
            return word
        if re.fullmatch(pattern, bare, re.IGNORECASE):
            return _sized(word, digits, declared)
    return f"other({declared})" if declared else ""


def _sized(word: str, digits: re.Match[str] | None, declared: str) -> str:
    if word not in ("string", "decimal") or not digits or digits[1].lower() == "max":
        return word
    try:
        sized = f"{word}({digits[1]}{',' + (digits[2] or '0') if word == 'decimal' else ''})"
        return str(parse_type(sized))
    except ValueError:
        return f"other({declared})"


def attribute_type(sqltype: TypeEngine[Any], dialect: sa.Dialect | None = None) -> str:
    """The word for the type of a column.

    >>> attribute_type(sa.Numeric(10, 2)), attribute_type(sa.Enum("new", "worn"))
    ('decimal(10,2)', 'enum(new, worn)')
    """
    if isinstance(sqltype, sa.types.NullType):
        return ""
    if isinstance(sqltype, sa.Enum) and sqltype.enums and all(sqltype.enums):
        return str(DataType("enum", values=tuple(sqltype.enums)))
    for kind, word in ((sa.Uuid, "uuid"), (sa.Boolean, "boolean"), (sa.JSON, "json")):
        if isinstance(sqltype, kind):
            return word
    try:
        return named_type(sqltype.compile(dialect=dialect))
    except sa.exc.CompileError:
        return named_type(str(sqltype))


def target(design: Design, to: str) -> tuple[Entity, Attribute] | None:
    """The attribute that `entity` (by its single key) or `entity.attribute` names; None when there is none."""
    found = design.find(to) if to else None
    if found and found.parent and isinstance(found.record, Attribute):
        return (found.parent.record, found.record) if isinstance(found.parent.record, Entity) else None
    if found and isinstance(found.record, Entity) and len(found.record.keys) == 1:
        return found.record, found.record.keys[0]
    return None


def value_type(design: Design, attribute: Attribute) -> DataType | None:
    """The type of its values: a reference has that of what it points to; None while nobody knows."""
    seen: set[int] = set()
    while attribute.datatype and attribute.datatype.name == "reference":
        found = target(design, attribute.to)
        if not found or id(attribute) in seen:
            return None
        seen.add(id(attribute))
        attribute = found[1]
    return attribute.datatype


@dataclass(frozen=True, slots=True)
class Link:
    """A reference of an entity to another, by one attribute or several."""

    of: tuple[Attribute, ...]
    entity: Entity
    to: tuple[Attribute, ...]
    record: Attribute | Reference


def links(design: Design, entity: Entity) -> Iterator[Link | Attribute | Reference]:
    """Every reference of an entity; one that points nowhere comes as the bare record."""
    for attribute in entity.attributes:
        if attribute.to:
            found = target(design, attribute.to)
            yield Link((attribute,), found[0], (found[1],), attribute) if found else attribute
    for record in entity.references:
        yield _linked(design, entity, record) or record


def _linked(design: Design, entity: Entity, record: Reference) -> Link | None:
    other = design.entity(record.to)
    if not other:
        return None
    of = tuple(filter(None, map(entity.attribute, record.of)))
    to = (
        tuple(filter(None, (other.attribute(name.rpartition(".")[2]) for name in record.match))) or other.keys
    )
    whole = len(of) == len(record.of) == len(to) and len(record.match) in (0, len(to)) and of
    return Link(of, other, to, record) if whole else None


def column_type(design: Design, entity: Entity, attribute: Attribute) -> TypeEngine[Any]:
    """The column type of an attribute; text while its type is not known."""
    word = value_type(design, attribute) or DataType("text")
    if word.name == "bigint" and attribute.generated and entity.keys == (attribute,):
        return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    if word.name == "string":
        return (
            sa.String(word.length) if word.length else sa.String().with_variant(sa.String(255), *FOLDING[1:])
        )
    if word.name == "decimal":
        return sa.Numeric(word.precision, word.scale)
    if word.name == "enum":
        values = dict.fromkeys(word.values)
        return sa.Enum(*values, native_enum=False, create_constraint=True, name=None)
    if word.name == "other":
        found = _Named(word.other) if _TYPE_NAME.fullmatch(word.other) else sa.Text()
        # SQLite takes any words for a type, but neither arrays nor schemas.
        plain = re.fullmatch(r"\w+( \w+)*(\([\d, ]+\))?", word.other)
        return found if plain else found.with_variant(sa.Text(), "sqlite")
    return _PLAIN.get(word.name, sa.Text)()


def stored_type(design: Design, entity: Entity, attribute: Attribute, dialect: sa.Dialect) -> str:
    """The word one reads back from a database of that dialect: SQLite knows no uuid, only 32 characters."""
    word = value_type(design, attribute)
    if not word or word.name == "enum":
        return str(word or "")
    return named_type(column_type(design, entity, attribute).compile(dialect=dialect))


class _Named(sa.types.UserDefinedType[Any]):
    """A type by its name in the database, which was checked to be one."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return self.name


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
            return self.leave(
                entity, "a view: its query is not in the design" if entity.view else "no attributes"
            )
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
        if not word or (word.name == "other" and not _TYPE_NAME.fullmatch(word.other)):
            self.leave(
                entity, f"the type of '{attribute.id}', which is {word or 'not known'}; text stands for it"
            )
        whole = bool(word and word.name in ("integer", "bigint") and attribute.generated and not attribute.to)
        column: sa.Column[Any] = sa.Column(
            name,
            column_type(self.design, entity, attribute),
            *([sa.Identity()] if whole else []),
            primary_key=attribute.key,
            nullable=attribute.optional and not attribute.key,
            autoincrement=(entity.keys == (attribute,) or "auto") if whole else False,
            server_default=self.default(entity, attribute, word),
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
        groups: list[tuple[tuple[str, ...], str, str]]
        groups = [
            ((attribute.id,), "", f"unique '{attribute.id}'")
            for attribute in entity.attributes
            if attribute.unique
        ]
        groups += [(unique.of, unique.id, f"the unique '{unique.id}'") for unique in entity.uniques]
        for of, id_, what in groups:
            columns = self.of(entity, of, what)
            if columns and (found := frozenset(column.name for column in columns)) not in seen:
                seen.add(found)
                table.append_constraint(
                    sa.UniqueConstraint(*columns, name=self.name(table, id_) if id_ else None)
                )
        for index in entity.indexes:
            if columns := self.of(entity, index.of, f"the index '{index.id}'"):
                name = self.name(table, index.id or "_".join(column.name for column in columns))
                sa.Index(name, *columns, unique=index.unique)
                seen |= {frozenset(column.name for column in columns)} if index.unique else set()
        for check in entity.checks:
            self.add_check(entity, table, check.id, check.holds)

    def add_check(self, entity: Entity, table: sa.Table, id_: str, holds: str) -> None:
        try:
            expression = parse_expression(holds)
        except NotAnExpression:
            return self.leave(entity, f"the check '{id_ or holds}', which is prose")
        if not self.of(entity, names(expression), f"the check '{id_ or holds}'"):
            return None
        columns = {attribute.id: attribute.column_name for attribute in entity.attributes}
        quote = "`" if self.engine in FOLDING[1:] else '"'
        sql = print_sql(expression, column=columns, quote=quote).replace(":", "\\:")
        table.append_constraint(sa.CheckConstraint(sql, name=self.name(table, id_) if id_ else None))

    def add_links(self, entity: Entity) -> None:
        """References to keys and to what is unique."""
        table, seen = self.tables[id(entity)], set[Pairs]()
        for link in links(self.design, entity):
            if not isinstance(link, Link):
                why = f"there is no '{link.to}' with such a key"
                self.leave(entity, f"the reference '{link.id}': {why}")
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
        words = (
            (value_type(self.design, a), value_type(self.design, b))
            for a, b in zip(link.of, link.to, strict=True)
        )
        if any(_family(a) != _family(b) for a, b in words):
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
    return (
        "integer"
        if name == "bigint"
        else "text"
        if name in _TEXTS
        else name
        if name != "other"
        else str(word)
    )
