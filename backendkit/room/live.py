"""Who looks at a design is told when it changes, whoever changed it: this page, another notebook, another person.

One thread for each opened design looks at what is saved, as long as somebody looks (the observer pattern).
"""

from __future__ import annotations

import logging
import threading
import weakref
from typing import TYPE_CHECKING, Any, Protocol

from backendkit.model import UserError

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

_log = logging.getLogger(__name__)
PAUSE = {True: 0.25, False: 0.5}
"""Seconds between two looks: at a folder, at a database."""


class Watcher(Protocol):
    """What is told."""

    def refresh(self) -> None:
        """The design, its notes or its evidence have changed."""

    def trouble(self, sentence: str) -> None:
        """The design cannot be read now; empty when it can again."""


class Live:
    """Looks at one opened design, and tells those who watch it."""

    def __init__(self, opened: OpenDesign) -> None:
        self._opened = weakref.ref(opened)
        self._pause = PAUSE[opened.folder is not None]
        self._watchers: weakref.WeakSet[Any] = weakref.WeakSet()
        self._guard, self._look = threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None
        self._seen: object = None
        self._design: object = None
        self._sentence = ""

    def add(self, watcher: Watcher) -> None:
        """Tell this one from now on."""
        with self._guard:
            self._watchers.add(watcher)
            if self._thread is None:
                self._seen = self._state()
                self._thread = threading.Thread(target=self._watch, name="backendkit-live", daemon=True)
                self._thread.start()

    def remove(self, watcher: Watcher) -> None:
        """Tell this one no more: it looks at another design now."""
        with self._guard:
            self._watchers.discard(watcher)

    def look(self) -> None:
        """Look now, not at the next turn: somebody here has just saved."""
        self._look.set()

    def _watch(self) -> None:
        while True:
            self._look.wait(self._pause)
            self._look.clear()
            with self._guard:
                watchers = list(self._watchers)
                if not watchers or self._opened() is None:
                    self._thread = None
                    return
            self._tell(watchers)

    def _tell(self, watchers: list[Watcher]) -> None:
        told, state = self._sentence, self._state()
        changed, self._seen = state != self._seen, state
        for watcher in watchers:
            if self._sentence != told:
                watcher.trouble(self._sentence)
            if changed:
                watcher.refresh()

    def _state(self) -> object:
        """What is compared to see a change: of a design that cannot be read, as it was before."""
        opened = self._opened()
        if opened is None:
            return self._seen
        try:
            self._design = opened.design  # kept, so that no other one gets its identity
            state = (id(self._design), opened.store.stamps())
        except Exception as error:  # noqa: BLE001 - who looks goes on looking, whatever is in the way now
            self._sentence = sentence_of(error)
            return self._seen
        self._sentence = ""
        return state


def sentence_of(error: Exception) -> str:
    """What went wrong, as a page tells it."""
    if isinstance(error, UserError):
        return str(error)
    _log.debug("a live part failed", exc_info=error)
    return f"That did not work ({type(error).__name__}: {str(error) or 'no reason given'}). Nothing that was saved is lost."


_lives: weakref.WeakKeyDictionary[OpenDesign, Live] = weakref.WeakKeyDictionary()
_guard = threading.Lock()


def live_of(opened: OpenDesign) -> Live:
    """The one that looks at this opened design."""
    with _guard:
        return _lives.setdefault(opened, Live(opened))
