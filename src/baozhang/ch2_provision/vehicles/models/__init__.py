"""What there is: terminals (records), and what they say (observations)."""

from .positions import DoubtfulPosition, RecentPosition, TrackBlock
from .signs import CardEvent, MediaItem, Stranger, TerminalHealth
from .terminal import Terminal

__all__ = [
    "CardEvent",
    "DoubtfulPosition",
    "MediaItem",
    "RecentPosition",
    "Stranger",
    "Terminal",
    "TerminalHealth",
    "TrackBlock",
]
