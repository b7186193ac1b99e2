"""What a chapter says as a whole, beside its lists: a form of the fields that the model knows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from backendkit.model import CHAPTERS, Design, UserError
from backendkit.room.columns import fields
from backendkit.room.display import Text
from backendkit.room.lists import show_chapter
from backendkit.room.saving import value_at
from backendkit.room.widget import Widget, live

if TYPE_CHECKING:
    from backendkit.store import OpenDesign


def edit_chapter(opened: OpenDesign, chapter: str) -> Form | Text:
    """The fields of a chapter, as "api", that are no list: style, engine, versions, what holds for all.

    Raises UserError with the chapters there are.
    """
    known = [name for name in CHAPTERS if name in Design.model_fields]
    if chapter not in known:
        raise UserError(f"The design has no chapter '{chapter}', it has: {', '.join(known)}.")
    return Form(opened, chapter) if live() else show_chapter(opened, chapter)


class Form(Widget):
    """The fields of a chapter, each saved while one types."""

    parts: ClassVar[tuple[str, ...]] = ("fields", "table.cells", "chapter")

    def __init__(self, opened: OpenDesign, chapter: str) -> None:
        self.chapter = chapter
        self.held = fields(type(getattr(opened.design, chapter)))
        super().__init__(opened, partial(show_chapter, opened, chapter))

    def snapshot(self) -> dict[str, Any]:
        """The fields, and what stands in them."""
        assert self.opened
        design = self.opened.design
        names = (f"{self.chapter}.{one['name']}" for one in self.held)
        values = {name: value_at(design, "", name) for name in names}
        return {"chapter": self.chapter, "fields": self.held, "values": values}
