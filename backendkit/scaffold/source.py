"""Write a design as FastAPI and SQLAlchemy source: the same text from the same design, formatted by ruff."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from ruff import find_ruff_bin  # type: ignore[import-untyped]

from backendkit import rest
from backendkit.model import Design, HoldsDesign, as_design
from backendkit.model.naming import kebab, pascal, snake, unique
from backendkit.scaffold import bodies, columns
from backendkit.scaffold.graph import graph_context
from backendkit.scaffold.quoting import Code, environment, ident, py
from backendkit.scaffold.suite import suite, user_of
from backendkit.scaffold.surroundings import own_settings, surroundings

OWN = ("service/logic/", "service/guards/", "service/rules/", "service/derived/", "migrations/versions/")
"""The team's own files: written once, also those of one service among several. The list of them in each __init__.py is ours."""
_PER_ONE = (
    "service/routers/resource.py",
    "service/logic/call.py",
    "service/guards/guard.py",
    "service/rules/rule.py",
    "service/derived/value.py",
)
"""Templates of which each resource, call, guard, rule or derived value gets a file."""
_TIDY = (
    "--isolated --no-cache --quiet --line-length=110 --target-version=py311"
    " --config=lint.isort.split-on-trailing-comma=false --config=format.skip-magic-trailing-comma=true"
    " --config=lint.isort.known-first-party=['service']"
)


def generate(design: Design | HoldsDesign, *, engine: str | None = None) -> dict[str, str]:
    """Every file of the scaffold: relative path and text.

    >>> from backendkit.model import Design
    >>> sorted(generate(Design()))[:3]
    ['.devcontainer/devcontainer.json', '.editorconfig', '.env.example']
    """
    whole = rest.surface(as_design(design), engine=engine)
    return tidied(_together(whole, parts)) if (parts := rest.services(whole)) else render(whole)


def render(surface: rest.Surface) -> dict[str, str]:
    """The same for a surface that is known already, as one service."""
    return tidied(_rendered(surface) | surroundings(surface.design))


def _together(whole: rest.Surface, parts: dict[str, rest.Surface]) -> dict[str, str]:
    """Services beside each other, each in a folder, and what they share."""
    ports = {name: 8000 + number for number, name in enumerate(parts)}
    found = {
        f"{name}/{path}": text
        for name, part in parts.items()
        for path, text in _rendered(part, ports=ports).items()
    }
    context = _context(whole) | {"parts": list(parts.values()), "ports": ports}
    shared = surroundings(
        whole.design, urls={name: ports[name] for part in parts.values() for name in part.others}
    )
    return found | shared | {"README.md": _templates().get_template("services.md.jinja").render(context)}


def _rendered(surface: rest.Surface, ports: dict[str, int] | None = None) -> dict[str, str]:
    templates, context = _templates(), _context(surface)
    context |= {"ports": ports or {}, "port": (ports or {}).get(surface.service, 8000)}
    left_out = {*_PER_ONE, "services.md", *_needless(surface, context)}
    names = {name: name.removesuffix(".jinja") for name in templates.list_templates()}
    found = {
        path: templates.get_template(name).render(context)
        for name, path in names.items()
        if path not in left_out
    }
    resource, call, guard, rule, value = (templates.get_template(f"{path}.jinja") for path in _PER_ONE)
    for each in surface.collections:
        found[f"service/routers/{each.module}.py"] = resource.render(context, each=each)
    for one in surface.calls:
        found[f"{OWN[0]}{one.name}.py"] = call.render(call=one)
    for life in surface.lives:
        for step in life.steps:
            if step.asks:
                found[f"{OWN[1]}{step.asks}.py"] = guard.render(life=life, step=step)
    for stub in surface.stubs:
        template, place = (value, OWN[3]) if stub.field else (rule, OWN[2])
        found[f"{place}{stub.name}.py"] = template.render(stub=stub)
    return found


def _context(surface: rest.Surface) -> dict[str, Any]:
    design = surface.design
    tables = {table.name.casefold() for table in surface.tables.values()}
    offered = {operation for each in surface.collections for operation in each.operations}
    return {
        "surface": surface, "title": " ".join(filter(None, (surface.title, surface.service))), "version": design.version, "summary": design.summary,
        "package": kebab(design.name or "service"), "tables": surface.tables, "columns": surface.columns,
        "links": list(columns.links(surface)), "frozen_links": list(columns.links(surface, frozen=True)),
        "lives": surface.lives, "collections": surface.collections, "calls": surface.calls,
        "further": rest.FURTHER, "gaps": surface.gaps, "page": surface.page, "most": surface.most, "cursor": surface.cursor,
        "integers": surface.integers, "rules": lambda table, name: columns.rules(table, surface.columns[name]),
        "collections_in_order": sorted(surface.collections, key=lambda each: -each.path.count("/")),
        "access": surface.access, "sealed": surface.sealed, "creating": bool(offered & {"create", "bulk"}),
        "bulk": "bulk" in offered, "watching": "watch" in offered, "variables": own_settings(design),
        "expanding": any(each.expands for each in surface.collections), "login_tag": rest.LOGIN,
        "session_table": unique("auth_session", tables), "key_table": unique("idempotency_key", tables),
        **graph_context(surface), "trials": suite(surface), "user": user_of(surface),
        "token_path": f"{surface.base}/token", "revoke_path": f"{surface.base}/token/revoke",
    }  # fmt: skip


