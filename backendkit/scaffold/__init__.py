"""A design as source code that a team takes home: readable FastAPI and SQLAlchemy, which imports nothing of ours."""

from backendkit.scaffold.source import generate
from backendkit.scaffold.write import Written, write_scaffold

__all__ = ["Written", "generate", "write_scaffold"]
