"""The lists of a design as tables: every record a row, every field that is used a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from backendkit.model import CHAPTERS, Design, Part, Record, UserError
from backendkit.model.api import Pagination, Versioning
from backendkit.model.database import Volume
from backendkit.model.shape import FieldShape, shapes
from backendkit.room.display import Cell, Table, Text
from backendkit.room.display import escape_markdown as plain
from backendkit.room.examples import example

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

_HEADINGS = {
    "id": "",
    "about": "What it is",
    "does": "What for",
    "level": "Kind",
    "for": "For whom",
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


def edit(opened: OpenDesign, where: str, *, columns: tuple[str, ...] = ()) -> Table:
    """A list of the design as a table: `requirements.functional`, or `copy.attributes`.

    `columns` are fields by their word in the file; without them every one. The id always comes first, and a column in
    which nothing stands is left out. An empty list shows its columns and the line that begins it. Raises UserError with the lists there are.
    """
    holder, shape = _find(opened.design, where)
    kind = cast(type[Record], shape.part)
    rows: tuple[Record, ...] = getattr(holder, shape.name)
    fields = {field.alias: field for field in shapes(kind)}
    unknown = next((name for name in columns if name not in fields), None)
    if unknown:
        raise UserError(f"{where} has no column '{unknown}', it has: {', '.join(fields)}.")
    chosen = tuple(name for name in columns or fields if _used(fields[name], rows, asked=bool(columns)))
    names = ("id", *(name for name in chosen if name != "id"))
    headings = {**_HEADINGS, "text": kind.kind.capitalize()}
    caption = _CAPTIONS.get(shape.alias, shape.alias.capitalize())
    return Table(
        headings=tuple(headings.get(name, name.replace("-", " ").capitalize()) for name in names),
        rows=tuple(tuple(cell(getattr(row, fields[name].name)) for name in names) for row in rows),
        caption=caption,
        looks=tuple(_LOOKS.get(name, "") for name in names),
        empty=f"{caption}: nothing is written here yet. {_columns(columns, fields)}",
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
        parts = ((shape.alias, getattr(value, shape.name)) for shape in shapes(type(value)))
        return ", ".join(f"{name.replace('-', ' ')} {inside}" for name, inside in parts if inside)
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


def _find(design: Design, where: str) -> tuple[Part, FieldShape]:
    at, _, name = where.rpartition(".")
    found = design.find(at)
    holder = getattr(design, at, None) if at in CHAPTERS else found.record if found else None
    if not isinstance(holder, Part):
        raise UserError(
            f"There is no '{at or where}' in the design: name a chapter or a record before the list."
        )
    lists = {shape.alias: shape for shape in shapes(type(holder)) if shape.part and shape.many}
    if name not in lists:
        raise UserError(f"{at} has no list '{name}', it has: {', '.join(lists)}.")
    return holder, lists[name]


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
