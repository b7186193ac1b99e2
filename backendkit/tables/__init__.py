"""A design and SQLAlchemy's tables, the words for their types: the one place that knows both."""

from __future__ import annotations

from backendkit.model.link import target, value_type
from backendkit.tables.build import metadata, unquoted
from backendkit.tables.reference import Link, links
from backendkit.tables.sqltypes import FOLDING, attribute_type, column_type, named_type, stored_type

__all__ = [
    "FOLDING",
    "Link",
    "attribute_type",
    "column_type",
    "links",
    "metadata",
    "named_type",
    "stored_type",
    "target",
    "unquoted",
    "value_type",
]
