"""The notebooks of a design become one document: PDF or one HTML file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backendkit.document.build import Built, build_document

__all__ = ["Built", "build_document"]


def __getattr__(name: str) -> object:
    # nbconvert imports this package to list its exporters: nothing heavy, nothing that can break it.
    if name not in __all__:
        raise AttributeError(name)
    from backendkit.document import build

    return getattr(build, name)
