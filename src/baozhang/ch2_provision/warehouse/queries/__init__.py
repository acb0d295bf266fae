"""What can be asked of the warehouse; other rooms ask `available` and `screening`."""

from .stock import available, free_items, of_card, screening

__all__ = ["available", "free_items", "of_card", "screening"]
