"""The path of a month: checked by the clerk, published by the head with a document, taken back where all of it was wrong."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.running.choices import COSTS, UNMATCHED
from baozhang.ch2_provision.running.choices import ReviewState as S
from baozhang.ch2_provision.running.models import Account, Cost, Review
from baozhang.ch2_provision.running.models.reading import days_of
from baozhang.ch2_provision.running.queries.corrected import figures
from baozhang.ch2_provision.running.queries.sums import depreciations, running
from baozhang.ch2_provision.vehicles.choices import VehicleState
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel import access, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import issuing
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.record import keep, remove
from baozhang.kernel.refusal import Refused

from .wording import notice

ARTICLE = "第二十三条第一款"
SUBMIT = access.permission("running.review:submit", gettext_lazy("核对提交单车核算"))
PUBLISH = access.permission("running.review:publish", gettext_lazy("审核并公示单车核算"))
FROZEN = ledger.act("running.frozen", gettext_lazy("汇总单车核算"))
PUBLISHED = ledger.act("running.published", gettext_lazy("登记公示文件"))


class ReviewFlow(Flow):
    """待核对 → 待审核 → 已公示；迟到或者更正的单据另作更正公示，整月有误的撤回公示."""

    model = Review
    words = gettext_lazy("单车核算月报")
    article = ARTICLE
    initial = (S.DRAFT,)

    submit = Step(
        gettext_lazy("核对提交"), S.DRAFT, S.SUBMITTED, ":submit", kind="primary", icon="calculator", fields=("checked",),
        says=gettext_lazy("当月费用全部对应车辆、行程或者写明说明后提交；提交时汇总每辆车的里程和费用。"),
    )  # fmt: skip
    publish = Step(
        gettext_lazy("审核并公示"), S.SUBMITTED, S.PUBLISHED, ":publish", four_eyes=("submit",), kind="primary", icon="megaphone", returnable=(S.DRAFT,),
        says=gettext_lazy("公示文件自动编号，汇总数进入公开网页；涉密车辆和执法执勤等车辆不逐车公开。"),
    )  # fmt: skip
    reopen = Step(
        gettext_lazy("撤回公示"), S.PUBLISHED, S.DRAFT, ":publish", needs_note=True, side=True, todo=False, kind="danger",
        says=gettext_lazy("整月有误的撤回，重新核对、公示，原公示文件同时撤销；个别单据迟到、更正的不必撤回，登记以后自动列出更正，由审核人更正公示。"),
    )  # fmt: skip


def unmatched(review: Review) -> QuerySet[Cost]:
    """The bills of a month that wait for their vehicle or their trip."""
    first, last = days_of(review.year, review.month)
    return Cost._base_manager.filter(organ_id=review.organ_id, state__in=UNMATCHED, day__gte=first, day__lte=last)


@ReviewFlow.submit.guard
def _all_matched(review: Review) -> None:
    """No bill of the month waits for its vehicle or its trip."""
    left = unmatched(review).count()
    if left:
        raise Refused(
            _("%(year)s 年 %(month)s 月还有 %(n)s 笔费用没有对应") % {"year": review.year, "month": review.month, "n": left},
            why=_("单车核算要求每笔费用落到一辆车；途中的费用还要对应行程。"), article=ARTICLE,
            instead=_("请在“待对应费用”中逐笔对应，没有行程的写明说明。"),
        )  # fmt: skip


@ReviewFlow.submit.effect
def _frozen(review: Review, *, by: Actor) -> None:
    """The month is summed up, vehicle by vehicle."""
    rows = summed(review)
    old = {one.vehicle_id: one for one in Account._base_manager.filter(review=review)}
    kept = {one.vehicle_id for one in rows}
    if gone := [one for key, one in old.items() if key not in kept]:
        remove(gone, by=by, right=SUBMIT, note=str(review))
    for one in rows:
        if one.vehicle_id in old:
            held = old[one.vehicle_id]
            one.pk, one.version, one.head = held.pk, held.version, held.head
    keep(rows, by=by, act=FROZEN, right=SUBMIT)
    review.vehicles, review.km = len(rows), sum(one.km for one in rows)
    review.total = sum((one.total for one in rows), Decimal(0))
    keep(review, by=by, act=FROZEN, right=SUBMIT)


def summed(review: Review) -> list[Account]:
    """The accounts of a month as they would be now; vehicles of that month that neither went nor cost anything among them."""
    first, last = days_of(review.year, review.month)
    mine = list(Vehicle._base_manager.filter(organ_id=review.organ_id).select_related("card").order_by("plate"))
    found, lost = running(first, last, [one.pk for one in mine]), depreciations(mine, first, last)
    rows = []
    for one in mine:
        held = found.get(one.pk)
        if held is None and not _was_there(one, first, last):
            continue
        made = Account(
            review=review,
            organ_id=review.organ_id,
            vehicle=one,
            year=review.year,
            month=review.month,
            depreciation=lost[one.pk],
        )
        for name, value in figures(held).items():
            setattr(made, name, value)
        if held is not None:
            made.km_tracks, made.litres, made.kwh = held.km_tracks, held.litres, held.kwh
        rows.append(made)
    return rows


def _was_there(vehicle: Vehicle, first: dt.date, last: dt.date) -> bool:
    """True where the unit had a vehicle on some day from one to another, as far as its card says."""
    card = vehicle.card
    came = card.begun is None or card.begun <= last
    return came and (card.disposed >= first if card.disposed is not None else vehicle.state != VehicleState.GONE)


@ReviewFlow.publish.guard
def _has_a_word(review: Review) -> None:
    """A unit without a document word cannot number its notice."""
    if not review.organ.document_word.strip():
        raise Refused(
            _("%(organ)s尚未登记机关代字，不能编号") % {"organ": review.organ}, article=ARTICLE, instead=_("请同级机关事务管理部门负责人先在单位登记中填写机关代字。"),
        )  # fmt: skip


@ReviewFlow.publish.effect
def _published(review: Review, *, by: Actor, day: Any) -> None:
    """The notice is numbered and registered."""
    rows = list(Account._base_manager.filter(review=review).select_related("vehicle__card").order_by("vehicle__plate"))
    review.document = issuing.issue(
        notice(review, rows, day=day), organ=review.organ_id, word=review.organ.document_word, about=review, by=by, right=PUBLISH,
    )  # fmt: skip
    review.published_on = day
    keep(review, by=by, act=PUBLISHED, right=PUBLISH)


@ReviewFlow.reopen.effect
def _taken_back(review: Review, *, by: Actor, note: str) -> None:
    """The notice no longer holds, and the page shows the month no more."""
    if review.document is not None:
        issuing.revoke(review.document, reason=note, by=by, right=PUBLISH)
    review.document, review.published_on = None, None
    keep(review, by=by, act=PUBLISHED, right=PUBLISH)


def open_month(year: int, month: int, *, by: Actor, missed: bool = False) -> int:
    """This will open the month's account for units whose vehicles cost something and that have none yet; a `missed` one
    only for those that had accounts before: what was entered of the time before the first is history."""
    first, last = days_of(year, month)
    costs = (
        Cost._base_manager.filter(day__gte=first, day__lte=last, kind__in=COSTS)
        .order_by()
        .values_list("organ_id", flat=True)
    )
    have = Review._base_manager.filter(year=year, month=month).values_list("organ_id", flat=True)
    before = Review._base_manager.filter(Q(year__lt=year) | Q(year=year, month__lt=month)) if missed else None
    known = None if before is None else set(before.order_by().values_list("organ_id", flat=True))
    missing = sorted(one for one in set(costs.distinct()) - set(have) if known is None or one in known)
    if missing:
        ReviewFlow.start([Review(organ_id=one, year=year, month=month) for one in missing], by=by)
    return len(missing)
