"""Editor and picture side by side: one writes on the left, the picture on the right follows (C4, entities)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from backendkit.model import Design, UserError
from backendkit.room.board import show_picture
from backendkit.room.findings import marks
from backendkit.room.latest import Latest
from backendkit.room.widget import Widget

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

State = dict[str, Any]
CHAPTERS = {"er": "database", "context": "architecture", "container": "architecture"}
CAPTIONS = {
    "er": "Picture of the entities",
    "context": "Picture of the system and its neighbours",
    "container": "Picture of the parts of the system",
}
EMPTY = {
    "er": "Nothing is drawn yet. Add an entity on the left.",
    "context": "Nothing is drawn yet. Add a person or a system on the left.",
    "container": "Nothing is drawn yet. Add something that runs on the left.",
}


class LivePicture(Widget):
    """A picture that follows the design, with what the rules say on the elements they speak of.

    It is drawn in the background, once for the newest state, in the colours and around the element that each page
    asks for. For another kind of picture give `draw` and `marks` anew.
    """

    parts: ClassVar[tuple[str, ...]] = ("picture",)

    def __init__(self, opened: OpenDesign, what: str) -> None:
        self.what = what
        self._wishes: dict[str, tuple[str, str]] = {}
        self._told: dict[str, tuple[Design, str, str]] = {}
        self._follow = Latest(self.later, self._drawn)
        super().__init__(opened, lambda: show_picture(opened, what))

    def draw(self, design: Design, theme: str, focus: str) -> str:
        """The picture as SVG; empty when there is nothing to draw."""
        from backendkit.draw import picture

        chapter = design.database.entities if self.what == "er" else design.architecture.elements
        return picture(design, self.what, theme=theme, focus=focus or None).decode() if chapter else ""

    def marks(self, design: Design) -> list[State]:
        """What is said on the elements: `{at, count, worst}`."""
        return marks(design, CHAPTERS[self.what])

    def snapshot(self) -> State:
        """All but the picture itself, which is drawn when a page asks for it."""
        assert self.opened
        design = self.opened.design
        return {"caption": CAPTIONS[self.what], "empty": EMPTY[self.what], "marks": self.marks(design)}

    def refreshed(self) -> None:
        """Typing never waits for a picture."""
        self._follow()

    def on_draw(self, view: str, theme: str, focus: str = "") -> None:
        """A page wants the picture in its colours, whole or around one element."""
        self._wishes[view] = theme, focus
        self._follow()

    def on_gone(self, view: str) -> None:
        """Nobody draws for a page that was closed."""
        self._wishes.pop(view, None)
        self._told.pop(view, None)
        super().on_gone(view)

    def _drawn(self) -> None:
        assert self.opened
        design = self.opened.design
        for view, (theme, focus) in list(self._wishes.items()):
            if focus and not design.find(focus):  # renamed or deleted meanwhile
                self._wishes[view], focus = (theme, ""), ""
            told = self._told.get(view)
            if not told or told[0] is not design or told[1:] != (theme, focus):
                self._told[view] = design, theme, focus
                self.push("picture", view=view, focus=focus, **self._picture(design, theme, focus))
        self.marks(design)  # ready before the guard is taken: nobody who saves waits for the rules
        with self._guard:
            super().refreshed()

    def _picture(self, design: Design, theme: str, focus: str) -> State:
        try:
            svg = self.draw(design, theme, focus)
        except UserError as error:
            return {"problem": str(error)}
        return {"svg": svg, "empty": not svg}
