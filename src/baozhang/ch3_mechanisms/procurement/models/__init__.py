"""Purchases with their lines, deliveries and the cards that came of them (articles 12 and 36)."""

from .delivery import DeliveredCard, Delivery
from .purchase import Purchase, PurchaseLine

__all__ = ["DeliveredCard", "Delivery", "Purchase", "PurchaseLine"]
