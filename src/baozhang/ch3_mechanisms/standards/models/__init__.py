"""Standards that an authority issues, their lines, the trials of a draft, and re-examinations (articles 12 and 37)."""

from .afterwards import Reexamination, Trial
from .line import StandardLine, called, settled_row
from .pricing import Component, QuotaReview, ReferencePrice
from .standard import Standard

__all__ = [
    "Component", "QuotaReview", "Reexamination", "ReferencePrice", "Standard", "StandardLine", "Trial", "called", "settled_row",
]  # fmt: skip
