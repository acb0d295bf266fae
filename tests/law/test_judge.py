"""Judging: figures are remembered, missing ones keep a rule silent, errors stay with their rule, cost follows candidates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F, Value
from django.test.utils import CaptureQueriesContext

from baozhang.ch1_general.organs.models import Headcount
from baozhang.law import explain, rules
from baozhang.law.case import Book, Case, Ground
from baozhang.law.figures import IssuedValue
from baozhang.law.judge import Tally, judge
from baozhang.law.rules import Verdict, rule
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rules")]
DAY = dt.date(2026, 3, 4)
DESKTOP = "assets.quantity.desktop"
PRICE = "assets.price.desktop"


def candidates(day, ground):
    return Headcount._base_manager.filter(actual__gt=0).select_related("organ").order_by("pk")


def declare(look, **options):
    given = {
        "article": "第十二条第一款",
        "subject": "organs.headcount",
        "since": "2022-11-01",
        "candidates": candidates,
        **options,
    }
    rule(**given)(look)
    return look


def over(record, law):
    """实有人数超过允许数"""
    most = law.allowed(DESKTOP, record.quota)
    if record.actual > most:
        return Verdict(
            f"{record.organ.name}超出{record.actual - most}", {"actual": record.actual}, Decimal("10.5"), "改正"
        )
    return None


def heads(name, quota, actual, place=None):
    where = factories.organ(name, place)
    return factories.save(
        Headcount(organ=where, band="division", quota=quota, actual=actual, since=dt.date(2023, 1, 1))
    )


def run(**options):
    tallies: dict[str, Tally] = {}
    return list(judge(rules.rules(), DAY, tallies=tallies, **options)), tallies


def test_a_finding_carries_its_figures():
    declare(over)
    row = heads("甲局", 10, 12)
    heads("乙局", 10, 10)
    (found,), tallies = run()
    assert (found.label, found.pk, found.organ_id) == ("organs.headcount", row.pk, row.organ_id)
    assert found.verdict.sentence == "甲局超出2"
    (reading,) = found.figures()
    assert (reading["key"], reading["value"], reading["valid_from"], reading["state"]) == (
        DESKTOP,
        "1.0",
        "2016-07-01",
        "in_force",
    )
    assert "财资〔2016〕27号" in reading["basis"]
    assert (tallies["over"].looked, tallies["over"].found) == (2, 1)
    assert explain.figure_sentence(reading).startswith("台式计算机数量上限：1.0件/人（条例第十二条第一款")


def test_organs_and_subjects_narrow():
    declare(over)
    one, other = heads("甲局", 10, 12), heads("乙局", 10, 12)
    assert [j.pk for j in run(organs=[other.organ_id])[0]] == [other.pk]
    assert [j.pk for j in run(subjects=[one.pk])[0]] == [one.pk]


def test_places_have_their_own_figures_and_a_draft_is_tried():
    declare(over)
    near, far = factories.district("云间区"), factories.district("海间区")
    heads("甲局", 10, 12, near)
    heads("乙局", 10, 12, far)
    path = near.path.rstrip("/")
    issued = [IssuedValue(DESKTOP, path, Decimal("1.2"), dt.date(2024, 1, 1), document="云发〔2024〕1号")]
    assert [j.verdict.sentence for j in run(issued=issued)[0]] == ["乙局超出2"]
    draft = [IssuedValue(DESKTOP, path, Decimal("1.1"), dt.date(2026, 1, 1), document="草案")]
    found = {j.verdict.sentence: j for j in run(issued=issued, overlay=draft)[0]}
    assert set(found) == {"乙局超出2", "甲局超出1"}
    assert found["甲局超出1"].readings[0].origin == "overlay"
    later = [IssuedValue(DESKTOP, path, Decimal("1.1"), dt.date(2026, 3, 5), document="草案")]
    assert [j.verdict.sentence for j in run(issued=issued, overlay=later)[0]] == ["乙局超出2"]


def test_figures_on_the_day_of_the_fact():
    issued = [
        IssuedValue(PRICE, "990000", 6000, dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
        IssuedValue(PRICE, "990000", 4000, dt.date(2025, 1, 1)),
    ]
    case = Case(DAY, "990000", Book(issued=issued))
    assert case.figure(PRICE) == 4000
    assert case.figure(PRICE, on=dt.date(2024, 12, 31)) == 6000
    assert case.figure(PRICE, on=dt.date(2023, 12, 31)) == 5000
    assert {reading.value for reading in case.taken()} == {4000, 5000, 6000}
    assert case.taken() == ()


def test_bounds_narrow_over_all_places_and_days():
    place = factories.district("云间区")
    factories.organ("甲局", place)
    issued = [
        IssuedValue(PRICE, place.path.rstrip("/"), 3000, dt.date(2023, 1, 1), dt.date(2024, 12, 31)),
        IssuedValue(PRICE, place.path.rstrip("/"), 9000, dt.date(2025, 1, 1)),
    ]
    ground = Ground(DAY, Book(issued=issued))
    assert ground.bounds(PRICE) == (5000, 9000)
    assert ground.bounds(PRICE, history=True) == (3000, 9000)
    assert ground.bounds("supervision.rectify_days") is None


def test_facts_before_the_regulation_are_not_judged():
    case = Case(DAY, "", Book())
    assert not case.in_force(dt.date(2022, 10, 31))
    assert case.in_force(dt.date(2022, 11, 1)) and case.in_force(DAY)
    assert not case.in_force(DAY + dt.timedelta(days=1))
    assert not case.in_force(None)


def test_an_unverified_figure_keeps_the_rule_silent_and_is_counted():
    @declare
    def slow(record, law):
        """超过期限"""
        return Verdict(f"{law.figure('supervision.rectify_days')}")

    declare(over)
    row = heads("甲局", 10, 12)
    found, tallies = run()
    assert [j.rule.name for j in found] == ["over"]
    assert tallies["slow"].unjudged == {"supervision.rectify_days": 1}
    assert tallies["slow"].undecided == {row.pk}
    assert not tallies["slow"].errors


def test_a_rule_that_goes_on_without_a_figure_is_counted_too():
    @declare
    def both(record, law):
        """两项"""
        law.get("assets.price.desktop")
        law.forget()
        if law.get("supervision.rectify_days") is None:
            yield Verdict("另一项", key="b")
        if record.actual > law.allowed(DESKTOP, record.quota):
            yield Verdict("超出", key="a")

    heads("甲局", 10, 12)
    found, tallies = run()
    assert [(j.key, [r.key for r in j.readings]) for j in found] == [("b", []), ("a", [DESKTOP])]
    assert tallies["both"].unjudged == {"supervision.rectify_days": 1}
    assert not tallies["both"].undecided


def test_an_error_stays_with_its_rule(caplog):
    @declare
    def broken(record, law):
        """会出错"""
        if record.organ.name == "甲局":
            raise ZeroDivisionError("oh")
        return Verdict("好")

    @declare
    def lost(record, law):
        """查不到"""
        return law.figure("assets.price.nothing")

    @declare
    def talkative(record, law):
        """说两遍"""
        return [Verdict("一"), Verdict("二")]

    def no_candidates(day, ground):
        raise RuntimeError("no query")

    def blind(record, law):
        """没有对象"""

    declare(blind, candidates=no_candidates)
    declare(over)
    one = heads("甲局", 10, 12)
    heads("乙局", 10, 9)
    found, tallies = run()
    assert [j.rule.name for j in found] == ["broken", "over"]
    assert tallies["broken"].undecided == {one.pk} and "ZeroDivisionError: oh" in tallies["broken"].errors[0]
    assert tallies["lost"].error_count == 2 and "assets.price.nothing" in tallies["lost"].errors[0]
    assert "same key" in tallies["talkative"].errors[0]
    assert tallies["blind"].broken and tallies["blind"].errors == ["RuntimeError: no query"]


def test_a_rule_may_not_ask_the_database():
    @declare
    def curious(record, law):
        """多问一句"""
        return Verdict(record.organ.jurisdiction.name)

    heads("甲局", 10, 12)
    found, tallies = run()
    assert found == [] and "ImpureRule" in tallies["curious"].errors[0]
    assert connection.execute_wrappers == []


def test_the_number_of_queries_does_not_grow():
    declare(over)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            run()
        return len(seen)

    heads("甲局", 10, 12)
    one = queries()
    for n in range(8):
        heads(f"丙{n}局", 10, 12)
    assert queries() == one


def test_a_rule_out_of_force_is_not_heard():
    declare(over, until="2026-03-03")
    heads("甲局", 10, 12)
    assert run() == ([], {})


def test_a_hint_on_an_unsaved_record():
    declare(over)

    def counted(day, ground):
        return Headcount._base_manager.annotate(more=F("actual"))

    def needs_more(record, law):
        """要数一数"""
        return Verdict(f"{record.more}")

    declare(needs_more, candidates=counted)
    row = Headcount(organ=factories.organ("甲局"), band="division", quota=10, actual=15, since=DAY)
    assert [j.verdict.sentence for j in explain.hints(row, DAY)] == ["甲局超出5"]


def test_what_was_seen_comes_back():
    row = heads("甲局", 10, 12)
    annotated = Headcount._base_manager.select_related("organ").annotate(
        sum=F("actual") * Value(Decimal("1.5")), first=F("since")
    ).get(pk=row.pk)  # fmt: skip
    context = explain.seen(annotated)
    row.actual = 99
    factories.save(row)
    back = explain.rebuild(Headcount, row.pk, 1, context)
    assert (back.actual, back.sum, back.first, back.organ.name) == (12, annotated.sum, dt.date(2023, 1, 1), "甲局")
    with CaptureQueriesContext(connection) as seen:
        assert back.organ.code
    assert len(seen) == 0
