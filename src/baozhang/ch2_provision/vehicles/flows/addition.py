"""The path of a new vehicle: planned, agreed, approved, bought, plated, fitted, taken into the quota (article 22)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import Category, Establishment
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.rules.words import yuan
from baozhang.ch2_provision.disposal.choices import APPROVED as DISPOSAL_APPROVED
from baozhang.ch2_provision.disposal.models import Line
from baozhang.ch2_provision.vehicles.actions import files
from baozhang.ch2_provision.vehicles.choices import AdditionKind, Mark
from baozhang.ch2_provision.vehicles.choices import AdditionState as S
from baozhang.ch2_provision.vehicles.models import Addition, Vehicle, limits
from baozhang.ch2_provision.vehicles.queries.competence import addition_body
from baozhang.ch2_provision.vehicles.queries.fleet import terminal_of
from baozhang.kernel import access, bulk, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused
from baozhang.law.case import places
from baozhang.law.explain import figure_sentence
from baozhang.law.figures import Figures

HANDLE = access.permission("vehicles.addition:handle", gettext_lazy("申请和办理车辆配备更新"))
AGREE = access.permission("vehicles.addition:agree", gettext_lazy("审定本单位车辆配备更新"))
APPROVE = access.permission("vehicles.addition:approve", gettext_lazy("审批车辆配备更新"))
APPROVED = ledger.act("vehicles.approved", gettext_lazy("记录批准机关"))
CONSENTED = ledger.act("vehicles.consented", gettext_lazy("记录提前更新批准"))
ENROLLED = ledger.act("vehicles.enrolled", gettext_lazy("车辆入编"))
ARTICLE, MARKS = "第二十二条", "第二十三条第一款"


def body(addition: Addition) -> Organization | None:
    """Who approves, looked up."""
    return addition_body(addition.organ, addition.use)


class AdditionFlow(Flow):
    """拟稿 → 单位审定 → 配备审批 → 采购建卡 → 上牌建档 → 终端和标识 → 入编."""

    model = Addition
    words = gettext_lazy("车辆配备更新")
    article = ARTICLE
    initial = (S.DRAFT,)

    submit = Step(
        gettext_lazy("提交审定"), S.DRAFT, S.SUBMITTED, ":handle", kind="primary", icon="paper-airplane", withdrawable=True,
        says=gettext_lazy("提交时核对编制、价格、排气量和更新年限。"),
    )  # fmt: skip
    agree = Step(
        gettext_lazy("审定"), S.SUBMITTED, S.AGREED, ":agree", four_eyes=("submit",), kind="primary", icon="check", returnable=(S.DRAFT,), withdrawable=True,
    )  # fmt: skip
    approve = Step(
        gettext_lazy("批准配备"), S.AGREED, S.APPROVED, ":approve", where=body, four_eyes=("submit", "agree"), kind="primary", icon="check-circle",
        fields=("document", "approved_on"), required=("document", "approved_on"), returnable=(S.DRAFT,),
        says=gettext_lazy("批准即占用编制。执法执勤用车由财政部门批准，其他由同级机关事务管理部门批准。"),
    )  # fmt: skip
    purchase = Step(
        gettext_lazy("登记采购验收"), S.APPROVED, S.PURCHASED, ":handle", kind="primary", icon="shopping-cart", fields=("card", "tax", "fees"), required=("card",),
        says=gettext_lazy("选择验收后建立的资产卡片；卡片原值含购置税、上牌费用的，写明其中的金额。更新的，旧车处置应已获批准。"),
    )  # fmt: skip
    plate = Step(
        gettext_lazy("登记上牌"), S.PURCHASED, S.PLATED, ":handle", kind="primary", icon="identification", fields=("plate", "vin", "registered"),
        required=("plate", "registered"), says=gettext_lazy("号牌写入资产卡片，并建立车辆档案。"),
    )  # fmt: skip
    fit = Step(
        gettext_lazy("确认终端和标识"), S.PLATED, S.FITTED, ":handle", MARKS, kind="primary", icon="map-pin",
        says=gettext_lazy("应已登记在用的车载终端，车辆档案应已登记标识。"),
    )  # fmt: skip
    enrol = Step(
        gettext_lazy("入编"), S.FITTED, S.ENROLLED, ":handle", kind="primary", icon="check-badge", says=gettext_lazy("更新的，旧车应已处置办结。"),
    )  # fmt: skip
    reject = Step(
        gettext_lazy("不予配备"),
        S.AGREED,
        S.REJECTED,
        ":approve",
        where=body,
        needs_note=True,
        side=True,
        todo=False,
        kind="danger",
    )
    cancel = Step(
        gettext_lazy("撤回申请"), (S.DRAFT, S.SUBMITTED, S.AGREED, S.APPROVED), S.WITHDRAWN, ":handle", needs_note=True, side=True, todo=False, kind="danger",
    )  # fmt: skip


@AdditionFlow.submit.guard
@AdditionFlow.agree.guard
def _holds(addition: Addition, *, day: dt.date) -> None:
    """Quota, price, displacement, years."""
    limits.must_hold(addition, day)


@AdditionFlow.approve.guard
def _takes_a_place(addition: Addition, *, day: dt.date) -> None:
    """The same under the unit's lock: of two approvals for one place the second is refused."""
    if connection.in_atomic_block:
        bulk.take_turns(f"vehicles quota {addition.organ_id}")
    limits.must_hold(addition, day)


