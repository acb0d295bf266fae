"""Working days: the five-day week, corrected by the days off and make-up days that have been announced."""

from __future__ import annotations

import csv
import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from django.utils.translation import gettext as _

from baozhang.kernel.refusal import Invalid

COLUMNS = ("date", "kind", "name", "notice")
KINDS = ("off", "work")


class CalendarError(Invalid):
    """This is the refusal of a holiday table that contradicts itself or cannot be read; it names the line."""


@dataclass(frozen=True, slots=True)
class Announced:
    """This is one announced day: off, or worked (kind) though it may fall on a weekend, with the notice behind it."""

    day: dt.date
    kind: str
    name: str
    notice: str


@dataclass(frozen=True, slots=True)
class DayInfo:
    """This is what the calendar knows of a day; provisional where its year has not been announced."""

    day: dt.date
    working: bool
    name: str
    notice: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Due:
    """This is the day a count of working days ends on; provisional where it depends on a year not yet announced."""

    day: dt.date
    provisional: bool


class Calendar:
    """This is the calendar of a table of announced days; looked up as one table, as a notice reaches into other years.

    What a law itself says of a day (expected) holds in the years after the last announced one, and stays provisional.
    """

    def __init__(self, rows: Iterable[Announced], expected: Iterable[Announced] = ()) -> None:
        self.rows = tuple(sorted(rows, key=lambda row: row.day))
        self._table: dict[dt.date, Announced] = {}
        for row in self.rows:
            if row.kind not in KINDS:
                raise CalendarError(_("%(day)s 的类别“%(kind)s”无法识别。") % {"day": row.day, "kind": row.kind})
            if row.day in self._table:
                raise CalendarError(_("%(day)s 在节假日表中出现两次。") % {"day": row.day})
            self._table[row.day] = row
        years = _years(self.rows)
        # The first and the last day for which all days off are known; a later notice can still touch the last ones.
        self.known_from = dt.date(min(years), 1, 1) if years else None
        self.known_until = dt.date(max(years), 12, 31) if years else None
        self._announced = frozenset(self._table)
        for row in expected:
            if self.known_until is None or row.day > self.known_until:
                self._table.setdefault(row.day, row)
        self._working = {day: row.kind == "work" for day, row in self._table.items()}
        # Only days that differ from their weekday change a count: 2020-02-03 was announced as worked and is a Monday.
        changed = [day for day, working in sorted(self._working.items()) if working != (day.weekday() < 5)]
        self._changed = [day.toordinal() for day in changed]
        self._shift = [0, *accumulate(1 if self._working[day] else -1 for day in changed)]

    @classmethod
    def from_csv(cls, *paths: str | Path) -> Calendar:
        """This will read tables with the columns date, kind, name, notice; CalendarError names a wrong line."""
        return cls(row for path in paths for row in _rows(Path(path)))

    def is_known(self, day: dt.date) -> bool:
        """This is true where a day, or its whole year, has been announced."""
        if self.known_from is None or self.known_until is None:
            return False
        return self.known_from <= day <= self.known_until or day in self._announced

    def is_working(self, day: dt.date) -> bool:
        """This is true for a working day; where nothing is announced, Monday to Friday."""
        announced = self._working.get(day)
        return day.weekday() < 5 if announced is None else announced

    def describe(self, day: dt.date) -> DayInfo:
        """This is the day with the holiday and notice that decide it, both empty for an ordinary day."""
        row = self._table.get(day)
        name, notice = (row.name, row.notice) if row else ("", "")
        return DayInfo(day, self.is_working(day), name, notice, not self.is_known(day))

    def add_working_days(self, day: dt.date, count: int) -> Due:
        """This is the day on which a limit of count working days ends; the first day itself does not count.

        A count of 0 gives the day itself, or the next working day; a negative count looks back. OverflowError past
        the year 9999.
        """
        start = day.toordinal()
        if count == 0:
            target, low, high = self._until(start - 1) + 1, start, start + 400
        else:
            target = self._until(start if count > 0 else start - 1) + count + (count < 0)
            reach = abs(count) * 2 + 400
            low, high = (start, start + reach) if count > 0 else (start - reach, start)
        if low < 1 or high > dt.date.max.toordinal():
            raise OverflowError(f"{count} working days from {day} leave the calendar")
        end = dt.date.fromordinal(low + bisect_left(range(low, high + 1), target, key=self._until))
        return Due(end, self._provisional(day, end))

    def _until(self, ordinal: int) -> int:
        """This is the number of working days from the first day of the calendar to a day, with it."""
        # Ordinal 1 is a Monday, so full weeks count five and a rest of up to five days counts as it is.
        weeks, rest = divmod(ordinal, 7)
        return weeks * 5 + min(rest, 5) + self._shift[bisect_right(self._changed, ordinal)]

    def _provisional(self, start: dt.date, end: dt.date) -> bool:
        return not (self.is_known(start) and self.is_known(end))


def _years(rows: tuple[Announced, ...]) -> set[int]:
    """These are the years a table covers; a lone day at a year's edge (2018-12-29) does not announce its year."""
    counts: dict[int, int] = {}
    for row in rows:
        counts[row.day.year] = counts.get(row.day.year, 0) + 1
    return {year for year, count in counts.items() if count >= 10} or set(counts)


def _rows(path: Path) -> Iterable[Announced]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if missing := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
            raise CalendarError(
                _("节假日表 %(file)s 缺少列：%(names)s。") % {"file": path.name, "names": "、".join(missing)}
            )
        for row in reader:
            try:
                yield Announced(dt.date.fromisoformat(row["date"]), row["kind"], row["name"], row["notice"])
            except (TypeError, ValueError) as error:
                raise CalendarError(
                    _("节假日表 %(file)s 第 %(line)d 行的日期“%(value)s”无法识别。")
                    % {"file": path.name, "line": reader.line_num, "value": row["date"]},
                    instead=_("请写成 2026-10-01 的形式。"),
                ) from error
