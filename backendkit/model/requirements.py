"""Phase 1: who wants what, how well, and what nobody knows yet (ISO/IEC/IEEE 29148, EARS, MoSCoW, ISO/IEC 25010)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from backendkit.model.measure import Measure, parse_measure
from backendkit.model.record import Chapter, Part, Points, Prose, Record, Votes

Priority = Literal["must", "should", "could", "wont"]
Characteristic = Literal[
    "functional-suitability",
    "performance-efficiency",
    "compatibility",
    "interaction-capability",
    "reliability",
    "security",
    "maintainability",
    "flexibility",
    "safety",
]
StakeholderId = Annotated[str, Points(("stakeholder",))]
GoalId = Annotated[str, Points(("goal",))]
SourceId = Annotated[str, Points(("stakeholder", "constraint"))]
NeedId = Annotated[str, Points(("requirement", "quality", "integration"))]
AnyoneId = Annotated[str, Points(("stakeholder", "role"))]
RequirementId = Annotated[str, Points(("requirement", "quality", "constraint"))]


class Stakeholder(Record):
    """A person or group with an interest in the system."""

    kind: ClassVar[str] = "stakeholder"
    role: Prose = ""
    """What they do, in a few words."""
    concern: Prose = ""
    """What they worry about or hope for."""
    influence: Literal["", "high", "medium", "low"] = ""
    """How much they can stop or help."""


class Goal(Record):
    """Why the system is built: an outcome for somebody, with a number where there is one."""

    kind: ClassVar[str] = "goal"
    text: Prose = ""
    """The outcome, in one sentence."""
    measure: str = ""
    """One readable line, as `orders >= 20000 per month`."""
    for_: tuple[StakeholderId, ...] = Field((), alias="for")
    """Stakeholders who want it."""


class Functional(Record):
    """What the system shall do: one EARS sentence, a MoSCoW priority, acceptance criteria (Mavin et al., 2009)."""

    kind: ClassVar[str] = "requirement"
    text: Prose = ""
    """One sentence: When …, the … shall …"""
    priority: Priority | None = None
    """MoSCoW: must, should, could, wont (this time)."""
    goals: tuple[GoalId, ...] = ()
    """Goals it serves."""
    source: SourceId = ""
    """Who asked for it."""
    needs: tuple[NeedId, ...] = ()
    """Requirements or integrations it cannot do without."""
    acceptance: tuple[Prose, ...] = ()
    """Given …, when …, then …: how one sees that it is met."""
    votes: Votes = {}
    """Dots by voter: what the team finds important."""


class Scenario(Part):
    """A quality requirement as a story (SEI quality attribute scenario)."""

    source: Prose = ""
    """Who or what sets it off."""
    stimulus: Prose = ""
    """What happens."""
    environment: Prose = ""
    """Under which circumstances."""
    response: Prose = ""
    """What the system does."""


class Quality(Record):
    """How well the system shall do it: an ISO/IEC 25010 characteristic and one measure."""

    kind: ClassVar[str] = "quality"
    characteristic: Characteristic | None = None
    """ISO/IEC 25010:2023 product quality characteristic."""
    scenario: Scenario | None = None
    """The story behind the number."""
    measure: str = ""
    """One readable line, as `p95 latency of GET /books <= 200 ms at 50 req/s`."""
    priority: Priority | None = None
    """MoSCoW: must, should, could, wont (this time)."""
    goals: tuple[GoalId, ...] = ()
    """Goals it serves."""
    source: SourceId = ""
    """Who asked for it."""
    votes: Votes = {}
    """Dots by voter: what the team finds important."""

    @property
    def parsed(self) -> Measure | None:
        """The measure as numbers; None while the line cannot be read."""
        return parse_measure(self.measure)


class Constraint(Record):
    """Something that is fixed and that the team may not change: law, budget, date, technology."""

    kind: ClassVar[str] = "constraint"
    text: Prose = ""
    """What is fixed, in one sentence."""
    source: StakeholderId = ""
    """Who fixed it."""


class Assumption(Record):
    """Something taken for true without proof, and what happens when it is wrong."""

    kind: ClassVar[str] = "assumption"
    text: Prose = ""
    """What is taken for true."""
    otherwise: Prose = ""
    """What changes when it turns out false."""


class Integration(Record):
    """A system outside that this one talks to."""

    kind: ClassVar[str] = "integration"
    direction: Literal["", "in", "out", "both"] = ""
    """in: they call us; out: we call them."""
    protocol: str = ""
    """HTTPS, SMTP, SFTP, AMQP …"""
    data: Prose = ""
    """What is exchanged."""
    failure: Prose = ""
    """What the system does when it does not answer."""


class Question(Record):
    """Something nobody in the room can answer yet: written down, it is a result."""

    kind: ClassVar[str] = "question"
    text: Prose = ""
    """The question."""
    asks: AnyoneId = ""
    """Who can answer."""
    by: str = ""
    """Date by which the answer is needed, as 2026-12-01."""
    answer: Prose = ""
    """The answer, once there is one."""


class Requirements(Chapter):
    """Goals, stakeholders, functional and quality requirements, constraints, assumptions, integrations, questions."""

    stakeholders: tuple[Stakeholder, ...] = ()
    goals: tuple[Goal, ...] = ()
    functional: tuple[Functional, ...] = ()
    quality: tuple[Quality, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    integrations: tuple[Integration, ...] = ()
    questions: tuple[Question, ...] = ()
