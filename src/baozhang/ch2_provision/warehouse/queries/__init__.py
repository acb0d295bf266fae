"""What can be asked of the warehouse; other rooms ask `available`, and `screening` of one card or `screenings` of many."""

from .stock import available, free_items, of_card, screening, screenings

__all__ = ["available", "free_items", "of_card", "screening", "screenings"]
