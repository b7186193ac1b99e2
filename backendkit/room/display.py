"""What a cell shows: tables, text and pictures that look the same in a notebook, on GitHub and in the document.

Each gives a MIME bundle (https://ipython.readthedocs.io/en/stable/config/integrating.html) with its caption beside it.
"""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True)
class Link:
    """A cell that leads to another file."""

    text: str
    to: str


Cell = str | tuple[str, ...] | Link
Bundle = tuple[dict[str, Any], dict[str, Any]]
_MARKS = re.compile(r"([\\`*_\[\]<>|#!~$&])")
_TOLD = re.compile(rb"<(title|desc)>(.*?)</\1>", re.DOTALL)


def escape_markdown(text: str) -> str:
    """One line of Markdown that shows the text as it was typed.

    >>> print(escape_markdown("1. a|b <i> *c*"))
    1\\. a\\|b \\<i\\> \\*c\\*
    """
    return re.sub(r"^(\d*)([-+.)])(?= |$)", r"\1\\\2", _MARKS.sub(r"\\\1", " ".join(text.split())))


def markdown(text: str) -> str:
    """Markdown as HTML; markup inside the text is shown, not followed (https://commonmark.org)."""
    import mistune

    made = mistune.create_markdown(escape=True, plugins=["table", "strikethrough"])
    return f'<div class="bk">{made(text)}</div>'


def style() -> str:
    """The style element of every HTML result: light, and dark where JupyterLab is dark."""
    return f"<style>{sheet()}</style>"


@cache
def sheet() -> str:
    """The style sheet of everything in the room, with the colours of the pictures."""
    from backendkit.draw.palette import DARK, LIGHT

    light, dark = (
        "".join(f"--{name.replace('_', '-')}:{value};" for name, value in palette._asdict().items())
        for palette in (LIGHT, DARK)
    )
    rules = Path(__file__).with_name("style.css").read_text(encoding="utf-8").splitlines()
    return f".bk{{{light}}}[data-jp-theme-light=false] .bk{{{dark}}}{''.join(rules)}"


@dataclass(frozen=True)
class Table:
    """Rows under headings. `looks` says column by column how a cell is written: code, chip, number or plain."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    looks: tuple[str, ...] = ()
    empty: str = "Nothing is written here yet."
    hint: str = ""
    """Code that fills an empty table."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        text = self.as_markdown()
        data = {"text/html": self.as_html(), "text/markdown": text, "text/plain": text}
        return data, {"designdoc": {"caption": self.caption, "empty": not self.rows}}

    def as_html(self) -> str:
        """The table as HTML with its style."""
        if not self.rows:
            hint = f"<pre>{html.escape(self.hint)}</pre>" if self.hint else ""
            return f'{style()}<div class="bk bk-empty">{html.escape(self.empty)}{hint}</div>'
        looks = (*self.looks, *("" for _ in self.headings))
        head = "".join(f"<th>{html.escape(heading)}</th>" for heading in self.headings)
        body = "".join(f"<tr>{''.join(map(_html_cell, row, looks))}</tr>" for row in self.rows)
        caption = f"<caption>{html.escape(self.caption)}</caption>" if self.caption else ""
        table = f"{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        return f'{style()}<table class="bk">{table}</table>'

    def as_markdown(self) -> str:
        """The table as a pipe table."""
        if not self.rows:
            return f"*{escape_markdown(self.empty)}*" + (
                f"\n\n```python\n{self.hint}\n```" if self.hint else ""
            )
        lines = [[_markdown_cell(cell) for cell in row] for row in (self.headings, *self.rows)]
        lines.insert(1, ["---"] * len(self.headings))
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _markdown_cell(cell: Cell) -> str:
    if isinstance(cell, Link):
        return f"[{escape_markdown(cell.text)}]({quote(cell.to)})"
    return escape_markdown(cell) if isinstance(cell, str) else "<br>".join(map(escape_markdown, cell))


def _html_cell(cell: Cell, look: str) -> str:
    if isinstance(cell, Link):
        return f'<td><a href="{quote(cell.to)}">{html.escape(cell.text)}</a></td>'
    if isinstance(cell, tuple):
        items = "".join(f"<li>{html.escape(item)}</li>" for item in cell)
        return f"<td><ul>{items}</ul></td>" if len(cell) > 1 else f"<td>{html.escape(''.join(cell))}</td>"
    text = html.escape(cell)
    if text and look == "code":
        return f"<td><code>{text}</code></td>"
    if text and look == "chip":
        return f'<td><span class="bk-chip" data-is="{text}">{text}</span></td>'
    return f'<td class="bk-number">{text}</td>' if look == "number" else f"<td>{text}</td>"


@dataclass(frozen=True)
class Text:
    """Markdown; `empty` when it only says that nothing is there."""

    markdown: str
    empty: bool = False

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        data = {"text/markdown": self.markdown, "text/plain": self.markdown}
        return data, {"designdoc": {"empty": self.empty}}


@dataclass(frozen=True)
class Picture:
    """A drawn SVG, for light and for dark pages; it tells in its own title and description what it shows."""

    light: bytes
    dark: bytes
    caption: str

    @property
    def alt(self) -> str:
        """What the picture shows, in words."""
        told = [html.unescape(text.decode()) for _, text in _TOLD.findall(self.light)[:2]]
        return ". ".join(text.rstrip(".") for text in told if text) or self.caption

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        # JupyterLab shows no bare SVG in a notebook that it does not trust yet, but it shows an image of it.
        images = self._image("bk-light", self.light) + self._image('bk-dark" hidden="', self.dark)
        figure = f'<figure class="bk">{images}<figcaption>{html.escape(self.caption)}</figcaption></figure>'
        data = {"image/svg+xml": self.light.decode(), "text/html": style() + figure, "text/plain": self.alt}
        return data, {"designdoc": {"caption": self.caption, "alt": self.alt}}

    def _image(self, name: str, svg: bytes) -> str:
        source = f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
        return f'<img class="{name}" alt="{html.escape(self.alt)}" src="{source}">'


@dataclass(frozen=True)
class Page:
    """Several things one below the other, each a result of its own."""

    parts: tuple[Table | Text | Picture, ...]

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for part in self.parts:
            display(part)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        bundles = [part._repr_mimebundle_() for part in self.parts]
        text = "\n\n".join(data.get("text/markdown") or data["text/plain"] for data, _ in bundles)
        page = "".join(data.get("text/html") or markdown(data["text/markdown"]) for data, _ in bundles)
        empty = all(about["designdoc"].get("empty") for _, about in bundles)
        data = {"text/html": page, "text/markdown": text, "text/plain": text}
        return data, {"designdoc": {"empty": empty}}
