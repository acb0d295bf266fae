"""The paths of requests, dispatches and sealings."""

from .dispatch import DispatchFlow
from .request import RequestFlow
from .sealing import SealingFlow

__all__ = ["DispatchFlow", "RequestFlow", "SealingFlow"]
