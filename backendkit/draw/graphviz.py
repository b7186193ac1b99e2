"""Where things stand: Graphviz, in a warm child process with a timeout (https://graphviz.org/doc/info/lang.html).

Graphviz holds the interpreter's lock while it works and cannot be interrupted; in a child it can be stopped. It gets
boxes of a fixed size and no text: names cannot break it, and the machine's fonts do not matter.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from backendkit.model import UserError

SECONDS = 10.0
_LIBRARIES = "libx11-6 libxext6 libxrender1 libglib2.0-0 libexpat1"
Point = tuple[float, float]


class DrawingError(UserError):
    """A picture that could not be drawn, and what to do about it."""


class TookTooLong(DrawingError):
    """A picture that was given up after a time."""


class Layout(NamedTuple):
    """Where everything stands, in pixels from the top left.

    Nodes and labels by their middle, clusters by two corners, routes by Bézier points (one, then three by three).
    """

    size: Point
    nodes: dict[str, Point]
    clusters: dict[str, tuple[Point, Point]]
    routes: dict[str, list[Point]]
    labels: dict[str, Point]


def box(width: float, *heights: float, pad: float = 0) -> str:
    """Write an empty label of a fixed size; with several heights, rows that lines can end at (ports r0, r1, …).

    >>> box(90, 20)[66:]
    '<tr><td port="r0" fixedsize="true" width="90" height="20"></td></tr></table>>'
    """
    ends = [("", pad)] if pad else []
    rows = "".join(
        f'<tr><td{port} fixedsize="true" width="{width:.0f}" height="{height:.0f}"></td></tr>'
        for port, height in [*ends, *((f' port="r{row}"', high) for row, high in enumerate(heights)), *ends]
    )
    return f'<<table border="0" cellborder="0" cellspacing="0" cellpadding="0">{rows}</table>>'


@lru_cache(maxsize=64)
def lay_out(dot: str, *, seconds: float = SECONDS) -> Layout:
    """Lay a graph out; DrawingError when it takes too long or Graphviz cannot run."""
    reply = _CHILD.ask(dot, seconds) or _CHILD.ask(dot, seconds)  # once more after a crash
    if "layout" in reply:
        return _read(json.loads(reply["layout"]))
    if "late" in reply:
        raise TookTooLong(f"No picture after {seconds:g} s: draw a part of it, with focus on one element.")
    raise DrawingError(f"No picture: {explain(reply)}")


def explain(reply: dict[str, str]) -> str:
    """Say why Graphviz did not answer, and the line that mends it.

    >>> explain({"missing": "libX11.so.6: cannot open shared object file"})[:39]
    'libX11.so.6 is missing on this machine.'
    """
    if library := re.search(r"(lib[\w.+-]+\.so[\w.]*): cannot open", reply.get("missing", "")):
        return f"{library[1]} is missing on this machine. Install it: apt-get install -y {_LIBRARIES}"
    if "missing" in reply:
        return f"pygraphviz cannot be loaded ({reply['missing']}). Install it: pip install pygraphviz"
    return f"Graphviz stopped ({' '.join(reply.get('error', 'it crashed').split())[:300]})."


def _read(found: dict[str, Any]) -> Layout:
    width, height = (float(side) for side in found["bb"].split(",")[2:])

    def points(text: str) -> list[Point]:
        numbers = [float(number) for number in re.findall(r"[-+.\de]+", text)]
        return [(round(x, 1), round(height - y, 1)) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]

    def corners(text: str) -> tuple[Point, Point]:
        (left, low), (right, high) = points(text)
        return (left, high), (right, low)

    things = found.get("objects", ())
    edges = [edge for edge in found.get("edges", ()) if "id" in edge]
    return Layout(
        (width, height),
        {item["name"]: points(item["pos"])[0] for item in things if "pos" in item},
        {item["name"]: corners(item["bb"]) for item in things if item["name"].startswith("cluster")},
        {edge["id"]: points(edge.get("pos", "")) for edge in edges},
        {edge["id"]: points(edge["lp"])[0] for edge in edges if "lp" in edge},
    )


class _Child:
    """One warm interpreter with Graphviz in it; started when first needed, and again after a crash or a timeout."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, dot: str, seconds: float) -> dict[str, str]:
        """Send one graph; an empty answer means that the child crashed."""
        with self._lock:
            process, began = self._running(), time.monotonic()
            assert process.stdin
            assert process.stdout
            timer = threading.Timer(seconds, process.kill)
            timer.start()
            answer: dict[str, str] = {}
            try:
                with suppress(OSError):  # a broken pipe: it died
                    process.stdin.write(json.dumps(dot).encode() + b"\n")
                    process.stdin.flush()
                    line = process.stdout.readline()
                    answer = json.loads(line) if line.endswith(b"\n") else {}
            finally:
                timer.cancel()
                if (
                    "layout" not in answer
                ):  # crashed, late, interrupted, or a library is missing and soon there
                    self.stop()
            late = not answer and time.monotonic() - began >= seconds
            return {"late": "yes"} if late else answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process and self._process.poll() is None:
            return self._process
        self.stop()
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).with_name("graphviz_child.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        return self._process

    def stop(self) -> None:
        """End the child."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate()

    def forget(self) -> None:
        """Leave the child to the process that started it: a forked one needs its own."""
        self._lock, self._process = threading.Lock(), None


_CHILD = _Child()
atexit.register(_CHILD.stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_CHILD.forget)
