"""Working days: announced days off and make-up days, looked up in one table, counted both ways."""

from __future__ import annotations

import datetime as dt

import chinese_calendar
import pytest

from baozhang.kernel.calendar import Announced, Calendar, CalendarError, Due
from baozhang.law.holidays import TABLE, calendar


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(n) for n in range((last - first).days + 1)]


def test_the_table_agrees_with_an_independent_one():
    held = calendar()
    first, last = day("2019-01-01"), day("2026-12-31")
    assert (held.known_from, held.known_until) == (first, last)
    assert [d for d in days(first, last) if held.is_working(d) != chinese_calendar.is_workday(d)] == []


def test_every_row_names_its_notice():
    rows = calendar().rows
    assert len(rows) == 286
    assert all(row.notice.startswith("国务院办公厅") and row.name for row in rows)


@pytest.mark.parametrize(
    ("text", "working", "why"),
    [
        ("2018-12-29", True, "元旦"),  # a Saturday worked by the notice for the next year
        ("2018-12-31", False, "元旦"),
        ("2020-01-31", False, "春节"),  # a Friday off by the notice that prolonged the festival
        ("2020-02-03", True, "春节"),  # a Monday, listed as worked
        ("2020-02-04", True, ""),
        ("2026-01-04", True, "元旦"),
        ("2026-02-16", False, "春节"),
        ("2026-03-07", False, ""),
    ],
)
def test_a_day_is_looked_up_in_the_whole_table(text, working, why):
    info = calendar().describe(day(text))
    assert (info.working, info.name, info.provisional) == (working, why, False)
    assert calendar().is_working(day(text)) is working


def test_the_notice_that_changed_a_holiday_is_the_one_named():
    assert "延长" in calendar().describe(day("2020-02-01")).notice
    assert "延长" not in calendar().describe(day("2020-01-24")).notice


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-02-13", 1, "2026-02-14"),  # a Saturday made up
        ("2026-02-13", 2, "2026-02-24"),  # over the Spring Festival
        ("2026-02-16", 1, "2026-02-24"),  # from within it
        ("2026-03-02", 5, "2026-03-09"),
        ("2026-03-06", 0, "2026-03-06"),
        ("2026-03-07", 0, "2026-03-09"),
        ("2026-03-09", -1, "2026-03-06"),
        ("2026-03-08", -1, "2026-03-06"),
        ("2018-12-28", 1, "2018-12-29"),
    ],
)
def test_a_limit_in_working_days_ends_on_its_day(start, count, end):
    assert calendar().add_working_days(day(start), count).day == day(end)


def test_counting_agrees_with_walking():
    held = calendar()
    for start in days(day("2019-12-01"), day("2020-03-01")) + days(day("2026-11-20"), day("2027-02-10")):
        reached, count = start, 0
        for there in days(start + dt.timedelta(1), start + dt.timedelta(60)):
            count += held.is_working(there)
            if held.is_working(there):
                reached = there
                assert held.add_working_days(start, count).day == reached


def test_a_year_not_announced_is_provisional():
    held = calendar()
    assert held.describe(day("2027-02-06")).provisional
    assert not held.add_working_days(day("2026-12-21"), 5).provisional
    late = held.add_working_days(day("2026-12-28"), 10)
    assert late.provisional and late.day == day("2027-01-12"), "the decree itself takes New Year's Day off"
    assert not held.is_working(day("2027-01-01")) and held.describe(day("2027-01-01")).provisional
    assert held.describe(day("2027-05-01")).name == "劳动节" and held.is_working(day("2027-05-03"))
    assert held.describe(day("2015-05-05")).provisional


def test_a_later_table_ends_what_was_provisional(tmp_path):
    more = tmp_path / "2027.csv"
    rows = [f"2027-01-{n:02},off,元旦,通知" for n in range(1, 12)]
    more.write_text("date,kind,name,notice\n" + "\n".join(rows), encoding="utf-8-sig")
    held = Calendar.from_csv(TABLE, more)
    assert held.known_until == day("2027-12-31")
    due = held.add_working_days(day("2026-12-31"), 1)
    assert (due.day, due.provisional) == (day("2027-01-12"), False)


def test_what_a_law_says_of_a_day_gives_way_to_what_was_announced():
    rows = [Announced(dt.date(2027, 1, n), "off", "元旦", "通知") for n in (2, 3)]
    expected = [Announced(dt.date(year, 1, 1), "off", "元旦", "办法") for year in (2027, 2028)]
    held = Calendar(rows, expected)
    assert held.is_working(day("2027-01-01")) and not held.is_working(day("2027-01-02")), "the notice has moved it"
    assert held.add_working_days(day("2027-12-31"), 1) == Due(day("2028-01-03"), True)
    assert [row.day.year for row in held.rows] == [2027, 2027], "the table stays what was announced"


def test_an_empty_calendar_knows_weekends_alone():
    held = Calendar([])
    assert held.known_until is None and held.is_working(day("2026-10-01")) and not held.is_working(day("2026-10-03"))
    assert held.add_working_days(day("2026-10-01"), 2).provisional


def test_the_end_of_time_is_refused():
    with pytest.raises(OverflowError):
        calendar().add_working_days(day("9999-12-30"), 5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date,kind,name\n2026-10-01,off,国庆节\n", "notice"),
        ("date,kind,name,notice\n2026/10/01,off,国庆节,通知\n", "第 2 行"),
        ("date,kind,name,notice\n2026-10-01,holiday,国庆节,通知\n", "holiday"),
        ("date,kind,name,notice\n2026-10-01,off,国庆节,通知\n2026-10-01,work,国庆节,通知\n", "两次"),
    ],
)
def test_a_faulty_table_is_refused(tmp_path, text, said):
    path = tmp_path / "days.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CalendarError, match=said):
        Calendar.from_csv(path)


def test_rows_may_come_from_anywhere_in_any_order():
    held = Calendar(
        [Announced(day("2026-10-10"), "work", "国庆节", "n"), Announced(day("2026-10-01"), "off", "国庆节", "n")]
    )
    assert [row.day for row in held.rows] == [day("2026-10-01"), day("2026-10-10")]
    assert held.add_working_days(day("2026-09-30"), 7).day == day("2026-10-10")
