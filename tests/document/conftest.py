"""A fixed day, and PDFs read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest


class Page:
    """A PDF as a reader finds it."""

    def __init__(self, data: bytes, warnings: Sequence[str] = ()) -> None:
        import pymupdf

        self.data, self.warnings = data, warnings
        self.pdf: Any = pymupdf.open(stream=data, filetype="pdf")
        self.text = " ".join("\n".join(page.get_text() for page in self.pdf).replace("\u200b", "").split())
        self.bookmarks = [(level, title) for level, title, _ in self.pdf.get_toc()]
        self.catalog: str = self.pdf.xref_object(self.pdf.pdf_catalog())
        self.links = {link["uri"] for page in self.pdf for link in page.get_links() if "uri" in link}


@pytest.fixture
def read_pdf() -> Callable[..., Page]:
    return Page


@pytest.fixture(autouse=True)
def _fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795392000")
