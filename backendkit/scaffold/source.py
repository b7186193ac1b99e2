"""Write a design as FastAPI and SQLAlchemy source: the same text from the same design, formatted by ruff."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import sqlalchemy as sa
from ruff import find_ruff_bin  # type: ignore[import-untyped]

from backendkit import rest, tables
from backendkit.model import Design, HoldsDesign, as_design
from backendkit.model.datatype import DataType
from backendkit.model.naming import kebab, pascal
from backendkit.scaffold.quoting import Code, environment, ident, py

OWN = ("service/logic/", "service/guards/")
"""The team's own files: written once. The list of them in each __init__.py is ours."""
_PER_ONE = ("service/routers/resource.py", "service/logic/call.py", "service/guards/guard.py")
"""Templates of which each resource, call or guard gets a file."""
_COLUMNS = {
    "integer": "Integer()", "bigint": "BigInteger()", "float": "Double()", "boolean": "Flag()", "date": "Day()",
    "time": "Clock()", "datetime": "Moment()", "uuid": "Key()", "json": "JSON(none_as_null=True)",
    "binary": "LargeBinary()",
}  # fmt: skip
_SHAPES = {
    "integer": "Integer", "bigint": "BigInteger", "float": "Float", "boolean": "Boolean", "date": "Date",
    "time": "Time", "datetime": "Moment", "uuid": "UUID", "json": "Json", "binary": "Bytes",
}  # fmt: skip
_AS_TEXT = {name: f"{_SHAPES[name]}Text" for name in ("integer", "bigint", "float", "boolean")}
_BARE = {
    "integer": "int", "bigint": "int", "float": "float", "decimal": "Decimal", "boolean": "bool", "date": "date",
    "time": "time", "datetime": "datetime", "uuid": "UUID", "json": "Any", "binary": "bytes",
}  # fmt: skip
_MAKERS = {"uuid": "uuid4", "datetime": "now", "date": "lambda: now().date()", "time": "lambda: now().time()"}
_PARSERS = {"date": "date.fromisoformat", "time": "time.fromisoformat", "datetime": "datetime.fromisoformat"}
_PARSERS |= {"uuid": "UUID", "decimal": "Decimal"}
_TIDY = (
    "service --isolated --no-cache --quiet --line-length=110 --target-version=py311"
    " --config=lint.isort.split-on-trailing-comma=false --config=format.skip-magic-trailing-comma=true"
)


def generate(design: Design | HoldsDesign, *, engine: str | None = None) -> dict[str, str]:
    """Every file of the scaffold: relative path and text.

    >>> from backendkit.model import Design
    >>> sorted(generate(Design()))[:3]
    ['README.md', 'pyproject.toml', 'service/__init__.py']
    """
    return render(rest.surface(as_design(design), engine=engine))


def render(surface: rest.Surface) -> dict[str, str]:
    """The same for a surface that is known already."""
    return _tidied(_rendered(surface))


def _rendered(surface: rest.Surface) -> dict[str, str]:
    names = {id(field.column): field.name for fields in surface.columns.values() for field in fields}
    templates = _templates()
    design = surface.design
    context = {
        "surface": surface, "title": surface.title, "version": design.version, "summary": design.summary,
        "package": kebab(design.name or "service"), "tables": surface.tables, "columns": surface.columns,
        "links": list(_links(surface, names)), "lives": surface.lives, "collections": surface.collections, "calls": surface.calls,
        "further": rest.FURTHER, "gaps": surface.gaps, "page": surface.page, "most": surface.most, "cursor": surface.cursor,
        "integers": surface.integers, "rules": lambda table: _rules(table, names),
        "collections_in_order": sorted(surface.collections, key=lambda each: -each.path.count("/")),
    }  # fmt: skip
    single = {"service/states.py", "service/guards/__init__.py"} if not surface.lives else set()
    names_of = {name: name.removesuffix(".jinja") for name in templates.list_templates()}
    found = {
        path: templates.get_template(name).render(context)
        for name, path in names_of.items()
        if path not in (*_PER_ONE, *single)
    }
    resource, call, guard = (templates.get_template(f"{path}.jinja") for path in _PER_ONE)
    for each in surface.collections:
        found[f"service/routers/{each.module}.py"] = resource.render(each=each)
    for one in surface.calls:
        found[f"{OWN[0]}{one.name}.py"] = call.render(call=one)
    for life in surface.lives:
        for step in life.steps:
            if step.asks:
                found[f"{OWN[1]}{step.asks}.py"] = guard.render(life=life, step=step)
    return found


