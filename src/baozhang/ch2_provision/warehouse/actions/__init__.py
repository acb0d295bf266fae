"""What is more than a step: reserving, emergencies, detecting, keeping stock; other rooms call `reserve` and `claim_for_disposal`."""

from .disposing import back_from_disposal, claim_for_disposal
from .proposing import screened
from .reserving import reserve

__all__ = ["back_from_disposal", "claim_for_disposal", "reserve", "screened"]
