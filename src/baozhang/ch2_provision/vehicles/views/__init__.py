"""Screens that are more than a resource."""

from .terminals import STRANGERS_RIGHT, strangers_page

__all__ = ["STRANGERS_RIGHT", "strangers_page"]
