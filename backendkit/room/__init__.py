"""What people touch in a notebook: lists to edit, pictures, findings, answers, the board of phases."""

from backendkit.room.board import show_answer, show_board, show_findings, show_notes, show_picture, start_over
from backendkit.room.lists import edit
from backendkit.room.overviews import (
    show_decisions,
    show_dictionary,
    show_measures,
    show_operations,
    show_states,
    show_trace,
)

__all__ = [
    "edit",
    "show_answer",
    "show_board",
    "show_decisions",
    "show_dictionary",
    "show_findings",
    "show_measures",
    "show_notes",
    "show_operations",
    "show_picture",
    "show_states",
    "show_trace",
    "start_over",
]
