"""The faults of fields that may not change now, and a sum as sentences say it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.plain import differing
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault


def fixed(record: Record, loose: Iterable[str], *, state: Any, remedy: Any) -> Iterable[Fault]:
    """One fault for each field that may not change now, because what it belongs to has moved on."""
    for field in differing(record, loose):
        yield Fault(
            _("“%(state)s”时不能修改") % {"state": state}, field.name, column=str(field.verbose_name), remedy=remedy
        )


def money(value: Any) -> str:
    """A sum as sentences say it."""
    return f"{value:,.2f}"
