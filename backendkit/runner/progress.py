"""How far a run is, on one line of a terminal or as plain lines elsewhere."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from threading import Lock
from typing import TextIO

Progress = Callable[[str, int, int], None]
"""Called with what is being done, the step and the number of steps: `("database", 4, 20)`."""


def terminal_progress(stream: TextIO | None = None) -> Progress:
    """Give a callback that shows progress: one line that rewrites itself in a terminal, else a line per finished part."""
    out = stream or sys.stderr
    under_way: dict[str, str] = {}
    lock = Lock()

    def show(name: str, step: int, steps: int) -> None:
        with lock:
            under_way[name] = f"{name} {step}/{steps}"
            if step >= steps:
                del under_way[name]
            if out.isatty():
                text = " · ".join(under_way.values())[: shutil.get_terminal_size().columns - 1]
                out.write(f"\r\x1b[2K{text}")
            elif step >= steps:
                out.write(f"{name}: done\n")
            out.flush()

    return show
