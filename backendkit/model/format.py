"""Versions of the design file's vocabulary: a design of an earlier format opens, brought up step by step."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from backendkit.model.edit import Edit, apply
from backendkit.model.error import DesignError, Problem

FORMAT = 1
Upgrade = Callable[[dict[str, Any]], list[Edit]]
UPGRADES: dict[int, Upgrade] = {}
"""From the format of that number to the next one, as edits, so that a file keeps its comments and layout."""


def upgrades(
    values: dict[str, Any], *, steps: Mapping[int, Upgrade] = UPGRADES, latest: int = FORMAT
) -> list[Edit]:
    """The edits that bring a design of an earlier format up to the latest; none when it is there already.

    Raises DesignError when the design is of a later format than this program knows, or of none it ever knew.
    """
    found = values.get("format", latest)
    if not isinstance(found, int) or isinstance(found, bool):
        raise _refused(f"found {json.dumps(found)}, allowed is a whole number: write `format: {latest}`.")
    if found > latest:
        raise _refused(f"found {found}, this program knows up to {latest}: update the workbook to open it.")
    edits: list[Edit] = []
    for number in range(found, latest):
        if number not in steps:
            raise _refused(f"found {found}, which never existed: write `format: {latest}`.")
        step = [*steps[number](values), Edit("set", ("format",), number + 1)]
        values = apply(values, step)
        edits += step
    return edits


def upgrade(values: dict[str, Any]) -> dict[str, Any]:
    """The values in the latest format."""
    upgraded: dict[str, Any] = apply(values, upgrades(values))
    return upgraded


def _refused(message: str) -> DesignError:
    return DesignError((Problem(("format",), message),))
