"""Where a design lives: a folder on disk, or behind any SQLAlchemy URL; its text keeps what people wrote."""

from backendkit.store.opened import OpenDesign, design_exists, dump, new_design, open_design
from backendkit.store.protocol import Revision, masked

__all__ = ["OpenDesign", "Revision", "design_exists", "dump", "masked", "new_design", "open_design"]
