"""What a place for designs can do: named small texts, read with a revision, written if the revision still holds.

https://en.wikipedia.org/wiki/Compare-and-swap
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from backendkit.model import UserError

DESIGN = "design.yaml"


class Held(UserError):
    """Somebody else holds the design for longer than anybody wants to wait."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One saved state of one text: its number, who saved it and when (UTC)."""

    number: int
    author: str
    at: datetime
    name: str


class Store(Protocol):
    """The texts of one design, somewhere."""

    where: str
    name: str
    folder: Path | None
    out: Path

    def exists(self) -> bool:
        """Whether there is a design."""

    def names(self) -> tuple[str, ...]:
        """The texts of this design."""

    def stamp(self, name: str) -> object:
        """Changes when the text may have changed; cheap."""

    def stamps(self) -> object:
        """Changes when any text may have changed: the design, the notes, the evidence; cheap."""

    def read(self, name: str) -> tuple[str, str]:
        """The text and its revision; both empty when there is none."""

    def lines(self, name: str) -> str:
        """The text of a name that is only ever appended to."""

    def write(self, name: str, text: str, revision: str, author: str) -> str | None:
        """Save when the revision still holds; the new revision, or None when it does not."""

    def append(self, name: str, line: str) -> None:
        """Add one line."""

    def lock(self) -> AbstractContextManager[None]:
        """Who is second waits, instead of doing work that would be refused."""

    def history(self, name: str) -> tuple[Revision, ...]:
        """Every revision of a text, first one first."""

    def revision(self, name: str, number: int) -> str | None:
        """The text of one revision."""


@contextmanager
def told(where: object) -> Iterator[None]:
    """Say in one sentence that a place cannot be written to."""
    try:
        yield
    except OSError as error:
        said = error.strerror or error
        raise UserError(f"Not saved: '{where}' cannot be written to ({said}).") from None


def masked(address: str) -> str:
    """An address without its password.

    >>> masked("postgresql://kim:half@half@host/db?password=x#shop"), masked("data/shop")
    ('postgresql://kim:***@host/db?password=***#shop', 'data/shop')
    """
    address = re.sub(r"(://[^:/@]*):.*@", r"\1:***@", address)
    return re.sub(r"(?i)([?&][^=&#]*(?:pass|pwd|secret)[^=&#]*=)[^&#]*", r"\1***", address)
