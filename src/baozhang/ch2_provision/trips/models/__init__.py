"""What there is: drivers, requests, dispatches, sealings."""

from .dispatch import Dispatch
from .driver import Driver
from .movement import Movement
from .request import Request
from .sealing import Sealing

__all__ = ["Dispatch", "Driver", "Movement", "Request", "Sealing"]
