"""Flows: a path is a table of steps in code; buttons, API, diagram, to-dos and deadlines read it."""

from .case import done_with
from .choices import End, FilingState, Part, RectificationState, ReportState, ReviewState
from .flow import Flow
from .limits import calendar, limit_of
from .offering import Ask, Button
from .overdue import mark_overdue
from .performing import buttons_of, flow_of, path_of, perform
from .plan import FLOWS, Own, Plan
from .settling import limit_keys, settle
from .step import ByOrgan, Chosen, Party, Step
from .stock import Filing, Rectification, ReportHandling, Review
from .stranded import stranded_in, stranded_of
from .taking import Outcome
from .task import Task
from .todo import counts, done, following, opened, overdue, todo

__all__ = [
    "FLOWS", "Ask", "Button", "ByOrgan", "Chosen", "End", "Filing", "FilingState", "Flow", "Outcome", "Own", "Part", "Party", "Plan",
    "Rectification", "RectificationState", "ReportHandling", "ReportState", "Review", "ReviewState", "Step", "Task",
    "buttons_of", "calendar", "counts", "done", "done_with", "flow_of", "following", "limit_keys", "limit_of", "mark_overdue", "opened",
    "overdue", "path_of", "perform", "settle", "stranded_in", "stranded_of", "todo",
]  # fmt: skip
