"""What there is: counts, rooms to be counted, frozen lines, scans, differences."""

from .count import Count
from .difference import Difference
from .line import Line, Room
from .scan import Scan

__all__ = ["Count", "Difference", "Line", "Room", "Scan"]
