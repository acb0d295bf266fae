"""Acts that are more than a step: laying out a round, filling a plan, working out a budget, spending from it."""

from .budgeting import compute, start_budget, take_needs
from .drawing import commit_together, free, shared
from .planning import amend, enlist, line_from_need, take_in
from .spending import COMMIT, commit, release, settle, spend
from .withdrawing import withdraw_line

__all__ = [
    "COMMIT", "amend", "commit", "commit_together", "compute", "enlist", "free", "line_from_need", "release", "settle",
    "shared", "spend", "start_budget", "take_in", "take_needs", "withdraw_line",
]  # fmt: skip
