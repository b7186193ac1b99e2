"""Where every value stands in a YAML text, to the byte (positions by https://github.com/jelmer/yaml-edit)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backendkit.model import Path
from backendkit.store.dump import Layout
from backendkit.store.text import empty, parse


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One value: its own bytes, where its key or dash begins, and where the `:` or `-` before it ends."""

    path: Path
    node: Any
    start: int
    end: int
    head: int
    sign: int
    flow: bool
    up: Place | None = None

    @property
    def kind(self) -> str:
        """mapping, sequence or scalar; a gap is a scalar."""
        return self.node.kind if self.node is not None else "scalar"


class Places:
    """The places of one text. The parser's objects belong to one thread: make one, look, let it go."""

    def __init__(self, text: str) -> None:
        text = text.removeprefix("\ufeff")
        self.data = text.encode()
        self.document = None if empty(text) else parse(text)
        self.root: Place | None = None
        self._known: dict[Path, dict[str | int, Place]] = {}
        node = self.document.root() if self.document is not None else None
        if node is not None:
            start = node.byte_range()[0]
            self.root = self._place((), node, start, start, None)

    def comments(self, start: int, end: int) -> list[tuple[int, int]]:
        """Where the comments between two offsets stand."""
        comments = self.document.comments() if self.document is not None else []
        return [span for comment in comments if start <= (span := comment.byte_range())[0] < end]

    def _place(self, path: Path, node: Any, head: int, sign: int, up: Place | None) -> Place:
        start, end = node.byte_range() if node is not None else (sign, sign)
        if start == end:  # a gap stands right behind its sign, not behind the comment
            start = end = sign
        flow = node is not None and node.kind in ("mapping", "sequence") and self.data[start] in b"[{"
        return Place(path, node, start, end, head, sign, flow, up)

    def inside(self, place: Place) -> list[Place]:
        """The values of a mapping or list, in order."""
        return list(self._inside(place).values())

    def _inside(self, place: Place) -> dict[str | int, Place]:
        if place.path not in self._known:
            found = {"mapping": self._entries, "sequence": self._items}.get(place.kind)
            self._known[place.path] = {each.path[-1]: each for each in found(place)} if found else {}
        return self._known[place.path]

    def _entries(self, place: Place) -> Iterator[Place]:
        for entry in place.node.as_mapping().entries():
            head, end = entry.key().byte_range()
            key = entry.key().as_scalar().as_string()
            colon = re.compile(rb"\s*:").match(self.data, end)
            sign = colon.end() if colon else end
            yield self._place((*place.path, key), entry.value(), head, sign, place)

    def _items(self, place: Place) -> Iterator[Place]:
        at = place.start
        for index, node in enumerate(place.node.as_sequence()):
            start, end = node.byte_range()
            head = start
            if not place.flow and index:
                dash = re.compile(rb"^ *(?=-\s)", re.MULTILINE).search(self.data, at, start)
                head = dash.end() if dash else start
            elif not place.flow:
                head = at
            yield self._place((*place.path, index), node, head, head if place.flow else head + 1, place)
            at = end

    def find(self, path: Path) -> Place | None:
        """The place of a path; None when nothing stands there."""
        place = self.root
        for step in path:
            place = self._inside(place).get(step) if place else None
        return place

    def line(self, path: Path) -> int | None:
        """The line (1-based) of a path, or of the nearest thing around it."""
        while path and not self.find(path):
            path = path[:-1]
        place = self.find(path)
        return self.data.count(b"\n", 0, place.head) + 1 if place else None

    def raw(self, path: Path) -> str | None:
        """A scalar as it was typed; None when it is quoted or no scalar."""
        place = self.find(path)
        if place is None or place.kind != "scalar":
            return None
        text = self.data[place.start : place.end].decode()
        return None if text[:1] in "'\"|>" else text

    def begin(self, at: int) -> int:
        """Where the line of an offset begins."""
        return self.data.rfind(b"\n", 0, at) + 1

    def finish(self, at: int) -> int:
        """Where the line of an offset ends, its line end included."""
        end = self.data.find(b"\n", at) + 1
        return end or len(self.data)

    def column(self, at: int) -> int:
        """How far in an offset stands."""
        return len(self.data[self.begin(at) : at].decode())

    def before(self, place: Place) -> int:
        """Where a block entry begins, with the comments directly above it."""
        at, column = self.begin(place.head), self.column(place.head)
        while at:
            above = self.begin(at - 1)
            if not re.match(rb" {%d}#" % column, self.data[above:at]):
                break
            at = above
        return at

    def after(self, place: Place) -> int:
        """Where a block entry ends, with the comments that stand deeper in below it."""
        words = self.data[place.start : place.end].rstrip()
        at = self.finish(max(place.sign, place.start + len(words)))
        deeper = re.compile(rb" {%d,}#[^\n]*(\n|\Z)" % (self.column(place.head) + 1))
        while found := deeper.match(self.data, at):
            at = found.end()
        return at

    def layout(self) -> Layout:
        """How this text indents and ends its lines."""
        step = re.search(rb"^[^\s#-][^\n]*:[ \r]*\n( +)[^\s#-]", self.data, re.MULTILINE)
        dash = re.search(rb"^( *)[^\s#-][^\n]*:[ \r]*\n\1( *)-\s", self.data, re.MULTILINE)
        first = self.data.find(b"\n")
        end = "\r\n" if first > 0 and self.data[first - 1 : first] == b"\r" else "\n"
        return Layout(len(step[1]) if step else 2, len(dash[2]) if dash else 2, end)
