"""The editor of a list: what the page shows of it as plain data, and what of that has changed.

The page is in static/table.js; columns come from the model, so that every list has the same editor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from backendkit.model import Design, Part, Path, Record, UserError
from backendkit.room.columns import Column, about_ids, columns_of, example_of
from backendkit.room.display import Table
from backendkit.room.findings import checked
from backendkit.room.latest import Latest
from backendkit.room.lists import find_list, list_table
from backendkit.room.widget import Widget, live

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

State = dict[str, Any]


def edit(opened: OpenDesign, where: str, *, columns: tuple[str, ...] = ()) -> Editor | Table:
    """The editor of a list of the design: `requirements.functional`, `copy.attributes`.

    `columns` are fields by their word in the file; the others are one click away. Where nobody looks it is a table to
    read. Raises UserError with the lists and the columns there are.
    """
    table = list_table(opened, where, columns=columns)
    return Editor(opened, where, columns) if live() else table


class Editor(Widget):
    """A list of the design, to be typed into."""

    parts: ClassVar[tuple[str, ...]] = ("table",)

    def __init__(self, opened: OpenDesign, where: str, columns: tuple[str, ...] = ()) -> None:
        self.where, self.columns = where, columns
        self._last: State = {}
        self._findings: State = {}
        self._judge = Latest(self.later, self._judged)
        super().__init__(opened, lambda: list_table(opened, where, columns=columns))

    def snapshot(self) -> State:
        """The whole list, without what the rules say of it: that follows."""
        assert self.opened
        design = self.opened.design
        try:
            return table_state(design, self.where, self.columns)
        except UserError as error:
            return {**self._last, "rows": [], "missing": str(error)}

    def on_hello(self, view: str) -> State:
        """A page shows the list; the other pages are told first what they do not know yet.

        While the design cannot be read, that is what was read last.
        """
        self._views.add(view)
        try:
            if self._last:
                self.refreshed()
            self._last = self.snapshot()
            self._judge()
        except UserError as error:
            self.trouble(str(error))
        return {"state": {**self._last, "findings": self._findings}}

    def refreshed(self) -> None:
        """Send the rows that are not as they were."""
        state = self.snapshot()
        change = table_change(self._last, state)
        self._last = state
        if change:
            self.push("rows", where=self.where, **change)
        self._judge()

    def _judged(self) -> None:
        assert self.opened
        design = self.opened.design
        findings = table_findings(design, self.where)
        if findings != self._findings:
            self._findings = findings
            self.push("rows", where=self.where, findings=findings)


def table_state(design: Design, where: str, chosen: tuple[str, ...] = ()) -> State:
    """All that the page needs of a list, for this editor or for a part that has one inside."""
    place = find_list(design, where)
    held = columns_of(place.kind, chosen)
    addresses = {found.path: found.address for found in design.located}
    return {
        "where": where,
        "at": place.at,
        "field": place.field,
        "caption": place.caption,
        "columns": held,
        **about_ids(place.kind),
        "example": example_of(where),
        "rows": [
            _row(record, held, (*place.path, index), addresses) for index, record in enumerate(place.records)
        ],
        "ids": _ids(design, held),
    }


def table_change(old: State, new: State) -> State:
    """What a page that shows the old state must know of the new one; nothing when it is the same."""
    rows = {row["at"]: row for row in old.get("rows", ())}
    changed = [row for row in new["rows"] if rows.get(row["at"]) != row]
    order = [row["at"] for row in new["rows"]]
    told: State = {"changed": changed} if changed else {}
    if order != list(rows):
        told["order"] = order
    return told | {
        name: new.get(name, "") for name in ("ids", "missing") if new.get(name, "") != old.get(name, "")
    }


def table_findings(design: Design, where: str) -> dict[str, list[State]]:
    """What the rules say of the records of a list and of those inside them, by address."""
    try:
        path = find_list(design, where).path
    except UserError:
        return {}
    found: dict[str, list[State]] = {}
    for one in checked(design, str(path[0]))[0]:
        holder = design.find(one.at) if one.at else None
        if holder and one.path[: len(path)] == path:
            told = {"code": one.code, "message": one.message, "mend": one.mend}
            found.setdefault(one.at, []).append(told | {"field": _field(one.path[len(holder.path) :])})
    return found


def _field(path: Path) -> str:
    """The column that a path below a record speaks of."""
    names = [str(step) for step in path]
    index = next((n for n, step in enumerate(path) if isinstance(step, int)), len(names))
    return ".".join(names[:index])


def _row(record: Record, held: list[Column], path: Path, addresses: dict[Path, str]) -> State:
    values = record.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    lists = {
        column["name"]: _inside(record, column, path, addresses)
        for column in held
        if column["kind"] == "list"
    }
    flat = ((column["name"], _at(values, column["name"])) for column in held if column["kind"] != "list")
    return {
        "at": addresses[path],
        "values": {name: value for name, value in flat if value is not None},
        "lists": lists,
    }


def _inside(record: Part, column: Column, path: Path, addresses: dict[Path, str]) -> list[State]:
    name = column["name"]
    return [
        _row(inner, column["columns"], (*path, name, index), addresses)
        for index, inner in enumerate(getattr(record, name))
    ]


def _at(values: Any, name: str) -> Any:
    for step in name.split("."):
        values = values.get(step) if isinstance(values, dict) else None
    return values


def _ids(design: Design, held: list[Column]) -> dict[str, list[State]]:
    """The records that the columns may point to, for completion."""
    kinds = {kind for column in _all(held) for kind in column.get("to", ())}
    return {
        kind: [
            {
                "at": found.address,
                "id": found.record.id,
                "title": found.record.title,
                "in": found.parent.address if found.parent else "",
            }
            for found in design.records(kind)
        ]
        for kind in sorted(kinds)
    }


def _all(held: list[Column]) -> list[Column]:
    return [one for column in held for one in (column, *_all(column.get("columns", [])))]
