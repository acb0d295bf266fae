"""Candidates read ahead: what the rules find is the same, an error stays with its rule, and nobody is left reading."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from baozhang.ch1_general.organs.models import Headcount
from baozhang.kernel import scope
from baozhang.law import ahead, rules
from baozhang.law.ahead import reading_ahead
from baozhang.law.judge import Tally, candidates, judge
from baozhang.law.rules import Verdict, rule
from tests import factories
from tests.committed import committed

pytestmark = pytest.mark.usefixtures("no_rules", "db")
DAY = dt.date(2026, 3, 4)
postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="the embedded database reads for one")


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits: a second connection sees what the first wrote."""
    yield from committed(django_db_blocker)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader's hands are full after two pieces of two."""
    monkeypatch.setattr(ahead, "_PIECE", 2)
    monkeypatch.setattr(ahead, "_PIECES", 2)


def heads() -> None:
    place = factories.organ("甲局")
    for month in range(1, 10):
        since = dt.date(2023, month, 1)
        until = dt.date(2023, month, 28)
        factories.save(Headcount(organ=place, band="division", quota=1, actual=month, since=since, until=until))


def declare(name: str, breaking: int = 0) -> None:
    def look(record: Any, law: Any) -> Verdict | None:
        """实有人数是奇数"""
        return Verdict(f"{name}{record.actual}", {"实有": record.actual}) if record.actual % 2 else None

    def found(day: dt.date, ground: Any) -> Iterator[Headcount]:
        for record in Headcount._base_manager.order_by("since"):
            if record.actual == breaking:
                raise RuntimeError("断了")
            yield record

    rule(article="第十二条第一款", subject="organs.headcount", since="2022-11-01", candidates=found, name=name)(look)


def heard(tallies: dict[str, Tally], *, early: bool) -> list[str]:
    chosen, said = rules.rules(DAY), []
    with scope.everything("test"), reading_ahead(chosen, DAY, None, candidates) as read:
        assert (read is not None) == early
        for one in chosen:
            said += [str(j.verdict.sentence) for j in judge([one], DAY, tallies=tallies, ahead=read)]
    return said


def readers() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name == "patrol-ahead"]


@postgres
def test_what_is_found_is_the_same_and_an_error_stays_with_its_rule() -> None:
    heads()
    for name, breaking in (("first", 0), ("second", 6), ("third", 0)):
        declare(name, breaking)
    with transaction.atomic():  # rows that are not committed, which only this connection sees
        alone: dict[str, Tally] = {}
        expected = heard(alone, early=False)
    tallies: dict[str, Tally] = {}
    assert heard(tallies, early=True) == expected
    assert [said for said in expected if said.startswith("second")] == ["second1", "second3", "second5"]
    assert [(t.looked, t.broken) for t in tallies.values()] == [(t.looked, t.broken) for t in alone.values()]
    assert [tally.broken for tally in tallies.values()] == [False, True, False]
    assert not readers()


@postgres
def test_a_rule_that_is_given_up_does_not_hold_up_the_others() -> None:
    heads()
    declare("first")
    declare("second")
    first, second = rules.rules(DAY)
    with scope.everything("test"), reading_ahead([first, second], DAY, None, candidates) as read:
        next(judge([first], DAY, ahead=read))
        assert [str(found.verdict.sentence)[-1] for found in judge([second], DAY, ahead=read)] == list("13579")
    with pytest.raises(ZeroDivisionError), reading_ahead([first, second], DAY, None, candidates):
        assert 1 / 0
    assert not readers()


@postgres
def test_a_reader_that_breaks_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise MemoryError("voll")

    declare("first")
    monkeypatch.setattr(ahead, "Book", broken)
    tallies: dict[str, Tally] = {}
    assert heard(tallies, early=True) == [] and tallies["first"].broken
    assert "voll" in tallies["first"].errors[0] and not readers()


@pytest.mark.skipif(connection.vendor == "postgresql", reason="the server reads for two")
def test_the_embedded_database_is_read_as_it_is_asked() -> None:
    heads()
    declare("first")
    assert len(heard({}, early=False)) == 5
