"""Who looks at a design is told of every change, whoever made it, and once of every trouble."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from backendkit.model import Set
from backendkit.room.latest import Latest
from backendkit.room.live import Live, live_of
from backendkit.store import OpenDesign, open_design


class Watcher:
    """Somebody who remembers what they were told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.news = threading.Event()

    def refresh(self) -> None:
        self.told.append("changed")
        self.news.set()

    def trouble(self, sentence: str) -> None:
        self.told.append(sentence)
        self.news.set()


@pytest.fixture
def watcher() -> Watcher:
    return Watcher()


def look(opened: OpenDesign, watcher: Watcher) -> Callable[[], list[str]]:
    """A look without its thread: what is told by one turn."""
    live = Live(opened)
    live._seen = live._state()

    def turn() -> list[str]:
        watcher.told = []
        live._tell([watcher])
        return watcher.told

    return turn


def test_a_change_of_somebody_else_is_told_within_a_second(bookshop: OpenDesign, watcher: Watcher) -> None:
    live_of(bookshop).add(watcher)
    open_design(bookshop.where).update(Set("R1", "text", "Theirs"))
    assert watcher.news.wait(5)
    assert watcher.told == ["changed"]
    live_of(bookshop).remove(watcher)


def test_a_change_is_told_once_and_so_is_a_note(bookshop: OpenDesign, watcher: Watcher) -> None:
    turn = look(bookshop, watcher)
    assert turn() == []
    bookshop.update(Set("R1", "text", "Mine"))
    assert (turn(), turn()) == (["changed"], [])
    bookshop.write_notes("api", "A note.")
    assert (turn(), turn()) == (["changed"], [])


def test_a_file_that_cannot_be_read_is_told_once_and_so_is_that_it_can_again(
    bookshop: OpenDesign, watcher: Watcher
) -> None:
    turn, file = look(bookshop, watcher), Path(bookshop.where) / "design.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "\n  - [", encoding="utf-8")
    (sentence,) = turn()
    assert "design.yaml" in sentence
    assert turn() == []
    file.write_text(text.replace("Bookshop", "Shop of books"), encoding="utf-8")
    assert (turn(), turn()) == (["", "changed"], [])


def test_one_looks_for_all_and_stops_when_nobody_watches_any_more(
    bookshop: OpenDesign, watcher: Watcher
) -> None:
    live = live_of(bookshop)
    assert live_of(bookshop) is live
    live.add(watcher)
    thread = live._thread
    live.add(Watcher())  # gone at once
    gc.collect()
    assert thread
    assert live._thread is thread
    live.remove(watcher)
    live.look()
    thread.join(10)
    assert not thread.is_alive()
    live.add(watcher)
    assert live._thread not in (None, thread)
    live.remove(watcher)


def test_work_that_is_asked_for_while_it_runs_is_done_once_more() -> None:
    waiting: list[Callable[[], None]] = []
    done: list[int] = []

    def work() -> None:
        done.append(len(done))
        if len(done) == 1:
            latest()
            latest()

    latest = Latest(waiting.append, work)
    latest()
    latest()
    assert len(waiting) == 1
    waiting.pop()()
    assert done == [0, 1]


def test_work_that_failed_can_be_asked_for_again() -> None:
    waiting: list[Callable[[], None]] = []

    def work() -> None:
        raise ValueError

    latest = Latest(waiting.append, work)
    for _ in range(2):
        latest()
        with pytest.raises(ValueError):  # noqa: PT011 - it is the one above
            waiting.pop()()
