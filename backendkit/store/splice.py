"""Edits by path on YAML text: an edit changes its own lines and nothing else (a git diff shows the edit alone)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from backendkit.model import Edit, Path, UserError, apply, spell
from backendkit.store.dump import body, entry, hang, inline, item, one_line, scalar
from backendkit.store.places import Place, Places
from backendkit.store.text import LIMIT, read, strict

Splice = tuple[int, int, str]
_ASTRAY = (LookupError, ValueError, TypeError, AttributeError, AssertionError)
"""What a layout that was not thought of leads to: then the next bigger block is written anew."""
Order = Callable[[Path], Sequence[str]]


def apply_edits(
    text: str, edits: Sequence[Edit], *, values: Any = None, order: Order = lambda path: ()
) -> str:
    """The text with the edits done, one after the other; every line they do not speak of stays as it was.

    `values` is what the text reads as, when that is known; `order` names the keys of a mapping in the order they
    are usually written in. Raises UserError rather than give a text that would not read back as meant.

    >>> print(apply_edits("a: 1  # one\\nb: [x]\\n", [Edit("set", ("a",), 2), Edit("insert", ("b", 1), "y")]), end="")
    a: 2  # one
    b: [x, y]
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    old = text.removeprefix(mark)
    values = read(old) if values is None else values
    wanted = apply(values, edits)
    with suppress(*_ASTRAY):
        new = _quick(old, edits, order)
        if _means(new, wanted):
            return mark + new
    for edit in edits:
        values = apply(values, [edit])
        old = _sure(old, edit, values, order)
    return mark + old


def _quick(text: str, edits: Iterable[Edit], order: Order) -> str:
    """All edits, unchecked. Values set in place move no other, so one look at the text does for many of them."""
    places, waiting = Places(text), dict[Path, Splice]()
    for edit in edits:
        old = places.find(edit.path) if edit.op == "set" else None
        light = old and old.kind == "scalar" and not isinstance(edit.value, dict | list)
        if waiting and (not light or edit.path in waiting):
            places, waiting = Places(_joined(places, waiting.values())), {}
        splices = _Scribe(places, order).splices(edit)
        if light and len(splices) == 1:
            waiting[edit.path] = splices[0]
        else:
            places = Places(_joined(places, splices))
    return _joined(places, waiting.values())


def _joined(places: Places, splices: Iterable[Splice]) -> str:
    data = places.data
    for start, end, new in sorted(splices, reverse=True):
        data = data[:start] + new.encode() + data[end:]
    return data.decode()


def _means(text: str, values: Any) -> bool:
    """Whether a text written here reads back as exactly these values, types included."""
    if len(text) > LIMIT:
        raise UserError(f"Not saved: the design would have more than {LIMIT:,} characters.")
    try:
        found = strict(text)
    except ValueError:
        return False
    return json.dumps(found, sort_keys=True) == json.dumps(values, sort_keys=True)


def _sure(text: str, edit: Edit, values: Any, order: Order) -> str:
    """One edit, checked; where it fails, the smallest block around it is written anew."""
    for depth in (None, *range(len(edit.path) - 1, -1, -1)):
        with suppress(*_ASTRAY):
            places = Places(text)
            scribe = _Scribe(places, order)
            splices = scribe.splices(edit) if depth is None else scribe.anew(edit.path[:depth], values)
            new = _joined(places, splices)
            if _means(new, values):
                return new
    shown = str(edit.value)[:60]
    raise UserError(f"Not saved: {spell(edit.path)} cannot hold {shown!r}, which YAML cannot write.")


