"""Phase 3: the tools with their versions, what runs beside the code, and the variables that differ from place to place.

The Twelve-Factor App (https://12factor.net/config) keeps what differs between places out of the code.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from backendkit.model.architecture import DecisionId, ElementId
from backendkit.model.record import Chapter, Points, Prose, Record

Purpose = Literal[
    "", "language", "framework", "database", "hosting", "runtime", "build", "test", "lint", "ci", "other"
]
PortNumber = Annotated[int, Field(ge=1, le=65535)]
VariableId = Annotated[str, Points(("variable",))]


class Tool(Record):
    """Something the team builds with: a language, a framework, a database, a linter."""

    kind: ClassVar[str] = "tool"
    purpose: Purpose = Field("", alias="kind")
    """language, framework, database, hosting, runtime, build, test, lint, ci or other."""
    version: str = ""
    """The oldest that will do, as far as it counts: 3.12, 17."""
    for_: tuple[ElementId, ...] = Field((), alias="for")
    """The parts of the architecture that are made with it."""
    decision: DecisionId = ""
    """The decision that chose it."""
    because: Prose = ""
    """Why this one, where no decision says it."""


class Service(Record):
    """A program that runs beside the code on a developer's machine: a database, a mail catcher."""

    kind: ClassVar[str] = "service"
    image: str = ""
    """The container image with its tag, as postgres:17."""
    port: PortNumber | None = None
    """Where it answers on this machine."""
    page: PortNumber | None = None
    """The port of its web page, where it has one, as the inbox of a mail catcher."""
    element: Annotated[str, Points(("element", "integration"))] = ""
    """The part of the architecture, or the system outside, that it stands for."""
    variables: tuple[VariableId, ...] = ()
    """Variables that it is started with."""
    volume: str = ""
    """The path inside the container whose files stay when it stops."""
    health: str = ""
    """A command inside the container that ends well when it is ready, as pg_isready."""


class Variable(Record):
    """A setting that differs from place to place; its id is its name, as DATABASE_URL."""

    kind: ClassVar[str] = "variable"
    example: str = ""
    """A value as it would really look; of a secret, only its form."""
    default: str = ""
    """What it is when nobody sets it."""
    secret: bool = False
    """Whether nobody may read it: it never stands in a file that is committed."""
    optional: bool = False
    """Whether it may be missing."""


class Environment(Chapter):
    """Tools, services on a developer's machine, variables and secrets."""

    tools: tuple[Tool, ...] = ()
    services: tuple[Service, ...] = ()
    variables: tuple[Variable, ...] = ()
