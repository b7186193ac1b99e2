"""The process in which Graphviz runs: a line of JSON in, a line of JSON out (run by `graphviz.py`, never imported)."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from typing import IO


def main() -> None:
    """Answer requests until the other side closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupted cell interrupts the whole process group
    answers = os.fdopen(os.dup(1), "wb")
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)  # whatever C code prints must not end up between the answers
        os.dup2(said.fileno(), 1)
        for line in sys.stdin.buffer:
            said.seek(0)
            said.truncate()
            answers.write(json.dumps(answer(json.loads(line), said)).encode() + b"\n")
            answers.flush()


def answer(dot: str, said: IO[bytes]) -> dict[str, str]:
    """Lay one graph out, in layers when it has a direction; on failure give the error and what Graphviz printed."""
    try:
        import pygraphviz

        graph = pygraphviz.AGraph(string=dot)
        try:
            prog = "fdp" if dot.startswith("graph") else "dot"
            return {"layout": graph.draw(format="json0", prog=prog).decode()}
        finally:
            graph.close()
    except ImportError as error:
        return {"missing": str(error)}
    except Exception as error:  # noqa: BLE001 - whatever it is, the other side has to know
        said.seek(0)
        return {"error": f"{error} {said.read().decode(errors='replace')}"}


if __name__ == "__main__":
    main()
