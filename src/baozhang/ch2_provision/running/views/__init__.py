"""Screens that are more than a resource: accounts a vehicle, what waits to be matched, the public page."""

from . import accounts, hired, months, story, tracks, waiting
from .public import unit, unit_sheet, units, units_sheet

__all__ = ["accounts", "hired", "months", "story", "tracks", "unit", "unit_sheet", "units", "units_sheet", "waiting"]
