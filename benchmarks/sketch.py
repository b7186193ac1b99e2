"""A picture after an edit, as the sketch draws it: how long at 20 entities and at 300, and what a save waits meanwhile.

One is the time to write the design alone. A person sees a picture follow when it is there within 300 ms
(https://www.nngroup.com/articles/response-times-3-important-limits/ puts "at once" at 100 ms and "flow" at 1 s).
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from backendkit.model import Design
from backendkit.room.pictures import LivePicture
from backendkit.room.saving import save
from backendkit.store import OpenDesign, dump, new_design

EDITS = 20


def sample(entities: int) -> str:
    """So many entities with eight attributes each, every one but the first pointing to the one before."""
    attributes = [{"id": f"a{n}", "type": "string(80)"} for n in range(8)]
    linked = [
        [*attributes, {"id": "one", "type": "reference", "to": f"e{n - 1}"}] if n else attributes
        for n in range(entities)
    ]
    return dump(
        Design.load(
            {"database": {"entities": [{"id": f"e{n}", "attributes": each} for n, each in enumerate(linked)]}}
        )
    )


class Watched(LivePicture):
    """A live picture whose page is this program."""

    def send(self, content: object, buffers: object = None) -> None:
        if isinstance(content, dict) and content.get("kind") == "picture":
            self.drawn = time.perf_counter()
            self.there.set()

    there = threading.Event()
    drawn = 0.0


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def edit(opened: OpenDesign, number: int) -> float:
    """Save one edit as the page does; gives the seconds."""
    begin = time.perf_counter()
    answer = save(
        opened,
        f"{opened.where}-{number}",
        [{"set": {"at": "e1.a1", "field": "type", "value": f"string({number + 100})"}}],
    )
    assert answer.get("ok"), answer
    return time.perf_counter() - begin


def followed(entities: int, folder: Path) -> tuple[float, float, float]:
    """Seconds of a save alone, of a save while a picture follows, and from the edit to the picture."""
    opened = new_design(folder, text=sample(entities))
    alone = median([edit(opened, number) for number in range(EDITS)])
    picture = Watched(opened, "er")
    picture.on_hello("here")
    picture.on_draw("here", "light")
    picture.there.wait(60)
    beside, after = [], []
    for number in range(EDITS, 2 * EDITS):
        picture.there.clear()
        begin = time.perf_counter()
        beside.append(edit(opened, number))
        picture.refresh()
        beside.append(edit(opened, number + 1000))  # somebody types on while it is drawn
        picture.refresh()
        picture.there.wait(60)
        after.append(picture.drawn - begin)
        _settle(picture)
    return alone, median(beside), median(after)


def _settle(picture: Watched) -> None:
    """Wait until nothing is drawn any more."""
    while picture._follow._busy:
        time.sleep(0.01)


def main() -> None:
    print("Median of 20 edits; a save without a picture is 1.")
    print(f"{'entities':>8}  {'save alone':>12}  {'save while drawn':>18}  {'edit to picture':>18}")
    with TemporaryDirectory() as folder:
        for entities in (20, 300):
            alone, beside, after = followed(entities, Path(folder) / str(entities))
            told = (f"{value * 1000:6.0f} ms ({value / alone:4.1f})" for value in (alone, beside, after))
            print(f"{entities:8}  " + "  ".join(f"{one:>16}" for one in told))


if __name__ == "__main__":
    main()
