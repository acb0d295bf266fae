"""Screens that are more than a resource: the dispatcher's desk, the driver's slip, the head's tile."""

from . import desk, slip
from .board import BOARD

__all__ = ["BOARD", "desk", "slip"]
