"""Acts that are more than a step: laying out a round, filling a plan, working out a budget, spending from it."""

from .budgeting import compute, start_budget, take_needs
from .planning import amend, enlist, line_from_need, take_in
from .spending import COMMIT, commit, release, settle, spend

__all__ = [
    "COMMIT", "amend", "commit", "compute", "enlist", "line_from_need", "release", "settle", "spend", "start_budget", "take_in",
    "take_needs",
]  # fmt: skip
