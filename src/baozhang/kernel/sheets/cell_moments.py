"""Moments as sheets write them: a day with a time of day, kept as one moment; China standard time where no zone is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel import clock
from baozhang.kernel.hours import time_said
from baozhang.kernel.numerals import in_digits

from .cell_dates import EARLIEST, FULL_WIDTH, LATEST, serial_date, shown
from .columns import Column, expected
from .refusals import CellError

_SAID = re.compile(
    r"(?P<year>\d{4})(?:\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?|(?P<compact>\d{4}))"
    r"(?:[\sT]*(?P<time>.*?[:点时].*?)\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE | re.ASCII,
)


def moment_parser(column: Column, *, epoch1904: bool = False) -> Callable[[Any], datetime]:
    """This is the parser of a column of moments; a day without a time begins at midnight."""

    def parse(raw: Any) -> datetime:
        if isinstance(raw, bool):
            found = None
        elif isinstance(raw, datetime):
            found = raw
        elif isinstance(raw, date):
            found = datetime.combine(raw, time())
        elif isinstance(raw, int | float):
            found = _counted(raw, epoch1904)
        else:
            found = _read(str(raw), column)
        if found is None:
            raise CellError(_("“%(value)s”不是能识别的时间") % {"value": shown(raw)}, expected(column))
        if not EARLIEST <= found.date() <= LATEST:
            low, high = EARLIEST, LATEST
            raise CellError(_("“%(value)s”的年份不合理") % {"value": shown(raw)},
                            _("应在 %(low)s 与 %(high)s 之间") % {"low": low, "high": high})  # fmt: skip
        return found if found.tzinfo else found.replace(tzinfo=clock.ZONE)

    return parse


def _counted(serial: float, epoch1904: bool) -> datetime | None:
    """The moment that a spreadsheet counts: whole days, and the second of the day behind the point."""
    day = serial_date(serial, epoch1904=epoch1904) if -1e6 < serial < 1e6 else None
    # What looks like a year is a year that somebody typed.
    if day is None or EARLIEST.year <= serial <= LATEST.year:
        return None
    return datetime.combine(day, time()) + timedelta(seconds=round((serial % 1) * 86_400))


def _read(raw: str, column: Column) -> datetime | None:
    found = _SAID.fullmatch(in_digits(raw.translate(FULL_WIDTH).strip()))
    hour = time_said(found["time"]) if found and found["time"] else time()
    if found is None or hour is None:
        return None
    compact = found["compact"] or ""
    month, day = (compact[:2], compact[2:]) if compact else (found["month"], found["day"])
    try:
        said = date(int(found["year"]), int(month), int(day))
        zone = _zone(found["zone"]) if found["zone"] else clock.ZONE
    except ValueError:
        raise CellError(_("没有“%(value)s”这一时刻") % {"value": shown(raw)}, expected(column)) from None
    return datetime.combine(said, hour, tzinfo=zone)


def _zone(said: str) -> timezone:
    if said in "Zz":
        return UTC
    ahead = timedelta(hours=int(said[1:3]), minutes=int(said[-2:]))
    return timezone(-ahead if said[0] == "-" else ahead)
