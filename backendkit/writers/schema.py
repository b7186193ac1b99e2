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
    """Without titles and defaults, which editors would show and insert, and with descriptions on one line.

    `names` says that the keys are names of fields or definitions, not words of JSON Schema.
    """
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, dict):
        return " ".join(schema.split()) if isinstance(schema, str) else schema
    left = () if names else ("title", "default")
    return {
        key: _plain(value, names=key in ("properties", "$defs") and not names)
        for key, value in schema.items()
        if key not in left
    }


def main() -> None:
    """Write the file."""
    FILE.write_text(schema_text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
