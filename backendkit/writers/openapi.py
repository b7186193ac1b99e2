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
from backendkit.rest import METHODS, Call, Collection, Field, Surface, Value, surface

Json = dict[str, Any]
_TEXT: Json = {"type": "string"}
_NULL: Json = {"type": "null"}


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
        if body := call.taken("body"):
            needed = [value.json for value in body if not value.optional]
            schemas[f"{pascal(call.name)}Body"] = _object(
                ((each, True) for each in body), needed, found, closed=True
            )
    for each in found.collections:
        for operation in each.operations:
            paths.setdefault(each.at(operation), {})[METHODS[operation].lower()] = _operation(
                each, operation, found
            )
        schemas |= _schemas(each, found)
    schemas["Problem"] = _parts()["problem"]
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _schemas(each: Collection, found: Surface) -> dict[str, Json]:
    made = {each.label: _object(((field, False) for field in each.shown), None, found)}
    made[each.label]["description"] = each.entity.about or each.entity.title
    if "list" in each.operations:
        items = {"type": "array", "items": _ref(each.label)}
        follow = {"anyOf": [_TEXT, _NULL]}
        made[f"{each.label}List"] = {
            "type": "object", "required": ["items", "next"], "properties": {"items": items, "next": follow},
        }  # fmt: skip
    for operation in ("create", "replace", "patch"):
        if operation in each.operations:
            fields = each.creatable if operation == "create" else each.writable
            needed = [
                field.json
                for field in fields
                if field.required
                and operation != "patch"
                and not (operation == "replace" and field in each.keys)
            ]
            named = f"{each.label}{operation.capitalize()}"
            made[named] = _object(((field, True) for field in fields), needed, found, closed=True)
    return made


def _object(
    fields: Iterable[tuple[Field | Value, bool]],
    required: list[str] | None,
    found: Surface,
    *,
    closed: bool = False,
) -> Json:
    properties = {}
    for field, taken in fields:
        schema = _schema(field.type, found, taken)
        about = field.attribute.about if isinstance(field, Field) else field.about
        if field.column.nullable if isinstance(field, Field) else field.optional:
            schema = {"anyOf": [schema, _NULL]}
        properties[field.json] = {**schema, "description": about} if about else schema
    needed = list(properties) if required is None else required
    return {
        "type": "object",
        **({"required": needed} if needed else {}),
        "properties": properties,
        **({"additionalProperties": False} if closed else {}),
    }


def _operation(each: Collection, operation: str, found: Surface) -> Json:
    named = {"list": f"{each.label}List", "delete": ""}.get(operation, each.label)
    status = {"create": 201, "delete": 204}.get(operation, 200)
    answer = _answer(named and _ref(named))
    if named:
        answer["headers"] = {"ETag": {"schema": _TEXT}} | (
            {"Location": {"schema": _TEXT}} if status == 201 else {}
        )
    said: Json = {"tags": [each.resource.title], "operationId": each.does(operation)}
    said["parameters"] = _parameters(each, operation, found)
    if operation in ("create", "replace", "patch"):
        said["requestBody"] = _body(f"{each.label}{operation.capitalize()}")
    codes = (404, 422) if operation == "list" and found.cursor else _parts()["errors"][operation]
    errors = {code: HTTPStatus(code).phrase for code in codes}
    said["responses"] = {str(status): answer, **_problems(errors)}
    return said


def _parameters(each: Collection, operation: str, found: Surface) -> list[Json]:
    if operation == "create":
        return []
    if operation == "list":
        whole = {"type": "integer", "minimum": 1, "maximum": found.most, "default": found.page}
        start = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1, "default": 0}
        page = [_parameter("limit", "query", whole)]
        page.append(
            _parameter("cursor", "query", _TEXT) if found.cursor else _parameter("offset", "query", start)
        )
        if each.sort_pattern:
            page.append(_parameter("sort", "query", {"type": "string", "pattern": each.sort_pattern}))
        return page + [
            _parameter(filter.json, "query", _schema(filter.field.type, found, True))
            for filter in each.filters
        ]
    keys = [
        _parameter(name, "path", _in_path(field.type, found), required=True)
        for name, field in zip(each.key_names, each.keys, strict=True)
    ]
    match = _parameter("If-Match", "header", {"anyOf": [_TEXT, _NULL]})
    return keys + ([] if operation == "get" else [match])


def _call(call: Call, found: Surface) -> Json:
    shown = _ref(call.shown) if call.shown else {}
    about = "" if call.shown else call.endpoint.returns
    said: Json = {"description": call.endpoint.does or call.endpoint.title, "operationId": call.name}
    said["parameters"] = [
        _parameter(value.json, "path", _in_path(value.type, found), required=True)
        for value in call.taken("path")
    ]
    for value in call.taken("query", "header"):
        schema = _schema(value.type, found, True)
        schema = {"anyOf": [schema, _NULL]} if value.optional else schema
        said["parameters"].append(_parameter(value.json, value.place, schema, required=not value.optional))
    if call.taken("body"):
        said["requestBody"] = _body(f"{pascal(call.name)}Body")
    errors = {code: HTTPStatus(code).phrase for code in call.statuses} | call.errors
    said["responses"] = {"200": _answer(shown, about), **_problems(errors)}
    return said


def _schema(type_: DataType, found: Surface, taken: bool) -> Json:
    """The form of a value; decimals are also taken as numbers, and always sent as text."""
    if type_.name in ("integer", "bigint"):
        most = found.integers if type_.name == "integer" else 2**53 - 1
        return {"type": "integer", "minimum": -most - (most < 2**32), "maximum": most}
    if type_.name == "string" and type_.length:
        return {"type": "string", "maxLength": type_.length}
    if type_.name == "enum":
        values = list(dict.fromkeys(type_.values))
        return (
            {"type": "string", "enum": values} if len(values) > 1 else {"type": "string", "const": values[0]}
        )
    if type_.name == "decimal":
        return _decimal(type_) if taken else {"type": "string", "format": "decimal"}
    plain: Json = _parts()["types"].get(
        "moment" if type_.name == "datetime" and not taken else type_.name, _TEXT
    )
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


def _parameter(name: str, place: str, schema: Json, *, required: bool = False) -> Json:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _body(name: str) -> Json:
    return {"required": True, "content": {"application/json": {"schema": _ref(name)}}}


def _answer(schema: Json | str, about: str = "") -> Json:
    answer: Json = {"description": about or "Successful Response"}
    if schema != "":
        answer["content"] = {"application/json": {"schema": schema}}
    return answer


def _problems(errors: dict[int, str]) -> dict[str, Json]:
    content = {"application/problem+json": {"schema": _ref("Problem")}}
    return {str(code): {"description": about, "content": content} for code, about in sorted(errors.items())}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}