@cache
def _templates() -> jinja2.Environment:
    made = environment()
    made.filters |= _FILTERS
    return made


def _tidied(files: dict[str, str]) -> dict[str, str]:
    """Imports that are not needed taken out, all of it in one layout."""
    with tempfile.TemporaryDirectory(prefix="backendkit-") as folder:
        for path, text in files.items():
            place = Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="\n")
        for verb in ("check --fix-only --select=I,F401", "format"):
            subprocess.run(
                [find_ruff_bin(), *verb.split(), *_TIDY.split()], cwd=folder, check=True, capture_output=True
            )
        return {path: Path(folder, path).read_text(encoding="utf-8") for path in sorted(files)}


def _column(field: rest.Field) -> Code:
    column, kind = field.column, field.type.name
    parts = [py(column.name), _column_type(field.type)]
    made = field.attribute.generated and not column.identity and kind not in _MAKERS
    if column.identity:
        # SQLite counts only in a column that it knows as INTEGER.
        parts[1] += '.with_variant(Integer(), "sqlite")' if kind == "bigint" else ""
        parts.append("Identity()")
    alone = len(column.table.primary_key) == 1 and kind in ("integer", "bigint")
    if column.name != field.name:
        parts.append(f"key={field.name!r}")
    if column.primary_key:
        parts.append("primary_key=True" + (", autoincrement=False" if alone and not column.identity else ""))
    elif not column.nullable and not made:
        parts.append("nullable=False")
    if default := _default(field):
        parts.append(f"default={default}")
    return Code(", ".join(parts))


def _column_type(type_: DataType) -> str:
    if type_.name == "string":
        return f"String({type_.length or ''})"
    if type_.name == "enum":
        return f"String({max(map(len, type_.values))})"
    if type_.name == "decimal":
        return f"Exact({type_.precision}, {type_.scale or 0})" if type_.precision else "Exact()"
    return _COLUMNS.get(type_.name, "Text()")


def _default(field: rest.Field) -> str:
    """What a column holds when nobody says, as an expression; empty when there is none that fits."""
    kind, text, column = field.type.name, field.attribute.default, field.column
    if text in ("now", "new uuid") or field.attribute.generated:
        return _MAKERS.get(kind, "")
    if not text or column.server_default is None:
        return ""
    if kind == "boolean":
        return str(text == "true")
    if kind in ("integer", "bigint", "float", "decimal") and text.removeprefix("-").isdecimal():
        return f"Decimal({int(text)})" if kind == "decimal" else str(int(text))
    if kind == "float":
        return repr(float(text))
    literal = py(tables.unquoted(text))
    return (
        f"{_PARSERS[kind]}({literal})" if kind in _PARSERS else "" if kind in ("json", "binary") else literal
    )


