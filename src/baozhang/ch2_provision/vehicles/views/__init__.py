"""Screens that are more than a resource."""

from . import fleet_map, health, intake
from .terminals import STRANGERS_RIGHT, strangers_page

__all__ = ["STRANGERS_RIGHT", "fleet_map", "health", "intake", "strangers_page"]
