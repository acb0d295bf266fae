"""The kernel's own tables, gathered for Django."""

from .accounts import User
from .attachments import Attachment
from .customs import CustomField
from .documents.register import Delivery, Document, NumberSeries
from .flow.task import Task
from .holds import Hold
from .imports import ImportSession, RememberedMapping
from .jobs import Job
from .ledger import Entry, Seal
from .notices import Notice
from .once import Asked
from .schedule import Schedule
from .tokens import Token
from .verification import Verification
from .views_saved import SavedView

__all__ = [
    "Asked",
    "Attachment",
    "CustomField",
    "Delivery",
    "Document",
    "Entry",
    "Hold",
    "ImportSession",
    "Job",
    "Notice",
    "NumberSeries",
    "RememberedMapping",
    "SavedView",
    "Schedule",
    "Seal",
    "Task",
    "Token",
    "User",
    "Verification",
]
