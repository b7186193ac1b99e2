"""What callers of a design can reach: every path, field and parameter with its checked name (REST, OpenAPI 3.1)."""

from backendkit.rest.builder import surface
from backendkit.rest.shapes import METHODS, UNWRITTEN, Call, Collection, Field, Filter, Surface, Value

__all__ = ["METHODS", "UNWRITTEN", "Call", "Collection", "Field", "Filter", "Surface", "Value", "surface"]
