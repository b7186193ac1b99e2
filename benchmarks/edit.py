"""One edit in a design of 1,000 entities: ours, which keeps every other line, against parsing and writing all anew."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

import yaml12

from backendkit.model import Design, Set, edits
from backendkit.store import dump
from backendkit.store.splice import apply_edits
from backendkit.store.text import read

ENTITIES = 1000


def sample() -> Design:
    """A design of 1,000 entities with ten attributes each."""
    attributes = [{"id": f"a{n}", "type": "string(80)", "about": "Said once."} for n in range(10)]
    return Design.load(
        {"database": {"entities": [{"id": f"e{n}", "attributes": attributes} for n in range(ENTITIES)]}}
    )


def seconds(work: Callable[[], Any], times: int = 5) -> float:
    """The quickest of some runs."""
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        found.append(time.perf_counter() - begin)
    return min(found)


def changed(before: str, after: str) -> int:
    """How many lines a comparison line by line shows."""
    return sum(one != other for one, other in zip_longest(before.splitlines(), after.splitlines()))


def main() -> None:
    design = sample()
    text = dump(design).replace("\n    - id: e500\n", "\n    # kept by hand\n    - id: e500\n")
    values, steps = read(text), edits(design, Set("e500.a5", "about", "Said anew."))

    def ours() -> str:
        return apply_edits(text, steps, values=values)

    def anew() -> str:
        data: Any = yaml12.parse_yaml(text)
        data["database"]["entities"][500]["attributes"][5]["about"] = "Said anew."
        return str(yaml12.format_yaml(data))

    base = seconds(anew)
    print(f"One edit in {len(text) / 1e6:.2f} MB of YAML; parsing and writing all anew is 1.")
    for name, work in (
        ("parse and write anew (py-yaml12)", anew),
        ("ours", ours),
    ):
        spent = seconds(work)
        print(
            f"{name:34} {spent / base:5.1f}  {spent * 1000:7.0f} ms  lines that differ: {changed(text, work())}"
        )


if __name__ == "__main__":
    main()
