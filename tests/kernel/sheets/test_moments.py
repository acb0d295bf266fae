"""Cells with a day and a time of day, as clerks write them and programs keep them."""

from __future__ import annotations

import datetime as dt

import pytest

from baozhang.kernel import clock
from baozhang.kernel.sheets.cells import parse
from baozhang.kernel.sheets.columns import Column
from baozhang.kernel.sheets.refusals import CellError

AT = Column("a", "出车时间", "moment")


@pytest.mark.parametrize(
    "raw",
    [
        "2026-03-05 14:30", "2026/3/5 14:30:00", "2026年3月5日 14时30分", "2026-03-05T06:30:00Z", "2026-3-5 下午2:30", "20260305 14:30",
        "2026/3/5 2:30:00 PM", "2026-03-05 14:30:00.000", "２０２６－３－５　１４：３０", dt.datetime(2026, 3, 5, 14, 30), 46086.604166666664,
        "2026-03-05 15:30+09:00",
    ],
)  # fmt: skip
def test_moments_as_clerks_and_programs_write_them(raw):
    at = parse(AT, raw)
    assert at.astimezone(clock.ZONE) == dt.datetime(2026, 3, 5, 14, 30, tzinfo=clock.ZONE) and at.tzinfo is not None


def test_a_day_alone_begins_at_midnight():
    midnight = dt.datetime(2026, 3, 5, tzinfo=clock.ZONE)
    assert [parse(AT, raw) for raw in ("2026-3-5", dt.date(2026, 3, 5), 46086)] == [midnight] * 3
    assert parse(AT, "2026-3-5 12:00 AM") == midnight


@pytest.mark.parametrize(
    "raw",
    [
        "-1",
        -1,
        True,
        "昨天",
        "2026-02-30 08:00",
        "2026-03-05 25:00",
        "2026-03-05 08:00+99:00",
        "2026-03-05 08:00-24:00",
        2026,
        1e300,
        float("nan"),
        "1066-1-1 8:00",
        "8:00",
    ],
)
def test_what_is_no_moment_is_refused(raw):
    with pytest.raises(CellError):
        parse(AT, raw)
