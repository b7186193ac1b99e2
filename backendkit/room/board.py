"""Where the team stands: its notes, and the phases with what is open in each."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from backendkit.room.display import Cell, Link, Table, Text
from backendkit.room.findings import begun
from backendkit.room.widget import Shown, Widget, live

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

HOUSE = Path(__file__).resolve().parents[2]


def show_notes(opened: OpenDesign, chapter: str) -> Text:
    """What the team wrote in notes/<chapter>.md, its headings one level down."""
    parts = re.split(r"(?ms)(^```.*?^```)", opened.notes(chapter).strip())
    text = "".join(part if n % 2 else re.sub(r"(?m)^(?=#{1,5} )", "#", part) for n, part in enumerate(parts))
    return Text(
        text or f"*No reasons yet: write them into notes/{chapter}.md of the design.*", empty=not text
    )


def show_board(opened: OpenDesign) -> Shown:
    """The phases in order, with the notebook of each, its minutes, and what is still open."""
    return Board(opened, lambda: still_board(opened)) if live() else still_board(opened)


class Board(Widget):
    """The phases as cards that follow the design."""

    parts = ("board",)

    def snapshot(self) -> dict[str, Any]:
        """Every phase with its state."""
        return {"phases": board_of(self.opened) if self.opened else []}


class Phase(NamedTuple):
    """A notebook: its number, its name in links and calls, its title, its minutes, and the chapter that it is about."""

    number: str
    name: str
    title: str
    file: str
    minutes: int
    chapter: str


def phases() -> tuple[Phase, ...]:
    """Every notebook in order."""
    return tuple(filter(None, map(_phase, sorted((HOUSE / "notebooks").glob("*.ipynb")))))


def _phase(file: Path) -> Phase | None:
    """A notebook of ours; None for one that somebody has put beside them."""
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
        meta, title = about["metadata"]["backendkit"], "".join(about["cells"][0]["source"]).partition("\n")[0]
        minutes, chapter = int(meta["minutes"]), meta.get("chapter", "")
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    number, _, name = file.stem.partition("_")
    return Phase(number.lstrip("0"), name, title.strip("# "), file.name, minutes, chapter)


def board_of(opened: OpenDesign) -> list[dict[str, Any]]:
    """Every phase but the start, with what is still open in it, as plain data."""
    return [
        {**one._asdict(), "kind": kind, "state": state}
        for one, kind, state in _states(opened)
        if one.name != "start"
    ]


def still_board(opened: OpenDesign) -> Table:
    """The same as a table, for where no kernel runs."""
    rows: list[tuple[Cell, ...]] = [
        (Link(one.title, one.file), f"{one.minutes} min", "nothing" if kind == "holds" else state)
        for one, kind, state in _states(opened)
    ]
    return Table(("Phase", "Time", "Open"), tuple(rows), looks=("", "number"))


def _states(opened: OpenDesign) -> Iterator[tuple[Phase, str, str]]:
    from backendkit import rules

    counts = Counter(one.chapter for one in rules.check(opened.design))
    return ((one, *_state(opened, one.chapter, counts[one.chapter])) for one in phases())


def _state(opened: OpenDesign, chapter: str, count: int) -> tuple[str, str]:
    """How far a phase is, as a word for programs and as one for people."""
    if not chapter:
        return "", ""
    if not opened.design.scoped(chapter):
        return "out", "not part of this design"
    if not begun(opened.design, chapter):
        return "blank", "not begun"
    return ("open", f"{count} finding{'s' if count > 1 else ''}") if count else ("holds", "holds")
