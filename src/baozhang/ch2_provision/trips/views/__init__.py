"""Screens that are more than a resource: the dispatcher's desk, the driver's slip, the head's tile."""

from . import desk
from .board import BOARD
from .slip import addresses_of

__all__ = ["BOARD", "addresses_of", "desk"]
