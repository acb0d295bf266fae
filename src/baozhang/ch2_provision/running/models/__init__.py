"""What there is: bills, cards of fuel and toll, the account of a month, and where a vehicle was when a bill arose."""

from .card import PaymentCard
from .cost import Cost
from .review import Account, Review
from .whereabouts import Whereabouts

__all__ = ["Account", "Cost", "PaymentCard", "Review", "Whereabouts"]
