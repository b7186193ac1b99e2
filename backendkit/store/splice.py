"""Edits by path on YAML text: an edit changes its own lines and nothing else (a git diff shows the edit alone)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

from backendkit.model import Edit, Path, UserError, apply, spell
from backendkit.store.dump import Layout, body, entry, hang, inline, item, one_line, scalar
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


def _quick(
    text: str, edits: Iterable[Edit], order: Order, layout: Layout | None = None, within: int = 0
) -> str:
    """All edits, unchecked; one look at the text does for a whole run of them."""
    for run in _runs(edits, within):
        places = Places(text)
        done, rest = _Scribe(places, order, layout, within).together(run)
        text = _joined(places, done)
        for edit in rest:
            places = Places(text)
            text = _joined(places, _Scribe(places, order, layout, within).splices(edit))
    return text


def _runs(edits: Iterable[Edit], within: int) -> Iterator[list[Edit]]:
    """Edits inside items of lists move no other item; so many items come or go at one place of one list."""
    run: list[Edit] = []
    for edit in edits:
        if run and not _joins(run, edit, within):
            yield run
            run = []
        run.append(edit)
    if run:
        yield run


def _joins(run: list[Edit], edit: Edit, within: int) -> bool:
    last = run[-1]
    if _item(last, within) or _item(edit, within):
        return bool(_item(last, within) and _item(edit, within))
    (*above, old), (*beside, new) = last.path, edit.path
    if last.op != edit.op or above != beside or not (isinstance(old, int) and isinstance(new, int)):
        return False
    return edit.op == "remove" or (edit.op == "insert" and new == old + 1)


def _item(edit: Edit, within: int) -> Path:
    """The path of the list item that an edit stays inside; empty when there is none."""
    ints = (n for n, step in enumerate(edit.path[:-1]) if n >= within and isinstance(step, int))
    return edit.path[: next(ints, -1) + 1]


def _joined(places: Places, splices: Iterable[Splice]) -> str:
    data, parts, at = places.data, list[bytes](), 0
    for start, end, new in sorted(splices):
        parts += [data[at:start], new.encode()]
        at = end
    return b"".join([*parts, data[at:]]).decode()


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

    def __init__(self, places: Places, order: Order, layout: Layout | None = None, within: int = 0) -> None:
        self.at, self.order, self.layout, self.within = places, order, layout or places.layout(), within

    def together(self, run: list[Edit]) -> tuple[list[Splice], list[Edit]]:
        """What a run of edits comes down to, and those that each need a look of their own."""
        if run[0].op == "insert" and not _item(run[0], self.within):
            return self._insert(run[0].path, run), []
        if not _item(run[0], self.within):
            return (self.splices(run[0]), []) if len(run) == 1 else self._removed(run)
        items: dict[Path, list[Edit]] = {}
        for edit in run:
            items.setdefault(_item(edit, self.within), []).append(edit)
        done = {path: self._alone(path, edits) for path, edits in items.items()}
        rest = [edit for edit in run if not done[_item(edit, self.within)]]
        return [splice for splice in done.values() if splice], rest

    def _alone(self, path: Path, edits: list[Edit]) -> Splice | None:
        """Edits inside one item of a list, made on its lines alone; None when it has no lines of its own."""
        place = self.at.find(path)
        assert place
        assert place.up
        start, end = self.at.begin(place.head), self.at.after(place)
        if place.up.flow or self.at.data[start : place.head].strip():
            return None
        steps = [Edit(edit.op, (0, *edit.path[len(path) :]), edit.value) for edit in edits]
        text = self.at.data[start:end].decode()
        order = self.order
        return start, end, _quick(text, steps, lambda at: order((*path, *at[1:])), self.layout, 1)

    def _removed(self, run: list[Edit]) -> tuple[list[Splice], list[Edit]]:
        """Several items of one list go at once."""
        up = self.at.find(run[0].path[:-1])
        assert up
        siblings = self.at.inside(up)
        left = list(range(len(siblings)))
        gone = [siblings[left.pop(int(edit.path[-1]))] for edit in run]
        starts = [(self.at.begin(place.head), place.head) for place in gone]
        if up.flow or any(self.at.data[start:head].strip() for start, head in starts):
            return [], run
        if not left:
            return self._set(up.path, []), []
        found: list[Splice] = []
        above = end = -1
        for place in sorted(gone, key=lambda place: place.start):
            start = self.at.begin(place.head)
            above = above if start == end else start
            found += self._remove(place, above)
            end = found[-1][1]
        return found, []

    def splices(self, edit: Edit) -> list[Splice]:
        if edit.op == "insert":
            return self._insert(edit.path, [edit])
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
            return self._in_flow(place.up, [Edit("set", path, value)], [self._in_place(place, inline(value))])
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
        return (
            [(0, len(self.at.data), _quick(text, edits, self.order, self.layout, self.within))]
            if edits
            else [(0, 0, "")]
        )

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
            return self._in_flow(up, [Edit("set", path, value)], new)
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

    def _insert(self, path: Path, edits: list[Edit]) -> list[Splice]:
        up, index, values = self.at.find(path[:-1]), path[-1], [edit.value for edit in edits]
        siblings = self.at.inside(up) if up else []
        if not up or not siblings:
            return self._set(path[:-1], values)
        assert isinstance(index, int)
        if up.flow:
            return self._in_flow(up, edits, self._among(up, siblings, index, *map(inline, values)))
        column = self.at.column(siblings[0].head)
        blocks = [place for place in siblings if place.kind == "mapping"]
        flow = not blocks or any(place.flow for place in blocks)
        at = self.at.after(siblings[index - 1]) if index else self.at.before(siblings[0])
        gap = self.at.data[siblings[0].start : siblings[1].head] if len(siblings) > 1 else b""
        apart = [""] if re.search(rb"\n[ \r]*\n", gap) else []
        new = (item(value, column, self.layout, flow=flow) for value in values)
        lines = chain.from_iterable([*apart, *each] if index else [*each, *apart] for each in new)
        return [(at, at, self._ended(list(lines), at))]

    def _among(self, up: Place, siblings: list[Place], index: int, *new: str) -> list[Splice]:
        """New members of a flow list or mapping."""
        data = self.at.data
        gap = data[siblings[-2].end : siblings[-1].head].decode() if len(siblings) > 1 else ""
        apart = gap if re.fullmatch(r",\s+", gap) else ", "
        text = apart.join(new)
        if not siblings:
            return [(up.start + 1, up.end - 1, text)]
        if index:
            return [(siblings[index - 1].end, siblings[index - 1].end, apart + text)]
        return [(siblings[0].head, siblings[0].head, text + apart)]

    def _in_flow(self, place: Place, edits: list[Edit], splices: list[Splice]) -> list[Splice]:
        """What no longer goes on one line becomes a block; where people wrote it over many lines it stays theirs."""
        top = place
        while top.up and top.up.flow:
            top = top.up
        source, old = self.at.data[top.start : top.end], top.node.to_python()
        new = apply(old, [Edit(edit.op, edit.path[len(top.path) :], edit.value) for edit in edits])
        column = self.at.column(top.start)
        ours = b"\n" not in source and b"#" not in source and one_line(old, column) is not None
        return self._rewrite(top, new) if ours and one_line(new, column) is None else splices

    def _remove(self, place: Place, above: int | None = None) -> list[Splice]:
        """A key or item goes; of two blank lines around it one stays. `above`: where the lines before it end."""
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
        above = start if above is None else above
        if (found := blank.match(data, end)) and blank.fullmatch(data, self.at.begin(above - 1), above):
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