@AdditionFlow.approve.effect
def _approved(addition: Addition, *, by: Actor, day: dt.date) -> None:
    """Which body it was stays with the record, and whose place it takes."""
    held = body(addition)
    if held is not None:
        addition.decided_by = held.name
        addition.quota = limits.quota_of(addition.organ_id, addition.use, day)
        _consent(addition, f"{addition.early_document} {addition.number}".strip(), by=by, where=held.pk)
        keep(addition, by=by, act=APPROVED, right=APPROVE, where=held.pk)


@AdditionFlow.cancel.effect
def _consent_is_over(addition: Addition, *, by: Actor) -> None:
    """The old vehicle goes on, and has its years before it again."""
    _consent(addition, "", by=by, where=addition.organ_id)


def _consent(addition: Addition, said: str, *, by: Actor, where: int) -> None:
    """That an early renewal was approved stands on the old one's card: its disposal rests on it, and asks no second opinion."""
    if addition.old is None or not addition.early_document:
        return
    card = Card._base_manager.get(pk=addition.old.card_id)
    if card.early_consent != said:
        card.early_consent = said
        keep(card, by=by, act=CONSENTED, right=APPROVE if said else HANDLE, where=where, note=str(addition))


@AdditionFlow.purchase.guard
def _old_is_to_go(addition: Addition) -> None:
    """Dispose before renew: the disposal of the old one is approved before the new one is bought."""
    if addition.kind != AdditionKind.RENEWAL or addition.old is None:
        return
    card = addition.old.card
    approved = Line._base_manager.filter(card=card, case__state__in=DISPOSAL_APPROVED).exists()
    if card.disposed is None and not approved:
        raise Refused(
            _("旧车 %(plate)s 的处置尚未批准，不能采购") % {"plate": addition.old}, why=_("更新车辆须先处置旧车。"), article=ARTICLE,
            instead=_("请在旧车的档案或者资产卡片上办理“拟处置”，批准后再登记采购。"),
        )  # fmt: skip


