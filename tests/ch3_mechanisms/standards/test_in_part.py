"""What becomes of a standard of which a part was replaced, or that was looked at again."""

from __future__ import annotations

import datetime as dt

from baozhang.ch3_mechanisms.standards import queries
from baozhang.ch3_mechanisms.standards.choices import State
from baozhang.ch3_mechanisms.standards.models import Reexamination, Standard
from baozhang.kernel import clock
from baozhang.kernel.record import keep

from .conftest import DESKTOP, PRICE, SINCE, City, draft, publish


def test_a_standard_with_an_end_goes_on_where_only_a_part_was_replaced(city: City):
    end = dt.date(2028, 12, 31)
    old = publish(city, draft(city, {(DESKTOP, ""): "0.9", (PRICE, ""): "3500"}, valid_to=end))
    later = SINCE + dt.timedelta(days=30)
    publish(city, draft(city, {(DESKTOP, ""): "0.8"}, title="修订", since=later))
    old = Standard._base_manager.get(pk=old.pk)
    assert (old.state, old.valid_to) == (State.PUBLISHED, end)
    publish(city, draft(city, {(PRICE, ""): "3000"}, title="再修订", since=later))
    old = Standard._base_manager.get(pk=old.pk)
    assert (old.state, old.valid_to) == (State.SUPERSEDED, later - dt.timedelta(days=1))


def test_a_standard_that_was_looked_at_is_not_overdue_where_no_next_day_is_set(city: City):
    due = dt.date(2027, 1, 1)
    standard = publish(city, draft(city, {(DESKTOP, ""): "0.9"}, review_due=due))
    late = due + dt.timedelta(days=1)
    for day, overdue in ((due - dt.timedelta(days=60), True), (late, False)):
        with clock.on(day):
            keep(
                Reexamination(standard=Standard._base_manager.get(pk=standard.pk), day=day, conclusion="stands"),
                by=city.officer,
            )
        assert [one.pk for one in queries.due_for_review(late + dt.timedelta(days=9))] == (
            [standard.pk] if overdue else []
        )
        assert queries.next_review(standard) == (due if overdue else None)
