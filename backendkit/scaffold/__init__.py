"""A design as source code that a team takes home: readable FastAPI and SQLAlchemy, which imports nothing of ours."""

from backendkit.scaffold.folder import Comparison, Written, compare_scaffold, write_scaffold
from backendkit.scaffold.source import generate

__all__ = ["Comparison", "Written", "compare_scaffold", "generate", "write_scaffold"]
