"""What a person is told when input is refused: one sentence with where, what was found, what is allowed."""

from __future__ import annotations

from dataclasses import dataclass

Path = tuple[str | int, ...]
MOST = 50
"""So many problems are told at once."""


class UserError(Exception):
    """A mistake a person can mend. Its text is one plain sentence; no traceback is ever shown for it."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in place of a traceback (IPython asks for it)."""
        return [str(self)]


def spell(path: Path) -> str:
    """Write a path in the design the way people read it.

    >>> spell(("database", "entities", 3, "attributes", 0, "type"))
    'database.entities[3].attributes[0].type'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


@dataclass(frozen=True, slots=True)
class Problem:
    """One value that cannot be taken: its path in the design, its line in the file when known, and why."""

    path: Path
    message: str
    line: int | None = None

    def __str__(self) -> str:
        line = f"line {self.line}" if self.line else ""
        return ": ".join(part for part in (line, spell(self.path), self.message) if part)


class DesignError(UserError):
    """A design that cannot be opened: broken YAML or values of the wrong type, all of them at once."""

    def __init__(self, problems: tuple[Problem, ...], source: str = "") -> None:
        self.problems = problems
        self.source = source
        lines = "\n".join(f"  {problem}" for problem in problems[:MOST])
        if len(problems) > MOST:
            lines += "\n  and more: mend these first."
        count = "1 value" if len(problems) == 1 else f"{len(problems)} values"
        super().__init__(f"{source or 'The design'}: {count} cannot be read.\n{lines}")
