"""Evidence: what a run measured, when, where, and on which state of the design."""

from __future__ import annotations

from backendkit.model.record import Part


class Evidence(Part):
    """One measured number. It is fresh while `depends` is still the hash of the parts of the design it rests on."""

    requirement: str = ""
    """The quality requirement that asked for it."""
    of: str = ""
    """What was measured, where no requirement asked: `attack sql-injection`."""
    value: float
    """In the base unit of the measure's dimension (s, parts of one, req/s, B); of an attack, how often it succeeded."""
    tries: int | None = None
    """Out of how many attempts, where there were some."""
    at: str
    """When, ISO 8601 in UTC."""
    by: str
    """The verb that measured."""
    depends: str
    """Hash of the parts of the design that the number depends on."""
    machine: str = ""
    seed: int | None = None
    command: str = ""
    """The line that repeats the run."""
