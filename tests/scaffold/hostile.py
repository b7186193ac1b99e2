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


def everything(text: str) -> Design:
    """The same, with the texts of the environment, of rules and of security; people log in, and own what they made."""
    marked = f"{MARK} {text} {MARK}"
    prose = {"name": marked, "about": marked}
    values = hostile(text).values()
    thing, role = f"thing {text}", f"role {text}"
    person: dict[str, Any] = {
        "id": f"person {text}", "table": f"{marked} people",
        "attributes": [
            {"id": "number", "type": "integer", "key": True, "generated": True, **prose},
            {"id": f"mail {text}", "type": "text", "unique": True, "column": f"mail {marked}", **prose},
            {"id": f"hash {text}", "type": "text", "column": f"hash {marked}", **prose},
            {"id": f"role {text}", "type": str(DataType("enum", values=(role, marked.strip()))), **prose},
        ],
    }  # fmt: skip
    of_thing = values["database"]["entities"][0]["attributes"]
    of_thing += [
        {"id": f"owner {text}", "type": "reference", "to": person["id"], "optional": True, **prose},
        {"id": f"hidden {text}", "type": "text", "optional": True, **prose},
        {"id": f"follows {text}", "type": "text", "optional": True, **prose},
    ]
    values["database"]["entities"] = [person, *values["database"]["entities"]]
    resource = values["api"]["resources"][0]
    resource["operations"] = ["list", "get", "create", "bulk", "replace", "patch", "delete", "watch"]
    may = ["list", "get", "create", "bulk", "replace", "patch", "delete", "watch"]
    values["development"]["rules"] = [{"id": f"rule {text}", "entity": thing, "holds": marked, **prose}]
    values["development"]["derived"] = [
        {"id": f"derived {text}", "attribute": f"{thing}.follows {text}", "is": marked, **prose}
    ]
    values["environment"] = {
        "tools": [{"id": f"tool {text}", "kind": "database", "version": marked, "because": marked, **prose}],
        "services": [
            {"id": f"service {text}", "image": marked, "port": 5432, "volume": marked, "health": marked,
             "variables": ["FREE_TEXT", text], **prose},
        ],
        "variables": [
            {"id": "FREE_TEXT", "example": marked, "default": marked, **prose},
            {"id": text, "example": marked, "optional": True, **prose},
            {"id": "SECRET_TEXT", "example": marked, "secret": True, "optional": True, **prose},
        ],
    }  # fmt: skip
    values["security"] = {
        "about": marked,
        "authentication": {
            "id": f"log in {text}", "login": f"{person['id']}.mail {text}", "password": f"{person['id']}.hash {text}",
            "role": f"{person['id']}.role {text}", "access": "15 min", "refresh": "14 d", **prose,
        },
        "roles": [
            {"id": role, "who": "user", **prose}, {"id": marked, "who": "user"},
            {"id": f"anyone {text}", "who": "anyone", **prose}, {"id": f"program {text}", "who": "service", **prose},
        ],
        "grants": [
            {"id": f"all {text}", "role": role, "may": may, "resource": resource["id"], "of": "any", **prose},
            {"id": f"own {text}", "role": marked, "may": may, "resource": resource["id"], "of": "own", **prose},
            {"id": f"do {text}", "role": f"program {text}", "endpoints": [f"do {text}"], "of": "any", **prose},
        ],
        "owned": [{"id": f"owned {text}", "by": f"{thing}.owner {text}", **prose}],
        "classified": [
            {"id": f"hidden {text}", "attribute": f"{thing}.hidden {text}", "as": "secret", **prose},
            {"id": f"mail {text}", "attribute": f"{person['id']}.mail {text}", "as": "personal", **prose},
        ],
        "limits": {"rate": "600 per minute", "attempts": "5 per 10 min", "body": "1 MB"},
        "origins": ["https://shop.example", marked],
        "threats": [{"id": f"threat {text}", "threat": marked, "control": marked, **prose}],
        "controls": [{"id": f"control {text}", "asvs": "V1.2.4", "how": marked, **prose}],
    }  # fmt: skip
    return Design.load(values)
