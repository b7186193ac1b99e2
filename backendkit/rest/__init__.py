"""What callers of a design can reach: every path, field and parameter with its checked name (REST, OpenAPI 3.1)."""

from backendkit.rest.builder import surface
from backendkit.rest.shapes import (
    FURTHER,
    METHODS,
    Call,
    Collection,
    Field,
    Filter,
    Life,
    Step,
    Surface,
    Value,
)

__all__ = [
    "FURTHER",
    "METHODS",
    "Call",
    "Collection",
    "Field",
    "Filter",
    "Life",
    "Step",
    "Surface",
    "Value",
    "surface",
]
