"""What every page of this kernel shows of a design together: one prototype, one document that is being made.

Pages come and go; what they show is asked for by the design (https://en.wikipedia.org/wiki/Multiton_pattern).
"""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from backendkit.room.widget import Widget
    from backendkit.store import OpenDesign


class Shared:
    """Knows the pages that show it."""

    def __init__(self) -> None:
        self.guard = threading.RLock()
        self._pages: weakref.WeakSet[Widget] = weakref.WeakSet()

    @classmethod
    def of(cls, opened: OpenDesign) -> Self:
        """The one of a design in this kernel."""
        with _guard:
            found = _all.setdefault((cls, place_of(opened)), cls())
        assert isinstance(found, cls)
        return found

    def add(self, page: Widget) -> None:
        """Tell this page from now on."""
        with self.guard:
            self._pages.add(page)

    def pages(self) -> list[Widget]:
        """Who is told."""
        with self.guard:
            return list(self._pages)

    def tell(self) -> None:
        """Tell every page, from threads that hold no lock: each page has one of its own."""
        for page in self.pages():
            threading.Thread(target=page.refresh, name="backendkit-tell", daemon=True).start()


_all: dict[tuple[type[Shared], str], Shared] = {}
_guard = threading.Lock()


def place_of(opened: OpenDesign) -> str:
    """What names a design here: its folder, however it was written, or its address without a password."""
    return str(opened.folder.resolve()) if opened.folder else opened.where
