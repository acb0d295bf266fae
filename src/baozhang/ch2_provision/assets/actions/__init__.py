"""Acts on cards, vouchers and income that are more than a step of a flow."""

from . import income, splitting, titles, vouchers
from .labels import label, seed_classes
from .numbered import fingerprint, number_rows
from .splitting import merge, split
from .standing import ENDS, still_there, unpromised
from .titles import transfer
from .using import DISPOSE, ENDED_BY, OFFER, USE, change_use_state, dispose, offer_to_warehouse
from .vouchers import Line, post, reverse

__all__ = [
    "DISPOSE", "ENDED_BY", "ENDS", "OFFER", "USE", "Line", "change_use_state", "dispose", "fingerprint", "income", "label", "merge",
    "number_rows", "offer_to_warehouse", "post", "reverse", "seed_classes", "split", "splitting", "still_there", "titles",
    "transfer", "unpromised", "vouchers",
]  # fmt: skip
