"""Needs, the answers they were given, the items chosen for them, and rounds over all of them (articles 12 and 14)."""

from .answer import Answer
from .match import Match
from .need import Need
from .round import Round, RoundLine

__all__ = ["Answer", "Match", "Need", "Round", "RoundLine"]
