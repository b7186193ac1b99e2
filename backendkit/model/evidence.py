"""Evidence: what a run measured, when, where, and on which state of the design."""

from __future__ import annotations

from backendkit.model.record import Part


class Evidence(Part):
    """One measured number. It is fresh while `depends` is still the hash of the parts of the design it rests on."""

    requirement: str
    """The quality requirement that asked for it."""
    value: float
    """In the base unit of the measure's dimension (s, parts of one, req/s, B)."""
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
