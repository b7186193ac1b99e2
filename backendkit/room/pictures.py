"""Pictures that follow the design, alone or beside the lists they are drawn from: write on one side, see on the other.

Two boxes are connected by choosing one after the other (C4 relations, https://c4model.com; references of entities).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ipywidgets import Box, Layout

from backendkit.model import Design, UserError
from backendkit.model.naming import snake, unique
from backendkit.room.display import Bundle, Picture
from backendkit.room.editor import Editor
from backendkit.room.findings import marks
from backendkit.room.latest import Latest
from backendkit.room.saving import next_id
from backendkit.room.widget import Widget, live

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

State = dict[str, Any]


class _About(NamedTuple):
    """What goes with a kind of picture: its chapter, the list it is drawn from, and what the page says."""

    chapter: str
    where: str
    columns: tuple[str, ...]
    caption: str
    label: str
    empty: str
    first: str
    second: str
    ask: str = ""
    """What is asked of a new connection, and the field in which the answer goes."""
    field: str = ""


_PARTS = ("architecture", "architecture.elements", ("name", "kind", "technology"))
_ASKS = (
    "Choose who asks.",
    "{name} asks … choose who answers.",
    "What for? As a verb: looks for books",
    "does",
)
_KINDS = {
    "er": _About(
        "database",
        "database.entities",
        ("name",),
        "What {name} remembers",
        "Picture of the entities",
        "Nothing is drawn yet. Add an entity to the list.",
        "Choose the entity that knows the other one, as a copy knows its book.",
        "{name} knows … choose the other one.",
    ),
    "context": _About(
        *_PARTS,
        "{name} and its neighbours",
        "Picture of the system and its neighbours",
        "Nothing is drawn yet. Add a person or a system.",
        *_ASKS,
    ),
    "container": _About(
        *_PARTS,
        "The parts of {name}",
        "Picture of the parts of the system",
        "Nothing is drawn yet. Add something that runs.",
        *_ASKS,
    ),
}


def show_picture(opened: OpenDesign, what: str, *, focus: str | None = None) -> LivePicture | Picture:
    """The picture "er", "context", "container" or "states"; `focus` is the id of one element, drawn with its neighbours.

    In a notebook that somebody looks at it follows every change, and one can walk in it; "states" stands still.
    """
    if live() and what in _KINDS:
        return LivePicture(opened, what, focus=focus or "")
    return still_picture(opened, what, focus=focus)


def sketch(opened: OpenDesign, what: str) -> Beside | Picture:
    """The list of a picture on one side, to type into, and the picture on the other: "er", "context", "container".

    The list shows what one needs while sketching. Where nobody looks it is the picture alone. Raises UserError with
    the pictures there are.
    """
    if what not in _KINDS:
        raise UserError(f"There is no picture '{what}' to sketch, there are: {', '.join(_KINDS)}.")
    if not live():
        return still_picture(opened, what)
    about = _KINDS[what]
    return Beside([Editor(opened, about.where, about.columns)], [LivePicture(opened, what, tall=True)])


class Beside(Box):  # type: ignore[misc]
    """Live parts in two columns, one below the other where the page is narrow; without a kernel the still ones."""

    def __init__(self, left: list[Widget], right: list[Widget]) -> None:
        self.shown = (*right, *left)
        within = {"display": "flex", "flex_flow": "column", "overflow": "visible", "min_width": "0"}
        sides = [
            Box(parts, layout=Layout(flex=flex, **within))
            for parts, flex in ((left, "1 1 25rem"), (right, "1 1 25rem"))
        ]
        super().__init__(
            sides, layout=Layout(flex_flow="row wrap", overflow="visible", grid_gap="0 12px", width="100%")
        )

    def _repr_mimebundle_(self, **options: Any) -> Bundle:
        data, about = joined([part.still()._repr_mimebundle_() for part in self.shown])
        return {**data, **super()._repr_mimebundle_(**options), "text/plain": data["text/plain"]}, about


def joined(bundles: list[Bundle]) -> Bundle:
    """Several results as one, for a single output."""
    kinds = ("text/html", "text/markdown", "text/plain")
    data = {kind: "\n\n".join(text for one, _ in bundles if (text := one.get(kind))) for kind in kinds}
    return {kind: text for kind, text in data.items() if text}, {}


def still_picture(opened: OpenDesign, what: str, *, focus: str | None = None) -> Picture:
    """The picture as it is now, for light and for dark pages."""
    from backendkit.draw import picture

    light, dark = (picture(opened.design, what, theme=theme, focus=focus) for theme in ("light", "dark"))
    name = opened.design.name or opened.name
    if what not in _KINDS:
        return Picture(light, dark, f"States: {focus}" if focus else f"States of {name}")
    caption = _KINDS[what].caption.format(name=name)
    caption = caption[:1].upper() + caption[1:]
    return Picture(light, dark, f"{caption}: {focus} and what is beside it" if focus else caption)


class LivePicture(Widget):
    """A picture that follows the design, with what the rules say on the elements they speak of.

    It is drawn in the background, once for the newest state, in the colours and around the element that each page
    asks for. For another kind of picture give `draw`, `marks` and `joining` anew.
    """

    parts: ClassVar[tuple[str, ...]] = ("fields", "picture")

    def __init__(self, opened: OpenDesign, what: str, *, focus: str = "", tall: bool = False) -> None:
        self.what, self.focus, self.tall = what, focus, tall
        self._wishes: dict[str, tuple[str, str]] = {}
        self._told: dict[str, tuple[Design, str, str]] = {}
        self._follow = Latest(self.later, self._drawn)
        super().__init__(opened, lambda: still_picture(opened, what, focus=focus or None))

    def draw(self, design: Design, theme: str, focus: str) -> str:
        """The picture as SVG; empty when there is nothing to draw."""
        from backendkit.draw import picture

        chapter = design.database.entities if self.what == "er" else design.architecture.elements
        return picture(design, self.what, theme=theme, focus=focus or None).decode() if chapter else ""

    def marks(self, design: Design) -> list[State]:
        """What is said on the elements: `{at, count, worst}`."""
        return marks(design, _KINDS[self.what].chapter)

    def joining(self, design: Design, start: str, end: str) -> State:
        """The change that connects two elements."""
        return reference(design, start, end) if self.what == "er" else relation(design, start, end)

    def snapshot(self) -> State:
        """All but the picture itself, which is drawn when a page asks for it."""
        assert self.opened
        about = _KINDS[self.what]
        return {
            "caption": about.label,
            "empty": about.empty,
            "focus": self.focus,
            "tall": self.tall,
            "joins": {name: getattr(about, name) for name in ("first", "second", "ask", "field")},
            "marks": self.marks(self.opened.design),
        }

    def refreshed(self) -> None:
        """Typing never waits for a picture."""
        self._follow()

    def on_draw(self, view: str, theme: str, focus: str = "") -> None:
        """A page wants the picture in its colours, whole or around one element."""
        self._wishes[view] = theme, focus
        self._follow()

    def on_join(self, start: str, end: str) -> State:
        """How two elements are connected: the page saves it as any other change."""
        assert self.opened
        design = self.opened.design
        for id in (start, end):
            if not design.find(id):
                raise UserError(f"{id or 'That one'} is only named: add it to the list first.")
        return {"change": self.joining(design, start, end)}

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


def reference(design: Design, start: str, end: str) -> State:
    """An attribute of one entity that says which other one it belongs to, named as that one.

    >>> shop = Design.load({"database": {"entities": [{"id": "copy"}, {"id": "book"}]}})
    >>> reference(shop, "copy", "book")["insert"]["record"]
    {'id': 'book', 'type': 'reference', 'to': 'book'}
    """
    entity = design.entity(start)
    id = unique(snake(end), {one.id for one in entity.attributes} if entity else ())
    record = {"id": id, "type": "reference", "to": end}
    return {"insert": {"at": start, "field": "attributes", "record": record}}


def relation(design: Design, start: str, end: str) -> State:
    """A relation from one element to another; what it does is for people to say."""
    id = f"{start}-{end}".replace(".", "-")
    if design.find(id):
        id = next_id(id, lambda free: design.find(free) is None)
    record = {"id": id, "from": start, "to": end}
    return {"insert": {"at": "", "field": "architecture.relations", "record": record}}
