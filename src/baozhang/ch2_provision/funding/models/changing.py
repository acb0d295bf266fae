"""What may change of a plan, a budget and their lines, by the state of the whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.fixed import Fixed
from baozhang.kernel.record import Record


def settled(record: Record, loose: Iterable[str], *, state: Any, remedy: Any, whole: str = "") -> Fixed:
    """Everything but what is loose stands still, because what it belongs to has moved on."""
    reason = _("“%(state)s”时不能增加和修改") if whole else _("“%(state)s”时不能修改")
    return Fixed.all_but(record, loose, reason % {"state": state}, remedy, whole)


def money(value: Any) -> str:
    """A sum as sentences say it."""
    return f"{value:,.2f}"
