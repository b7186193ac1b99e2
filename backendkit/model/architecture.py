"""Phase 2a: the parts, who talks to whom, and why it was decided so (C4 model, MADR)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from backendkit.model.record import Chapter, Points, Prose, Record, Votes
from backendkit.model.requirements import RequirementId

ElementId = Annotated[str, Points(("element",))]
EndId = Annotated[str, Points(("element", "stakeholder", "integration"))]
OwnedId = Annotated[str, Points(("entity",))]
DecisionId = Annotated[str, Points(("decision",))]
DriverId = Annotated[str, Points(("requirement", "quality", "constraint", "goal", "assumption"))]
CriterionKey = Annotated[str, Points(("criterion",), inside=True)]
ChosenId = Annotated[str, Points(("option",), inside=True)]

Style = Literal["monolith", "modular-monolith", "microservices", "serverless", "event-driven", "layered"]


class Element(Record):
    """A C4 element: a person, a system, a container (something that runs) or a component inside one."""

    kind: ClassVar[str] = "element"
    level: Literal["person", "system", "container", "component"] | None = Field(None, alias="kind")
    """person, system, container or component (C4)."""
    in_: ElementId = Field("", alias="in")
    """The element it is part of."""
    technology: str = ""
    """As postgresql, fastapi, react."""
    external: bool = False
    """Whether somebody else runs it."""
    store: Literal["", "database", "queue", "files", "cache"] = ""
    """What it stores, for the shape in the picture."""
    owns: tuple[OwnedId, ...] = ()
    """Entities whose rows only it writes."""
    satisfies: tuple[RequirementId, ...] = ()
    """Requirements it meets."""


class Relation(Record):
    """One element uses another."""

    kind: ClassVar[str] = "relation"
    from_: EndId = Field("", alias="from")
    """Who starts the conversation."""
    to: EndId = ""
    """Who answers."""
    does: Prose = ""
    """What for, as a verb: reads and writes."""
    over: str = ""
    """Protocol: HTTPS, SQL, AMQP …"""
    async_: bool = Field(False, alias="async")
    """Whether nobody waits for the answer."""
    failure: Prose = ""
    """What happens when the other side does not answer."""


class Criterion(Record):
    """Something the options are judged by."""

    kind: ClassVar[str] = "criterion"
    weight: float = 1
    """How much it counts, from 0 upwards."""
    from_: Annotated[str, Points(("requirement", "quality", "constraint", "goal"))] = Field("", alias="from")
    """The requirement it comes from."""


class Option(Record):
    """One way to do it."""

    kind: ClassVar[str] = "option"
    scores: dict[CriterionKey, float] = {}
    """How well it does by each criterion, from 0 to 5."""
    good: tuple[Prose, ...] = ()
    """What speaks for it."""
    bad: tuple[Prose, ...] = ()
    """What speaks against it."""
    votes: Votes = {}
    """Dots by voter: what the team would take."""


class Decision(Record):
    """An architecture decision record (MADR 4): the question, the options, the choice, and what follows from it."""

    kind: ClassVar[str] = "decision"
    name: str = Field("", alias="title")
    """The question in a few words."""
    status: Literal["proposed", "accepted", "rejected", "deprecated", "superseded"] | None = None
    """proposed, accepted, rejected, deprecated or superseded."""
    date: str = ""
    """When it was decided, as 2026-11-22."""
    context: Prose = ""
    """What made the question come up."""
    drivers: tuple[DriverId, ...] = ()
    """Requirements, goals and constraints that push the choice."""
    deciders: tuple[Annotated[str, Points(("stakeholder",))], ...] = ()
    """Who decided."""
    criteria: tuple[Criterion, ...] = ()
    options: tuple[Option, ...] = ()
    chosen: ChosenId = ""
    """The option taken."""
    because: Prose = ""
    """The reason, in one sentence."""
    consequences: tuple[Prose, ...] = ()
    """What is easier and what is harder from now on."""
    reopens: Annotated[str, Points(("quality", "requirement", "assumption", "question"))] = ""
    """What, when it turns out false, opens the question again."""
    supersedes: DecisionId = ""
    """The decision it replaces."""


class Architecture(Chapter):
    """Style, C4 elements with their relations, decisions."""

    style: Style | None = None
    """monolith, modular-monolith, microservices, serverless, event-driven or layered."""
    elements: tuple[Element, ...] = ()
    relations: tuple[Relation, ...] = ()
    decisions: tuple[Decision, ...] = ()
