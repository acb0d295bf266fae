"""The flows of these tests, and their rights; declared anew for each test and forgotten after it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from tests.specimen.models import Thing

from baozhang.ch1_general.organs import queries
from baozhang.ch1_general.organs.models import Organization
from baozhang.kernel.flow import ByOrgan, Chosen, Filing, Flow, Party, Rectification, ReportHandling, Review, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

VERBS = (
    "submit",
    "audit",
    "approve",
    "opine",
    "issue",
    "reply",
    "recheck",
    "file",
    "receive",
    "oversee",
    "accept",
    "investigate",
    "answer",
)


def authority(record: Any) -> Any:
    """The same-level authority."""
    return queries.authority_of(record.organ)


def above(record: Any) -> Any:
    """The authority above."""
    return queries.authority_above(record.organ)


def finance(record: Any) -> Any:
    """The same-level finance department."""
    return queries.finance_of(record.organ)


def authority_by_organ(organ_id: int) -> Any:
    """The same-level authority, looked up by the organ's key."""
    return queries.authority_of(Organization._base_manager.get(pk=organ_id))


def above_by_organ(organ_id: int) -> Any:
    """The authority above, looked up by the organ's key."""
    return queries.authority_above(Organization._base_manager.get(pk=organ_id))


def declare() -> SimpleNamespace:
    """This will declare the flows: a review with all verbs, an order, a filing, a report."""
    return SimpleNamespace(review=review(), order=order(), filing=filing(), report=report())


def review() -> type[Flow]:
    """A review with everything."""

    class ThingReview(Review):
        model = Thing
        article = "第十条"
        approver = staticmethod(authority)
        submit = Review.submit.but(fields=("amount", "keeper"), required=("amount",), within="review.days")
        approve = Review.approve.but(
            article="第十一条",
            countersign=(Party(":opine", where=finance, words="财政部门"), Party(":opine", where=above)),
            notify=(Party(":oversee", where=above),),
        )
        extend = Step("延期", "submitted", "submitted", ":audit", within=(10, "days"), todo=False, side=True)

    @ThingReview.audit.guard
    def not_too_dear(thing: Thing, *, by: Any) -> None:
        if thing.amount is not None and thing.amount > 1000:
            raise Refused("超过限额", why="限额 1000 元", article="第十二条", instead="请分次申请")

    @ThingReview.reject.effect
    def mark(thing: Thing, *, by: Any, note: str) -> None:
        thing.name = f"{thing.name}（{note}）"
        keep(thing, by=by, right=thing.right("view"))

    return ThingReview


def order() -> type[Flow]:
    """An order with time limits in working days and an authority above."""

    class ThingOrder(Rectification):
        model = Thing
        superior = ByOrgan(authority_by_organ)
        escalate = Party(":oversee", where=ByOrgan(above_by_organ))
        issue = Rectification.issue.but(within=(5, "working_days"), article="第四十条")
        reply = Rectification.reply.but(within=(3, "working_days"))
        returned_within = (2, "working_days")

    return ThingOrder


def filing() -> type[Flow]:
    """A filing whose time limit nobody could verify."""

    class ThingFiling(Filing):
        model = Thing
        superior = staticmethod(authority)
        file = Filing.file.but(within="nobody.knows")

    return ThingFiling


def report() -> type[Flow]:
    """A report that is answered after countersigners of the holder's choice."""

    class ThingReport(ReportHandling):
        model = Thing
        initial = ("received",)
        superior = staticmethod(authority)
        answer = ReportHandling.answer.but(countersign=Chosen(":opine", at_least=2))

    return ThingReport


def limit_of(key: str, day: dt.date, organ_id: int | None) -> tuple[int, str] | None:
    """The figures of these tests."""
    return {"review.days": (7, "days")}.get(key)