@AdditionFlow.purchase.effect
def _is_as_approved(addition: Addition, *, day: dt.date) -> None:
    """What was bought is a vehicle of the unit, bought after the approval, within the cap."""
    card = addition.card
    if card is None:
        raise Refused(_("没有登记采购验收的卡片"), article=ARTICLE)
    if card.category != Category.VEHICLE or card.disposed is not None:
        raise Refused(
            _("%(card)s 不是在册车辆") % {"card": card}, article=ARTICLE, instead=_("请选择验收建立的车辆卡片。")
        )
    if addition.approved_on is not None and card.begun is not None and card.begun < addition.approved_on:
        raise Refused(
            _("%(card)s 的取得日期 %(day)s 早于批准日期 %(approved)s") % {"card": card, "day": card.begun, "approved": addition.approved_on}, article=ARTICLE,
            instead=_("先批准后采购；请核对所选卡片。"),
        )  # fmt: skip
    place = places().get(addition.organ_id, "")
    shape = limits.shape_of(addition.body, new_energy=addition.is_new_energy)
    cap = limits.cap_of(Figures(day, place), addition.use, shape, addition.grade) if shape else None
    paid = card.value - sum((part or Decimal(0) for part in (addition.tax, addition.fees)), Decimal(0))
    most = None if cap is None else Decimal(str(cap.value))
    if cap is not None and most is not None and paid > most:
        raise Refused(
            _("%(card)s 价格 %(price)s，上限 %(cap)s，超出 %(over)s") % {"card": card, "price": yuan(paid), "cap": yuan(most), "over": yuan(paid - most)},
            why=figure_sentence(cap.as_dict()), article=ARTICLE, instead=_("原值含购置税、上牌费用的，请写明其中的金额；确属超标准的，不得入编。"),
            facts={_("价格"): paid, _("价格上限"): most, _("超出"): paid - most},
        )  # fmt: skip


@AdditionFlow.plate.effect
def _plated(addition: Addition, *, by: Actor) -> None:
    """Plate, number and day go onto the card; the file is opened with what was approved."""
    card = addition.card
    if card is None or addition.registered is None:
        raise Refused(_("没有登记采购验收的卡片"), article=ARTICLE)
    displacement = "" if addition.displacement is None else f"{addition.displacement.normalize():f}"
    said = "新能源" if addition.is_new_energy else displacement
    files.plate_card(card, plate=addition.plate, vin=addition.vin, registered=addition.registered, by=by, right=HANDLE,
                     vehicle_use=addition.use, displacement=card.displacement or said)  # fmt: skip
    fresh = Card._base_manager.get(pk=card.pk)
    held = Vehicle._base_manager.filter(card=fresh).select_related("card").first() or Vehicle(card=fresh)
    held.card = fresh
    held.body, held.energy, held.grade = addition.body, addition.energy, addition.grade
    held.approval, held.tax, held.fees = addition.document, addition.tax, addition.fees
    held.plate_kind, held.plate_day = files.plate_kind(fresh.plate) or "", addition.registered
    keep(held, by=by, act=files.OPENED, right=HANDLE, note=str(addition))


@AdditionFlow.fit.guard
def _has_both(addition: Addition) -> None:
    """A terminal that reports, and the mark."""
    card = addition.card
    plate = card.plate if card is not None else ""
    if terminal_of(plate) is None:
        raise Refused(
            _("%(plate)s 没有在用的车载终端") % {"plate": plate}, article=MARKS, instead=_("请在“车载终端”中登记。")
        )
    held = Vehicle._base_manager.filter(card=card).first()
    if held is None or held.mark == Mark.NONE:
        raise Refused(
            _("%(plate)s 没有登记标识") % {"plate": plate},
            article=MARKS,
            instead=_("请在车辆档案中登记标识；经批准不喷涂的，写明批准文号。"),
        )


@AdditionFlow.enrol.guard
def _old_is_gone(addition: Addition) -> None:
    """The new one takes the old one's place only when that one has gone."""
    if addition.old is not None and addition.old.card.disposed is None:
        raise Refused(
            _("旧车 %(plate)s 尚未处置办结，不能入编") % {"plate": addition.old}, why=_("一个编制不能同时有两辆车。"), article=ARTICLE,
            instead=_("请办结旧车处置：注销号牌和终端、移交、销账。"),
        )  # fmt: skip


@AdditionFlow.enrol.effect
def _enrolled(addition: Addition, *, by: Actor) -> None:
    """The card says that it is within the quota."""
    if addition.card is None:
        raise Refused(_("没有登记采购验收的卡片"), article=ARTICLE)
    card = Card._base_manager.get(pk=addition.card.pk)
    card.establishment = Establishment.WITHIN
    keep(card, by=by, act=ENROLLED, right=HANDLE, note=str(addition))
