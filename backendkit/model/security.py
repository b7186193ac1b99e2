"""Phase 5: who may do what, and which data is whose. So far: roles, grants and classification (RBAC, NIST)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from backendkit.model.api import Operation
from backendkit.model.record import Chapter, Points, Record


class Role(Record):
    """A set of people with the same rights."""

    kind: ClassVar[str] = "role"


class Grant(Record):
    """What one role may do with one resource."""

    kind: ClassVar[str] = "grant"
    role: Annotated[str, Points(("role",))] = ""
    may: tuple[Operation, ...] = ()
    resource: Annotated[str, Points(("resource",))] = ""
    of: Literal["", "any", "own"] = ""
    """Every row, or only one's own."""


class Classified(Record):
    """How sensitive one attribute is."""

    kind: ClassVar[str] = "classified"
    attribute: Annotated[str, Points(("attribute",))] = ""
    as_: Literal["", "public", "internal", "personal", "sensitive", "secret"] = Field("", alias="as")


class Security(Chapter):
    """Roles, grants, classified attributes."""

    roles: tuple[Role, ...] = ()
    grants: tuple[Grant, ...] = ()
    classified: tuple[Classified, ...] = ()
