"""Technology icons: files of the diagrams package, found by exact name and written into the picture itself."""

from __future__ import annotations

import re
import tomllib
from base64 import b64encode
from collections import defaultdict
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

_GENERAL = ("programming", "onprem", "saas", "elastic", "generic", "firebase")
_LARGEST = 100_000
_OF_CLOUDS = {"compute", "database", "databases", "integration", "storage"}
_VARIANT = re.compile(
    r"rounded|instance|classic|azure azure|attribute|item|thinkbox|^(generic|saas|onprem|programming)$"
)
_NO_TECHNOLOGY = {"flowchart", "grow", "quality", "security", "agent", "os", "network"}


@cache
def icon(technology: str) -> str:
    """Give the icon of a technology as a data URI; empty when there is none of exactly that name.

    >>> icon("PostgreSQL 16")[:22], icon("post")
    ('data:image/png;base64,', '')
    """
    for word in re.split(r"[,;+&]| and | on | with |(?<!pub)/", technology.lower()[:200]):
        if path := _find(word.strip()) or _find(re.sub(r"[\s@v]*\d[\d.x]*\+?$", "", word.strip())):
            data = path.read_bytes()
            return f"data:image/png;base64,{b64encode(data).decode()}" if len(data) <= _LARGEST else ""
    return ""


@cache
def technologies() -> tuple[str, ...]:
    """The names that have an icon, as people write them; of the large clouds what runs, stores and carries.

    >>> [name for name in technologies() if name.startswith("postgre")]
    ['postgres', 'postgresql']
    """
    files, clouds = _files(), {"aws", "azure", "gcp"}
    names = {*_table()["icons"]}
    for path in files[""]:
        provider, *folder, name = path.split("/")
        if provider in _GENERAL and not {*folder} & _NO_TECHNOLOGY:
            names.add(name.replace("-", " "))
        if provider in clouds and {*folder} & _OF_CLOUDS:
            names.add(f"{provider} {name.replace('-', ' ')}")
    return tuple(
        sorted(name for name in names if len(name) <= 30 and not _VARIANT.search(name) and _find(name))
    )


def _find(name: str) -> Path | None:
    """Look a name up: in our list, among general icons, then among those of the provider it begins with."""
    table, files = _table(), _files()
    if name in table["icons"]:
        return files[""].get(table["icons"][name])
    stem = name.replace(" ", "-")
    for provider in _GENERAL:
        if stem in files[provider]:
            return files[provider][stem]
    provider, _, rest = stem.partition("-")
    return files[table["providers"].get(provider, "-")].get(rest)


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("icons.toml").read_text(encoding="utf-8"))


@cache
def _files() -> dict[str, dict[str, Path]]:
    """Every icon by provider and file name, and under "" by its whole path: nothing else is ever read."""
    found: dict[str, dict[str, Path]] = defaultdict(dict)
    root = Path(str(distribution("diagrams").locate_file("resources")))
    for file in sorted(root.glob("*/*/*.png")) + sorted(root.glob("*/*.png")):
        inside = file.relative_to(root).with_suffix("")
        found[""][inside.as_posix()] = file
        found[inside.parts[0]].setdefault(inside.name, file)
    return found