def _rules(table: sa.Table, names: dict[int, str]) -> Iterator[Code]:
    """Uniques, checks and indexes as source, always in the same order."""
    found = []
    rules: list[Any] = [*table.constraints, *table.indexes]
    for rule in rules:
        named = f", name={rule.name!r}" if isinstance(rule.name, str) and type(rule) is not sa.Index else ""
        if isinstance(rule, sa.UniqueConstraint):
            found.append(f"UniqueConstraint({_keys(rule.columns, names)}{named})")
        elif isinstance(rule, sa.Index):
            unique = ", unique=True" if rule.unique else ""
            found.append(f"Index({rule.name!r}, {_keys(rule.columns, names)}{unique})")
        elif isinstance(rule, sa.CheckConstraint) and isinstance(rule.sqltext, sa.TextClause):
            found.append(f"CheckConstraint({rule.sqltext.text!r}{named})")
    for column in table.columns:
        if isinstance(column.type, sa.Enum):
            values = ", ".join("'" + value.replace("'", "''") + "'" for value in column.type.enums)
            sql = f"{_quoted(column.name)} IN ({values})".replace(":", "\\:")
            found.append(f"CheckConstraint({sql!r})")
    return map(Code, sorted(found))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _keys(columns: Iterable[sa.Column[Any]], names: dict[int, str]) -> str:
    return ", ".join(repr(names[id(column)]) for column in columns)


def _links(surface: rest.Surface, names: dict[int, str]) -> Iterator[tuple[str, Code]]:
    variables = {id(table): name for name, table in surface.tables.items()}
    for name, table in surface.tables.items():
        found = []
        for rule in table.foreign_key_constraints:
            if id(rule.referred_table) not in variables:
                continue
            here = ", ".join(f"{name}.c.{names[id(each.parent)]}" for each in rule.elements)
            there = ", ".join(
                f"{variables[id(each.column.table)]}.c.{names[id(each.column)]}" for each in rule.elements
            )
            extra = f", name={rule.name!r}" if isinstance(rule.name, str) else ""
            extra += f", ondelete={rule.ondelete!r}" if rule.ondelete else ""
            found.append(f"ForeignKeyConstraint([{here}], [{there}]{extra})")
        yield from ((name, Code(each)) for each in sorted(found))


def _shape(field: rest.Field | rest.Value) -> Code:
    """The type of a value in a body, with its name in JSON when Python needs another, and what it is for."""
    extra = [f"alias={field.json!r}"] if field.json != field.name else []
    extra += [f"description={field.about!r}"] if field.about else []
    return _typed(field.type, _SHAPES, field.optional, [f"Field({', '.join(extra)})"] if extra else [])


def _asked(filter: rest.Filter) -> Code:
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


def _in_path(type_: DataType) -> Code:
    return Code("str") if type_.name == "string" else _typed(type_, _SHAPES | _AS_TEXT, False, [])


def _move(step: rest.Step) -> Code:
    move = step.move
    guard = [f"guard=text({step.sql!r})"] if step.sql else []
    guard += [f"asks=guards.{ident(step.asks)}"] if step.asks else []
    guard += [f"says={move.guard!r}"] if guard else []
    return Code(", ".join([repr(move.id), repr(move.from_), repr(move.to), *guard]))


def _bare(value: rest.Value) -> Code:
    """A parameter with its plain type, for the team's own file: what it may be was checked before."""
    return Code(
        f"{ident(value.name)}: {_BARE.get(value.type.name, 'str')}{' | None' if value.optional else ''}"
    )


def _passed(value: rest.Value) -> Code:
    """The type of a value in a query or a header."""
    about = f", description={value.about!r}" if value.about else ""
    named = f"{value.place.capitalize()}(alias={value.json!r}{about})"
    return _typed(value.type, _SHAPES | _AS_TEXT, value.optional, [named])


_FILTERS: dict[str, Callable[..., Any]] = {
    "column": _column,
    "shape": _shape,
    "asked": _asked,
    "columns": lambda found: Code(", ".join(f"table.c.{ident(name)}" for name in found)),
    "in_path": _in_path,
    "parameters": lambda keys: Code("".join(f", {ident(name)}: {_in_path(key.type)}" for name, key in keys)),
    "arguments": lambda names: Code("".join(f", {ident(name)}" for name in names)),
    "passed": _passed,
    "bare": _bare,
    "move": _move,
    "passed_on": lambda values: Code("".join(f", {ident(each.name)}" for each in values)),
    "handed": lambda values: Code("".join(f", {ident(each.name)}={each.name}" for each in values)),
    "class": lambda name: ident(pascal(name)),
}
