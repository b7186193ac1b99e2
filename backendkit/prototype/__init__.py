"""The scaffold, running: generated, imported and served on this machine, with rows made up or copied.

What runs is exactly the source that a team takes home, on SQLite. Who may speak to it stands in guard.py.
"""

from backendkit.prototype.server import Rows, Running, start
from backendkit.prototype.terminal import serve

__all__ = ["Rows", "Running", "serve", "start"]
