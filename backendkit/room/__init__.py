"""What people touch in a notebook: lists to edit, pictures, findings, answers, the board of phases."""

from backendkit.room.actions import show_answer as show_answer
from backendkit.room.actions import show_calls as show_calls
from backendkit.room.actions import show_document as show_document
from backendkit.room.actions import start_over as start_over
from backendkit.room.board import show_board as show_board
from backendkit.room.board import show_notes as show_notes
from backendkit.room.board import show_picture as show_picture
from backendkit.room.editor import edit as edit
from backendkit.room.findings import show_findings as show_findings
from backendkit.room.lists import list_table as list_table
from backendkit.room.lists import show_chapter as show_chapter
from backendkit.room.overviews import show_decisions as show_decisions
from backendkit.room.overviews import show_dictionary as show_dictionary
from backendkit.room.overviews import show_measures as show_measures
from backendkit.room.overviews import show_operations as show_operations
from backendkit.room.overviews import show_states as show_states
from backendkit.room.overviews import show_trace as show_trace
