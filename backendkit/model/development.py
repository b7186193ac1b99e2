"""Phase 4: the rules of the business. So far: state machines; derived values and seed data come with their issue."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from backendkit.model.record import Chapter, Expression, Points, Prose, Record
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


class Development(Chapter):
    """State machines."""

    states: tuple[StateMachine, ...] = ()
