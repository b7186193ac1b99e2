"""Phase 4: the rules of the business: state machines, derived values, rules, seed data."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from backendkit.model.record import Chapter, Expression, Part, Points, Prose, Record
from backendkit.model.requirements import RequirementId


class Move(Record):
    """From one state to another."""

    kind: ClassVar[str] = "move"
    from_: str = Field("", alias="from")
    to: str = ""
    trigger: Prose = ""
    """What sets it off."""
    guard: Expression = ""
    """What must hold, in one line of the small grammar."""
    by: Annotated[str, Points(("endpoint",))] = ""
    """The endpoint that makes the move."""


class StateMachine(Record):
    """The life of one enum attribute."""

    kind: ClassVar[str] = "state-machine"
    attribute: Annotated[str, Points(("attribute",))] = ""
    """The attribute, as order.state."""
    start: str = ""
    moves: tuple[Move, ...] = ()
    satisfies: tuple[RequirementId, ...] = ()


class Derived(Record):
    """A value that follows from others of its row: nobody writes it."""

    kind: ClassVar[str] = "derived"
    attribute: Annotated[str, Points(("attribute",))] = ""
    """The attribute, as order-line.total."""
    is_: Expression = Field("", alias="is")
    """How it is found, in one line of the small grammar; other text becomes a file that the team writes."""
    satisfies: tuple[RequirementId, ...] = ()


class BusinessRule(Record):
    """What must hold for every row of an entity, whoever writes it."""

    kind: ClassVar[str] = "business-rule"
    entity: Annotated[str, Points(("entity",))] = ""
    holds: Expression = ""
    """In one line of the small grammar; other text becomes a file that the team writes."""
    satisfies: tuple[RequirementId, ...] = ()


class Seed(Part):
    """The rows that development and load tests begin with."""

    rows: Annotated[int, Field(ge=0)] | None = None
    """Rows of an entity that states no volume."""
    number: Annotated[int, Field(ge=0)] | None = None
    """Where the dice begin: the same number gives the same rows."""


class Development(Chapter):
    """State machines, derived values, business rules, seed data."""

    states: tuple[StateMachine, ...] = ()
    derived: tuple[Derived, ...] = ()
    rules: tuple[BusinessRule, ...] = ()
    seed: Seed | None = None
