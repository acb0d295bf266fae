"""What there is: quotas, files, certificates, the way of new vehicles; terminals, and what they say (observations)."""

from .addition import Addition
from .certificate import Certificate
from .positions import DoubtfulPosition, RecentPosition, TrackBlock
from .quota import Quota, QuotaSheet
from .signs import CardEvent, MediaItem, Stranger, TerminalHealth
from .terminal import Terminal
from .vehicle import Vehicle

__all__ = [
    "Addition",
    "CardEvent",
    "Certificate",
    "DoubtfulPosition",
    "MediaItem",
    "Quota",
    "QuotaSheet",
    "RecentPosition",
    "Stranger",
    "Terminal",
    "TerminalHealth",
    "TrackBlock",
    "Vehicle",
]
