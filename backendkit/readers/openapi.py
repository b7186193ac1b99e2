"""An OpenAPI description as a design: schemas as entities, paths as resources and endpoints.

https://spec.openapis.org/oas/v3.1.1.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backendkit.model import Design, UserError
from backendkit.model.datatype import DataType
from backendkit.model.naming import distinct, kebab, plural, snake, spelled, unique
from backendkit.readers.description import Description, listed, load, mapping, plain
from backendkit.readers.imported import ALLOWED, Imported, Values, elements, lean, titled

_METHODS = ("get", "put", "post", "delete", "patch")
_ITEM = re.compile(r"(/[^{}]+)/\{([^{}/]+)\}/?")
_PAGING = {
    "limit",
    "offset",
    "page",
    "per_page",
    "page_size",
    "size",
    "cursor",
    "sort",
    "order",
    "sort_by",
    "order_by",
}
_FORMATS = {
    "date": "date",
    "date-time": "datetime",
    "time": "time",
    "uuid": "uuid",
    "byte": "binary",
    "binary": "binary",
    "decimal": "decimal",
    "int64": "bigint",
}
_KINDS = {"integer": "integer", "number": "float", "boolean": "boolean", "string": "string"}


def read_openapi(path: Path) -> Imported:
    """The design of an API as its description tells it. Raises UserError when the file is none."""
    values = load(path)
    found, version = values.get("openapi"), values.get("swagger")
    if not re.match(r"3\.[01](\.|$)", str(found)):
        what = (
            f"Swagger {version}" if version else f"OpenAPI {found}" if found else "no line `openapi: 3.1.0`"
        )
        raise UserError(f"{path}: found {what}; allowed is {ALLOWED}.")
    return _Reading(values).imported(titled(path.stem))


class _Reading(Description):
    """One description on its way to a design."""

    def __init__(self, document: Values) -> None:
        super().__init__(document)
        self.schemas = {str(name): each for name, each in mapping(self.part("schemas")).items()}
        self.calls: dict[tuple[str, str], Values] = {}
        for path, found in mapping(document.get("paths")).items():
            item = self.follow(found)
            shared = listed(item.get("parameters"))
            for method, call in item.items():
                if method in _METHODS and isinstance(call, dict):
                    self.calls[(str(path), method)] = call | {
                        "parameters": shared + listed(call.get("parameters"))
                    }
                elif method in ("head", "options", "trace", "query", "servers"):
                    self.unread.append(f"{path}: {method} is not kept.")
        aside = self.wrappers()
        whole = {name: self.whole(each) for name, each in self.schemas.items() if name not in aside}
        named = [name for name, each in whole.items() if each["properties"]]
        self.ids = dict(zip(named, distinct(map(kebab, named)), strict=True))
        self.fields: dict[str, dict[str, str]] = {name: {} for name in named}
        self.homes = dict(self.resources())
        self.keys = {name: self.key(name) for name in self.ids}

    def imported(self, name: str) -> Imported:
        info = mapping(self.document.get("info"))
        title = str(info.get("title") or name)
        joins: list[Values] = []
        entities = [self.entity(each, joins) for each in self.ids]
        entities += joins
        taken = {entity["id"] for entity in entities}
        resources = [self.resource(each, *found, taken) for each, found in self.homes.items()]
        resources = [each for each in resources if each["calls"]]
        used = {call for resource in resources for call in resource.pop("calls")}
        endpoints = [self.endpoint(call, taken) for call in self.calls if call not in used]
        servers = listed(self.document.get("servers")) or [{}]
        base = re.sub(r"^[^/]*//[^/]*|[?#].*|\{.*", "", plain(mapping(servers[0]).get("url")))
        for kind in ("securitySchemes", "callbacks", "links"):
            self.unread += [f"{kind} '{each}' is not read yet." for each in mapping(self.part(kind))]
        self.unread += [
            f"The webhook '{each}' is not read yet." for each in mapping(self.document.get("webhooks"))
        ]
        values = {
            "name": title,
            "version": info.get("version") if isinstance(info.get("version"), str) else "",
            "scope": ["architecture", "database", "api"],
            "architecture": {"elements": elements(title, "", entities, taken)},
            "database": {"entities": entities},
            "api": {
                "style": "rest",
                "base": base.rstrip("/"),
                "resources": resources,
                "endpoints": endpoints,
            },
        }
        return Imported(Design.load(lean(values)), tuple(dict.fromkeys(self.unread)))

    def wrappers(self) -> set[str]:
        """Schemas that are no entities: what is wrapped around others, and what only errors bring."""
        around, errors, used = set(), set(), set()
        for (_, method), call in self.calls.items():
            answer, body = self.answer(call), self.content(call.get("requestBody"))
            found = [self.one(answer), self.one(body), self.rows(answer) if method == "get" else ("", "")]
            around |= {wrapper for name, wrapper in found if name}
            used |= {name for name, _ in found}
            for code, part in mapping(call.get("responses")).items():
                errors |= {self.named(self.content(part))} if str(code)[0] in "45d" else set()
        said = dict.fromkeys(around, "only wraps another") | dict.fromkeys(
            errors - used, "only tells mistakes"
        )
        self.unread += [f"{name} {said[name]}: it is no entity." for name in sorted(said) if name]
        return set(said)

    def resources(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """For every entity with a path of its own: the collection, and the name of the item's parameter."""
        best: dict[str, tuple[int, str, str]] = {}
        items = {match[1]: (path, match[2]) for path, _ in self.calls if (match := _ITEM.fullmatch(path))}
        for path in dict.fromkeys((*items, *(path for path, _ in self.calls if "{" not in path))):
            item, parameter = items.get(path, ("", ""))
            one, several, new = (
                self.calls.get(each, {}) for each in ((item, "get"), (path, "get"), (path, "post"))
            )
            names = (
                self.one(self.answer(one))[0],
                self.rows(self.answer(several))[0],
                self.one(self.content(new.get("requestBody")))[0],
            )
            name = next((each for each in names if each in self.ids), "")
            score = sum(call[0] in (path, item) for call in self.calls)
            if name and score > best.get(name, (0,))[0]:
                best[name] = (score, path, parameter)
        yield from ((name, found[1:]) for name, found in best.items())

    def key(self, name: str) -> str:
        """The property that tells the rows of an entity apart; empty when there is none."""
        known = {snake(each): each for each in reversed(self.whole(self.schemas[name])["properties"])}
        asked = self.homes.get(name, ("", ""))[1]
        return next(
            (known[each] for each in (snake(asked), "id", f"{snake(name)}_id", "uuid") if each in known), ""
        )

    def entity(self, name: str, joins: list[Values]) -> Values:
        schema = self.whole(self.schemas[name])
        self.wonder(schema, name)
        properties = {str(each): found for each, found in schema["properties"].items()}
        attributes = []
        columns = distinct(map(snake, properties))
        for word, id_, column in zip(properties, distinct(map(spelled, properties)), columns, strict=True):
            found = self.whole(properties[word])
            items = self.named(found.get("items"))
            if items != name and name in map(
                self.named, self.whole(self.schemas.get(items))["properties"].values()
            ):
                continue  # the other side of a reference
            if "items" in found and self.keys.get(items) and self.keys[name]:
                joins.append(
                    self.join(name, word, items, {*self.ids.values(), *(each["id"] for each in joins)})
                )
                continue
            kind, to, null = self.value(properties[word], f"{name}.{word}")
            is_key = word == self.keys[name]
            attributes.append({
                "id": id_,
                "name": word if word != id_ else "",
                "column": column if column != id_ else "",
                "about": plain(found.get("description")) if not to else "",
                "type": kind,
                "to": to,
                "key": is_key,
                "optional": (null or word not in schema["required"]) and not is_key,
                "generated": is_key and (kind in ("integer", "bigint") or found.get("readOnly") is True),
                "default": _literal(found.get("default")),
                "example": _literal(found.get("example")) or ("[]" if kind == "json" and "items" in found else ""),
            })  # fmt: skip
            self.fields[name][word] = id_
            if word != id_:
                self.unread.append(f"{name}.{word}: it is called '{id_}' here and in the API.")
        return {
            "id": self.ids[name],
            "about": plain(schema.get("description")),
            "attributes": attributes,
            "view": False,
        }

    def join(self, name: str, word: str, items: str, taken: set[str]) -> Values:
        """A list of others: rows that say which belong together."""
        self.unread.append(
            f"{name}.{word}: a list of {items} is kept as an entity between them; one of each may be enough."
        )
        of, to = self.ids[name], self.ids[items]
        ends = zip(distinct((snake(of), snake(word if of == to else to))), (of, to), strict=True)
        keys = [{"id": id_, "type": "reference", "to": other, "key": True} for id_, other in ends]
        about = f"Which {to} belongs to which {of}: the list '{word}'."
        return {"id": unique(kebab(f"{of} {word}"), taken), "about": about, "attributes": keys, "view": False}

    def value(self, schema: Any, where: str) -> tuple[str, str, bool]:
        """Type, reference and whether it may be null."""
        bare, null = self.bare(schema)
        name, found = self.named(bare), self.whole(bare)
        if self.keys.get(name):
            return "reference", self.ids[name], null
        null |= self.bare(found)[1]
        self.wonder(found, where)
        kinds = [each for each in listed(found.get("type")) or [found.get("type")] if each != "null"]
        kind = str(kinds[0]) if len(kinds) == 1 else ""
        choices = [each for each in listed(found.get("enum")) if each is not None]
        if choices and all(isinstance(each, str) and each.strip() for each in choices):
            return str(DataType("enum", values=tuple(dict.fromkeys(choices)))), "", null
        if choices:
            self.unread.append(f"{where}: that only {json.dumps(choices)[:100]} are allowed is not kept.")
        word = _FORMATS.get(str(found.get("format")), _KINDS.get(kind, "json")) if kind in _KINDS else "json"
        longest = found.get("maxLength")
        if word == "string" and isinstance(longest, int) and 0 < longest < 1_000_000_000:
            word = f"string({longest})"
        if word == "json" and found.get("items"):
            items = self.named(found["items"])
            of = f" of {items}, whose rows have no key," if items else ""
            self.unread.append(f"{where}: a list{of} is kept as JSON.")
        return word, "", null

    def wonder(self, schema: Values, where: str) -> None:
        for word in ("oneOf", "anyOf", "not", "discriminator", "patternProperties", "if"):
            if word in schema:
                self.unread.append(f"{where}: what '{word}' says is not kept.")

    def resource(self, name: str, path: str, parameter: str, taken: set[str]) -> Values:
        """The operations that callers have on an entity, and the calls they stand for."""
        item = f"{path}/{{{parameter}}}"
        kinds = {("get", path): "list", ("post", path): "create"}
        if parameter and self.keys[name]:
            kinds |= {
                ("get", item): "get",
                ("put", item): "replace",
                ("patch", item): "patch",
                ("delete", item): "delete",
            }
        calls = {(at, method): kind for (method, at), kind in kinds.items() if (at, method) in self.calls}
        if not self.rows(self.answer(self.calls.get((path, "get"), {})))[0]:
            calls.pop((path, "get"), None)
        ids = self.fields[name]
        asked = [
            plain(self.follow(each).get("name"))
            for call in calls
            for each in self.calls[call]["parameters"]
            if calls[call] == "list"
        ]
        self.unread += [
            f"GET {path}: the parameter '{each}' is not kept."
            for each in asked
            if each not in ids and snake(each) not in _PAGING
        ]
        properties = self.whole(self.schemas[name])["properties"]
        found = {each: self.whole(properties[each]) for each in ids if each != self.keys[name]}
        id_ = unique(plural(kebab(path)), taken)
        taken.add(id_)
        return {
            "id": id_,
            "entity": self.ids[name],
            "path": path,
            "operations": list(calls.values()),
            "filter": [ids[each] for each in asked if each in ids],
            "hide": [ids[each] for each in found if found[each].get("writeOnly") is True],
            "readonly": [ids[each] for each in found if found[each].get("readOnly") is True],
            "calls": list(calls),
        }

    def endpoint(self, place: tuple[str, str], taken: set[str]) -> Values:
        """A call that does more than reading or writing rows."""
        (path, method), call = place, self.calls[place]
        takes = []
        for each in map(self.follow, call["parameters"]):
            word, where = plain(each.get("name")), each.get("in")
            kind = self.value(each.get("schema") or {"type": "string"}, f"{method.upper()} {path}, {word}")[0]
            place_ = where if where in ("path", "query", "header") else ""
            optional = each.get("required") is not True and where != "path"
            takes.append({"id": word, "type": kind, "in": place_, "optional": optional})
        if body := self.follow(call.get("requestBody")):
            kind = self.named(self.content(body)) or self.rows(self.content(body))[0]
            optional = body.get("required") is not True
            takes.append({"id": "body", "about": kind, "type": "json", "in": "body", "optional": optional})
        answers = {str(code): self.follow(part) for code, part in mapping(call.get("responses")).items()}
        good = next((part for code, part in sorted(answers.items()) if code.startswith("2")), {})
        id_ = unique(kebab(plain(call.get("operationId")) or f"{method} {path}"), taken)
        taken.add(id_)
        return {
            "id": id_,
            "method": method.upper(),
            "path": path,
            "does": plain(call.get("summary")) or plain(call.get("description")).split("\n")[0],
            "takes": takes,
            "returns": plain(good.get("description")),
            "errors": {code: plain(answers[code].get("description")) for code in answers if code[0] in "45"},
        }


def _literal(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return value if isinstance(value, str) else json.dumps(value)
