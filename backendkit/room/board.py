"""Where the team stands: pictures, notes, findings, and the phases with what is open in each."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from backendkit.room.display import Cell, Link, Picture, Table, Text
from backendkit.room.display import escape_markdown as plain

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

HOUSE = Path(__file__).resolve().parents[2]
_CAPTIONS = {
    "er": "What {name} remembers",
    "context": "{name} and its neighbours",
    "container": "The parts of {name}",
}


def show_picture(opened: OpenDesign, what: str, *, focus: str | None = None) -> Picture:
    """The picture "er", "context" or "container"; `focus` is the id of one element, drawn with its neighbours."""
    from backendkit.draw import picture

    name = opened.design.name or opened.name
    caption = _CAPTIONS.get(what, what).format(name=name[:1].upper() + name[1:])
    light, dark = (picture(opened.design, what, theme=theme, focus=focus) for theme in ("light", "dark"))
    return Picture(light, dark, f"{caption}: {focus} and what is beside it" if focus else caption)


def show_notes(opened: OpenDesign, chapter: str) -> Text:
    """What the team wrote in notes/<chapter>.md, its headings one level down."""
    parts = re.split(r"(?ms)(^```.*?^```)", opened.notes(chapter).strip())
    text = "".join(part if n % 2 else re.sub(r"(?m)^(?=#{1,5} )", "#", part) for n, part in enumerate(parts))
    return Text(
        text or f"*No reasons yet: write them into notes/{chapter}.md of the design.*", empty=not text
    )


def show_findings(opened: OpenDesign, chapter: str, *, most: int = 3) -> Text:
    """What the rules say of a chapter: the few that matter most, how many more, and what was waived and why."""
    from backendkit import rules

    findings = rules.check(opened.design, chapter=chapter)
    waived = [one for one in rules.waived(opened.design) if one.finding.chapter == chapter]
    lines = [f"1. {plain(str(one))} `{one.code}`" for one in findings[:most]]
    if not findings:
        lines.append(_quiet(opened, chapter))
    if len(findings) > most:
        lines.append(f"\nAnd {len(findings) - most} more.")
    if waived:
        lines.append("\nLeft as it is, on purpose:\n")
    lines += [f"- {plain(f'{one.finding.message}: {one.reason}')} `{one.finding.code}`" for one in waived]
    return Text("\n".join(lines))


def _quiet(opened: OpenDesign, chapter: str) -> str:
    """What it means that the rules find nothing."""
    if not opened.design.scoped(chapter):
        return f"This design does not speak of {chapter}."
    if not _begun(opened, chapter):
        return "Nothing is written here yet."
    return "✓ No findings: every rule of this chapter holds."


def _begun(opened: OpenDesign, chapter: str) -> bool:
    return any(located.path[0] == chapter for located in opened.design.located)


def show_board(opened: OpenDesign) -> Table:
    """The phases in order, with the notebook of each, its minutes, and what is still open."""
    rows: list[tuple[Cell, ...]] = []
    for file in sorted((HOUSE / "notebooks").glob("*.ipynb")):
        about = json.loads(file.read_text(encoding="utf-8"))
        meta, title = about["metadata"]["backendkit"], about["cells"][0]["source"][0].strip("# \n")
        rows.append((Link(title, file.name), f"{meta['minutes']} min", _state(opened, meta.get("chapter"))))
    return Table(("Phase", "Time", "Open"), tuple(rows), looks=("", "number"))


def _state(opened: OpenDesign, chapter: str | None) -> str:
    from backendkit import rules

    if not chapter:
        return ""
    if not opened.design.scoped(chapter):
        return "not part of this design"
    if not _begun(opened, chapter):
        return "not begun"
    count = len(rules.check(opened.design, chapter=chapter))
    return f"{count} finding{'s' if count > 1 else ''}" if count else "nothing"