def _needless(surface: rest.Surface, context: dict[str, Any]) -> Iterator[str]:
    """Files of which this design has no use."""
    access = surface.access
    needed = {
        "service/states.py": surface.lives,
        "service/guards/__init__.py": surface.lives,
        "service/rules/__init__.py": [stub for stub in surface.stubs if not stub.field],
        "service/derived/__init__.py": [stub for stub in surface.stubs if stub.field],
        "service/grants.py": access,
        "service/security.py": access,
        "service/login.py": access and access.logs_in,
        "service/openid.py": access and access.provider,
        "service/limits.py": surface.rate or (access and access.logs_in),
        "service/encryption.py": surface.sealed,
        "service/idempotency.py": context["creating"],
        "service/watch.py": context["watching"],
        "service/graph.py": context["graph"],
        "service/others.py": surface.service,
    }
    return (path for path, used in needed.items() if not used)


@cache
def _templates() -> jinja2.Environment:
    made = environment()
    made.filters |= _FILTERS
    return made


def tidied(files: dict[str, str]) -> dict[str, str]:
    """Imports that are not needed taken out, all of it in one layout."""
    with tempfile.TemporaryDirectory(prefix="backendkit-") as folder:
        for path, text in files.items():
            place = Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="\n")
        for verb in ("check --fix-only --select=I,F401", "format"):
            subprocess.run(
                [find_ruff_bin(), *verb.split(), *_TIDY.split(), "."],
                cwd=folder,
                check=True,
                capture_output=True,
            )
        return {path: Path(folder, path).read_text(encoding="utf-8") for path in sorted(files)}


def _move(step: rest.Step) -> Code:
    move = step.move
    guard = [f"guard=text({step.sql!r})"] if step.sql else []
    guard += [f"asks=guards.{ident(step.asks)}"] if step.asks else []
    guard += [f"says={move.guard!r}"] if guard else []
    return Code(", ".join([repr(move.id), repr(move.from_), repr(move.to), *guard]))


def _tables_of(ways: Iterable[rest.Way], name: str) -> list[str]:
    """The tables that some ways go along."""
    return list(dict.fromkeys([name, *(hop.to for way in ways for hop in way.hops[:-1])]))


def _condition(way: rest.Way, name: str, key: rest.Field) -> Code:
    """Whether a row leads to the variable `user`, as a condition in SQLAlchemy."""
    if not way.hops:
        return Code(f"{snake(name)}.{ident(key.name)} == user")
    *before, last = way.hops
    found = f"{snake(last.table)}.{ident(last.here[0].name)} == user"
    for hop in reversed(before):
        here, there = (
            [f"{snake(table)}.{ident(field.name)}" for field in fields]
            for table, fields in ((hop.table, hop.here), (hop.to, hop.there))
        )
        inner = f"select({', '.join(there)}).where({found})"
        found = f"{here[0]}.in_({inner})" if len(here) == 1 else f"tuple_({', '.join(here)}).in_({inner})"
    return Code(found)


_FILTERS: dict[str, Callable[..., Any]] = {
    "column": columns.column,
    "mapped": columns.mapped,
    "held": columns.held,
    "parsed": columns.parsed,
    "reader": columns.reader,
    "shape": bodies.shape,
    "asked": bodies.asked,
    "passed": bodies.passed,
    "bare": bodies.bare,
    "in_path": bodies.in_path,
    "parameters": lambda keys: Code(
        "".join(f", {ident(name)}: {bodies.in_path(key.type)}" for name, key in keys)
    ),
    "arguments": lambda names: Code("".join(f", {ident(name)}" for name in names)),
    "move": _move,
    "passed_on": lambda values: Code("".join(f", {ident(each.name)}" for each in values)),
    "handed": lambda values: Code("".join(f", {ident(each.name)}={each.name}" for each in values)),
    "class": lambda name: ident(pascal(name)),
    "snake": lambda name: ident(snake(name)),
    "tables_of": _tables_of,
    "condition": _condition,
    "rows": lambda found, *names: [tuple(getattr(each, name) for name in names) for each in found],
    "moves": lambda steps: Code(
        "{" + ", ".join(sorted({repr((x.move.from_, x.move.to)) for x in steps})) + "}" if steps else "set()"
    ),
    "code": lambda text: Code(text) if text in "{}" else py(text),
}
