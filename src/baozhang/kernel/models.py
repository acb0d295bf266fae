"""The kernel's own tables, gathered for Django."""

from .accounts import User
from .ledger import Entry, Seal

__all__ = ["Entry", "Seal", "User"]
