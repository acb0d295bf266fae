"""Screens that are more than a resource: accounts a vehicle, what waits to be matched, the public page."""

from . import accounts, story, waiting
from .public import unit, units

__all__ = ["accounts", "story", "unit", "units", "waiting"]
