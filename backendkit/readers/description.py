"""An OpenAPI description as a document: read within limits, its references followed, its parts merged.

https://spec.openapis.org/oas/v3.1.1.html
"""

from __future__ import annotations

import json
import re
import urllib.parse
from pathlib import Path
from typing import Any

from backendkit.model import DesignError, UserError
from backendkit.readers.imported import ALLOWED, Values

LIMIT = 20_000_000
"""Bytes of the biggest file that is read."""
_CODES = re.compile(r"(?m)(^[ -]*|[{,]\s*)(-?\d+):(?=\s)")


def load(path: Path) -> Values:
    """The values of a JSON or YAML file. Raises UserError when it is none, or too big, or too deep."""
    from backendkit.store.text import read

    size = path.stat().st_size
    if size > LIMIT:
        raise UserError(f"{path} has {size:,} bytes; an OpenAPI description may have {LIMIT:,}.")
    text = ""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        if text.lstrip().startswith("{"):
            return mapping(json.loads(text))
        # Status codes stand without quotes in most descriptions; as keys they are text.
        return mapping(read(_CODES.sub(r'\1"\2":', text)))
    except RecursionError:
        raise UserError(f"{path} is nested too deeply for an OpenAPI description.") from None
    except json.JSONDecodeError as error:
        raise UserError(
            f"{path}: line {error.lineno} is no JSON ({error.msg}); allowed is {ALLOWED}."
        ) from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is neither a SQLite file nor text; allowed is {ALLOWED}.") from None
    except DesignError as error:
        if not re.search(r"(?m)^(openapi|swagger):", text):
            raise UserError(
                f"{path} is neither a SQLite file nor an OpenAPI description; allowed is {ALLOWED}."
            ) from None
        raise UserError(f"{path}: line {error.problems[0].line or 1}: {error.problems[0].message}") from None


class Description:
    """A document in which every question about a part has an answer, if an empty one."""

    def __init__(self, document: Values) -> None:
        self.document, self.unread = document, list[str]()
        self.merged: dict[int, Values] = {}
        self.alive: list[Values] = []

    def part(self, kind: str) -> Any:
        return mapping(self.document.get("components")).get(kind)

    def follow(self, value: Any) -> Values:
        """What a `$ref` in this document stands for; nothing for one that leads elsewhere or in a circle."""
        seen: set[str] = set()
        while isinstance(value, dict) and isinstance(ref := value.get("$ref"), str):
            if not ref.startswith("#/") or ref in seen:
                self.unread.append(
                    f"'{ref}' leads {'in a circle' if ref in seen else 'out of this file'}: not followed."
                )
                return {}
            seen.add(ref)
            value = self.document
            for step in ref[2:].split("/"):
                step = urllib.parse.unquote(step).replace("~1", "/").replace("~0", "~")
                value = (
                    value[int(step)]
                    if isinstance(value, list) and step.isdigit() and int(step) < len(value)
                    else mapping(value).get(step)
                )
            if value is None:
                self.unread.append(f"'{ref}' leads nowhere.")
        return mapping(value)

    def whole(self, schema: Any, depth: int = 0) -> Values:
        """A schema with its `allOf` parts merged in, and `properties` in any case."""
        found = self.follow(schema)
        if id(found) in self.merged:
            return self.merged[id(found)]
        self.alive.append(found)  # for as long as its id is known
        self.merged[id(found)] = {"properties": {}}  # while this one is looked at: circles end here
        parts = [self.whole(each, depth + 1) for each in listed(found.get("allOf"))] if depth < 50 else []
        merged: Values = {}
        for part in (*parts, found):
            inside = {**mapping(merged.get("properties")), **mapping(part.get("properties"))}
            required = [*listed(merged.get("required")), *listed(part.get("required"))]
            merged |= part | {"properties": inside, "required": required}
        self.merged[id(found)] = merged
        return merged

    def bare(self, schema: Any) -> tuple[Any, bool]:
        """A schema without its ways to say null, and whether it says so."""
        null = False
        for _ in range(10):
            found = mapping(schema)
            options = [
                (each, mapping(each)) for each in listed(found.get("oneOf")) + listed(found.get("anyOf"))
            ]
            left = [each for each, option in options if option.get("type") != "null"]
            alone = listed(found.get("allOf"))
            null |= (
                found.get("nullable") is True
                or len(left) < len(options)
                or "null" in listed(found.get("type"))
            )
            if len(left) == 1:
                schema = left[0]
            elif len(alone) == 1 and not found.get("properties"):
                schema = alone[0]
            else:
                break
        return schema, null

    def named(self, schema: Any) -> str:
        """The name of the schema that is meant; empty when it has none."""
        ref = plain(mapping(self.bare(schema)[0]).get("$ref"))
        name = (
            urllib.parse.unquote(ref.removeprefix("#/components/schemas/"))
            .replace("~1", "/")
            .replace("~0", "~")
        )
        return name if ref.startswith("#/components/schemas/") else ""

    def content(self, part: Any) -> Any:
        """The schema of a body or an answer, JSON before others."""
        media = mapping(self.follow(part).get("content"))
        kind = next((each for each in media if "json" in str(each)), next(iter(media), None))
        return mapping(media[kind]).get("schema") if kind else None

    def answer(self, call: Values) -> Any:
        answers = mapping(call.get("responses"))
        good = sorted((str(code), part) for code, part in answers.items() if str(code).startswith("2"))
        return self.content(good[0][1] if good else answers.get("default"))

    def rows(self, schema: Any) -> tuple[str, str]:
        """For the answer of a list: the name of the schema of its items, and of what is wrapped around them."""
        found = self.whole(schema)
        if "items" in found:
            return self.named(found["items"]), ""
        lists = [self.whole(each).get("items") for each in found["properties"].values()]
        names = [name for items in lists if items and (name := self.named(items))]
        wraps = len(names) == 1 and "id" not in found["properties"]
        return (names[0], self.named(schema)) if wraps else ("", "")

    def one(self, schema: Any) -> tuple[str, str]:
        """For a body or the answer about one thing: the name of its schema, and of what is wrapped around it."""
        properties = list(self.whole(schema)["properties"].values())
        inside = self.named(properties[0]) if len(properties) == 1 else ""
        return (inside, self.named(schema)) if inside else (self.named(schema), "")


def mapping(value: Any) -> Values:
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def plain(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
