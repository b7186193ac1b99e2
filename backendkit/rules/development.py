"""Rules for phase 4: state machines that can run (Harel statecharts, 1987)."""

from __future__ import annotations

from backendkit.model import Design
from backendkit.model.database import Attribute
from backendkit.model.development import StateMachine
from backendkit.rules.engine import Hits, rule
from backendkit.rules.facts import listed


@rule("DEV002", "unknown-state", 1)
def unknown_state(design: Design) -> Hits:
    """A state machine begins and moves among the values of its enum.
    Why: a state that the column cannot hold is never reached.
    Bad: {database: {entities: [{id: o, attributes: [{id: s, type: "enum(open, paid)"}]}]},
      development: {states: [{id: life, attribute: o.s, start: begun}]}}
    Good: {database: {entities: [{id: o, attributes: [{id: s, type: "enum(open, paid)"}]}]},
      development: {states: [{id: life, attribute: o.s, start: open}]}}"""
    for at, it in design.each(StateMachine):
        found = design.find(it.attribute)
        kind = found.record.datatype if found and isinstance(found.record, Attribute) else None
        values = kind.values if kind else ()
        used = [it.start, *(state for one in it.moves for state in (one.from_, one.to))]
        wrong = sorted({state for state in used if state and state not in values})
        if wrong and values:
            yield (
                at,
                f"{at.address} speaks of {listed(wrong)}",
                f"use the values of {it.attribute}, {listed(values, 'or')}",
            )
        if not it.start:
            yield at, f"{at.address} does not say where it begins", "write start"
