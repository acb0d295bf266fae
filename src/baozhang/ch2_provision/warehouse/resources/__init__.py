"""What each field of the warehouse is for, and who may do what."""

from . import entering, events, leaving, rights, stock, stores

__all__ = ["entering", "events", "leaving", "rights", "stock", "stores"]
