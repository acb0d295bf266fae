"""What there is: bills, cards of fuel and toll, the account of a month and its correction, and where a vehicle was when a bill arose."""

from .card import PaymentCard
from .correction import Correction, CorrectionLine
from .cost import Cost
from .review import Account, Review
from .whereabouts import Whereabouts

__all__ = ["Account", "Correction", "CorrectionLine", "Cost", "PaymentCard", "Review", "Whereabouts"]
