"""An agency with a few rooms, its people, and what they do in a count."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch1_general.organs.models import Appointment
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.stocktaking.actions import judging, syncing
from baozhang.ch2_provision.stocktaking.actions.syncing import Receipt, Sighting
from baozhang.ch2_provision.stocktaking.flows import CountFlow
from baozhang.ch2_provision.stocktaking.models import Count, Difference, Line, Room
from baozhang.kernel import clock, scope
from baozhang.kernel.access import Actor, actor_of
from baozhang.kernel.accounts import User
from baozhang.kernel.record import keep
from tests import factories
from tests.conftest import TODAY

PEOPLE = (
    ("clerk", "asset_clerk", "agency"), ("clerk2", "asset_clerk", "agency"), ("head", "head", "agency"),
    ("staff", "staff", "agency"), ("stranger", "asset_clerk", "other"), ("officer", "asset_officer", "authority"),
    ("treasurer", "finance_head", "finance"),
)  # fmt: skip


class Office:
    """Organs by short names, cards by theirs, and the steps of a count."""

    def __init__(self) -> None:
        place = factories.district("云间区")
        self.authority = factories.organ("云间区机关事务管理局", place, competence="authority", document_word="云机管")
        self.finance = factories.organ("云间区财政局", place, competence="finance")
        self.agency = factories.organ("云间区教育局", place, document_word="云教")
        self.other = factories.organ("云间区卫健委", place)
        for name, role, organ in PEOPLE:
            user = factories.save(
                User(username=name, name=name, password="!")
            )  # nobody signs in by it, so nothing is hashed
            factories.save(Appointment(user=user, organ=getattr(self, organ), role=role, since=dt.date(2022, 1, 1)))
        self.day = TODAY

    def __call__(self, name: str) -> Actor:
        """Somebody as an actor."""
        return actor_of(User._base_manager.get(username=name), TODAY)

    def card(self, number: str, place: str = "301室", **values: Any) -> Card:
        """A card of the agency."""
        given = {
            "custodian": "甲",
            "user": "甲",
            "value": Decimal(4000),
            "name": "台式计算机",
            "class_code": "",
            **values,
        }
        return factories.kept(Card, where=self.agency, number=number, place=place, **given)

    def plan(self, **values: Any) -> Count:
        """A plan of the clerk."""
        count = Count(
            organ=self.agency,
            begins=TODAY,
            ends=TODAY + dt.timedelta(days=20),
            led_by="张三",
            **{"title": "年度盘点", **values},
        )
        by = self("clerk")
        with scope.within(by):
            CountFlow.start(count, by=by)
        return count

    def take(self, who: str, step: str, count: Count, *, note: str = "", **values: Any) -> Count:
        """Somebody takes a step in his own scope."""
        by = self(who)
        with scope.within(by):
            CountFlow.take(step, Count._base_manager.get(pk=count.pk), by=by, note=note, values=values)
        return Count._base_manager.get(pk=count.pk)

    def begun(self, **values: Any) -> Count:
        """A count whose books are frozen."""
        count = self.plan(**values)
        self.take("clerk", "submit", count)
        return self.take("head", "freeze", count)

    def sighting(self, count: Count, number: str, **values: Any) -> Sighting:
        """One scan of a number as a phone would say it; in the card's own room where nothing else is said."""
        line = Line.objects.filter(count=count, number=number).first()
        given = {
            "key": str(uuid.uuid4()),
            "result": "found",
            "at": clock.now(),
            "code": number,
            "place": line.place if line else "301室",
        }
        return Sighting(count=count.pk, **{**given, **values})

    def scan(self, count: Count, number: str, who: str = "clerk", **values: Any) -> Receipt:
        """Somebody scans, and the phone syncs at once."""
        return self.send([self.sighting(count, number, **values)], who)

    def send(self, rows: list[Sighting], who: str = "clerk", **options: Any) -> Receipt:
        """A phone brings scans."""
        by = self(who)
        with scope.within(by):
            return syncing.receive(rows, by=by, **options)

    def change(self, card: Card, **values: Any) -> Card:
        """The clerk changes a card while the count goes on."""
        fresh = Card._base_manager.get(pk=card.pk)
        for name, value in values.items():
            setattr(fresh, name, value)
        by = self("clerk")
        with scope.within(by):
            keep(fresh, by=by)
        return fresh

    def explain(self, count: Count, kind: str = "", who: str = "clerk", **values: Any) -> int:
        """The clerk explains differences of a kind, or all."""
        by = self(who)
        given = {"cause": "mistake", "responsible": "甲", "handling": "correct", **values}
        with scope.within(by):
            rows = Difference.objects.filter(count=count, state__in=("open", "explained")).select_related("count")
            return judging.explain(list(rows.filter(kind=kind) if kind else rows), given, by=by, day=TODAY)

    def gaps(self, count: Count) -> list[tuple[str, str, str]]:
        """The differences as (kind, number or name, state)."""
        rows = Difference._base_manager.filter(count=count).order_by("kind", "pk")
        return [(row.kind, row.number or row.name, row.state) for row in rows]

    def room(self, count: Count, place: str) -> Room:
        """The room of a place."""
        return Room._base_manager.get(count=count, place=place)


@pytest.fixture
def office(db: None) -> Office:
    """The organs and people."""
    return Office()
