"""The design's API as OpenAPI 3.1: what the prototype serves, said without running it.

https://spec.openapis.org/oas/v3.1.1.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from backendkit.model import Design
from backendkit.model.datatype import DataType
from backendkit.model.naming import pascal
from backendkit.rest import FURTHER, LOGIN, METHODS, Access, Call, Collection, Field, Surface, Value, surface

Json = dict[str, Any]
_TEXT: Json = {"type": "string"}
_BODIES = ("create", "bulk", "replace", "patch")


def openapi_text(design: Design) -> str:
    """The whole description as JSON.

    >>> json.loads(openapi_text(Design(name="Shop")))["info"]
    {'title': 'Shop', 'version': '0.1.0'}
    """
    return json.dumps(describe(design), indent=2, ensure_ascii=False) + "\n"


@cache
def _parts() -> dict[str, Json]:
    """What does not depend on a design: plain types, the errors of each operation, the form of a problem."""
    parts: dict[str, Json] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return parts


def describe(design: Design) -> Json:
    """The same as data."""
    found = surface(design)
    info = {"title": found.title, "version": design.version or "0.1.0"}
    if design.summary:
        info["description"] = design.summary
    paths: dict[str, Json] = {}
    schemas: dict[str, Json] = {}
    for call in found.calls:
        paths.setdefault(call.path, {})[call.method.lower()] = _call(call, found)
        if call.taken("body"):
            body = [(value, not value.optional) for value in call.taken("body")]
            schemas[f"{pascal(call.name)}Body"] = _object(body, found, taken=True)
    for each in found.collections:
        for operation in each.operations:
            said = _operation(each, operation, found)
            paths.setdefault(each.at(operation), {})[METHODS[operation].lower()] = said
        schemas |= _schemas(each, found)
    schemas["Problem"] = _parts()["problem"]
    components: Json = {"schemas": schemas}
    if found.access:
        components["securitySchemes"] = _schemes(found)
        if found.access.logs_in:
            paths |= _login(found)
            schemas |= _parts()["login"]
    for said in (said for methods in paths.values() for said in methods.values()):
        _secure(said, found)
    made = {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}
    return made | ({"tags": [{"name": tag} for tag in found.tags]} if found.tags else {})


def _schemas(each: Collection, found: Surface) -> dict[str, Json]:
    row = _object(((field, True) for field in each.shown), found, taken=False)
    brought = {}
    if each.expands:
        row["properties"][each.brought] = _ref(f"{each.label}Expanded")
        there = {expand.json: _or_null(_ref(expand.label)) for expand in each.expands}
        brought[f"{each.label}Expanded"] = {"type": "object", "properties": there}
    made = {each.label: {"description": each.entity.about or each.entity.title, **row}}
    if "list" in each.operations:
        page = {"items": {"type": "array", "items": _ref(each.label)}, "next": _or_null(_TEXT)}
        made[f"{each.label}List"] = {"type": "object", "required": [*page], "properties": page}
    for operation in ("create", "replace", "patch"):
        if operation in each.operations or (operation == "create" and "bulk" in each.operations):
            made[each.label + pascal(operation)] = _object(each.takes(operation), found, taken=True)
    if "bulk" in each.operations:
        many = {"type": "array", "minItems": 1, "maxItems": 1000, "items": _ref(f"{each.label}Create")}
        bulk = {"type": "object", "properties": {"items": many}, "required": ["items"]}
        made[f"{each.label}Bulk"] = {**bulk, "additionalProperties": False}
        added = {"items": {"type": "array", "items": _ref(each.label)}}
        made[f"{each.label}Added"] = {"type": "object", "properties": added, "required": ["items"]}
    return made | brought


def _object(fields: Iterable[tuple[Field | Value, bool]], found: Surface, *, taken: bool) -> Json:
    """The form of a row or a body; `taken` says that callers send it."""
    properties, required = {}, []
    for field, needed in fields:
        schema = _schema(field.type, found, taken)
        schema = _or_null(schema) if field.optional else schema
        properties[field.json] = {**schema, "description": field.about} if field.about else schema
        required += [field.json] if needed else []
    made: Json = {"type": "object", "properties": properties}
    return (
        made
        | ({"required": required} if required else {})
        | ({"additionalProperties": False} if taken else {})
    )


def _operation(each: Collection, operation: str, found: Surface) -> Json:
    named = {"list": f"{each.label}List", "bulk": f"{each.label}Added", "delete": "", "watch": ""}.get(
        operation, each.label
    )
    status = {"create": 201, "bulk": 201, "delete": 204}.get(operation, 200)
    answer = _answer(_ref(named) if named else None)
    if operation == "watch":
        answer["content"] = {"text/event-stream": {}}
    if named:
        headers = ("ETag", "Location") if operation == "create" else ("ETag",)
        answer["headers"] = {name: {"schema": _TEXT} for name in headers}
    said: Json = {"tags": [each.resource.title], "operationId": each.does(operation)}
    said["parameters"] = _parameters(each, operation, found)
    if operation in _BODIES:
        said["requestBody"] = _body(each.label + pascal(operation))
    codes = (404, 422) if operation == "list" and found.cursor else _parts()["errors"][operation]
    errors = {code: HTTPStatus(code).phrase for code in codes}
    said["responses"] = {str(status): answer, **_problems(errors)}
    return said


def _parameters(each: Collection, operation: str, found: Surface) -> list[Json]:
    if operation in ("create", "bulk"):
        return [_parameter("Idempotency-Key", "header", _parts()["once"])]
    if operation == "watch":
        return []
    if operation != "list":
        keys = [
            _parameter(name, "path", _in_path(key.type, found), needed=True) for name, key in each.key_pairs
        ]
        return keys + ([] if operation == "get" else [_parameter("If-Match", "header", _or_null(_TEXT))])
    most = {"type": "integer", "minimum": 1, "maximum": found.most, "default": found.page}
    start = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1, "default": 0}
    asked = {"limit": most} | ({"cursor": _TEXT} if found.cursor else {"offset": start})
    if each.sort_pattern:
        asked["sort"] = {"type": "string", "pattern": each.sort_pattern}
    if each.expand_pattern:
        asked["expand"] = {"type": "string", "pattern": each.expand_pattern}
    asked |= {filter.json: _schema(filter.field.type, found, True) for filter in each.filters}
    return [_parameter(name, "query", schema) for name, schema in asked.items()]


def _call(call: Call, found: Surface) -> Json:
    said: Json = {
        "tags": [FURTHER],
        "description": call.endpoint.does or call.endpoint.title,
        "operationId": call.name,
        "parameters": [],
    }
    for value in call.taken("path", "query", "header"):
        schema = _in_path(value.type, found) if value.place == "path" else _schema(value.type, found, True)
        schema = _or_null(schema) if value.optional else schema
        said["parameters"].append(_parameter(value.json, value.place, schema, needed=not value.optional))
    if call.taken("body"):
        said["requestBody"] = _body(f"{pascal(call.name)}Body")
    answer = _answer(_ref(call.shown)) if call.shown else _answer({}, call.endpoint.returns)
    errors = {code: HTTPStatus(code).phrase for code in call.statuses} | call.errors
    said["responses"] = {"200": answer, **_problems(errors)}
    return said


def _login(found: Surface) -> dict[str, Json]:
    """The calls that log in and out (RFC 6749, RFC 7009)."""
    refusal = {"400": _answer(_ref("Refusal"), "The login is refused.")}
    calls: tuple[tuple[str, str, tuple[int, ...], Json, str], ...] = (
        ("log_in", "/token", (422, 429), refusal, ""),
        ("log_out", "/token/revoke", (422,), {}, "Logged out, if it was a refresh token."),
    )
    made = {}
    for name, path, errors, more, about in calls:
        form = {"application/x-www-form-urlencoded": {"schema": _ref(f"Body_{name}")}}
        told = _problems({code: HTTPStatus(code).phrase for code in errors}) | more
        said = {"tags": [LOGIN], "operationId": name, "requestBody": {"required": True, "content": form}}
        made[f"{found.base}{path}"] = {"post": {**said, "responses": {"200": _answer({}, about), **told}}}
    return made


def _schemes(found: Surface) -> Json:
    """How callers say who they are."""
    assert found.access
    token = f"{found.base}/token"
    flow = {"tokenUrl": token, "refreshUrl": token, "scopes": {}}
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    made: Json = {
        "login": {"type": "oauth2", "flows": {"password": flow}} if found.access.logs_in else bearer
    }
    return made | (
        {"service": {"type": "apiKey", "in": "header", "name": "X-API-Key"}} if found.access.services else {}
    )


def _secure(said: Json, found: Surface) -> None:
    """Add what callers must bring to a call, and how they are refused."""
    codes = ([429] if found.rate else []) + ([401] if found.access else [])
    if found.access and not _open(said["operationId"], found.access):
        codes.append(403)
        said["security"] = [{name: []} for name in _schemes(found)]
    said["responses"] |= _problems({code: HTTPStatus(code).phrase for code in codes})


def _open(name: str, access: Access) -> bool:
    return (access.logs_in and name in ("log_in", "log_out")) or access.open_to_all(name)


def _schema(type_: DataType, found: Surface, taken: bool) -> Json:
    """The form of a value; decimals are also taken as numbers, and always sent as text."""
    if type_.name in ("integer", "bigint"):
        most = found.integers if type_.name == "integer" else 2**53 - 1
        return {"type": "integer", "minimum": -most - (most < 2**32), "maximum": most}
    if type_.name == "string" and type_.length:
        return {"type": "string", "maxLength": type_.length}
    if type_.name == "enum":
        values = list(dict.fromkeys(type_.values))
        return {"type": "string"} | ({"enum": values} if len(values) > 1 else {"const": values[0]})
    if type_.name == "decimal":
        return _decimal(type_) if taken else {"type": "string", "format": "decimal"}
    name = "moment" if type_.name == "datetime" and not taken else type_.name
    plain: Json = _parts()["types"].get(name, _TEXT)
    return plain


def _decimal(type_: DataType) -> Json:
    scale = type_.scale or 0
    whole = 100 if type_.precision is None else min(type_.precision - scale, 300)
    places = 100 if type_.precision is None else min(scale, 300)
    start = rf"-?\d{{1,{whole}}}" if whole else "-?0"
    pattern = rf"^{start}(\.\d{{1,{places}}})?$" if places else f"^{start}$"
    most = float(f"1e{whole}")
    number: Json = {"type": "number", "exclusiveMinimum": -most, "exclusiveMaximum": most}
    if type_.precision is not None:
        number["multipleOf"] = float(f"1e-{places}")
    return {"anyOf": [{"type": "string", "format": "decimal", "pattern": pattern}, number]}


def _in_path(type_: DataType, found: Surface) -> Json:
    return _TEXT if type_.name == "string" else _schema(type_, found, True)


def _parameter(name: str, place: str, schema: Json, *, needed: bool = False) -> Json:
    return {"name": name, "in": place, "required": needed, "schema": schema}


def _or_null(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def _body(name: str) -> Json:
    return {"required": True, "content": {"application/json": {"schema": _ref(name)}}}


def _answer(schema: Json | None, about: str = "") -> Json:
    content = {} if schema is None else {"content": {"application/json": {"schema": schema}}}
    return {"description": about or "Successful Response", **content}


def _problems(errors: dict[int, str]) -> dict[str, Json]:
    content = {"application/problem+json": {"schema": _ref("Problem")}}
    return {str(code): {"description": about, "content": content} for code, about in sorted(errors.items())}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}
