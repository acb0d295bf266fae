"""The path of a purchase: agreed inside, checked against need, plan and money, contracted, delivered, paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import authority_of
from baozhang.ch2_provision.allocation.choices import Means
from baozhang.ch2_provision.assets import actions as assets
from baozhang.ch2_provision.assets.choices.books import VoucherKind
from baozhang.ch2_provision.assets.rules.words import yuan
from baozhang.ch2_provision.funding import actions as funding
from baozhang.ch2_provision.funding.models import BudgetLine
from baozhang.ch2_provision.funding.queries import promised
from baozhang.kernel import access, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.guarding import of_the_living
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Fault, Invalid, Refused

from .checking import granted_for, must_be_sound
from .choices import State
from .models import Purchase, PurchaseLine
from .queries import by_plan_line, lines_of

SUBMIT = access.permission("procurement.purchase:submit", gettext_lazy("办理采购、签订合同"))
AGREE = access.permission("procurement.purchase:agree", gettext_lazy("审定本单位采购"))
CHECK = access.permission("procurement.purchase:check", gettext_lazy("核对采购依据"))
ACCEPT = access.permission("procurement.purchase:accept", gettext_lazy("验收采购"))
SETTLE = access.permission("procurement.purchase:settle", gettext_lazy("结算采购"))
COMMITTED = ledger.act("procurement.committed", gettext_lazy("占用采购预算"))
ARTICLE = "第三十六条第一款"
PAYABLE, GRANT = "2302", "4001"
SYSTEM = access.system_actor("采购")  # takes the step that follows by itself from the last delivery


def authority(purchase: Purchase) -> Organization | None:
    """This is the same-level support authority, looked up."""
    return authority_of(purchase.organ)


class PurchaseFlow(Flow):
    """拟稿 → 负责人审定 → 主管部门核对、占用预算 → 合同 → 验收建卡 → 结算."""

    model = Purchase
    words = gettext_lazy("采购")
    article = ARTICLE
    initial = (State.DRAFT,)

    submit = Step(
        gettext_lazy("提交审定"), State.DRAFT, State.SUBMITTED, ":submit", kind="primary", icon="paper-airplane",
        says=gettext_lazy("提交时核对：没有可调剂的记录、已同意的计划、数量、价格上限、预算余额。"),
    )  # fmt: skip
    agree = Step(
        gettext_lazy("审定采购"), State.SUBMITTED, State.AGREED, ":agree", four_eyes=("submit",), kind="primary", icon="check", returnable=(State.DRAFT,),
    )  # fmt: skip
    check = Step(
        gettext_lazy("核对通过"), State.AGREED, State.APPROVED, ":check", "第九条", where=authority, four_eyes=("submit",), kind="primary", icon="clipboard-document-check",
        returnable=(State.DRAFT,), says=gettext_lazy("再次核对无可调剂的记录和已同意的计划，同时占用预算。"),
    )  # fmt: skip
    sign = Step(
        gettext_lazy("签订合同"), State.APPROVED, State.CONTRACTED, ":submit", kind="primary", icon="document-check",
        fields=("supplier", "supplier_code", "contract", "signed_on", "deliver_by", "lease_until"), required=("supplier", "contract", "signed_on"),
        within=lambda purchase, _day: purchase.deliver_by,
    )  # fmt: skip
    complete = Step(
        gettext_lazy("验收完毕"), State.CONTRACTED, State.DELIVERED, ":accept", icon="check-circle",
        says=gettext_lazy("在“验收到货”中按实物清点；全部交齐后自动办结。"), shown=lambda purchase: not _missing(purchase),
    )  # fmt: skip
    close_short = Step(
        gettext_lazy("不再交付"), State.CONTRACTED, State.DELIVERED, ":submit", needs_note=True, todo=False, side=True,
        says=gettext_lazy("余下的不再交付，按已验收的结算，多占的预算释放。"),
    )  # fmt: skip
    settle = Step(
        gettext_lazy("登记结算"), State.DELIVERED, State.SETTLED, ":settle", "第八条第一款", four_eyes=("submit",), kind="primary", icon="banknotes",
        fields=("paid", "paid_on", "payment"), required=("paid", "paid_on", "payment"),
    )  # fmt: skip
    cancel = Step(
        gettext_lazy("取消采购"), (State.DRAFT, State.SUBMITTED, State.AGREED, State.APPROVED), State.CANCELLED, ":submit", needs_note=True, todo=False, side=True,
        kind="danger", icon="x-circle",
    )  # fmt: skip
    dissolve = Step(
        gettext_lazy("解除合同"), State.CONTRACTED, State.CANCELLED, ":agree", "第八条第一款", needs_note=True, todo=False, side=True, kind="danger", icon="x-circle",
        says=gettext_lazy("合同签订后一件也没有交付的，由负责人决定解除；占用的预算和计划数量退回，可以另行采购。"),
    )  # fmt: skip

    @classmethod
    def title(cls, record: Purchase) -> str:
        """What a task about it is called."""
        return _("采购：%(purchase)s（%(organ)s）") % {"purchase": record, "organ": record.organ}


@PurchaseFlow.submit.guard
@PurchaseFlow.agree.guard
@PurchaseFlow.check.guard
def _sound(purchase: Purchase, *, day: dt.date) -> None:
    """Each who signs sees it checked against the day on which he signs."""
    must_be_sound(purchase, day)


@PurchaseFlow.check.effect
def _committed(purchase: Purchase, *, by: Actor, day: dt.date) -> None:
    """The money is promised under the locks of the budget lines; above what they have together it is refused with the sums."""
    lines = must_be_sound(purchase, day)
    organ = authority(purchase)
    keep(lines, by=by, act=COMMITTED, right=CHECK, where=organ.pk if organ else None)
    purses = [
        (granted_for(rows), sum((line.amount for line in rows), Decimal(0))) for rows in by_plan_line(lines).values()
    ]
    funding.commit_together(purses, case=purchase, by=by, words=str(purchase), day=day, right=CHECK)


@PurchaseFlow.sign.guard
def _lease_has_its_end(purchase: Purchase, *, values: dict[str, Any]) -> None:
    """A lease without its end is none."""
    if purchase.means == Means.RENT and not values.get("lease_until"):
        raise Invalid(
            _("租用须写明租期"),
            faults=[Fault(_("必填"), "lease_until", column=_("租期至"))],
            instead=_("请填写租期后再提交。"),
        )


@PurchaseFlow.sign.guard
def _in_order(purchase: Purchase, *, values: dict[str, Any]) -> None:
    """A contract binds whoever goes on, is not older than the consent that it rests on, and comes before what it promises."""
    of_the_living(Purchase, [purchase])
    signed, since = values["signed_on"], max((one.day for one in promised(purchase)), default=None)
    if since is not None and signed < since:
        raise Invalid(
            _("签订日期早于核对通过之日 %(day)s") % {"day": since}, article="第九条",
            why=_("没有核对通过、没有占用预算的采购不能签订合同。"), instead=_("请核对合同上的日期；已经先签了合同的，如实报主管部门处理。"),
            faults=[Fault(_("早于 %(day)s") % {"day": since}, "signed_on", str(signed), column=_("签订日期"))],
        )  # fmt: skip
    due = values.get("deliver_by")
    if due is not None and due < signed:
        raise Invalid(
            _("约定交付日期早于签订日期"), article=ARTICLE, instead=_("请核对合同上的日期。"),
            faults=[Fault(_("早于 %(day)s") % {"day": signed}, "deliver_by", str(due), column=_("约定交付日期"))],
        )  # fmt: skip


def _missing(purchase: Purchase) -> int:
    return sum(line.quantity - line.delivered for line in lines_of(purchase))


@PurchaseFlow.complete.guard
def _all_delivered(purchase: Purchase) -> None:
    """Nothing is missing."""
    if missing := _missing(purchase):
        raise Refused(_("还有 %(n)s 件没有验收") % {"n": missing}, article=ARTICLE, instead=_("请在验收页面登记到货。"))


@PurchaseFlow.close_short.guard
def _something_came(purchase: Purchase) -> None:
    """Where nothing came there is nothing to pay."""
    if not any(line.delivered for line in lines_of(purchase)):
        raise Refused(_("还没有验收任何一件"), article=ARTICLE, instead=_("合同解除的，请单位负责人办理“解除合同”。"))


@PurchaseFlow.dissolve.guard
def _nothing_came(purchase: Purchase) -> None:
    """What was accepted is owed and has its cards; only the rest can still be given up."""
    accepted = sum(line.delivered for line in lines_of(purchase))
    if accepted:
        raise Refused(
            _("已经验收 %(n)s 件，不能解除") % {"n": accepted}, article=ARTICLE, instead=_("余下的不再交付的，请办理“不再交付”，按已验收的结算。"),
            facts={_("已验收数量"): accepted},
        )  # fmt: skip


def accepted_sum(lines: list[PurchaseLine]) -> Decimal:
    """What was accepted is worth by contract."""
    return sum((line.unit_price * line.delivered for line in lines), Decimal(0))


@PurchaseFlow.settle.guard
def _not_above(purchase: Purchase, *, values: dict[str, Any]) -> None:
    """Nobody pays for more than was accepted."""
    accepted, paid = accepted_sum(lines_of(purchase)), values.get("paid") or Decimal(0)
    if paid > accepted or paid <= 0:
        raise Refused(
            _("结算 %(paid)s，已验收 %(accepted)s") % {"paid": yuan(paid), "accepted": yuan(accepted)}, article="第八条第一款",
            instead=_("结算金额应大于零，不多于已验收的金额。"), facts={_("结算金额"): paid, _("验收金额"): accepted},
        )  # fmt: skip


@PurchaseFlow.settle.effect
def _settled(purchase: Purchase, *, by: Actor, day: dt.date) -> None:
    """The budget is settled line by line, the rest is let go, and the debt is off the books."""
    for held, paid in _payable(purchase):
        if paid:
            funding.settle(held, paid, case=purchase, by=by, final=True, words=purchase.payment, day=day, right=SETTLE)
        else:
            funding.release(held, case=purchase, by=by, note=str(purchase), right=SETTLE)
    if purchase.means != Means.RENT:
        sides = [assets.Line(PAYABLE, debit=purchase.paid), assets.Line(GRANT, credit=purchase.paid)]
        words = _("支付采购款：%(purchase)s") % {"purchase": purchase}
        assets.post(
            purchase.organ,
            kind=VoucherKind.OTHER,
            words=words,
            source=purchase,
            lines=sides,
            day=day,
            by=by,
            right=SETTLE,
        )


def _payable(purchase: Purchase) -> list[tuple[BudgetLine, Decimal]]:
    """What each promise of a purchase pays, in the order of the keys of their lines: none for what another need received."""
    left, promises = purchase.paid, promised(purchase)
    found: dict[int, Decimal] = {}
    for root, rows in by_plan_line(lines_of(purchase)).items():
        own = [row for row in promises if row.line.plan_line is not None and row.line.plan_line.root_key == root]
        parts = funding.shared([row.left for row in own], min(left, accepted_sum(rows)))
        found.update({row.pk: part for row, part in zip(own, parts, strict=True)})
        left -= sum(parts, Decimal(0))
    return [(row.line, found.get(row.pk, Decimal(0))) for row in promises]


@PurchaseFlow.cancel.effect
def _cancelled(purchase: Purchase, *, by: Actor, note: str) -> None:
    """The money is free again."""
    _let_go(purchase, by=by, note=note, right=SUBMIT)


@PurchaseFlow.dissolve.effect
def _dissolved(purchase: Purchase, *, by: Actor, note: str) -> None:
    """The money is free again."""
    _let_go(purchase, by=by, note=note, right=AGREE)


def _let_go(purchase: Purchase, *, by: Actor, note: str, right: str) -> None:
    """What was promised of each budget line goes back to it."""
    for row in promised(purchase):
        funding.release(row.line, case=purchase, by=by, note=note, right=right)
