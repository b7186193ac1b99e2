"""What people touch in a notebook: lists to edit, pictures, findings, answers, the board of phases."""

from backendkit.room.actions import show_answer, show_calls, show_document, start_over
from backendkit.room.asking import compare_tools, show_machine
from backendkit.room.attacks import show_attacks
from backendkit.room.board import show_board, show_notes
from backendkit.room.editor import edit
from backendkit.room.findings import show_findings
from backendkit.room.form import edit_chapter
from backendkit.room.lists import list_table, show_chapter
from backendkit.room.make import make_document
from backendkit.room.notes import write_notes
from backendkit.room.overviews import (
    show_decisions,
    show_dictionary,
    show_export,
    show_file,
    show_measures,
    show_operations,
    show_states,
    show_trace,
)
from backendkit.room.pictures import show_picture, sketch
from backendkit.room.start import chosen_design, practice_design, show_start
from backendkit.room.teams import show_teams
from backendkit.room.threats import show_controls, show_threats
from backendkit.room.tokens import try_tokens
from backendkit.room.tryit import try_api
from backendkit.room.votes import vote
from backendkit.room.way import show_way
from backendkit.room.weighing import weigh

__all__ = [
    "chosen_design",
    "compare_tools",
    "edit",
    "edit_chapter",
    "list_table",
    "make_document",
    "practice_design",
    "show_answer",
    "show_attacks",
    "show_board",
    "show_calls",
    "show_chapter",
    "show_controls",
    "show_decisions",
    "show_dictionary",
    "show_document",
    "show_export",
    "show_file",
    "show_findings",
    "show_machine",
    "show_measures",
    "show_notes",
    "show_operations",
    "show_picture",
    "show_start",
    "show_states",
    "show_teams",
    "show_threats",
    "show_trace",
    "show_way",
    "sketch",
    "start_over",
    "try_api",
    "try_tokens",
    "vote",
    "weigh",
    "write_notes",
]
