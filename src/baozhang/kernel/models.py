"""The kernel's own tables, gathered for Django."""

from .accounts import User
from .customs import CustomField
from .flow.task import Task
from .imports import ImportSession, RememberedMapping
from .jobs import Job
from .ledger import Entry, Seal
from .notices import Notice
from .tokens import Token
from .views_saved import SavedView

__all__ = [
    "CustomField",
    "Entry",
    "ImportSession",
    "Job",
    "Notice",
    "RememberedMapping",
    "SavedView",
    "Seal",
    "Task",
    "Token",
    "User",
]
