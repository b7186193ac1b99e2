"""What the rules say of a chapter: the few that matter most, in words, with the reason behind each one click away."""

from __future__ import annotations

import re
from functools import lru_cache
from textwrap import dedent
from typing import TYPE_CHECKING, Any, ClassVar

from backendkit.model import Design
from backendkit.room.display import Text
from backendkit.room.display import escape_markdown as plain
from backendkit.room.widget import Widget, live

if TYPE_CHECKING:
    from backendkit.rules import Finding, Waived
    from backendkit.store import OpenDesign

State = dict[str, Any]
SENT = 40
"""So many findings go to the page with every change; the others when somebody wants to see them."""


def show_findings(opened: OpenDesign, chapter: str, *, most: int = 3) -> Findings | Text:
    """What the rules say of a chapter: the few that matter most, how many more, and what was waived and why.

    In a notebook that somebody looks at it follows every change.
    """
    return Findings(opened, chapter, most) if live() else findings_text(opened, chapter, most)


class Findings(Widget):
    """The findings of a chapter as they are now."""

    parts: ClassVar[tuple[str, ...]] = ("findings",)

    def __init__(self, opened: OpenDesign, chapter: str, most: int = 3) -> None:
        self.chapter, self.most = chapter, most
        super().__init__(opened, lambda: findings_text(opened, chapter, most))

    def snapshot(self) -> State:
        """The first findings and how many there are."""
        assert self.opened
        return findings_state(self.opened.design, self.chapter, self.most)

    def on_findings(self) -> State:
        """All of them."""
        assert self.opened
        return findings_state(self.opened.design, self.chapter, self.most, sent=10_000)

    def on_explain(self, code: str) -> State:
        """What a rule asks for, why, and how it looks when it is good."""
        return explanation(code)


def findings_state(design: Design, chapter: str, most: int = 3, *, sent: int = SENT) -> State:
    """What a page shows of the findings of a chapter, as plain data."""
    found, waived = checked(design, chapter)
    return {
        "chapter": chapter,
        "most": most,
        "count": len(found),
        "said": "" if found else _quiet(design, chapter),
        "findings": [_told(design, one) for one in found[:sent]],
        "waived": [_told(design, one.finding) | _reason(design, one) for one in waived],
    }


def marks(design: Design, chapter: str) -> list[State]:
    """Where a picture says that there are findings: how many at which record, and the most basic of them."""
    places: dict[str, State] = {}
    for one in checked(design, chapter)[0]:
        if one.at:
            place = places.setdefault(one.at, {"at": one.at, "count": 0, "worst": f"{one}"})
            place["count"] += 1
    return list(places.values())


def explanation(code: str) -> State:
    """A rule's page in its parts: what it asks, why, an example that is bad and one that is good."""
    from backendkit import rules

    head, *rest = re.split(r"\n\n(?:Why: |Bad:\n|Good:\n|To live)", rules.explain(code))
    why, bad, good = (dedent(part) for part in rest[:3])
    return {"code": code, "summary": head.partition("\n")[2], "why": why, "bad": bad, "good": good}


def findings_text(opened: OpenDesign, chapter: str, most: int = 3) -> Text:
    """The same on paper: the few that matter most, how many more, and what was waived and why."""
    findings, waived = checked(opened.design, chapter)
    lines = [f"1. {plain(str(one))} `{one.code}`" for one in findings[:most]]
    if not findings:
        lines.append(_quiet(opened.design, chapter))
    if len(findings) > most:
        lines.append(f"\nAnd {len(findings) - most} more.")
    if waived:
        lines.append("\nLeft as it is, on purpose:\n")
    lines += [f"- {plain(f'{one.finding.message}: {one.reason}')} `{one.finding.code}`" for one in waived]
    return Text("\n".join(lines))


def begun(design: Design, chapter: str) -> bool:
    """Whether there is a record in a chapter."""
    return any(located.path[0] == chapter for located in design.located)


class _Same:
    """A design as a key: it is frozen, so what the rules said of this very one still holds."""

    def __init__(self, design: Design) -> None:
        self.design = design

    def __hash__(self) -> int:
        return id(self.design)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.design is self.design


def checked(design: Design, chapter: str) -> tuple[tuple[Finding, ...], tuple[Waived, ...]]:
    """The findings of a chapter, and the waived ones; several parts of a page ask, the rules run once."""
    return _checked(_Same(design), chapter)


@lru_cache(maxsize=8)
def _checked(key: _Same, chapter: str) -> tuple[tuple[Finding, ...], tuple[Waived, ...]]:
    from backendkit import rules

    waived = (one for one in rules.waived(key.design) if one.finding.chapter == chapter)
    return rules.check(key.design, chapter=chapter), tuple(waived)


def _quiet(design: Design, chapter: str) -> str:
    """What it means that the rules find nothing."""
    if not design.scoped(chapter):
        return f"This design does not speak of {chapter}."
    if not begun(design, chapter):
        return "Nothing is written here yet."
    return "✓ No findings: every rule of this chapter holds."


def _told(design: Design, finding: Finding) -> State:
    holder = design.find(finding.at) if finding.at else None
    field = finding.path[len(holder.path) :] if holder else finding.path
    return {
        "code": finding.code,
        "at": finding.at,
        "field": str(field[0]) if holder and field else "",
        "message": finding.message,
        "mend": finding.mend,
        "waive": f"waive.{finding.code}" if holder else f"{finding.chapter}.waive.{finding.code}",
    }


def _reason(design: Design, waived: Waived) -> State:
    """The reason, and the record (or the chapter) where it is written."""
    code, holder = waived.finding.code, design.find(waived.finding.at)
    while holder and not holder.record.waive.get(code, "").strip():
        holder = holder.parent
    place = f"waive.{code}" if holder else f"{waived.finding.chapter}.waive.{code}"
    return {"reason": waived.reason, "by": holder.address if holder else "", "waive": place}
