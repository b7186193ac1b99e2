"""A design in which every text is the same awkward one."""

from __future__ import annotations

from typing import Any

from backendkit.model import Design
from backendkit.model.datatype import DataType

AWKWARD = (
    'say "hi"',
    "it's",
    '"""',
    "'''",
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "{# gone #}",
    "{curly} }{ ${shell} %(name)s %s %%",
    "two\nlines\r\nthree\u2028four",
    "back\\slash \\N{BULLET} \\",
    "# noqa",
    "\u202eright to left",
    "import os; os.system('true')",
    "</script><!-- -->",
    ":name :1 ?",
    "`tick` [link](x) | pipe",
    "a; drop table b; --",
    "Größe 価格 😀",
    "lambda",
    "x" * 5000,
    "\ttab ",
)
MARK = "XYZZY"


def hostile(text: str, *, ids: bool = True) -> Design:
    """Every text is this one with a mark; ids too, unless they shall stay plain."""
    marked = f"{MARK} {text} {MARK}"
    named = (lambda plain: f"{plain} {text}") if ids else (lambda plain: plain)
    prose = {"name": marked, "about": marked}
    value = str(DataType("enum", values=(marked.strip(), "other")))
    attributes: list[dict[str, Any]] = [
        {"id": named("key"), "type": "integer", "key": True, "column": f"key {marked}", **prose},
        {"id": named("text"), "type": "string(9)", "default": marked, "example": marked, **prose},
        {"id": named("kind"), "type": value, "column": f"kind {marked}", **prose},
        {"id": named("own"), "type": "other(my type)", "optional": True, "column": f"own {marked}", **prose},
        {"id": named("self"), "type": "reference", "to": named("thing"), "optional": True, **prose},
    ]
    quoted = marked.replace("'", "''")
    entity = {
        "id": named("thing"),
        "table": marked,
        "schema": marked,
        "attributes": attributes,
        "uniques": [{"id": marked, "of": [named("text")]}],
        "indexes": [{"id": marked, "of": [named("kind")]}],
        "checks": [{"id": marked, "holds": f"kind != '{quoted}'"}, {"id": "prose", "holds": marked}],
        **prose,
    }
    resource = {
        "id": named("things"), "entity": named("thing"), "path": f"/{marked}", "filter": [named("text"), named("kind")],
        "sort": [named("kind")], "operations": ["list", "get", "create", "replace", "patch", "delete"], **prose,
    }  # fmt: skip
    endpoint = {
        "id": named("do"), "method": "POST", "path": f"/do/{{{text}}}/{marked}", "does": marked, "returns": marked,
        "takes": [
            {"id": named("a"), "type": value, "in": "query", **prose}, {"id": named("b"), "in": "header", **prose},
            {"id": named("c"), "type": "decimal(4,1)", "in": "body", "optional": True, **prose},
        ],
        "errors": {"409": marked, marked: marked}, **prose,
    }  # fmt: skip
    machine = {
        "id": named("life"), "attribute": f"{named('thing')}.{named('kind')}", "start": marked.strip(),
        "moves": [
            {"id": marked, "from": marked.strip(), "to": "other", "guard": marked, "by": named("do"), "trigger": marked},
            {"id": named("back"), "from": "other", "to": marked.strip(), "guard": f"kind != '{quoted}'"},
        ],
    }  # fmt: skip
    return Design.load(
        {
            "name": marked, "version": marked, "summary": marked,
            "database": {"entities": [entity]},
            "api": {"base": marked, "resources": [resource], "endpoints": [endpoint]},
            "development": {"states": [machine]},
        }
    )  # fmt: skip
