"""The paths of the cases about cards: handover, letting and lending, change of value or class."""

from .change import ChangeFlow
from .handover import HandoverFlow
from .letting import LettingFlow

__all__ = ["ChangeFlow", "HandoverFlow", "LettingFlow"]
