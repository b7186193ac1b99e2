"""The lists of a design as tables: every record a row, every field that is used a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from backendkit.model import CHAPTERS, Design, Part, Path, Record, UserError
from backendkit.model.api import Pagination, Versioning
from backendkit.model.database import Volume
from backendkit.model.shape import FieldShape, shapes
from backendkit.room.display import Cell, Table, Text
from backendkit.room.display import escape_markdown as plain
from backendkit.room.examples import example

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

HEADINGS = {
    "id": "",
    "about": "What it is",
    "does": "What for",
    "level": "Kind",
    "for": "For",
    "by": "Until",
}
_CAPTIONS = {"functional": "Functional requirements", "quality": "Quality requirements"}
_LOOKS = {
    "measure": "code",
    "technology": "code",
    "type": "code",
    "priority": "chip",
    "status": "chip",
}
EVERY = tuple(Record.model_fields)
"""What every record has; told by its title, or apart."""


def list_table(opened: OpenDesign, where: str, *, columns: tuple[str, ...] = ()) -> Table:
    """A list of the design as a table to read: `requirements.functional`, or `copy.attributes`.

    `columns` are fields by their word in the file; without them every one. The id always comes first, and a column in
    which nothing stands is left out. An empty list shows its columns and the line that begins it. Raises UserError
    with the lists there are.
    """
    place = find_list(opened.design, where)
    kind, rows = place.kind, place.records
    fields = {field.alias: field for field in shapes(kind)}
    unknown = next((name for name in columns if name not in fields), None)
    if unknown:
        raise UserError(f"{where} has no column '{unknown}', it has: {', '.join(fields)}.")
    chosen = tuple(name for name in columns or fields if _used(fields[name], rows, asked=bool(columns)))
    names = ("id", *(name for name in chosen if name != "id"))
    headings = {**HEADINGS, "text": kind.kind.capitalize()}
    return Table(
        headings=tuple(headings.get(name, name.replace("-", " ").capitalize()) for name in names),
        rows=tuple(tuple(cell(getattr(row, fields[name].name)) for name in names) for row in rows),
        caption=place.caption,
        looks=tuple(_LOOKS.get(name, "") for name in names),
        empty=f"{place.caption}: nothing is written here yet. {_columns(columns, fields)}",
        hint=example(where),
    )


def show_chapter(opened: OpenDesign, chapter: str) -> Text:
    """What a chapter says as a whole, beside its lists."""
    holder: Part = getattr(opened.design, chapter)
    single = [shape for shape in shapes(type(holder)) if not shape.many and not shape.mapping]
    values = {shape.alias: str(cell(getattr(holder, shape.name))) for shape in single}
    about = values.pop("about")
    lines = [f"- **{plain(name.capitalize())}:** {plain(value)}" for name, value in values.items() if value]
    text = "\n".join([plain(about), "", *lines]).strip()
    return Text(text or "*Nothing is written here yet.*", empty=not text)


def cell(value: Any) -> Cell:
    """A value the way people read it: ids in one line, sentences one below the other, of votes the sum."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if value and isinstance(value, dict) and all(isinstance(dots, int) for dots in value.values()):
        return str(sum(value.values()))
    if isinstance(value, dict):
        return tuple(f"{key}: {item}" for key, item in value.items())
    if isinstance(value, tuple):
        texts = [item.title if isinstance(item, Record) else str(item) for item in value]
        return tuple(texts) if any(" " in text for text in texts) else ", ".join(texts)
    if isinstance(value, Volume | Versioning | Pagination):
        return _told(value)
    if isinstance(value, Part):
        parts = ((shape.alias, cell(getattr(value, shape.name))) for shape in shapes(type(value)))
        told = [
            f"{name.replace('-', ' ')} {inside}" for name, inside in parts if inside and name not in EVERY
        ]
        about = value.about if isinstance(value, Record) else ""
        return " ".join(filter(None, (", ".join(told) + ("." if about and told else ""), about)))
    return "" if value is None else str(value)


def _told(value: Volume | Versioning | Pagination) -> str:
    """What has numbers and words in it, as one says it.

    >>> _told(Volume(rows=60000, growth="2500 per month", row_bytes=400))
    '60,000 rows, growing by 2500 per month, 400 bytes each'
    """
    if isinstance(value, Volume):
        rows = "" if value.rows is None else f"{value.rows:,} rows"
        growth = f"growing by {value.growth}" if value.growth else ""
        each = "" if value.row_bytes is None else f"{value.row_bytes:,} bytes each"
        return ", ".join(filter(None, (rows, growth, each)))
    if isinstance(value, Pagination):
        size = f"{value.size} on a page" if value.size else ""
        most = f"{value.most} at the most" if value.most else ""
        return ", ".join(filter(None, (f"by {value.by}" if value.by else "", size, most)))
    by = "no versions" if value.by == "none" else f"by {value.by}" if value.by else ""
    head = ", ".join(filter(None, (by, f"now {value.current}" if value.current else "")))
    return ". ".join(filter(None, (head, value.promise)))


class ListPlace(NamedTuple):
    """A list of the design: the record it is in (`at`, empty for a chapter's), its field, what it holds, where."""

    at: str
    field: str
    kind: type[Record]
    path: Path
    records: tuple[Record, ...]
    caption: str


def find_list(design: Design, where: str) -> ListPlace:
    """The list that people mean by `requirements.functional`, `copy.attributes` or `api.graphql.queries`.

    Raises UserError with the lists there are.
    """
    before, _, name = where.rpartition(".")
    chapter = before.partition(".")[0] in CHAPTERS
    found = None if chapter else design.find(before)
    path: Path = tuple(before.split(".")) if chapter else found.path if found else ()
    holder = type(found.record) if found else _part(type(design), path) if path else None
    if holder is None:
        raise UserError(
            f"There is no '{before or where}' in the design: name a chapter or a record before the list."
        )
    lists = {shape.alias: shape for shape in shapes(holder) if shape.part and shape.many}
    if name not in lists:
        raise UserError(f"{before} has no list '{name}', it has: {', '.join(lists)}.")
    shape, kind = lists[name], cast(type[Record], lists[name].part)
    within = found.record if found else _value(design, path)
    caption = _CAPTIONS.get(name, name.capitalize())
    return ListPlace(
        at="" if chapter else before,
        field=where if chapter else name,
        kind=kind,
        path=(*path, name),
        records=getattr(within, shape.name) if within else (),
        caption=f"{caption} of {before}" if found else caption,
    )


def _part(part: type[Part], path: Path) -> type[Part] | None:
    inner: type[Part] | None = part
    for step in path:
        parts = {shape.alias: shape.part for shape in shapes(inner) if not shape.many} if inner else {}
        inner = parts.get(str(step))
    return inner


def _value(part: Part | None, path: Path) -> Part | None:
    for step in path:
        part = getattr(part, str(step), None)
    return part


def _columns(columns: tuple[str, ...], fields: dict[str, FieldShape]) -> str:
    """The fields in words, those of every record and whole lists left out."""
    names = columns or tuple(name for name, field in fields.items() if _plain(field) and name != "votes")
    return f"A line has: {', '.join(dict.fromkeys(('id', *names)))}."


def _plain(field: FieldShape) -> bool:
    return field.alias not in ("id", "waive") and not (field.part and issubclass(field.part, Record))


def _used(field: FieldShape, rows: tuple[Record, ...], *, asked: bool) -> bool:
    if not asked and not _plain(field):
        return False
    return any(getattr(row, field.name) not in ("", None, (), {}, False) for row in rows)
