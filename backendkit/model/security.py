"""Phase 5: who callers are, who may do what, which data is whose, what could go wrong (RBAC, STRIDE, OWASP ASVS 5)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from backendkit.model.api import Operation
from backendkit.model.record import Chapter, Part, Points, Prose, Record
from backendkit.model.requirements import RequirementId

AttributeId = Annotated[str, Points(("attribute",))]
Classification = Literal["", "public", "internal", "personal", "sensitive", "secret"]
Stride = Literal[
    "",
    "spoofing",
    "tampering",
    "repudiation",
    "information-disclosure",
    "denial-of-service",
    "elevation-of-privilege",
]


class Authentication(Record):
    """How callers prove who they are: a login with tokens (OAuth 2), an OpenID Connect provider, or both."""

    kind: ClassVar[str] = "authentication"
    login: AttributeId = ""
    """What people log in with, as reader.email: the rows of its entity are the users."""
    password: AttributeId = ""
    """Where the hash of the password stands, as reader.password_hash."""
    role: AttributeId = ""
    """Where the role of a user stands; without it everybody who logs in has the first role of users."""
    access: str = ""
    """How long a token works, as 15 min."""
    refresh: str = ""
    """How long one stays logged in without a password, as 14 d."""
    provider: str = ""
    """The address of an OpenID Connect provider, whose tokens are taken too."""
    satisfies: tuple[RequirementId, ...] = ()


class Role(Record):
    """A set of callers with the same rights."""

    kind: ClassVar[str] = "role"
    who: Literal["", "anyone", "user", "service"] = ""
    """anyone: also without a login; user: who logged in (when empty); service: a program with an API key."""


class Grant(Record):
    """What one role may do with one resource, or which endpoints it may call. What nobody grants is forbidden."""

    kind: ClassVar[str] = "grant"
    role: Annotated[str, Points(("role",))] = ""
    may: tuple[Operation, ...] = ()
    resource: Annotated[str, Points(("resource",))] = ""
    endpoints: tuple[Annotated[str, Points(("endpoint",))], ...] = ()
    """Endpoints it may call."""
    of: Literal["", "any", "own"] = ""
    """Every row, or only one's own."""


class Owned(Record):
    """Whose a row is: an attribute that leads to a user, by itself or over other entities.

    Where only one attribute of an entity leads there, nothing has to be said.
    """

    kind: ClassVar[str] = "owned"
    by: AttributeId = ""
    """The attribute, as message.sender."""
    may: tuple[Operation, ...] = ()
    """What owning it this way allows; all that is granted when empty."""


class Classified(Record):
    """How sensitive one attribute is. What is personal, sensitive or secret is stored encrypted."""

    kind: ClassVar[str] = "classified"
    attribute: AttributeId = ""
    as_: Classification = Field("", alias="as")


class Limits(Part):
    """How much one caller may ask for."""

    rate: str = ""
    """Calls of one caller, as 600 per minute."""
    attempts: str = ""
    """Logins that fail for one account, as 5 per 10 minutes."""
    body: str = ""
    """The largest body, as 1 MB."""


class Threat(Record):
    """What could go wrong at one place, what is done about it, and how that is tested."""

    kind: ClassVar[str] = "threat"
    stride: Stride = ""
    at: Annotated[str, Points(("element", "relation"))] = ""
    """The element or relation of the architecture."""
    threat: Prose = ""
    """What somebody could do."""
    control: Prose = ""
    """What is done about it."""
    tests: tuple[str, ...] = ()
    """Attacks that try it, as sql-injection."""
    residual: Literal["", "none", "low", "medium", "high"] = ""
    """The risk that stays."""
    accepted: Prose = ""
    """Who lives with a risk that stays, and why."""
    satisfies: tuple[RequirementId, ...] = ()


class Control(Record):
    """The answer to one requirement of the OWASP Application Security Verification Standard 5."""

    kind: ClassVar[str] = "control"
    asvs: str = ""
    """The number of the requirement there, as V6.2.1."""
    state: Literal["", "met", "open", "not-applicable"] = ""
    how: Prose = ""
    """How it is met, or why it need not be."""
    tests: tuple[str, ...] = ()
    """Attacks that try it."""


class Security(Chapter):
    """Authentication, roles, grants, owners, classified attributes, limits, threats, controls."""

    authentication: Authentication | None = None
    roles: tuple[Role, ...] = ()
    grants: tuple[Grant, ...] = ()
    owned: tuple[Owned, ...] = ()
    classified: tuple[Classified, ...] = ()
    limits: Limits | None = None
    origins: tuple[str, ...] = ()
    """Web sites whose pages may call the API, as https://shop.example (CORS)."""
    threats: tuple[Threat, ...] = ()
    controls: tuple[Control, ...] = ()