class _Scribe:
    """Turns one edit into the bytes to replace."""

    def __init__(self, places: Places, order: Order) -> None:
        self.at, self.order, self.layout = places, order, places.layout()

    def splices(self, edit: Edit) -> list[Splice]:
        if edit.op == "insert":
            return self._insert(edit.path, edit.value)
        if edit.op == "set":
            return self._set(edit.path, edit.value)
        place = self.at.find(edit.path)
        assert place
        return self._remove(place) if edit.op == "remove" else self._move(place, edit.value)

    def anew(self, path: Path, values: Any) -> list[Splice]:
        """Write a whole block anew; comments inside it go above it."""
        place = self.at.find(path)
        for step in path:
            values = values[step]
        if place is None or (place.up and place.up.flow):
            raise LookupError
        return self._rewrite(place, values)

    def _set(self, path: Path, value: Any) -> list[Splice]:
        place = self.at.find(path)
        if place is None:
            return self._add(path, value)
        if place.up and place.up.flow:
            return self._in_flow(place.up, Edit("set", path, value), [self._in_place(place, inline(value))])
        simple = place.flow or self.at.data[place.start : place.start + 1] not in (b"|", b">")
        lone = simple and b"\n" not in self.at.data[place.start : place.end]
        text = one_line(value, self.at.column(place.start))
        if lone and text is not None and (place.flow or not isinstance(value, dict)):
            return [self._in_place(place, text)]
        return self._refined(place, value) or self._rewrite(place, value)

    def _in_place(self, place: Place, text: str) -> Splice:
        return (place.start, place.end, text if place.end > place.start else " " + text)

    def _refined(self, place: Place, value: Any) -> list[Splice]:
        """A list or mapping that changed in part: change that part. Nothing when it is not that simple."""
        old = place.node.to_python() if place.kind != "scalar" and not place.flow else None
        if not old or not value or type(old) is not type(value):
            return []
        text = self.at.data.decode()
        edits = list(_differences(old, value, place.path))
        return [(0, len(self.at.data), _quick(text, edits, self.order))] if edits else [(0, 0, "")]

    def _add(self, path: Path, value: Any) -> list[Splice]:
        """A key that is not there yet, with the mappings on the way to it."""
        up = self.at.find(path[:-1])
        key = str(path[-1])
        if len(path) > 1 and (up is None or up.kind == "scalar"):
            return self._set(path[:-1], [value] if isinstance(path[-1], int) else {key: value})
        if up is None:  # a file of nothing but comments
            return [(len(self.at.data), len(self.at.data), self._ended(entry(key, value, 0, self.layout)))]
        siblings, rank = self.at.inside(up), self._rank(up, key)
        if up.flow:
            new = self._among(up, siblings, rank, f"{scalar(key, flow=True)}: {inline(value)}")
            return self._in_flow(up, Edit("set", path, value), new)
        lines = entry(key, value, self.at.column(siblings[0].head), self.layout)
        at = self.at.after(siblings[max(rank, 1) - 1])
        if up.up is None and len(lines) > 1 and self.at.data[:at].strip():
            lines.insert(0, "")  # chapters stand apart
        return [(at, at, self._ended(lines, at))]

    def _rank(self, up: Place, key: str) -> int:
        """At which index a new key stands: behind the last of those that are usually written before it."""
        keys, order = [place.path[-1] for place in self.at.inside(up)], list(self.order(up.path))
        if key not in order:
            return len(keys)
        earlier = order[: order.index(key)]
        return max((index + 1 for index, each in enumerate(keys) if each in earlier), default=0)

    def _insert(self, path: Path, value: Any) -> list[Splice]:
        up, index = self.at.find(path[:-1]), path[-1]
        siblings = self.at.inside(up) if up else []
        if not up or not siblings:
            return self._set(path[:-1], [value])
        assert isinstance(index, int)
        if up.flow:
            new = self._among(up, siblings, index, inline(value))
            return self._in_flow(up, Edit("insert", path, value), new)
        column = self.at.column(siblings[0].head)
        blocks = [place for place in siblings if place.kind == "mapping"]
        lines = item(value, column, self.layout, flow=not blocks or any(place.flow for place in blocks))
        at = self.at.after(siblings[index - 1]) if index else self.at.before(siblings[0])
        gap = self.at.data[siblings[0].start : siblings[1].head] if len(siblings) > 1 else b""
        apart = [""] if re.search(rb"\n[ \r]*\n", gap) else []
        return [(at, at, self._ended([*apart, *lines] if index else [*lines, *apart], at))]

    def _among(self, up: Place, siblings: list[Place], index: int, new: str) -> list[Splice]:
        """A new member of a flow list or mapping."""
        data = self.at.data
        if not siblings:
            return [(up.start + 1, up.end - 1, new)]
        gap = data[siblings[-2].end : siblings[-1].head].decode() if len(siblings) > 1 else ""
        apart = gap if re.fullmatch(r",\s+", gap) else ", "
        if index:
            return [(siblings[index - 1].end, siblings[index - 1].end, apart + new)]
        return [(siblings[0].head, siblings[0].head, new + apart)]

    def _in_flow(self, place: Place, edit: Edit, splices: list[Splice]) -> list[Splice]:
        """What no longer goes on one line becomes a block; where people wrote it over many lines it stays theirs."""
        top = place
        while top.up and top.up.flow:
            top = top.up
        source, old = self.at.data[top.start : top.end], top.node.to_python()
        new = apply(old, [Edit(edit.op, edit.path[len(top.path) :], edit.value)])
        column = self.at.column(top.start)
        ours = b"\n" not in source and b"#" not in source and one_line(old, column) is not None
        return self._rewrite(top, new) if ours and one_line(new, column) is None else splices

    def _remove(self, place: Place) -> list[Splice]:
        assert place.up
        siblings = self.at.inside(place.up)
        index = [each.path for each in siblings].index(place.path)
        if place.up.flow:
            return self._cut(place, siblings, index)
        if len(siblings) == 1:
            if place.up.up is None:
                return [(self.at.begin(place.head), self.at.after(place), "")]
            return self._set(place.up.path, [] if isinstance(place.path[-1], int) else {})
        start, end, data = self.at.begin(place.head), self.at.after(place), self.at.data
        if data[start : place.head].strip():  # behind a dash: what comes next moves up to it
            following = siblings[index + 1].head
            return [(place.head, place.end if data[end:following].strip() else following, "")]
        blank = re.compile(rb"[ \t]*\r?\n")
        if (found := blank.match(data, end)) and blank.fullmatch(data, self.at.begin(start - 1), start):
            end = found.end()
        return [(start, end, "")]

    def _cut(self, place: Place, siblings: list[Place], index: int) -> list[Splice]:
        if index + 1 < len(siblings) and b"#" not in self.at.data[place.end : siblings[index + 1].head]:
            return [(place.head, siblings[index + 1].head, "")]
        comma = re.compile(rb"\s*,?").match(self.at.data, place.end)
        end = comma.end() if comma and index + 1 < len(siblings) else place.end
        return [(siblings[index - 1].end if index and end == place.end else place.head, end, "")]

    def _move(self, place: Place, index: int) -> list[Splice]:
        assert place.up
        rest = [each for each in self.at.inside(place.up) if each.path != place.path]
        if not rest:
            return []
        if place.up.flow:
            rest.insert(index, place)  # only the members change places: what stands between them stays
            both = zip(self.at.inside(place.up), rest, strict=True)
            return [(a.start, a.end, self.at.data[b.start : b.end].decode()) for a, b in both if a is not b]
        start, end = self.at.before(place), self.at.after(place)
        at = self.at.before(rest[index]) if index < len(rest) else self.at.after(rest[-1])
        chunk = self.at.data[start:end].decode().rstrip("\r\n").split(self.layout.end)
        return [(start, end, ""), (at, at, self._ended(chunk, at))]

    def _rewrite(self, place: Place, value: Any) -> list[Splice]:
        """A value written anew behind its key or dash; comments that stood inside it go above it."""
        data, end = self.at.data, self.at.after(place)
        start = self.at.begin(place.head)
        if place.up is None:
            return [(place.start, place.end, self._ended(body(value, 0, self.layout), place.start))]
        stay = place.sign if place.flow or place.kind == "scalar" else self.at.finish(place.sign)
        inner = self.at.comments(place.sign, end)
        kept = "".join("  " + data[a:b].decode() for a, b in inner if a < stay)
        pad = re.match(r" *", data[start : place.head].decode())[0]  # type: ignore[index]
        above = [pad + data[a:b].decode() for a, b in inner if a >= stay]
        head = data[start : place.sign].decode()
        first, *lines = hang(head, value, self.at.column(place.head), self.layout)
        return [(start, end, self._ended([*above, first + kept, *lines], start, end))]

    def _ended(self, lines: list[str], at: int = 0, end: int | None = None) -> str:
        """Lines as text that fits in at this place, also behind a last line without an end."""
        data, stop = self.at.data, at if end is None else end
        text = "".join(line + self.layout.end for line in lines)
        if stop == len(data) and data and not data.endswith(b"\n"):
            text = text.removesuffix(self.layout.end)
            return text if end is not None else self.layout.end + text
        return text


def _differences(old: Any, new: Any, path: Path) -> Iterator[Edit]:
    """The edits that lead from one value to another of its kind."""
    if isinstance(old, dict) and isinstance(new, dict) and old and new:
        yield from (Edit("remove", (*path, key)) for key in old if key not in new)
        for key, value in new.items():
            here = (*path, key)
            yield from _differences(old[key], value, here) if key in old else [Edit("set", here, value)]
    elif isinstance(old, list) and isinstance(new, list) and old and new:
        yield from _lists(old, new, path)
    elif json.dumps(old) != json.dumps(new):
        yield Edit("set", path, new)


def _lists(old: list[Any], new: list[Any], path: Path) -> Iterator[Edit]:
    first, tail, least = 0, 0, min(len(old), len(new))
    while first < least and old[first] == new[first]:
        first += 1
    while tail < least - first and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    gone, come = len(old) - tail - first, new[first : len(new) - tail]
    for index, value in enumerate(come[:gone]):
        yield from _differences(old[first + index], value, (*path, first + index))
    yield from (Edit("remove", (*path, first + len(come))) for _ in range(gone - len(come)))
    for index, value in enumerate(come[gone:], first + gone):
        yield Edit("insert", (*path, index), value)
