"""The path of a correction: found by the system, published by the head beside what was published before; nothing is overwritten unseen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.running.choices import CorrectionState as S
from baozhang.ch2_provision.running.choices import Figure, ReviewState
from baozhang.ch2_provision.running.models import Account, Correction, CorrectionLine, Review
from baozhang.ch2_provision.running.queries.corrected import Change, changes
from baozhang.kernel import access, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import issuing
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.record import keep, remove
from baozhang.kernel.refusal import Refused

from .review import PUBLISH, ReviewFlow, summed, unmatched
from .wording import correction, told

ARTICLE = "第二十三条第一款"
LAPSE = access.permission("running.correction:lapse", gettext_lazy("更正不再需要"))
LIST = access.permission("running.correction:list", gettext_lazy("重新列出更正明细"))
LISTED = ledger.act("running.listed", gettext_lazy("列出更正明细"))
PUT_RIGHT = ledger.act("running.put_right", gettext_lazy("更正单车核算"))
SYSTEM = access.system_actor("单车核算更正")
SUMS = ("km_tracks", "litres", "kwh", "depreciation", *(str(one) for one in Figure))


class CorrectionFlow(Flow):
    """待更正公示 → 已更正公示；数字又与原公示一致的，不需更正."""

    model = Correction
    words = gettext_lazy("单车核算更正")
    article = ARTICLE
    initial = (S.OPEN,)

    publish = Step(
        gettext_lazy("更正公示"), S.OPEN, S.PUBLISHED, "running.review:publish", kind="primary", icon="megaphone", fields=("reason",), required=("reason",),
        says=gettext_lazy("更正公示自动编号，公开网页同时列出原公示和更正后的数字；只涉及涉密车辆的，更正入账，不公开。"),
    )  # fmt: skip
    lapse = Step(
        gettext_lazy("不需更正"), S.OPEN, S.LAPSED, ":lapse", side=True, todo=False,
        along=gettext_lazy("数字又与原公示一致，或者公示已撤回的，由系统办结。"),
    )  # fmt: skip


@CorrectionFlow.publish.guard
def _as_shown(made: Correction) -> None:
    """What is published is what the head has before him, and what all bills say."""
    if unmatched(made.review).exists():
        raise Refused(
            _("%(review)s 还有费用没有对应") % {"review": made.review}, article=ARTICLE, instead=_("请先在“待对应费用”中逐笔对应，没有行程的写明说明。")
        )  # fmt: skip
    now = {(one.vehicle.pk, one.figure, one.was, one.now) for one in changes([made.review]).get(made.review_id, ())}
    if now != {one.said() for one in made.lines.all()}:
        raise Refused(
            _("列出更正明细以后，%(review)s 的数字又有变动") % {"review": made.review}, article=ARTICLE, instead=_("请先点“重新列出”，核对后再更正公示。")
        )  # fmt: skip


@CorrectionFlow.publish.effect
def _published(made: Correction, *, by: Actor, day: dt.date) -> None:
    """The month's accounts take what is so; the notice of the correction takes the place of the first one."""
    review = Review._base_manager.select_related("organ", "document").get(pk=made.review_id)
    _put_right(review, by=by)
    lines = list(made.lines.select_related("vehicle__card").order_by("vehicle__plate", "pk"))
    made.review, made.corrected, made.published_on = review, review.document, day
    if told(lines):
        rows = list(
            Account._base_manager.filter(review=review).select_related("vehicle__card").order_by("vehicle__plate")
        )
        made.document = issuing.issue(
            correction(made, lines, rows, day=day), organ=review.organ_id, word=review.organ.document_word, about=made, by=by, right=PUBLISH
        )  # fmt: skip
        if review.document is not None:
            issuing.supersede(review.document, made.document, reason=made.reason, by=by, right=PUBLISH)
        review.document = made.document
    keep(review, by=by, act=PUT_RIGHT, right=PUBLISH, note=made.reason)
    keep(made, by=by, act=PUT_RIGHT, right=PUBLISH)


def _put_right(review: Review, *, by: Actor) -> None:
    held = {one.vehicle_id: one for one in Account._base_manager.filter(review=review)}
    rows = []
    for now in summed(review):
        one = held.get(now.vehicle_id, now)
        for name in SUMS:
            setattr(one, name, getattr(now, name))
        rows.append(one)
    keep(rows, by=by, act=PUT_RIGHT, right=PUBLISH)
    every = {**held, **{one.vehicle_id: one for one in rows}}.values()
    review.vehicles, review.km = len(every), sum(one.km for one in every)
    review.total = sum((one.total for one in every), Decimal(0))


@ReviewFlow.reopen.effect
def _no_longer_published(review: Review) -> None:
    """There is nothing to put right any more."""
    for one in Correction._base_manager.filter(review=review, state=S.OPEN):
        CorrectionFlow.take("lapse", one, by=SYSTEM, note=_("公示已撤回"))


def look_again(reviews: Sequence[Review], *, by: Actor) -> int:
    """This will list what of published months is no longer so, and end what has become right again; how many are open."""
    found = changes(reviews)
    waiting = {one.review_id: one for one in Correction._base_manager.filter(review__in=list(reviews), state=S.OPEN)}
    for review in reviews:
        if review.pk in found or review.pk in waiting:
            with transaction.atomic():
                _listed(review, waiting.get(review.pk), found.get(review.pk, []), by=by)
    return len(found)


def _listed(review: Review, made: Correction | None, held: Sequence[Change], *, by: Actor) -> None:
    fresh = Review._base_manager.select_for_update(of=("self",), no_key=True).get(pk=review.pk)
    if fresh.state != ReviewState.PUBLISHED:
        return
    if made is not None and not held:
        CorrectionFlow.take("lapse", made, by=SYSTEM, note=_("数字与原公示一致"))
        return
    sums = {
        figure: sum((one.now - one.was for one in held if one.figure == figure), Decimal(0))
        for figure in (Figure.KM, Figure.TOTAL)
    }
    km, total = fresh.km or 0, fresh.total or Decimal(0)
    values = {"km_was": km, "km": km + int(sums[Figure.KM]), "total_was": total, "total": total + sums[Figure.TOTAL]}
    if made is None:
        serial = Correction._base_manager.filter(review=fresh).count() + 1
        made = Correction(review=fresh, organ_id=fresh.organ_id, serial=serial, **values)
        CorrectionFlow.start(made, by=by)
    elif any(getattr(made, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(made, name, value)
        keep(made, by=by, act=LISTED)
    _lines(made, held, by=by)


def _lines(made: Correction, held: Sequence[Change], *, by: Actor) -> None:
    """The lines as they are now, each kept only where it says something else."""
    old = {(one.vehicle_id, one.figure): one for one in CorrectionLine._base_manager.filter(correction=made)}
    rows = []
    for change in held:
        one = old.pop((change.vehicle.pk, change.figure), None) or CorrectionLine(
            correction=made, organ_id=made.organ_id, vehicle=change.vehicle, figure=change.figure
        )
        if one.pk is None or (one.was, one.now) != (change.was, change.now):
            one.was, one.now = change.was, change.now
            rows.append(one)
    if old:
        remove(list(old.values()), by=by, note=str(made))
    if rows:
        keep(rows, by=by, act=LISTED)
