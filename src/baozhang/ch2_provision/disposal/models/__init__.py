"""What there is: a case, the cards in it, and the papers that prove its steps."""

from .case import Case
from .incoming import Incoming
from .line import Line, Paper

__all__ = ["Case", "Incoming", "Line", "Paper"]
