"""The JSON Schema of a design file, so that editors complete and check it (https://json-schema.org/draft/2020-12).

`python -m backendkit.writers.schema` writes it to data/design.schema.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from backendkit.model import Design
from backendkit.model.datatype import PLAIN

FILE = Path(__file__).parents[2] / "data" / "design.schema.json"
_TYPES = {"anyOf": [{"enum": list(PLAIN)}, {"pattern": r"^(string|decimal|enum|other)(\s*\([\s\S]*\))?$"}]}


def schema_text(_design: Design | None = None) -> str:
    """The schema as JSON, the same for every design."""
    schema = _plain(Design.model_json_schema(by_alias=True))
    schema["$defs"]["Attribute"]["properties"]["type"] |= _TYPES
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A backend design", **schema}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _plain(schema: Any, *, names: bool = False) -> Any:
    """Without titles and defaults, which editors would show and insert, with gaps (`name:` and nothing) allowed.

    `names` says that the keys are names of fields or definitions, not words of JSON Schema.
    """
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, dict):
        return " ".join(schema.split()) if isinstance(schema, str) else schema
    left = () if names else ("title", "default")
    inside = {key: names is False and key in ("properties", "$defs") for key in schema if key not in left}
    found = {key: _plain(schema[key], names=below) for key, below in inside.items()}
    if "properties" in inside and not names:
        found["properties"] = {key: _gap(each) for key, each in found["properties"].items()}
    return found


def _gap(schema: dict[str, Any]) -> dict[str, Any]:
    """The same, or nothing yet."""
    if "$ref" in schema:
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return {"anyOf": [{"$ref": schema["$ref"]}, {"type": "null"}], **rest}
    return schema | ({"type": [schema["type"], "null"]} if "type" in schema and "enum" not in schema else {})


def main() -> None:
    """Write the file."""
    FILE.write_text(schema_text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
