"""Exercises: a design with a defect, a task, a check that answers at once, hints and a solution."""

from backendkit.grading.attempt import Exercise, exercise
from backendkit.grading.form import names
from backendkit.grading.handout import exercise_notebook, handout
from backendkit.grading.verdict import Held, Verdict

__all__ = ["Exercise", "Held", "Verdict", "exercise", "exercise_notebook", "handout", "names"]
