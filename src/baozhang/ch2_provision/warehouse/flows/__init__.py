"""The paths: proposal, entry, exit, loan, one thing on loan, event."""

from . import lettings
from .entries import EntryFlow
from .events import EventFlow
from .exits import ExitFlow
from .loans import LoanFlow
from .proposals import ProposalFlow
from .things import ThingFlow

__all__ = ["EntryFlow", "EventFlow", "ExitFlow", "LoanFlow", "ProposalFlow", "ThingFlow", "lettings"]
