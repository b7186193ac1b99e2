"""The vocabulary of a design: one module per chapter, and the design that holds them."""

from backendkit.model.change import Change, Delete, Insert, Move, Set, change_from, edits
from backendkit.model.design import CHAPTERS, Design, HoldsDesign, Located, Reference, as_design
from backendkit.model.edit import Edit, apply
from backendkit.model.error import DesignError, Path, Problem, UserError, spell
from backendkit.model.evidence import Evidence
from backendkit.model.measure import Measure, parse_measure
from backendkit.model.record import Part, Record

__all__ = [
    "CHAPTERS",
    "Change",
    "Delete",
    "Design",
    "DesignError",
    "Edit",
    "Evidence",
    "HoldsDesign",
    "Insert",
    "Located",
    "Measure",
    "Move",
    "Part",
    "Path",
    "Problem",
    "Record",
    "Reference",
    "Set",
    "UserError",
    "apply",
    "as_design",
    "change_from",
    "edits",
    "parse_measure",
    "spell",
]
