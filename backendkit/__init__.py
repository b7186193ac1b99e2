"""Design a backend phase by phase: one design in; pictures, findings, a running prototype and a document out.

The names here are all a notebook needs. Each is fetched from its room when it is first used, so that
`import backendkit` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backendkit.document import build_document as build_document
    from backendkit.draw import picture as picture
    from backendkit.grading import exercise as exercise
    from backendkit.model import Delete as Delete
    from backendkit.model import Insert as Insert
    from backendkit.model import Move as Move
    from backendkit.model import Set as Set
    from backendkit.prototype import start as start
    from backendkit.readers import read_system as read_system
    from backendkit.room import edit as edit
    from backendkit.rules import check as check
    from backendkit.store import new_design as new_design
    from backendkit.store import open_design as open_design
    from backendkit.writers import export as export

_ROOMS = {
    "open_design": "store",
    "new_design": "store",
    "Set": "model",
    "Insert": "model",
    "Delete": "model",
    "Move": "model",
    "check": "rules",
    "edit": "room",
    "picture": "draw",
    "export": "writers",
    "read_system": "readers",
    "start": "prototype",
    "exercise": "grading",
    "build_document": "document",
}
__all__ = list(_ROOMS)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"backendkit has no '{name}', it has: {', '.join(_ROOMS)}")
    return getattr(importlib.import_module(f"backendkit.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return [*_ROOMS, "__version__"]
