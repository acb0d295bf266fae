"""How bills are matched, and the path of a month: checked, published, taken back."""

from .review import ReviewFlow

__all__ = ["ReviewFlow"]
