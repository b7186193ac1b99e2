"""Bodies, answers and parameters as source (pydantic, FastAPI)."""

from __future__ import annotations

from backendkit import rest
from backendkit.model.datatype import DataType
from backendkit.scaffold.quoting import Code, ident

_SHAPES = {
    "integer": "Integer", "bigint": "BigInteger", "float": "Float", "boolean": "Boolean", "date": "Date",
    "time": "Time", "datetime": "Moment", "uuid": "UUID", "json": "Json", "binary": "Bytes",
}  # fmt: skip
_AS_TEXT = {name: f"{_SHAPES[name]}Text" for name in ("integer", "bigint", "float", "boolean")}
_BARE = {
    "integer": "int", "bigint": "int", "float": "float", "decimal": "Decimal", "boolean": "bool", "date": "date",
    "time": "time", "datetime": "datetime", "uuid": "UUID", "json": "Any", "binary": "bytes",
}  # fmt: skip


def shape(field: rest.Field | rest.Value) -> Code:
    """The type of a value in a body, with its name in JSON when Python needs another, and what it is for."""
    extra = [f"alias={field.json!r}"] if field.json != field.name else []
    extra += [f"description={field.about!r}"] if field.about else []
    return _typed(field.type, _SHAPES, field.optional, [f"Field({', '.join(extra)})"] if extra else [])


def asked(filter: rest.Filter) -> Code:
    extra = [f"Field(alias={filter.json!r})"] if filter.json != filter.name else []
    return _typed(filter.field.type, _SHAPES | _AS_TEXT, False, extra)


def _typed(type_: DataType, names: dict[str, str], optional: bool, extra: list[str]) -> Code:
    base, rules = names.get(type_.name, "str"), []
    if type_.name == "string" and type_.length:
        rules = [f"MaxLen({type_.length})"]
    elif type_.name == "enum":
        base = f"Literal[{', '.join(map(repr, dict.fromkeys(type_.values)))}]"
    elif type_.name == "decimal":
        digits = f"{type_.precision}, {type_.scale or 0}" if type_.precision else ""
        base, rules = "Decimal", [f"Exactly({digits})"]
    if optional:
        base, rules = f"{_annotated(base, rules)} | None", []
    return Code(_annotated(base, [*rules, *extra]))


def _annotated(base: str, rules: list[str]) -> str:
    return f"Annotated[{', '.join([base, *rules])}]" if rules else base


def in_path(type_: DataType) -> Code:
    return Code("str") if type_.name == "string" else _typed(type_, _SHAPES | _AS_TEXT, False, [])


def bare(value: rest.Value) -> Code:
    """A parameter with its plain type, for the team's own file: what it may be was checked before."""
    return Code(
        f"{ident(value.name)}: {_BARE.get(value.type.name, 'str')}{' | None' if value.optional else ''}"
    )


def passed(value: rest.Value) -> Code:
    """The type of a value in a query or a header."""
    about = f", description={value.about!r}" if value.about else ""
    named = f"{value.place.capitalize()}(alias={value.json!r}{about})"
    return _typed(value.type, _SHAPES | _AS_TEXT, value.optional, [named])
