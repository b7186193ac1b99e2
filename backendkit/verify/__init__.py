"""Runs that make evidence: what a running prototype does under attack (later: under load, after a change)."""

from backendkit.verify.attacks import Attack, Outcome, Try, catalogue, keep_outcomes, run_attacks
from backendkit.verify.unsafe import Unsafe

__all__ = ["Attack", "Outcome", "Try", "Unsafe", "catalogue", "keep_outcomes", "run_attacks"]
