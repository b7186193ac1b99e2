"""The prototype in a terminal: it runs until somebody ends it."""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

from backendkit.model import Design
from backendkit.prototype.server import start


def serve(design: Design, **options: Any) -> None:
    """Run the prototype until Ctrl+C (or a polite `kill`); print its address when it answers. Options are those of `start`."""
    ended = threading.Event()
    names = ("SIGINT", "SIGTERM", "SIGBREAK") if threading.current_thread() is threading.main_thread() else ()
    for known in filter(None, (getattr(signal, name, None) for name in names)):
        signal.signal(known, lambda *_: ended.set())
    with start(design, **{"token": False} | options) as running:
        for line in (*running.gaps, *running.unread):
            print(line, file=sys.stderr)
        entrance = f"/?token={running.token}" if running.token else ""
        below = f" (paths begin with {running.surface.base})" if running.surface.base else ""
        print(f"{design.name or 'The prototype'} answers at {running.url}{entrance}{below}", flush=True)
        print(f"Try every call at {running.docs}. Ctrl+C ends it.", flush=True)
        while not ended.wait(1):
            pass
    print("Stopped.", flush=True)
