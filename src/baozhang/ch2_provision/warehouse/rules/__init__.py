"""What the law watches in the warehouse, and the six detectors that propose what should enter (articles 14 to 16)."""

from . import kinds, uses
from .detecting import DETECTORS, detector
from .idling import idle_not_offered
from .watching import emergency_papers_late, loan_overdue, proposal_unanswered, reserved_never_taken, stock_untaken

__all__ = [
    "DETECTORS", "detector", "emergency_papers_late", "idle_not_offered", "kinds", "loan_overdue", "proposal_unanswered", "reserved_never_taken", "stock_untaken", "uses",
]  # fmt: skip
