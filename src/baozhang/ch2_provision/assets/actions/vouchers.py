"""Posting vouchers: both sides equal, numbered without gaps in each organ and year, put right by a counter-voucher alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import accounts as known
from baozhang.ch2_provision.assets.choices.books import VoucherKind
from baozhang.ch2_provision.assets.models import Card, Voucher, VoucherLine
from baozhang.ch2_provision.assets.models.voucher import WORD
from baozhang.kernel import ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import numbering
from baozhang.kernel.record import Record, keep
from baozhang.kernel.refusal import Invalid, Refused

POSTED = ledger.act("voucher_posted", gettext_lazy("登记凭证"))
SINGLE = 20  # cards whose lines stand one by one; of more, the lines are those of each account and category
ZERO = Decimal(0)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """One side of an event: an account of the government accounting system, an amount, the card it is about."""

    account: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    card: Card | None = None
    detail: str = ""


def post(
    organ: Organization, *, kind: str, words: str, source: Record | None, lines: Sequence[Line], day: dt.date, by: Actor,
    right: str = "", where: int | None = None, reverses: Voucher | None = None,
) -> Voucher:  # fmt: skip
    """This will enter a voucher of an organ; lines without an amount are left out.

    Raises Invalid where the sides differ, an account is unknown or nothing has an amount. `right` and `where` are those
    of the step that the event belongs to, as in `keep`; without them the actor needs the right to add vouchers there.
    """
    told = [line for line in lines if line.debit or line.credit]
    debit, credit = sum((line.debit for line in told), ZERO), sum((line.credit for line in told), ZERO)
    if debit != credit or not told:
        raise Invalid(
            _("凭证借贷不平，没有登记"), why=_("借方合计 %(debit)s，贷方合计 %(credit)s。") % {"debit": debit, "credit": credit},
            instead=_("请核对分录后再登记。"), article="第十三条第二款",
        )  # fmt: skip
    unknown = sorted({line.account for line in told} - set(known.accounts()))
    if unknown:
        raise Invalid(_("没有会计科目 %(codes)s") % {"codes": "、".join(unknown)}, instead=_("请使用科目表中的科目。"))
    with transaction.atomic():
        serial = numbering.take(organ.pk, WORD, day.year)
        voucher = Voucher(
            organ=organ, year=day.year, serial=serial, number=f"{WORD}{day.year}-{serial:05d}", day=day, kind=kind,
            words=words[:200], debit=debit, credit=credit, reverses=reverses,
            source_kind=source.label if source is not None else "", source_id=source.pk if source is not None else None,
        )  # fmt: skip
        keep(voucher, by=by, act=POSTED, right=right, where=where)
        rows = [_row(voucher, place, line) for place, line in enumerate(told, start=1)]
        keep(rows, by=by, act=POSTED, right=right or Voucher.right("add"), where=where)
    return voucher


def cents(amount: Decimal) -> Decimal:
    """This is a sum as the books have it, whatever the database made of it."""
    return Decimal(amount).quantize(CENT)


def _row(voucher: Voucher, place: int, line: Line) -> VoucherLine:
    return VoucherLine(
        voucher=voucher, organ_id=voucher.organ_id, place=place, account=line.account,
        account_name=known.accounts()[line.account].name, detail=line.detail[:120], debit=line.debit, credit=line.credit,
        card=line.card,
    )  # fmt: skip


def reverse(
    voucher: Voucher, *, day: dt.date, by: Actor, note: str, right: str = "", where: int | None = None
) -> Voucher:
    """This will put a voucher right by one with the sides changed; once, and never a reversal's own reversal."""
    if voucher.reverses_id is not None or Voucher._base_manager.filter(reverses=voucher).exists():
        raise Refused(
            _("凭证 %(voucher)s 不能再冲销") % {"voucher": voucher.number}, why=_("它已被冲销，或者本身就是冲销凭证。"),
            article="第十三条第二款", instead=_("请另行登记正确的凭证。"),
        )  # fmt: skip
    lines = [
        Line(row.account, debit=row.credit, credit=row.debit, card=row.card, detail=row.detail)
        for row in VoucherLine._base_manager.filter(voucher=voucher).select_related("card").order_by("place")
    ]
    words = _("冲销 %(number)s：%(note)s") % {"number": voucher.number, "note": note}
    return post(
        voucher.organ, kind=VoucherKind.REVERSAL, words=words, source=voucher, lines=lines, day=day, by=by, right=right,
        where=where, reverses=voucher,
    )  # fmt: skip


Reversal = Callable[..., Voucher]  # (voucher, *, day, by, note, right) → the counter-voucher
OWN_WAY: dict[str, Reversal] = {}  # class of the source → how a voucher of it is put right together with it


def when_reversed(source: type[Record]) -> Callable[[Reversal], Reversal]:
    """This will let a class of source put its vouchers right by itself, so that what it says of them follows."""

    def fill(call: Reversal) -> Reversal:
        OWN_WAY[source._meta.label_lower] = call
        return call

    return fill


def put_right(voucher: Voucher, *, day: dt.date, by: Actor, note: str, right: str) -> Voucher:
    """This will reverse a voucher the way of what it was posted for; where that has none, the voucher alone."""
    with transaction.atomic():
        call = OWN_WAY.get(voucher.source_kind, reverse) if voucher.reverses_id is None else reverse
        return call(voucher, day=day, by=by, note=note, right=right)


def together(lines: Sequence[Line], cards: int) -> list[Line]:
    """These are the lines one by one for few cards, and added up by account and detail for many."""
    if cards <= SINGLE:
        return list(lines)
    summed: dict[tuple[str, str, bool], Decimal] = {}
    for line in lines:
        key = (line.account, line.detail, bool(line.debit))
        summed[key] = summed.get(key, ZERO) + (line.debit or line.credit)
    return [
        Line(account, debit=amount if debit else ZERO, credit=ZERO if debit else amount, detail=detail)
        for (account, detail, debit), amount in summed.items()
    ]
