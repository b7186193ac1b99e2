"""Redrawing the bookshop's pictures after a change, against the first picture of a process."""

from __future__ import annotations

import time

from backendkit.draw import picture
from backendkit.model import Design, Insert, apply, edits
from backendkit.store import open_design


def timed(design: Design, what: str, form: str) -> float:
    """Seconds of one picture."""
    begin = time.perf_counter()
    picture(design, what, format=form)
    return time.perf_counter() - begin


def main() -> None:
    design = open_design("data/bookshop").design
    first = timed(design, "er", "svg")
    print(f"The first picture of a process is 1: {first:.2f} s.")
    for what in ("er", "context", "container"):
        for form in ("svg", "pdf", "png"):
            spent = []
            for number in range(5):
                change = Insert("book", "attributes", {"id": f"{what}_{form}_{number}", "type": "text"})
                spent.append(timed(Design.load(apply(design.values(), edits(design, change))), what, form))
            print(f"{what:10} {form}  {min(spent) / first:5.2f}  {min(spent) * 1000:5.0f} ms")


if __name__ == "__main__":
    main()
