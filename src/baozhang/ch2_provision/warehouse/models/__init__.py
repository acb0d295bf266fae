"""What the warehouse keeps: stores, items, proposals, entries, exits, loans, events, emergencies."""

from .entry import Entry, Proposal
from .event import Activation, Event, Purchase
from .exit import Exit, Reservation
from .item import Item, Offer
from .loan import Loan, Thing
from .store import Place, SharedClass, Store

__all__ = [
    "Activation", "Entry", "Event", "Exit", "Item", "Loan", "Offer", "Place", "Proposal", "Purchase", "Reservation",
    "SharedClass", "Store", "Thing",
]  # fmt: skip
