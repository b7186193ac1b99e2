"""Designs for the room: the bookshop in a folder of its own, a blank one, and one with hostile text."""

from __future__ import annotations

from pathlib import Path

import pytest

from backendkit.model import Set
from backendkit.store import OpenDesign, new_design, open_design

ROOT = Path(__file__).parents[2]
HOSTILE = "<script>alert(1)</script>|`*\"'&{{x}}"
PLACES = (
    ("R1", "text"),
    ("Q1", "measure"),
    ("Q1", "scenario.source"),
    ("D1", "title"),
    ("D1", "because"),
    ("D1.modular", "name"),
    ("book", "name"),
    ("book", "about"),
    ("book.title", "example"),
    ("copy.price-not-negative", "holds"),
    ("pay-order", "does"),
    ("order-life.paying", "trigger"),
)


@pytest.fixture
def bookshop(tmp_path: Path) -> OpenDesign:
    return open_design(ROOT / "data" / "bookshop").copy_to(tmp_path / "bookshop")


@pytest.fixture
def blank(tmp_path: Path) -> OpenDesign:
    return new_design(tmp_path / "blank")


@pytest.fixture
def hostile(bookshop: OpenDesign) -> OpenDesign:
    """The bookshop with text in its fields that would be markup elsewhere."""
    bookshop.update(*(Set(at, field, HOSTILE) for at, field in PLACES))
    return bookshop
