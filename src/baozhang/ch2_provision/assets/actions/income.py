"""Income from assets: what is due to the treasury, what has been paid of it (article 13, paragraph 5)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import accounts as book
from baozhang.ch2_provision.assets.choices.books import IncomeKind, IncomeState, VoucherKind
from baozhang.ch2_provision.assets.models import Card, Income, Voucher, VoucherLine
from baozhang.kernel import ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import numbering
from baozhang.kernel.record import Record, keep
from baozhang.kernel.refusal import Invalid, Refused

from .vouchers import Line, post, reverse, when_reversed

ARTICLE = "第十三条第五款"
WORD = "收"
DUE = ledger.act("income_due", gettext_lazy("登记应缴收入"))
PAID = ledger.act("income_paid", gettext_lazy("登记缴库"))
UNPAID = ledger.act("income_unpaid", gettext_lazy("冲销缴库"))
VOID = ledger.act("income_void", gettext_lazy("撤销应缴收入"))
PAY = "assets.income:pay"


def due(
    organ: Organization, *, kind: str, amount: Decimal, card: Card | None, source: Record | None, due_on: dt.date, by: Actor,
    words: str = "", right: str = "", where: int | None = None,
) -> Income:  # fmt: skip
    """This will enter what an organ owes the treasury; `right` and `where` are those of the caller's step, as in `keep`."""
    said = words or "：".join(filter(None, (str(IncomeKind(kind).label), str(card) if card is not None else "")))
    with transaction.atomic():
        serial = numbering.take(organ.pk, WORD, due_on.year)
        income = Income(
            organ=organ, number=f"{WORD}{due_on.year}-{serial:05d}", kind=kind, card=card, words=said[:200], amount=amount, due_on=due_on,
            source_kind=source.label if source is not None else "", source_id=source.pk if source is not None else None,
        )  # fmt: skip
        keep(income, by=by, act=DUE, right=right, where=where)
    return income


def pay(
    income: Income, *, day: dt.date, receipt: str, by: Actor, amount: Decimal | None = None, treasury: str = "",
    right: str = "", where: int | None = None,
) -> Income:  # fmt: skip
    """This will enter a payment (the whole rest where no amount is said) with the number of its receipt."""
    if income.state != IncomeState.DUE:
        raise Refused(
            _("%(income)s 的状态为“%(state)s”，不能再登记缴库") % {"income": income, "state": income.get_state_display()},
            article=ARTICLE, instead=_("多缴的请按退付规定办理。"),
        )  # fmt: skip
    if not receipt.strip():
        raise Invalid(
            _("请填写缴款书号"),
            why=_("缴库以非税收入缴款书或者电子票据为凭。"),
            article=ARTICLE,
            instead=_("填写后再登记。"),
        )
    rest = income.open
    given = rest if amount is None else amount
    if given <= 0 or given > rest:
        raise Invalid(
            _("缴款 %(amount)s 元与未缴 %(rest)s 元不符") % {"amount": f"{given:,.2f}", "rest": f"{rest:,.2f}"},
            article=ARTICLE, instead=_("可以分次缴纳，合计不超过应缴金额。"),
        )  # fmt: skip
    receipts = [*filter(None, income.receipt.split("、")), receipt.strip()]
    if receipts[-1] in receipts[:-1]:
        raise Refused(
            _("缴款书 %(receipt)s 已经登记，没有重复登记") % {"receipt": receipts[-1]}, article=ARTICLE,
            why=_("一份缴款书登记一次。"), instead=_("核对已缴金额；另一笔缴款填写它自己的缴款书号。"),
        )  # fmt: skip
    income.paid, income.receipt = income.paid + given, "、".join(receipts)
    income.treasury = treasury or income.treasury
    if income.paid == income.amount:
        income.state, income.paid_on = IncomeState.PAID, day
    with transaction.atomic():
        keep(income, by=by, act=PAID, right=right or PAY, where=where)
        _book(income, given, receipts[-1], day=day, by=by, right=right or PAY, where=where)
    return income


def _book(
    income: Income, given: Decimal, receipt: str, *, day: dt.date, by: Actor, right: str, where: int | None
) -> None:
    """What came in is owed to the treasury, and what was paid in is owed no longer (account 2103 of the accounting system).

    Nothing is booked before: the rent of a period that has not begun is no receivable yet.
    """
    sides = (
        Line(book.BANK, debit=given, card=income.card, detail=income.words),
        Line(book.TO_TREASURY, credit=given, card=income.card, detail=income.words),
        Line(book.TO_TREASURY, debit=given, card=income.card, detail=receipt),
        Line(book.BANK, credit=given, card=income.card, detail=receipt),
    )
    words = _("%(income)s 收取并上缴 %(amount)s 元，缴款书 %(receipt)s") % {
        "income": income,
        "amount": f"{given:,.2f}",
        "receipt": receipt,
    }
    post(
        income.organ,
        kind=VoucherKind.INCOME,
        words=words,
        source=income,
        lines=sides,
        day=day,
        by=by,
        right=right,
        where=where,
    )


def void(income: Income, *, by: Actor, note: str, right: str = "", where: int | None = None) -> Income:
    """This will say that a sum is no longer due (a contract ended early); nothing may have been paid, and the note says why."""
    if income.state != IncomeState.DUE or income.paid or not note.strip():
        raise Refused(
            _("%(income)s 不能撤销") % {"income": income}, why=_("只有分文未缴的应缴收入可以撤销，并须写明理由。"), article=ARTICLE,
            instead=_("已缴的请按退付规定办理。"),
        )  # fmt: skip
    income.state = IncomeState.VOID
    keep(income, by=by, act=VOID, note=note, right=right or PAY, where=where)
    return income


@when_reversed(Income)
def unpaid(voucher: Voucher, *, day: dt.date, by: Actor, note: str, right: str) -> Voucher:
    """This will reverse the voucher of a payment and let the income follow: what was paid by that receipt is owed again."""
    income = Income._base_manager.select_for_update(no_key=True).get(pk=voucher.source_id or 0)
    made = reverse(voucher, day=day, by=by, note=note, right=right)
    out = VoucherLine._base_manager.filter(voucher=voucher, account=book.BANK, credit__gt=0).order_by("place")
    sums, gone = sum((row.credit for row in out), Decimal(0)), {row.detail for row in out}
    income.paid -= sums
    income.receipt = "、".join(one for one in income.receipt.split("、") if one[:120] not in gone)
    income.state, income.paid_on = IncomeState.DUE, None
    keep(income, by=by, act=UNPAID, note=note, right=right)
    return made
