"""A delivery is counted by another than the buyer, and what was counted becomes cards at once: nothing is typed twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.allocation.choices import Means
from baozhang.ch2_provision.allocation.matching import receive_bought
from baozhang.ch2_provision.assets import actions as assets
from baozhang.ch2_provision.assets.choices import Acquisition, Booking, Edition, UseState, ValueType
from baozhang.ch2_provision.assets.choices import accounts as book
from baozhang.ch2_provision.assets.choices.books import VoucherKind
from baozhang.ch2_provision.assets.models import Card, numbering
from baozhang.ch2_provision.assets.rules.words import piece, yuan
from baozhang.kernel import clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Invalid, NotFound, Refused
from baozhang.law.items import items

from .choices import State
from .flows import ACCEPT, ARTICLE, PAYABLE, SYSTEM, PurchaseFlow
from .models import DeliveredCard, Delivery, Purchase, PurchaseLine
from .queries import lines_of

DELIVERED = ledger.act("procurement.delivered", gettext_lazy("验收建卡"))
BOOKED = ledger.act("procurement.booked", gettext_lazy("记入凭证"))
COMES = {Means.BUY: Acquisition.BOUGHT, Means.BUILD: Acquisition.BUILT, Means.RENT: Acquisition.LEASED}


@dataclass(frozen=True)
class Papers:
    """This is what the person who counts writes down."""

    invoice: str = ""
    custodian: str = ""
    department: str = ""
    place: str = ""
    note: str = ""


def receive(
    purchase: Purchase, counted: Mapping[int, int], papers: Papers, *, by: Actor, day: dt.date | None = None
) -> Delivery:  # fmt: skip
    """This will take in pieces by line (key → number), and make their cards, joints and voucher.

    Forbidden to whoever handed the purchase in; Refused past what was bought.
    """
    day = day or clock.today()
    with transaction.atomic():
        fresh: Purchase | None = (
            Purchase._base_manager.select_for_update(of=("self",), no_key=True)
            .select_related("organ")
            .filter(pk=purchase.pk)
            .first()
        )
        if fresh is None:
            raise NotFound(_("记录不存在或不在您的范围内"))
        by.must(ACCEPT, fresh.organ_id)
        _may_count(fresh, by)
        chosen = _chosen(fresh, counted)
        delivery = _delivery(fresh, chosen, papers, by=by, day=day)
        cards = _cards(fresh, chosen, papers, day)
        keep(cards, by=by, act=DELIVERED, note=str(delivery), right=ACCEPT)
        lines = [line for line, number in chosen for _piece in range(number)]
        keep([DeliveredCard(delivery=delivery, organ_id=fresh.organ_id, line=line, card=card) for line, card in zip(lines, cards, strict=True)],
             by=by, act=DELIVERED, right=ACCEPT)  # fmt: skip
        _book(fresh, delivery, cards, by=by, day=day)
        for line, number in sorted(chosen, key=lambda pair: pair[0].need_id):  # by key, as others ask for needs
            line.delivered += number
            receive_bought(line.need, number, by=by, right=ACCEPT)
        keep([line for line, _number in chosen], by=by, act=DELIVERED, right=ACCEPT)
        if all(line.delivered >= line.quantity for line in lines_of(fresh)):
            PurchaseFlow.take("complete", fresh, by=SYSTEM)
        purchase.__dict__.update(fresh.__dict__)
    return delivery


def buyer_of(purchase: Purchase) -> frozenset[int]:
    """These are the people who handed a purchase in or signed its contract."""
    acts = [PurchaseFlow.plan.act("step", name) for name in ("submit", "sign")]
    rows = ledger.history(purchase.label, purchase.pk).filter(act__in=acts)
    return frozenset(pk for pk in rows.values_list("by_id", flat=True) if pk is not None)


def _may_count(purchase: Purchase, by: Actor) -> None:
    if purchase.state != State.CONTRACTED:
        raise Refused(
            _("%(purchase)s 现在不能验收") % {"purchase": purchase}, why=_("当前状态为“%(state)s”。") % {"state": State(purchase.state).label},
            article=ARTICLE, instead=_("签订合同后、验收完毕前可以验收。"),
        )  # fmt: skip
    if by.user_id in buyer_of(purchase):
        raise Forbidden(
            _("您是这项采购的经办人，不能验收"), why=_("采购和验收须由不同的人办理。"), article=ARTICLE, instead=_("请由本单位其他人员清点验收。"),
        )  # fmt: skip


def _chosen(purchase: Purchase, counted: Mapping[int, int]) -> list[tuple[PurchaseLine, int]]:
    rows = (
        PurchaseLine._base_manager.select_for_update(of=("self",), no_key=True)
        .filter(purchase=purchase)
        .select_related("need", "purchase")
        .order_by("place")
    )
    chosen = [(line, counted.get(line.pk, 0)) for line in rows if counted.get(line.pk, 0)]
    if not chosen:
        raise Invalid(_("没有填写验收数量"), instead=_("请按实际到货填写每一行的数量。"))
    for line, number in chosen:
        rest = line.quantity - line.delivered
        if number < 0 or number > rest:
            raise Refused(
                _("%(line)s 验收 %(n)s 件，只剩 %(rest)s 件未交付") % {"line": line.name, "n": number, "rest": rest}, article=ARTICLE,
                why=_("合同数量 %(quantity)s 件，已验收 %(delivered)s 件。") % {"quantity": line.quantity, "delivered": line.delivered},
                instead=_("多送的请退回供应商。"), facts={_("合同数量"): line.quantity, _("已验收数量"): line.delivered, _("本次验收"): number},
            )  # fmt: skip
    return chosen


def _delivery(
    purchase: Purchase, chosen: Sequence[tuple[PurchaseLine, int]], papers: Papers, *, by: Actor, day: dt.date
) -> Delivery:  # fmt: skip
    delivery = Delivery(
        purchase=purchase, organ_id=purchase.organ_id, day=day, counter_id=by.person, quantity=sum(number for _line, number in chosen),
        amount=sum((line.unit_price * number for line, number in chosen), Decimal(0)), invoice=papers.invoice, note=papers.note,
    )  # fmt: skip
    keep(delivery, by=by, act=DELIVERED, right=ACCEPT)
    return delivery


def _cards(purchase: Purchase, chosen: Sequence[tuple[PurchaseLine, int]], papers: Papers, day: dt.date) -> list[Card]:
    """One card a piece, filled from contract and need."""
    total = sum(number for _line, number in chosen)
    numbers = iter(numbering.next_numbers(Card, purchase.organ, total))
    rented = purchase.means == Means.RENT
    made = []
    for line, number in chosen:
        codes = items()[line.need.item].classes.get("2022", ()) if line.need.item in items() else ()
        code = codes[0] if codes else line.need.class_code
        for _piece in range(number):
            made.append(
                Card(
                    organ=purchase.organ, number=next(numbers), name=line.name, class_code=code, edition=Edition.NEW if code else "", quantity=Decimal(1),
                    unit=piece(line.need.item), value=Decimal(0) if rented else line.unit_price,
                    value_type=ValueType.NOMINAL if rented else ValueType.ORIGINAL, acquisition=COMES[Means(purchase.means)], acquired=day, in_use_from=day,
                    booked=None if rented else day, booking="" if rented else Booking.BOOKED, use_state=UseState.IN_USE, department=papers.department,
                    custodian=papers.custodian, user=papers.custodian, place=papers.place or line.need.place, brand=line.brand, model=line.model,
                    seller=purchase.supplier, contract=purchase.contract, invoice=papers.invoice, purchase=purchase.organized,
                    remarks=_("租期至 %(day)s") % {"day": purchase.lease_until} if rented else "",
                )
            )  # fmt: skip
    return made


def _book(purchase: Purchase, delivery: Delivery, cards: Sequence[Card], *, by: Actor, day: dt.date) -> None:
    """The value comes on the books against what is owed to the supplier; what is rented is not ours."""
    worth = sum((card.value for card in cards), Decimal(0))
    if not worth:
        return
    sides = [assets.Line(book.of_value(card.category), debit=card.value, card=card, detail=card.name) for card in cards]
    sides = assets.vouchers.together(sides, len(cards))
    words = _("%(purchase)s 验收 %(n)s 件，%(amount)s") % {"purchase": purchase, "n": len(cards), "amount": yuan(worth)}
    voucher = assets.post(
        purchase.organ, kind=VoucherKind.ADDITION, words=words, source=purchase, day=day, by=by, right=ACCEPT,
        lines=[*sides, assets.Line(PAYABLE, credit=worth, detail=purchase.supplier)],
    )  # fmt: skip
    delivery.voucher = voucher
    for card in cards:
        card.voucher = voucher.number
    keep(delivery, by=by, act=BOOKED, right=ACCEPT)
    keep(list(cards), by=by, act=BOOKED, right=ACCEPT)
