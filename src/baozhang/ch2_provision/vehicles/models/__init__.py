"""What there is: quotas, files, certificates, the way of new vehicles; terminals, and what they say (observations)."""

from .addition import Addition
from .area import Area
from .certificate import Certificate
from .links import Relay, RelayHealth, RelayItem, Source
from .positions import DoubtfulPosition, LateDay, RecentPosition, TrackBlock
from .quota import Quota, QuotaSheet
from .reading import TrackReading
from .signs import CardEvent, MediaItem, Stranger, TerminalHealth
from .terminal import Terminal
from .upkeep import TerminalDay, TerminalOrder
from .vehicle import Vehicle

__all__ = [
    "Addition",
    "Area",
    "CardEvent",
    "Certificate",
    "DoubtfulPosition",
    "LateDay",
    "MediaItem",
    "Quota",
    "QuotaSheet",
    "RecentPosition",
    "Relay",
    "RelayHealth",
    "RelayItem",
    "Source",
    "Stranger",
    "Terminal",
    "TerminalDay",
    "TerminalHealth",
    "TerminalOrder",
    "TrackBlock",
    "TrackReading",
    "Vehicle",
]
