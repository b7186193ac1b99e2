"""What callers of a design can reach: every path, field and parameter with its checked name (REST, OpenAPI 3.1)."""

from backendkit.rest.builder import surface
from backendkit.rest.services import services
from backendkit.rest.shapes import (
    BEYOND,
    FURTHER,
    LOGIN,
    METHODS,
    Access,
    Call,
    Collection,
    Expand,
    Field,
    Filter,
    Hop,
    Life,
    Limit,
    Step,
    Stub,
    Surface,
    Value,
    Way,
)

__all__ = [
    "BEYOND",
    "FURTHER",
    "LOGIN",
    "METHODS",
    "Access",
    "Call",
    "Collection",
    "Expand",
    "Field",
    "Filter",
    "Hop",
    "Life",
    "Limit",
    "Step",
    "Stub",
    "Surface",
    "Value",
    "Way",
    "services",
    "surface",
]
