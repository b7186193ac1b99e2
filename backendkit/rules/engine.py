"""The linter: rules are functions over a design, findings come most basic first (after sqlfluff's rules).

https://docs.sqlfluff.com/en/stable/reference/rules.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field

from backendkit.model import CHAPTERS, Design, HoldsDesign, Located, Path, UserError, as_design

Hit = tuple[Located | Path, str, str]
"""Where it is, what is the matter (naming the element), how to mend it."""
Hits = Iterator[Hit]
Line = Callable[[Path], int | None]
RANKS = {1: "Basic: missing, dangling or doubled", 2: "Sound: would not hold in use", 3: "Polish"}
CHAPTER_OF = {
    "REQ": "requirements",
    "ARC": "architecture",
    "DAT": "database",
    "API": "api",
    "ENV": "environment",
    "DEV": "development",
    "SEC": "security",
}
_PARTS = re.compile(
    r"(?P<summary>.*?)\s*Why: (?P<why>.*?)\s*Bad: (?P<bad>.*?)\s*Good: (?P<good>.*?)\s*", re.DOTALL
)
_RULES: dict[str, Rule] = {}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule and its page in the catalogue; the chapter is empty when it looks at all of them."""

    code: str
    name: str
    rank: int
    summary: str
    why: str
    bad: str
    good: str
    hits: Callable[[Design], Hits] = field(repr=False, compare=False)

    @property
    def chapter(self) -> str:
        """The chapter it belongs to, by the first letters of its code."""
        return CHAPTER_OF.get(self.code[:3], "")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of one place in a design; rank 1 is basic, 3 is polish."""

    code: str
    name: str
    chapter: str
    at: str
    path: Path
    message: str
    mend: str
    rank: int

    def __str__(self) -> str:
        return f"{self.message}: {self.mend}."


@dataclass(frozen=True, slots=True)
class Waived:
    """A finding that the team lives with, and why."""

    finding: Finding
    reason: str


def rule(code: str, name: str, rank: int) -> Callable[[Callable[[Design], Hits]], Callable[[Design], Hits]]:
    """Make a rule of a function that yields hits; its docstring has a sentence, then Why, Bad and Good.

    The examples are YAML: a whole design in braces, or else what stands in the rule's chapter.
    """

    def register(hits: Callable[[Design], Hits]) -> Callable[[Design], Hits]:
        if code in _RULES:
            raise ValueError(f"{code} is taken by {_RULES[code].name}")
        page = _PARTS.fullmatch(" ".join((hits.__doc__ or "").split()))
        words = page.groupdict() if page else dict.fromkeys(("summary", "why", "bad", "good"), "")
        for part in ("bad", "good"):  # without braces it stands in the rule's chapter
            if not words[part].startswith("{"):
                words[part] = f"{CHAPTER_OF.get(code[:3])}: {{{words[part]}}}"
        _RULES[code] = Rule(code, name, rank, hits=hits, **words)
        return hits

    return register


def check(design: Design | HoldsDesign, *, chapter: str | None = None) -> tuple[Finding, ...]:
    """What the rules say of a design, most basic first, without what is waived or outside its scope.

    >>> check(Design.load({"scope": ["database"]}))[0].code
    'DAT002'
    """
    return tuple(finding for finding, reason in _judged(as_design(design), chapter) if not reason)


def waived(design: Design | HoldsDesign) -> tuple[Waived, ...]:
    """The findings that the team lives with, each with its reason, in the order of `check`."""
    return tuple(Waived(finding, reason) for finding, reason in _judged(as_design(design), None) if reason)


def catalogue() -> tuple[Rule, ...]:
    """All rules, those that look at every chapter first, then by chapter and code."""
    return tuple(sorted(_RULES.values(), key=lambda rule: (_order(rule.chapter), rule.code)))


def explain(code: str) -> str:
    """A rule's page: what it asks, why, an example that is bad and one that is good."""
    found = _RULES.get(code.upper()) or next((each for each in _RULES.values() if each.name == code), None)
    if not found:
        raise UserError(f"There is no rule '{code}': `run.py rules` lists them.")
    bad, good = _block(found.bad), _block(found.good)
    return (
        f"{found.code} {found.name} ({RANKS[found.rank].partition(':')[0].lower()})\n{found.summary}\n\n"
        f"Why: {found.why}\n\nBad:\n{bad}\n\nGood:\n{good}\n\n"
        f"To live with it, write on the element: `waive: {{{found.code}: the reason}}`"
    )


def as_text(findings: Iterable[Finding], line: Line | None = None) -> str:
    """For people: a count, then a line for each finding under its rank; `line` gives the line of a path."""
    found = list(findings)
    if not found:
        return "No findings."
    text = f"{len(found)} finding{'s' * (len(found) > 1)}"
    for rank, heading in RANKS.items():
        here = [each for each in found if each.rank == rank]
        text += f"\n\n{heading} ({len(here)})" if here else ""
        for each in here:
            number = line(each.path) if line else None
            text += f"\n  {f'line {number}: ' if number else ''}{each.code} {each}"
    return text


def as_json(findings: Iterable[Finding], line: Line | None = None) -> str:
    """For programs: a list of objects with the fields of a finding, and its line when `line` is given."""
    rows = [asdict(each) | ({"line": line(each.path)} if line else {}) for each in findings]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def _judged(design: Design, chapter: str | None) -> list[tuple[Finding, str]]:
    """Every finding with the reason of its waiver, in order."""
    if chapter is not None and chapter not in CHAPTERS:
        raise UserError(f"There is no chapter '{chapter}', there are {', '.join(CHAPTERS)}.")
    places = {found.path: (index, found) for index, found in enumerate(design.located)}
    judged = []
    for each in _RULES.values():
        if each.chapter and not (design.scoped(each.chapter) and chapter in (None, each.chapter)):
            continue
        for where, message, mend in each.hits(design):
            path = where.path if isinstance(where, Located) else where
            of = str(path[0]) if path and path[0] in CHAPTERS else ""
            if (of and not design.scoped(of)) or (not each.chapter and chapter not in (None, of)):
                continue
            index, holder = _holder(places, path)
            at = holder.address if holder else ""
            finding = Finding(each.code, each.name, each.chapter or of, at, path, message, mend, each.rank)
            judged.append((index, finding, _reason(design, finding, holder)))
    judged.sort(key=lambda one: (one[1].rank, _order(one[1].chapter), one[0], str(one[1].path), one[1].code))
    return [(finding, reason) for _, finding, reason in judged]


def _holder(places: dict[Path, tuple[int, Located]], path: Path) -> tuple[int, Located | None]:
    """The record a path stands in, and its place in the file."""
    ways = (path[:end] for end in range(len(path), 0, -1))
    return next((places[way] for way in ways if way in places), (-1, None))


def _reason(design: Design, finding: Finding, holder: Located | None) -> str:
    """The reason of the nearest waiver: the element's, its parents', the chapter's. An empty one is none."""
    while holder:
        if reason := holder.record.waive.get(finding.code, "").strip():
            return reason
        holder = holder.parent
    chapter = getattr(design, str(finding.path[0]), None) if finding.path else None
    return str(getattr(chapter, "waive", {}).get(finding.code, "")).strip()


def _order(chapter: str) -> int:
    return CHAPTERS.index(chapter) if chapter else -1


def _block(example: str) -> str:
    """An example as people write it in a file, one value a line."""
    from yaml12 import format_yaml, parse_yaml

    text = format_yaml(parse_yaml(example))
    return "\n".join(f"  {line}" for line in text.splitlines() if line not in ("---", "..."))
