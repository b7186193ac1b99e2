"""Work in the background that is worth doing once: who asks again meanwhile gets it for the newest state."""

from __future__ import annotations

import threading
from collections.abc import Callable

Work = Callable[[], None]


class Latest:
    """Calls a piece of work with `later`, never twice at once, and once more when it was asked for meanwhile."""

    def __init__(self, later: Callable[[Work], None], work: Work) -> None:
        self._later, self._work = later, work
        self._guard = threading.Lock()
        self._due = self._busy = False

    def __call__(self) -> None:
        """Ask for the work; comes back at once."""
        with self._guard:
            self._due = True
            if self._busy:
                return
            self._busy = True
        self._later(self._run)

    def _run(self) -> None:
        try:
            while self._taken():
                self._work()
        except BaseException:
            with self._guard:
                self._busy, again = False, self._due
            if again:
                self()
            raise

    def _taken(self) -> bool:
        with self._guard:
            due, self._due = self._due, False
            self._busy = due
            return due
