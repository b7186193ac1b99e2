"""Phase 2c: what callers can ask for (REST resources, OpenAPI 3.1, RFC 9457 problems, GraphQL, AsyncAPI events)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from backendkit.model.record import Chapter, Part, Points, Prose, Record
from backendkit.model.requirements import RequirementId

Operation = Literal["list", "get", "create", "replace", "patch", "delete", "bulk", "watch"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
EntityId = Annotated[str, Points(("entity",))]
ResourceId = Annotated[str, Points(("resource",))]
FieldKey = Annotated[str, Points(("attribute",), inside=True)]


class Resource(Record):
    """An entity as callers see it: a collection under a path, with the operations that are offered."""

    kind: ClassVar[str] = "resource"
    entity: EntityId = ""
    """The entity whose rows it shows."""
    path: str = ""
    """Where it stands, as /books; /<id> when empty."""
    operations: tuple[Operation, ...] = ()
    """list, get, create, replace, patch, delete; bulk adds many at once, watch tells of changes as they happen."""
    filter: tuple[FieldKey, ...] = ()
    """Attributes a list can be narrowed by."""
    sort: tuple[FieldKey, ...] = ()
    """Attributes a list can be ordered by."""
    expand: tuple[FieldKey, ...] = ()
    """References whose rows a list can bring along."""
    hide: tuple[FieldKey, ...] = ()
    """Attributes that are never shown."""
    readonly: tuple[FieldKey, ...] = ()
    """Attributes that callers see but may not write."""
    satisfies: tuple[RequirementId, ...] = ()
    """Requirements it meets."""

    @property
    def route(self) -> str:
        """Its path, with the leading slash."""
        return self.path or f"/{self.id}"


class Parameter(Record):
    """One value a caller sends, or one that comes back."""

    kind: ClassVar[str] = "parameter"
    type: str = ""
    """As an attribute's type."""
    place: Literal["", "path", "query", "header", "body"] = Field("", alias="in")
    optional: bool = False


class Endpoint(Record):
    """A call that is more than reading or writing rows: it does something."""

    kind: ClassVar[str] = "endpoint"
    method: Method | None = None
    path: str = ""
    """As /orders/{number}/pay."""
    does: Prose = ""
    """What happens, in a few words."""
    takes: tuple[Parameter, ...] = ()
    """What the caller sends."""
    returns: str = ""
    """What comes back, in a few words, or a resource's id."""
    errors: dict[str, str] = {}
    """Status code and when it is given: {"409": the copy is already reserved}."""
    satisfies: tuple[RequirementId, ...] = ()
    """Requirements it meets."""


class Event(Record):
    """Something that happened and that others want to hear of."""

    kind: ClassVar[str] = "event"
    when: Prose = ""
    """What happened, in the past tense."""
    entity: EntityId = ""
    """The entity it is about."""
    carries: tuple[str, ...] = ()
    """The values it brings."""
    from_: Annotated[str, Points(("element",))] = Field("", alias="from")
    to: tuple[Annotated[str, Points(("element", "integration"))], ...] = ()
    channel: str = ""
    """Topic, queue or webhook it goes through."""
    satisfies: tuple[RequirementId, ...] = ()


class Query(Record):
    """A GraphQL query, mutation or subscription beside those that follow from the resources."""

    kind: ClassVar[str] = "query"
    operation: Literal["", "query", "mutation", "subscription"] = ""
    does: Prose = ""
    returns: str = ""
    satisfies: tuple[RequirementId, ...] = ()


class GraphQL(Part):
    """The graph beside or instead of REST."""

    resources: tuple[ResourceId, ...] = ()
    """Resources that are also in the graph."""
    depth: Annotated[int, Field(ge=1)] | None = None
    """How deep a query may nest."""
    queries: tuple[Query, ...] = ()


class Versioning(Part):
    """How callers survive a change."""

    by: Literal["", "path", "header", "media-type", "none"] = ""
    current: str = ""
    """As v1."""
    promise: Prose = ""
    """How long an old version lives after a new one."""


class Pagination(Part):
    """How long lists are cut."""

    by: Literal["", "offset", "cursor"] = ""
    size: Annotated[int, Field(ge=1)] | None = None
    """Items of a page when the caller does not say."""
    most: Annotated[int, Field(ge=1)] | None = None
    """Items of a page at the most."""


class Api(Chapter):
    """Style, base path, versioning, pagination, errors; resources, endpoints, events, GraphQL."""

    style: Literal["rest", "graphql", "rest-and-graphql", "grpc", "events"] | None = None
    base: str = ""
    """What every path begins with, as /v1."""
    versioning: Versioning | None = None
    pagination: Pagination | None = None
    errors: Literal["", "problem-details", "own"] = ""
    """problem-details is RFC 9457."""
    resources: tuple[Resource, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    events: tuple[Event, ...] = ()
    graphql: GraphQL | None = None
