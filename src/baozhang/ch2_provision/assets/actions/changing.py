"""Carrying out a change of value or class: depreciation so far stands, what comes is computed anew, the books have their voucher."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.choices import accounts as book
from baozhang.ch2_provision.assets.choices.books import RunState, VoucherKind
from baozhang.ch2_provision.assets.choices.cases import ChangeKind, ChangeReason
from baozhang.ch2_provision.assets.choices.classes import edition_of
from baozhang.ch2_provision.assets.models import Card, Change, DepreciationRun
from baozhang.ch2_provision.assets.queries.bringing import Brought, brought_forward, passed
from baozhang.kernel import holds, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from . import vouchers
from .standing import still_there
from .vouchers import ZERO, Line

ARTICLE = "第十三条第二款"
CHANGED = ledger.act("asset_changed", gettext_lazy("资产变动"))
OTHER_SIDE = {
    ChangeReason.REBUILT: book.UNDER_WAY, ChangeReason.SETTLED: book.FORMER_YEARS, ChangeReason.CORRECTED: book.FORMER_YEARS,
    ChangeReason.REMOVED: book.PENDING, ChangeReason.EDITION: book.FORMER_YEARS,
}  # fmt: skip


def sound(case: Change) -> None:
    """This will raise Refused where a change changes nothing, is dated into a charged month, or leaves less than is used up."""
    card = case.card
    if case.kind == ChangeKind.VALUE and case.value == card.value and case.life_months is None:
        raise Refused(_("变动前后原值相同"), article=ARTICLE, instead=_("请核对变动后原值。"))
    if case.kind == ChangeKind.CLASS and (case.class_code, case.edition) == (card.class_code, card.edition):
        raise Refused(_("变动前后分类相同"), article=ARTICLE, instead=_("请核对变动后分类。"))
    if case.kind == ChangeKind.CLASS and (meant := edition_of(case.class_code, card.name)) and meant != case.edition:
        raise Refused(
            _("代码 %(code)s 与所填版本不符") % {"code": case.class_code}, why=_("按资产名称，它是 %(edition)s 版的代码；同一代码在两个版本中可能是不同的资产。") % {"edition": meant},
            article=ARTICLE, instead=_("请核对版本，或者查分类对照。"),
        )  # fmt: skip
    uncharged(case)
    if case.value is not None and case.value < (_lost(case) or ZERO):
        raise Refused(
            _("变动后原值 %(value)s 小于累计折旧 %(lost)s") % {"value": case.value, "lost": _lost(case)}, article=ARTICLE,
            instead=_("请核对金额；资产已无价值的，办理处置。"),
        )  # fmt: skip


def uncharged(case: Change) -> None:
    """This will raise Refused where a month from which a change would hold has been charged; asked again by whoever approves."""
    charged = DepreciationRun._base_manager.filter(
        organ=case.organ, state=RunState.POSTED, month__gte=case.effective.replace(day=1)
    )
    if last := charged.order_by("-month").first():
        raise Refused(
            _("%(month)s 的折旧已经计提，变动不能自 %(day)s 起生效") % {"month": f"{last.month:%Y-%m}", "day": case.effective},
            why=_("已计提月份的折旧不能再变。"), article=ARTICLE, instead=_("请改为以后的日期，或者先冲销这些月份的折旧。"),
        )  # fmt: skip


def _lost(case: Change) -> Decimal | None:
    return brought_forward([case.card], case.effective)[0].accumulated


def due(case: Change, day: dt.date) -> None:
    """This will raise Refused before the day from which a change holds."""
    if case.effective > day:
        raise Refused(
            _("生效日期 %(day)s 未到") % {"day": case.effective}, article=ARTICLE, instead=_("到日自动生效，不必办理。")
        )


def carry_out(case: Change, *, by: Actor, right: str) -> None:
    """This will change the card and post the voucher; the months before the effective one keep what they were charged."""
    card = Card._base_manager.select_related("organ").get(pk=case.card_id)
    still_there([card], strict=True)
    (sums,) = brought_forward([card], case.effective)
    case.value_before, case.class_before = card.value, f"{card.edition} {card.class_code} {card.class_name}".strip()
    was = (card.category, card.value)
    _freeze(card, sums, case)
    if case.kind == ChangeKind.VALUE and case.value is not None:
        card.value = case.value
    else:
        card.class_code, card.edition, card.class_name, card.category = case.class_code, case.edition, "", ""
        card.derive()
    keep(card, by=by, act=CHANGED, note=case.grounds, right=right, case=case)
    lines = _lines(card, was, sums.accumulated or ZERO, case)
    if lines:
        words = _("%(kind)s：%(card)s") % {"kind": case.get_reason_display(), "card": card}
        case.voucher = vouchers.post(card.organ, kind=VoucherKind.VALUE, words=words, source=case, lines=lines, day=case.effective,
                                     by=by, right=right)  # fmt: skip
    keep(case, by=by, act=CHANGED, right=right)
    holds.release(case)


def _freeze(card: Card, sums: Brought, case: Change) -> None:
    """What has been charged becomes an opening balance; a life that is said is counted from the month of the change on."""
    if sums.accumulated is None or sums.as_of is None:
        if case.life_months is not None:
            card.life_months = case.life_months
        return
    gone = passed(card, sums.as_of)
    card.depreciated, card.depreciated_on = sums.accumulated, sums.as_of
    left = case.life_months if case.life_months is not None else sums.life_left
    # A class of another life keeps the months that were left, unless the case says otherwise: nothing is charged twice.
    card.life_months = gone + left if left is not None else card.life_months


def _lines(card: Card, was: tuple[str, Decimal], lost: Decimal, case: Change) -> list[Line]:
    category, value = was
    if case.kind == ChangeKind.VALUE:
        gap, account, other = card.value - value, book.of_value(category), OTHER_SIDE[ChangeReason(case.reason)]
        if gap > 0:
            return [Line(account, debit=gap, card=card), Line(other, credit=gap, card=card)]
        return [Line(other, debit=-gap, card=card), Line(account, credit=-gap, card=card)] if gap else []
    old, new = (book.of_value(one) for one in (category, card.category))
    if old == new:
        return []
    lines = [Line(new, debit=value, card=card), Line(old, credit=value, card=card)]
    return [
        *lines,
        Line(book.of_loss(category), debit=lost, card=card),
        Line(book.of_loss(card.category), credit=lost, card=card),
    ]
