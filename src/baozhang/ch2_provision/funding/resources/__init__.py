"""What each field of rounds, plans, budgets and what is spent is for, and who may do what with them."""

from . import budgets, grants, plans

__all__ = ["budgets", "grants", "plans"]
