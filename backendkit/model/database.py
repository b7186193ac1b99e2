"""Phase 2b: what is stored, how rows are told apart, what belongs to what (entity-relationship model)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from backendkit.model.datatype import DataType, parse_type
from backendkit.model.record import Chapter, Expression, Part, Points, Prose, Record
from backendkit.model.requirements import RequirementId

Engine = Literal[
    "postgresql", "sqlite", "mysql", "mariadb", "mssql", "oracle", "mongodb", "redis", "dynamodb"
]
OnDelete = Literal["", "restrict", "cascade", "set-null", "set-default", "no-action"]
TargetId = Annotated[str, Points(("entity", "attribute"))]
EntityId = Annotated[str, Points(("entity",))]
AttributeKey = Annotated[str, Points(("attribute",), inside=True)]


def _type_word(text: str) -> str:
    if text:
        parse_type(text)
    return text


class Attribute(Record):
    """One value of an entity: a column."""

    kind: ClassVar[str] = "attribute"
    type: Annotated[str, AfterValidator(_type_word)] = ""
    """string(n), text, integer, bigint, decimal(p,s), float, boolean, date, time, datetime, uuid, json, binary,
    enum(a, b), reference, or other(its name)."""
    to: TargetId = ""
    """For a reference: the entity it points to, or `entity.attribute` when that is not its key."""
    key: bool = False
    """Whether it (with the other keys) tells the rows apart."""
    optional: bool = False
    """Whether it may be missing."""
    unique: bool = False
    """Whether no two rows share a value."""
    default: str = ""
    """What it is when nobody says: a literal, `now` or `new uuid`."""
    generated: bool = False
    """Whether the database makes it: a running number, a computed column."""
    on_delete: OnDelete = Field("", alias="on-delete")
    """For a reference: what happens to this row when the other goes."""
    example: str = ""
    """A value as it would really look."""
    column: str = ""
    """Its name in the database; the id when empty."""

    @property
    def datatype(self) -> DataType | None:
        """The type in parts; None while there is none."""
        return parse_type(self.type) if self.type else None

    @property
    def column_name(self) -> str:
        """Its name in the database."""
        return self.column or self.id


class Unique(Record):
    """Attributes that together tell two rows apart without being the key."""

    kind: ClassVar[str] = "unique"
    of: tuple[AttributeKey, ...] = ()


class Index(Record):
    """Attributes by which rows are found fast."""

    kind: ClassVar[str] = "index"
    of: tuple[AttributeKey, ...] = ()
    unique: bool = False


class Check(Record):
    """A rule that every row keeps."""

    kind: ClassVar[str] = "check"
    holds: Expression = ""
    """One line over the entity's attributes, as `price >= 0`; other text is kept as prose."""


class Reference(Record):
    """A reference made of several attributes (a composite foreign key)."""

    kind: ClassVar[str] = "reference"
    of: tuple[AttributeKey, ...] = ()
    to: EntityId = ""
    match: tuple[Annotated[str, Points(("attribute",))], ...] = ()
    """The attributes on the other side, as `order.number`; its key when empty."""
    on_delete: OnDelete = Field("", alias="on-delete")


class Volume(Part):
    """How much is expected."""

    rows: Annotated[int, Field(ge=0)] | None = None
    """Rows expected at the start or after a year; say which in `about`."""
    growth: str = ""
    """As `5000 per month`."""
    row_bytes: Annotated[int, Field(ge=0)] | None = Field(None, alias="row-bytes")
    """Bytes of a typical row, when known."""


class Entity(Record):
    """A thing the system remembers: a table."""

    kind: ClassVar[str] = "entity"
    view: bool = False
    """Whether it is a view: read, never written."""
    attributes: tuple[Attribute, ...] = ()
    uniques: tuple[Unique, ...] = ()
    indexes: tuple[Index, ...] = ()
    checks: tuple[Check, ...] = ()
    references: tuple[Reference, ...] = ()
    volume: Volume | None = None
    satisfies: tuple[RequirementId, ...] = ()
    """Requirements that need it."""
    table: str = ""
    """Its name in the database; the id when empty."""
    schema_: str = Field("", alias="schema")
    """Its schema in the database, when there is more than one."""

    @property
    def table_name(self) -> str:
        """Its name in the database."""
        return self.table or self.id

    @property
    def keys(self) -> tuple[Attribute, ...]:
        """The attributes that tell rows apart; empty when nothing does."""
        return tuple(attribute for attribute in self.attributes if attribute.key)

    @property
    def unique_groups(self) -> tuple[tuple[str, ...], ...]:
        """The ids of attributes that (together) no two rows share: the key, uniques and unique indexes."""
        key = tuple(attribute.id for attribute in self.keys)
        alone = ((attribute.id,) for attribute in self.attributes if attribute.unique)
        indexes = (index.of for index in self.indexes if index.unique)
        return tuple(filter(None, (key, *alone, *(unique.of for unique in self.uniques), *indexes)))

    def attribute(self, id: str) -> Attribute | None:
        """Its attribute of that id, if any."""
        return next((attribute for attribute in self.attributes if attribute.id == id), None)


class Database(Chapter):
    """Engine, entities with their attributes, keys, references, checks, indexes, volume."""

    engine: Engine | None = None
    """postgresql, sqlite, mysql, mariadb, mssql, oracle, mongodb, redis or dynamodb."""
    because: Prose = ""
    """Why this engine."""
    entities: tuple[Entity, ...] = ()
