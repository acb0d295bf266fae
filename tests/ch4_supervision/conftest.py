"""A district with its authority, two agencies and the city above, a rule of these tests, and the people who act."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F

from baozhang.ch1_general.organs.models import Headcount, Organization
from baozhang.ch4_supervision.warnings.choices import OrderKind
from baozhang.ch4_supervision.warnings.flows import OrderFlow
from baozhang.ch4_supervision.warnings.models import Finding
from baozhang.ch4_supervision.warnings.ordering import draft
from baozhang.ch4_supervision.warnings.orders import Order
from baozhang.ch4_supervision.warnings.patrol import patrol
from baozhang.kernel import scope
from baozhang.kernel.access import Actor, actor_of
from baozhang.law import rules
from baozhang.law.rules import Verdict, rule
from tests import factories
from tests.conftest import TODAY

_numbers = itertools.count()


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """One rule: more heads than established."""
    monkeypatch.setattr(rules, "_rules", [])

    @rule(
        article="第十二条第一款", subject="organs.headcount", since="2022-11-01", severity="serious",
        candidates=lambda day, ground: Headcount._base_manager.filter(actual__gt=F("quota")).select_related("organ").order_by("pk"),
    )  # fmt: skip
    def too_many(record: Any, law: Any) -> Verdict:
        """实有人数超过编制"""
        more = record.actual - record.quota
        return Verdict(
            f"{record.organ.name}实有{record.actual}人，超编{more}人",
            {"编制": record.quota, "实有": record.actual},
            None,
            "核减超编人员",
        )


class Office:
    """Organs by short names, people by the names they bear, and what they do to one another."""

    def __init__(self) -> None:
        city, place = factories.city(), factories.district("云间区")
        self.city = factories.organ("江海市机关事务管理局", city, competence="authority", document_word="江机管")
        self.authority = factories.organ("云间区机关事务管理局", place, competence="authority", document_word="云机管")
        self.agency = factories.organ("云间区教育局", place)
        self.other = factories.organ("云间区卫健委", place)
        factories.people((
            ("张管", "asset_clerk", self.agency), ("王局", "head", self.agency), ("外人", "asset_clerk", self.other),
            ("外长", "head", self.other), ("赵科", "supervisor", self.authority), ("钱科", "supervisor", self.authority),
            ("孙局", "support_head", self.authority), ("李局", "support_head", self.authority), ("市局", "support_head", self.city),
            ("市科", "supervisor", self.city), ("局管", "asset_clerk", self.authority), ("审计", "auditor", self.authority),
        ))  # fmt: skip

    def user(self, name: str) -> Any:
        """The account of somebody."""
        from baozhang.kernel.accounts import User

        return User._base_manager.get(username=name)

    def __call__(self, name: str) -> Actor:
        """Somebody as an actor."""
        return actor_of(self.user(name), TODAY)

    def crowd(self, organ: Organization | None = None, quota: int = 10, actual: int = 12) -> Headcount:
        """More heads than there should be, and the patrol that finds it."""
        since = dt.date(2023, 1, 1) + dt.timedelta(days=10 * next(_numbers))
        row = Headcount(
            organ=organ or self.agency,
            band="division",
            quota=quota,
            actual=actual,
            since=since,
            until=since + dt.timedelta(days=5),
        )
        factories.save(row)
        patrol()
        return row

    def cure(self, row: Headcount) -> None:
        """The agency puts it right."""
        row.actual = row.quota
        factories.save(row)

    def finding(self, row: Headcount) -> Finding:
        """The finding on a row."""
        return Finding._base_manager.get(subject_id=row.pk, kind="organs.headcount")

    def finding_state(self, finding: Finding) -> str:
        """Where a finding stands now."""
        return Finding._base_manager.get(pk=finding.pk).state

    def draft(self, *rows: Headcount, kind: OrderKind = OrderKind.ORDER, who: str = "赵科") -> Order:
        """A draft on some findings."""
        by = self(who)
        with scope.within(by):
            (order,), _aside = draft([self.finding(row) for row in rows], kind, by=by)
        return order

    def take(self, who: str, step: str, order: Order, note: str = "", **values: Any) -> Order:
        """Somebody takes a step in his own scope."""
        by = self(who)
        with scope.within(by):
            OrderFlow.take(step, order, by=by, note=note, values=values)
        return Order._base_manager.get(pk=order.pk)

    def issued(self, *rows: Headcount, **kwargs: Any) -> Order:
        """An order that has gone out."""
        order = self.draft(*rows, **kwargs)
        self.take("赵科", "submit", order)
        return self.take("孙局", "issue", order)

    def replied(self, *rows: Headcount) -> Order:
        """An order that the agency has answered."""
        order = self.issued(*rows)
        self.take("张管", "receive", order)
        self.take("张管", "answer", order, reply="已核减")
        return self.take("王局", "reply", order)


@pytest.fixture
def office(db: None, crowded: None) -> Office:
    """The organs and people, with the rule."""
    return Office()


@pytest.fixture
def opening(as_user: Callable[..., Any], office: Office) -> Callable[..., Any]:
    """Opens an address as somebody: `opening("张管", "/…")`."""

    def get(who: str, address: str) -> Any:
        return as_user(office.user(who)).get(address)

    return get
