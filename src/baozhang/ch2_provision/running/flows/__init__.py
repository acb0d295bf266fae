"""How bills are matched, and the path of a month: checked, published, put right, taken back."""

from .correction import CorrectionFlow
from .review import ReviewFlow

__all__ = ["CorrectionFlow", "ReviewFlow"]
