"""Phase 10: which clients the backend serves. So far: their names; push, sync and offline come with their issue."""

from __future__ import annotations

from typing import Literal

from backendkit.model.record import Chapter


class Platforms(Chapter):
    """Web, mobile, desktop."""

    serves: tuple[Literal["web", "mobile", "desktop"], ...] = ()
