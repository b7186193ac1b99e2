"""The common shape of everything in a design: frozen records with an id, and fields that say what they point to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field


@dataclass(frozen=True, slots=True)
class Points:
    """Marks a text field (or the keys of a mapping) as a reference to records of these kinds.

    `inside` says that the reference is looked up among the children of the same parent record first
    (a criterion of this decision, an attribute of this entity).
    """

    kinds: tuple[str, ...]
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Grammar:
    """Marks a text field that holds one line of the small expression grammar over the parent's attributes."""


Expression = Annotated[str, Grammar()]
Prose = Annotated[str, Field(json_schema_extra={"format": "prose"})]
Votes = dict[str, Annotated[int, Field(ge=0)]]
"""Dots by voter; one key for each, so that two people who vote at once never lose one."""


class Part(BaseModel):
    """A piece of a design without an id of its own: it is addressed through the record that holds it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True
    )


class Record(Part):
    """A piece of a design that people name: addressed by its id."""

    kind: ClassVar[str] = "record"

    id: str = ""
    """What people say aloud and what references use; unique in the design, or within the record that holds it."""
    name: str = ""
    """How it is written in pictures and pages; the id when empty."""
    about: Prose = ""
    """What it is for, in a sentence or two."""
    waive: dict[str, str] = {}
    """Rules that do not apply here: rule code and the reason, which is printed in the document."""

    @property
    def title(self) -> str:
        """The name, or the id when there is none."""
        return self.name or self.id

    def __str__(self) -> str:
        return self.title


class Chapter(Part):
    """One phase of the design."""

    about: Prose = ""
    """What this phase decided, in a sentence or two."""
    waive: dict[str, str] = {}
    """Rules that do not apply to this phase: rule code and the reason, which is printed in the document."""
