"""A step's time limit comes from the figure in force where its organ stands."""

from __future__ import annotations

import datetime as dt

import pytest

from baozhang.kernel.flow.limits import WorkingDays
from baozhang.law import case, issued
from baozhang.law.figures import IssuedValue, invalidate, provide_issued
from baozhang.law.holidays import calendar
from baozhang.law.limits import limit_of

DAY = dt.date(2026, 3, 4)


@pytest.fixture(autouse=True)
def one_district(monkeypatch):
    """Organ 7 stands in a district that has issued ten working days to put things right."""
    given = IssuedValue("supervision.rectify_days", "310199", 10, dt.date(2026, 1, 1))
    monkeypatch.setattr(case.PLACES, "answers", [lambda: {7: "310000/310199", 8: "310000/310117"}])
    monkeypatch.setattr(issued.ISSUED, "answers", [])
    monkeypatch.setattr(issued, "_versions", [])
    invalidate()
    provide_issued(lambda day: [given])
    yield
    invalidate()


def test_the_limit_of_a_district_holds_for_its_organs_from_its_date():
    assert limit_of("supervision.rectify_days", DAY, 7) == (10, "working_days")
    assert limit_of("supervision.rectify_days", DAY, 8) is None
    assert limit_of("supervision.rectify_days", dt.date(2025, 12, 31), 7) is None
    assert limit_of("services.filing", DAY, None) == (60, "days")


def test_the_calendar_answers_what_flows_ask():
    days: WorkingDays = calendar()
    assert days.add_working_days(dt.date(2026, 2, 13), 2).day == dt.date(2026, 2, 24)
