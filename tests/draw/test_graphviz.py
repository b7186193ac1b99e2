"""The child process: it survives crashes, timeouts and interrupts, and says in one sentence what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from backendkit.draw import graphviz
from backendkit.draw.er import Plan
from backendkit.draw.graphviz import DrawingError, TookTooLong, explain, lay_out

from .conftest import large

SMALL = "digraph {{ a [width={}]; b; a -> b [id=e0, dir=none]; }}"


def test_a_layout_counts_from_the_top_left() -> None:
    layout = lay_out(
        "digraph { node [shape=box, fixedsize=true, width=1, height=0.5]; a -> b [id=e0, dir=none]; }"
    )
    assert layout.size == (72, 108)
    assert layout.nodes == {"a": (36, 18), "b": (36, 90)}
    assert layout.routes["e0"][0][1] == pytest.approx(36, abs=1)


def test_a_killed_child_is_replaced() -> None:
    lay_out(SMALL.format(1.1))
    child = graphviz._CHILD._process
    assert child
    child.kill()
    assert lay_out(SMALL.format(1.2)).nodes
    assert graphviz._CHILD._process is not child


def test_too_much_is_given_up_and_the_next_picture_works() -> None:
    dense = Plan(large(90, 2)).dot.replace("}\n", "")
    dense += "".join(f"n{one} -> n{(one * 31 + two) % 90};" for one in range(90) for two in range(20)) + "}\n"
    with pytest.raises(TookTooLong, match=r"No picture after 0\.5 s: draw a part of it"):
        lay_out(dense, seconds=0.5)
    assert lay_out(SMALL.format(1.3)).nodes


def test_broken_text_gives_graphviz_own_words() -> None:
    with pytest.raises(DrawingError, match="syntax error"):
        lay_out("digraph { a -> ")


def test_two_threads_take_turns() -> None:
    done: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: done.append(len(lay_out(SMALL.format(2 + n / 10)).nodes)))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [2] * 8


def test_the_child_ends_with_its_input() -> None:
    child = Path(graphviz.__file__).with_name("graphviz_child.py")
    run = subprocess.run(
        [sys.executable, "-P", str(child)],
        input=json.dumps("graph { a }").encode() + b"\n",
        capture_output=True,
        check=True,
    )
    assert set(json.loads(run.stdout)) == {"layout"}


def test_a_missing_library_is_named_with_the_line_that_mends_it() -> None:
    sentence = explain(
        {"missing": "libXrender.so.1: cannot open shared object file: No such file or directory"}
    )
    assert sentence.startswith("libXrender.so.1 is missing")
    assert "apt-get install -y libx11-6" in sentence
    assert "pip install pygraphviz" in explain({"missing": "No module named 'pygraphviz'"})
