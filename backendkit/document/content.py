"""What of a run notebook belongs in a document: prose and results, no code, each result once (https://nbformat.readthedocs.io)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from backendkit.model import CHAPTERS
from backendkit.runner.notebook import ANSI

if TYPE_CHECKING:
    from nbformat import NotebookNode

Asset = Callable[[str], bytes | None]
Block = dict[str, Any]

IMAGES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}
TEXTS = {"text/html": "html", "text/markdown": "markdown", "text/plain": "text"}
LEFT_OUT = {"guide", "injected-parameters", "papermill-error-cell-tag"}
_WIDGET = "application/vnd.jupyter.widget-view+json"
_ADDRESS = re.compile(r"<.* at 0x[0-9A-Fa-f]+>$")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_ASSET = re.compile(r"(?:\.{1,2}/)?assets/([^\s()<>\"']+\.(?:svg|png|jpe?g|gif|webp))", re.IGNORECASE)
_DATA = re.compile(r"data:image/(?:svg\+xml|png|jpeg);base64,[A-Za-z0-9+/=]+")


TITLES = {chapter: chapter.capitalize() for chapter in CHAPTERS} | {"api": "API"}


def piece(kind: str, text: str = "", **about: str) -> NotebookNode:
    """Make a cell that the document adds itself: the heading of a chapter, a note."""
    from nbformat.v4 import new_markdown_cell

    cell: NotebookNode = new_markdown_cell(text, metadata={"designdoc": {"kind": kind, **about}})
    return cell


class Pictures:
    """The pictures of one document by file name, each kept once; `sources` maps an address in the text to a file."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.sources: dict[str, str] = {}

    def add(self, data: bytes, kind: str) -> str:
        """Keep a picture and give the name of its file."""
        name = f"p{hashlib.sha256(data).hexdigest()[:16]}.{kind.lower()}"
        self.files[name] = data
        return name

    def find(self, text: str, asset: Asset) -> str:
        """Keep the pictures that a text shows: files of the assets folder, and data written into it."""
        for match in _ASSET.finditer(text):
            name = unquote(match[1])
            data = None if ".." in name else asset(name)
            if data is not None:
                self.sources[match[0]] = self.add(data, name.rpartition(".")[2])
        return _DATA.sub(self._from_data, text)

    def _from_data(self, match: re.Match[str]) -> str:
        head, _, body = match[0].partition(",")
        name = self.add(_decode(body), IMAGES[head[5:].partition(";")[0]])
        self.sources[name] = name
        return name


def blocks(notebook: NotebookNode, pictures: Pictures, asset: Asset) -> Iterator[Block]:
    """Give the pieces of a document in order: chapters, prose, tables, pictures, printed text, notes."""
    for cell in notebook.cells:
        if LEFT_OUT & set(cell.metadata.get("tags", [])):
            continue
        about = cell.metadata.get("designdoc", {})
        if about.get("kind"):
            yield {**about, "text": clean(cell.source)}
        elif cell.cell_type == "markdown":
            text = pictures.find(clean(_with_attachments(cell)), asset)
            yield {"kind": "markdown", "text": text, "top": True}
        elif cell.cell_type == "code":
            for output in cell.outputs:
                yield from _result(output, pictures, asset)


def _result(output: NotebookNode, pictures: Pictures, asset: Asset) -> Iterator[Block]:
    if output.output_type == "error":
        yield {"kind": "note", "text": clean(f"This cell failed: {output.ename}: {output.evalue}")}
    elif output.output_type == "stream":
        if output.name == "stdout" and output.text.strip():
            yield {"kind": "text", "text": clean(output.text)}
    else:
        data = dict(output.data)
        if _WIDGET in data:
            data.pop("text/plain", None)
        known = output.get("metadata", {}).get("designdoc", {})
        if known.get("empty"):
            yield {"kind": "empty"}
            return
        about = {key: known[key] for key in ("caption", "alt", "landscape") if key in known}
        yield from ({**about, **block} for block in _best(data, pictures, asset))


def _best(data: dict[str, Any], pictures: Pictures, asset: Asset) -> Iterator[Block]:
    for mime, kind in IMAGES.items():
        if mime in data:
            raw = clean(data[mime]).encode() if kind == "svg" else _decode(data[mime])
            yield {"kind": "picture", "text": "", "file": pictures.add(raw, kind)}
            return
    for mime, kind in TEXTS.items():
        text = clean(data.get(mime) or "")
        if text.strip() and not (kind == "text" and _ADDRESS.match(text)):
            yield {"kind": kind, "text": text if kind == "text" else pictures.find(text, asset)}
            return


def _with_attachments(cell: NotebookNode) -> str:
    text: str = cell.source
    for name, bundle in cell.get("attachments", {}).items():
        for mime in IMAGES.keys() & bundle.keys():
            text = text.replace(f"attachment:{name}", f"data:{mime};base64,{''.join(bundle[mime].split())}")
    return text


def _decode(body: str) -> bytes:
    try:
        return base64.b64decode(body)
    except ValueError:
        return b""


def clean(text: str) -> str:
    """Take out what no page can show: terminal colours and control characters."""
    return _CONTROL.sub("", ANSI.sub("", text).replace("\r\n", "\n").replace("\r", "\n"))
