"""Custody: what a person has, who takes it, and the change on the card once the head has confirmed (article 11)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.choices.cases import HandoverState, Signature
from baozhang.ch2_provision.assets.models import Card, Handover, HandoverItem
from baozhang.ch2_provision.assets.queries.people import account_ever, accounts_of, in_name_of
from baozhang.kernel import clock, holds, ledger, notices
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Invalid, Refused

ARTICLE = "第十一条第二款"
LISTED = ledger.act("handover_listed", gettext_lazy("列入交接清单"))
SIGNED = ledger.act("handover_signed", gettext_lazy("签收"))
NAMED = ledger.act("handover_named", gettext_lazy("指定接收人"))
HANDED = ledger.act("asset_handed", gettext_lazy("保管交接"))
SIGN = "assets.handoveritem:sign"


def list_items(case: Handover, *, day: dt.date, by: Actor, right: str) -> list[HandoverItem]:
    """This will put what is in the leaver's name on the list and hold it for the case; Refused where that is nothing.

    What another case has (a loan, a disposal) is left for a handover of its own and named in the remarks.
    """
    known = accounts_of(case.organ_id, {case.leaver, case.taker}, day)
    account = known.get(case.leaver) or account_ever(case.organ_id, case.leaver)
    cards = list(in_name_of(case.organ_id, case.leaver, account, day))
    if not cards:
        raise Refused(
            _("%(name)s 名下没有资产") % {"name": case.leaver}, why=_("本单位没有卡片登记此人为保管人或者使用人。"), article=ARTICLE,
            instead=_("请核对姓名与卡片上的写法是否一致；确无资产的，不必办理交接。"),
        )  # fmt: skip
    if case.taker and case.taker not in known:
        raise _nobody(case.taker)
    with transaction.atomic():
        cards = _free(case, cards)
        holds.take(cards, case=case, words=_("%(name)s 的保管交接") % {"name": case.leaver}, by=by)
        rows = [
            HandoverItem(
                handover=case,
                organ_id=case.organ_id,
                card=card,
                taker=case.taker,
                taker_account_id=known.get(case.taker),
            )
            for card in cards
        ]
        keep(rows, by=by, act=LISTED, right=right)
        case.leaver_account_id = account
        keep(case, by=by, act=LISTED, right=right)
        _tell(rows)
    return rows


def _free(case: Handover, cards: list[Card]) -> list[Card]:
    """The cards that no other case has; all of them where that is none, so that whoever takes them is refused with the reasons."""
    held = {card.pk for card, _hold in holds.others(cards, case)}
    free = [card for card in cards if card.pk not in held]
    if held and free:
        left = "、".join(card.number for card in cards if card.pk in held)
        note = _("另有安排、没有列入，办结后另行交接：%(cards)s") % {"cards": left}
        case.remarks = f"{case.remarks} {note}".strip()[:300]
    return free or cards


def _tell(items: Sequence[HandoverItem]) -> None:
    """Who is to sign learns of it at once: the signature is his alone, and nobody else's task list shows it."""
    counted = Counter(item.taker_account_id for item in items if item.taker_account_id)
    case = items[0].handover
    for account, count in counted.items():
        notices.notify(
            [account], title=_("请签收 %(name)s 移交的 %(count)s 项资产") % {"name": case.leaver, "count": count}, organ_id=case.organ_id,
            body=_("见到实物后在“交接清单”中逐项签收；没有找到的，记为“未见实物”并写明情况。"), about=(case.label, case.pk),
        )  # fmt: skip


def name_taker(items: Sequence[HandoverItem], *, taker: str, by: Actor, right: str) -> int:
    """This will say who takes some things; he must be one person of that name in the agency, and not the one who leaves."""
    for item in items:
        _open(item)
        if taker == item.handover.leaver:
            raise Invalid(_("移交人与接收人不能是同一人"), article=ARTICLE, instead=_("请另选接收人。"))
    organ = items[0].organ_id
    account = accounts_of(organ, {taker}, clock.today()).get(taker)
    if account is None:
        raise _nobody(taker)
    for item in items:
        item.taker, item.taker_account_id, item.signature, item.signed_on = taker, account, Signature.OPEN, None
    with transaction.atomic():
        changed = keep(list(items), by=by, act=NAMED, right=right).changed
        _tell(items)
    return changed


def _nobody(taker: str) -> Invalid:
    """The refusal of a taker who could never sign."""
    return Invalid(
        _("本单位没有唯一的任职人员“%(name)s”") % {"name": taker}, why=_("接收人要亲自签收，须能对应到一个账号。"), article=ARTICLE,
        instead=_("请核对姓名；同名的，请先在账号上区分。"),
    )  # fmt: skip


def sign(items: Sequence[HandoverItem], *, received: bool, by: Actor, note: str = "") -> int:
    """This will note that the taker has the things, or that they are not to be found (with a note); only he himself can say so."""
    if not received and not note.strip():
        raise Invalid(
            _("请写明未见实物的情况"),
            why=_("未见实物的由移交人说明去向，另行追查。"),
            article=ARTICLE,
            instead=_("填写说明后再提交。"),
        )
    for item in items:
        _open(item)
        if item.taker_account_id != by.person:
            raise Forbidden(
                _("只能由接收人本人签收"), why=_("%(item)s 的接收人是%(name)s。") % {"item": item, "name": item.taker or _("未定")},
                article=ARTICLE, instead=_("请由接收人登录后签收，或者另行指定接收人。"),
            )  # fmt: skip
        item.signature, item.signed_on = (Signature.RECEIVED if received else Signature.MISSING), clock.today()
        item.remarks = note[:200] or item.remarks
    return keep(list(items), by=by, act=SIGNED, note=note, right=SIGN).changed


def _open(item: HandoverItem) -> None:
    if item.handover.state != HandoverState.GIVEN:
        raise Refused(
            _("%(item)s 的交接现在不能签收") % {"item": item}, why=_("交接的状态为“%(state)s”。") % {"state": item.handover.get_state_display()},
            article=ARTICLE, instead=_("请由资产管理员先发起签收，或者退回签收。"),
        )  # fmt: skip


def settle(case: Handover, *, day: dt.date, by: Actor, right: str) -> int:
    """This will make the takers custodians of what they received and let go of everything; returns how many cards changed hands."""
    items = list(
        HandoverItem._base_manager.filter(handover=case, signature=Signature.RECEIVED)
        .select_related("card")
        .order_by("id")
    )
    cards: list[Card] = []
    for item in items:
        card = item.card
        if card.user in ("", case.leaver):
            card.user, card.user_account_id = item.taker, item.taker_account_id
        card.custodian, card.keeper_id = item.taker, item.taker_account_id
        card.place = item.place or card.place
        cards.append(card)
    case.confirmed_on = day
    keep(cards, by=by, act=HANDED, note=str(case), right=right, case=case)
    keep(case, by=by, act=HANDED, right=right)
    holds.release(case)
    return len(cards)
