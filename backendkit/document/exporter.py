"""`jupyter nbconvert --to designdoc_pdf` and `--to designdoc_html` for one run notebook (https://nbconvert.readthedocs.io)."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from nbconvert.exporters.base import Exporter
from nbformat import NotebookNode


class _DocumentExporter(Exporter):
    """What both share: the title of the notebook, pictures from its own folder, warnings to the log."""

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **options: Any
    ) -> tuple[bytes, dict[str, Any]]:
        nb, resources = super().from_notebook_node(nb, resources, **options)
        from backendkit.document import typeset
        from backendkit.document.content import TITLES, piece
        from backendkit.store.disk import read_asset

        chapter = nb.metadata.get("backendkit", {}).get("chapter")
        if chapter in TITLES:
            nb.cells.insert(0, piece("chapter", title=TITLES[chapter]))
        about = resources.get("metadata", {})
        nb.metadata.setdefault("designdoc", {}).setdefault("title", str(about.get("name") or "Notebook"))
        make = typeset.pdf if self.file_extension == ".pdf" else typeset.html
        data, warnings = make(nb, partial(read_asset, Path(about.get("path") or ".")))
        for warning in warnings:
            self.log.warning(warning)
        return data, resources


class PDFExporter(_DocumentExporter):
    """A tagged PDF through pandoc and Typst: no LaTeX, no browser."""

    export_from_notebook = "Design document (PDF)"
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"


class HTMLExporter(_DocumentExporter):
    """One HTML file that needs no other file and no network."""

    export_from_notebook = "Design document (HTML)"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"
