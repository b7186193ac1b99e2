"""Where the team stands: findings, phases with what is open, notes, pictures, answers of the prototype, a fresh start."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from backendkit.model import UserError
from backendkit.room.display import Cell, Link, Picture, Table, Text, escape_markdown

if TYPE_CHECKING:
    import httpx

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

    name = opened.design.name or "the system"
    caption = _CAPTIONS.get(what, what).format(name=name[:1].upper() + name[1:])
    light, dark = (picture(opened.design, what, theme=theme, focus=focus) for theme in ("light", "dark"))
    return Picture(light, dark, f"{caption}: {focus} and what is beside it" if focus else caption)


def show_notes(opened: OpenDesign, chapter: str) -> Text:
    """What the team wrote in notes/<chapter>.md; pictures from assets/ are shown."""
    text = opened.notes(chapter).strip()
    if not text:
        return Text(
            f"*No notes yet. The team's reasons go into notes/{chapter}.md of the design.*", empty=True
        )
    return Text(text)


def show_findings(opened: OpenDesign, chapter: str, *, most: int = 3) -> Text:
    """What the rules say of a chapter: the few that matter most, how many more, and what was waived and why."""
    from backendkit import rules

    findings = rules.check(opened.design, chapter=chapter)
    lines = [f"1. {escape_markdown(str(one))} `{one.code}`" for one in findings[:most]]
    if len(findings) > most:
        lines.append(f"\nAnd {len(findings) - most} more.")
    waived = [one for one in rules.waived(opened.design) if one.finding.chapter == chapter]
    if waived:
        lines.append("\nLeft as it is, on purpose:\n")
    lines += [
        f"- {escape_markdown(f'{one.finding.message}: {one.reason}')} `{one.finding.code}`" for one in waived
    ]
    return Text(
        "\n".join(lines if findings else ["✓ Nothing is open: every rule of this chapter holds.", *lines])
    )


def show_board(opened: OpenDesign) -> Table:
    """The phases in order, with the notebook of each, its minutes, and what is still open."""
    rows: list[tuple[Cell, ...]] = []
    for file in sorted((HOUSE / "notebooks").glob("*.ipynb")):
        about = json.loads(file.read_text(encoding="utf-8"))
        meta = about["metadata"].get("backendkit", {})
        chapter, title = (
            meta.get("chapter", ""),
            "".join(about["cells"][0]["source"]).splitlines()[0].strip("# "),
        )
        rows.append((Link(title, file.name), f"{meta.get('minutes', '')} min", _state(opened, chapter)))
    return Table(("Phase", "Time", "Open"), tuple(rows), "", ("", "number"))


def _state(opened: OpenDesign, chapter: str) -> str:
    from backendkit import rules

    if not chapter:
        return ""
    if not opened.design.scoped(chapter):
        return "not part of this design"
    if not any(located.path[0] == chapter for located in opened.design.located):
        return "not begun"
    count = len(rules.check(opened.design, chapter=chapter))
    return f"{count} finding{'s' if count > 1 else ''}" if count else "nothing"


def show_answer(answer: httpx.Response, *, lines: int = 30) -> Text:
    """A call to the prototype and its answer, shortened after some lines."""
    call = f"{answer.request.method} {answer.request.url.raw_path.decode()}"
    try:
        body = json.dumps(answer.json(), indent=2, ensure_ascii=False)
    except ValueError:
        body = answer.text
    text = body.splitlines()
    shown = "\n".join(text[:lines] + ["…"] * (len(text) > lines))
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", shown)), default=0))
    head = f"{call} → {answer.status_code} {answer.reason_phrase}"
    return Text(f"**{escape_markdown(head)}**\n\n{fence}json\n{shown}\n{fence}")


def start_over(folder: str | Path, *, of: str | Path = HOUSE / "data" / "bookshop") -> OpenDesign:
    """A fresh copy of a worked design in a folder; what was there is kept beside it as `…-before`."""
    from backendkit.store import open_design

    target = Path(folder).resolve()
    if (target / "design.yaml").is_relative_to(HOUSE / "data"):
        raise UserError(f"{target} is a worked design and stays as it is: take a folder under work/.")
    before = target.with_name(f"{target.name}-before")
    if target.exists() and not (target / "design.yaml").exists():
        raise UserError(f"{target} holds other things than a design: name a folder that is new.")
    if target.exists():
        shutil.rmtree(before, ignore_errors=True)
        target.rename(before)
    return open_design(of).copy_to(target)
