"""A live part of a notebook: one Python class, one JavaScript file in static/ (https://anywidget.dev).

The page asks (`on_NAME` answers), saves (the same for every part), and is told when the design changes. Beside the
live view stands the still one, which is shown where no kernel runs: on GitHub, in a saved notebook, in the document.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from functools import cache, partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, ParamSpec, Protocol, TypeVar

import anywidget
import traitlets

from backendkit.room.display import Bundle, markdown, sheet
from backendkit.room.live import live_of, sentence_of
from backendkit.room.saving import save

if TYPE_CHECKING:
    from backendkit.store import OpenDesign

STATIC = Path(__file__).with_name("static")


class Shown(Protocol):
    """What a cell can show."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle: ...


def live() -> bool:
    """Whether a person looks: a notebook's kernel that was not started to run headless."""
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    return not os.environ.get("BACKENDKIT_HEADLESS") and getattr(shell, "kernel", None) is not None


class Widget(anywidget.AnyWidget):
    """The base of every live part. `parts` are files in static/; the last one is what is shown."""

    parts: ClassVar[tuple[str, ...]] = ()
    design = traitlets.Unicode().tag(sync=True)
    """What names the design in this browser."""
    state = traitlets.Dict().tag(sync=True, to_json=lambda value, widget: widget.snapshot())

    def __init__(self, opened: OpenDesign | None, still: Callable[[], Shown]) -> None:
        self.opened, self.still = opened, still
        self._views: set[str] = set()
        self._sent = self._trouble = ""
        self._guard = threading.RLock()
        where = "" if opened is None else str(opened.folder.resolve() if opened.folder else opened.where)
        super().__init__(design=where)
        if opened is not None:
            live_of(opened).add(self)

    @property
    def _esm(self) -> str:
        return script(self.parts)

    @property
    def _css(self) -> str:
        return looks(self.parts)

    def snapshot(self) -> dict[str, Any]:
        """All that the page shows, as plain data."""
        return {}

    def refreshed(self) -> None:
        """The design has changed: tell the page, if it makes a difference here."""
        state = self.snapshot()
        text = json.dumps(state, sort_keys=True, default=str)
        if text != self._sent:
            self._sent = text
            self.push("state", state=state)

    def push(self, kind: str, **data: Any) -> None:
        """Tell the page something."""
        self.send({"kind": kind, **data})

    def send(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        """Send a message to the pages.

        Since ipykernel 7.4 what a page says next would go to the subshell that this message is due to. After a dropped
        network that one is gone, and the page would not be heard again: it goes where the page sends it.
        """
        super().send(content, buffers)
        if self.comm is not None:
            self.comm.__dict__.pop("_reply_subshell_id", None)

    def later(self, work: Callable[[], None]) -> None:
        """Work in the background; what goes wrong is told in one sentence."""

        def run() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - a thread has nobody else to tell
                self.push("trouble", text=sentence_of(error))

        threading.Thread(target=run, name=f"backendkit-{self.parts[-1]}", daemon=True).start()

    def refresh(self) -> None:
        """Called by who looks at the design. Nobody draws for a page that was closed."""
        if self._views:
            try:
                with self._guard:
                    self.refreshed()
            except Exception as error:  # noqa: BLE001 - as above
                self._trouble = sentence_of(error)
                self.trouble(self._trouble)
            else:
                if self._trouble:
                    self._trouble = ""
                    self.trouble("")

    def trouble(self, sentence: str) -> None:
        """Told when the design cannot be read; empty when it can again."""
        if self._views:
            self.push("trouble", text=sentence)

    def on_hello(self, view: str) -> dict[str, Any]:
        """A page shows this part, perhaps after it was loaded again: it gets the state as it is now."""
        if self._views - {view}:
            self.refreshed()  # what another page has not seen yet, it is told now
        self._views.add(view)
        state = self.snapshot()
        self._sent = json.dumps(state, sort_keys=True, default=str)
        return {"state": state}

    def on_gone(self, view: str) -> None:
        """A page does not show it any more."""
        self._views.discard(view)

    def on_save(self, step: str, changes: list[dict[str, Any]]) -> dict[str, Any]:
        """Save one step of changes."""
        assert self.opened
        return save(self.opened, step, changes)

    def on_where(self, at: str) -> dict[str, Any]:
        """In which chapter and which notebook a record stands."""
        from backendkit.room.board import phases

        found = self.opened.design.find(at) if self.opened else None
        chapter = str(found.path[0]) if found else ""
        files = {one.chapter: one.file for one in phases() if one.chapter}
        return {"chapter": chapter, "file": files.get(chapter, "")}

    def _handle_custom_msg(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Answer a page. A mistake becomes a sentence there, never a traceback that nobody sees."""
        id, name, data = content.get("id"), content.get("name"), content.get("data") or {}
        if buffers:
            data["buffers"] = buffers
        try:
            with self._guard:
                answer = getattr(self, f"on_{name}")(**data)
            self.send({"kind": "answer", "id": id, "data": answer or {}})
        except Exception as error:  # noqa: BLE001 - the page tells it, nobody reads a log
            self.send({"kind": "answer", "id": id, "error": sentence_of(error)})
        if name == "save" and self.opened is not None:
            live_of(self.opened).look()

    def _repr_mimebundle_(self, **options: Any) -> Bundle:
        data, about = self.still()._repr_mimebundle_()
        view = super()._repr_mimebundle_(**options)
        return {**data, **(view[0] if view else {}), "text/plain": data.get("text/plain", "")}, about


@cache
def script(parts: tuple[str, ...]) -> str:
    """The module that a page loads: what all parts share, the parts (NAME.*.js, then NAME.js), and which is shown."""
    pieces = ((*sorted(STATIC.glob(f"{name}.*.js")), STATIC / f"{name}.js") for name in ("wire", *parts))
    texts = [file.read_text(encoding="utf-8") for files in pieces for file in files]
    return "\n".join([*texts, f'export default {{ render: (context) => begin(context, "{parts[-1]}") }};'])


@cache
def looks(parts: tuple[str, ...]) -> str:
    """The style sheet of a part and of what it is made of."""
    files = [STATIC / f"{name}.css" for name in ("wire", *parts)]
    return "\n".join([sheet(), *(file.read_text(encoding="utf-8") for file in files if file.exists())])


class Follow(Widget):
    """Any table, picture or text of the room, made again when the design changes: see `following`."""

    parts = ("follow",)

    def snapshot(self) -> dict[str, Any]:
        data, _ = self.still()._repr_mimebundle_()
        return {"html": data.get("text/html") or markdown(data.get("text/markdown", ""))}


Made = TypeVar("Made", bound=Shown)
More = ParamSpec("More")


def following(
    show: Callable[Concatenate[OpenDesign, More], Made],
) -> Callable[Concatenate[OpenDesign, More], Made | Follow]:
    """A function of the room that shows a design, made to follow its changes where a person looks."""

    @wraps(show)
    def shown(opened: OpenDesign, /, *options: More.args, **named: More.kwargs) -> Made | Follow:
        still = partial(show, opened, *options, **named)
        return Follow(opened, still) if live() else still()

    return shown
