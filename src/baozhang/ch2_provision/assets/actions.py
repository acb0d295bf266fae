"""Acts on cards: numbers for rows without one, change of use, offer to the warehouse, disposal, labels, seeding."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.choices import GONE_STATES, IDLE_STATES, Disposal, UseState
from baozhang.ch2_provision.assets.choices.classes import TABLE, tidy
from baozhang.ch2_provision.assets.models import AssetClass, Card, numbering
from baozhang.kernel import clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.bulk import chunks
from baozhang.kernel.documents.model import Label
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused
from baozhang.law import explain

USE = ledger.act("asset_use", gettext_lazy("变更使用状况"))
OFFER = ledger.act("asset_offer", gettext_lazy("提请入仓"))
DISPOSE = ledger.act("asset_dispose", gettext_lazy("处置"))

ENDED_BY = {
    Disposal.SCRAPPING: UseState.SCRAPPED, Disposal.TRANSFER: UseState.TRANSFERRED, Disposal.LOSS: UseState.LOST,
}  # fmt: skip


# -- rows of sheets without numbers


def fingerprint(values: Mapping[str, Any]) -> str:
    """This is what a ledger row without a number is known by: its plate or VIN, else what it was when it was bought."""
    strong = [str(values.get(name) or "").strip().upper() for name in ("vin", "plate")]
    if any(strong):
        parts = ["vehicle", strong[0] or strong[1]]
    else:
        amount = values.get("value")
        shown = format(Decimal(str(amount)).normalize(), "f") if amount not in (None, "") else ""
        parts = [shown] + [
            str(values.get(name) or "").strip()
            for name in ("name", "acquired", "certificate", "address", "serial", "model")
        ]
        parts.append(tidy(str(values.get("class_code") or "")))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def number_rows(rows: Sequence[Any], by: Actor, counts: dict[Any, Any]) -> None:
    """This will give numbers to rows of a sheet: those of the same row's card from before, else the next free ones.

    Equal rows (ten like chairs) are told apart by their order among each other. A sum of depreciation that differs from
    the card's is dated today where the sheet has no day for it. Rows are changed in place; nothing is written. `counts`
    is what earlier pieces of the same file came to: equal rows met, and the last number given out.
    """
    bare: dict[Any, list[Any]] = defaultdict(list)
    stated: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        organ = row.values.get("organ")
        if organ is None:
            continue
        if not str(row.values.get("number") or "").strip():
            bare[organ].append(row)
        if row.values.get("depreciated") is not None and not row.values.get("depreciated_on"):
            stated[organ].append(row)
    for organ, members in bare.items():
        _number(organ, members, counts)
    for organ, members in stated.items():
        _date(organ, members)


def _number(organ: Any, rows: Sequence[Any], counts: dict[Any, Any]) -> None:
    seen: Counter[str] = counts.setdefault(("equal", organ.pk), Counter())
    for row in rows:
        mark = fingerprint(row.values)
        seen[mark] += 1
        row.values["source_key"] = f"{mark}-{seen[mark]}"
    known: dict[str, str] = {}
    for part in chunks([row.values["source_key"] for row in rows]):
        found = Card._base_manager.filter(organ_id=organ.pk, source_key__in=part)
        known.update(found.values_list("source_key", "number"))
    fresh = [row for row in rows if row.values["source_key"] not in known]
    given = numbering.next_numbers(Card, organ, len(fresh), after=counts.get(("last", organ.pk), "")) if fresh else []
    if given:
        counts["last", organ.pk] = given[-1]
    numbers = iter(given)
    for row in rows:
        row.values["number"] = known.get(row.values["source_key"]) or next(numbers)


def _date(organ: Any, rows: Sequence[Any]) -> None:
    known: dict[str, Decimal | None] = {}
    for part in chunks([str(row.values["number"]) for row in rows]):
        cards = Card._base_manager.filter(organ_id=organ.pk, number__in=part)
        known.update(cards.values_list("number", "depreciated"))
    today = clock.today()
    for row in rows:
        if known.get(str(row.values["number"])) != row.values["depreciated"]:
            row.values["depreciated_on"] = today
        else:
            row.values.pop("depreciated_on", None)


# -- acts


def change_use_state(
    cards: Sequence[Card], *, state: str, by: Actor, since: dt.date | None = None, note: str = ""
) -> int:
    """This will set the use state; `since` is the first idle day where the state is an idle one (today if not said).

    Refuses states that only a disposal may bring about, and cards that are gone. Returns how many changed.
    """
    if state not in UseState.values:
        raise Invalid(_("没有这种使用状况“%(state)s”") % {"state": state}, instead=_("请从列表中选择。"))
    if state in GONE_STATES:
        raise Refused(
            _("不能直接改为“%(state)s”") % {"state": UseState(state).label}, article="第十三条第四款",
            why=_("处置须先履行内部决策程序，并经审核或者备案。"), instead=_("请办理处置，填写处置形式和日期。"),
        )  # fmt: skip
    _there(cards)
    for card in cards:
        if state in IDLE_STATES and (since is not None or card.use_state not in IDLE_STATES):
            card.idle_since = since or clock.today()
        if state not in IDLE_STATES:
            card.offered = None
        card.use_state = state
    return keep(list(cards), by=by, act=USE, note=note).changed


def offer_to_warehouse(cards: Sequence[Card], *, by: Actor, day: dt.date | None = None, note: str = "") -> int:
    """This will note that idle cards were offered to the warehouse (articles 14, 15); only idle or surplus ones can be."""
    _there(cards)
    for card in cards:
        if card.use_state not in (*IDLE_STATES, UseState.DISPOSING):
            state = card.get_use_state_display()  # type: ignore[attr-defined]
            raise Refused(
                _("%(card)s 的使用状况为“%(state)s”，不能提请入仓") % {"card": card, "state": state}, article="第十五条第一款",
                why=_("纳入公物仓的是闲置、低效、超标准配置和待处置中仍有使用价值的资产。"),
                instead=_("请先把使用状况改为闲置、多余或待处置。"),
            )  # fmt: skip
        card.offered = card.offered or day or clock.today()
    return keep(list(cards), by=by, act=OFFER, note=note).changed


def dispose(cards: Sequence[Card], *, form: str, day: dt.date, by: Actor, note: str = "") -> int:
    """This will end cards by a form of disposal on a day. One below its least years of use needs the reason in `note`."""
    if form not in Disposal.values or day is None:
        raise Invalid(_("请填写处置形式和处置日期"), instead=_("例如：报废，%(day)s。") % {"day": clock.today()})
    _there(cards)
    with transaction.atomic():
        for card in cards:
            card.disposal, card.disposed = form, day
            card.use_state = ENDED_BY.get(Disposal(form), UseState.DISPOSED)
            if not note.strip():
                for found in explain.hints(card, max(day, clock.today()), names=["early_disposal"]):
                    refusal = explain.refusal(found)
                    refusal.instead = _("确需提前处置的，请在理由中写明损毁鉴定或批准文件；%(remedy)s") % {
                        "remedy": refusal.instead
                    }
                    raise refusal
        return keep(list(cards), by=by, act=DISPOSE, note=note).changed


def _there(cards: Sequence[Card]) -> None:
    for card in cards:
        if card.disposed is not None:
            raise Refused(
                _("%(card)s 已于 %(day)s 处置") % {"card": card, "day": card.disposed},
                instead=_("登记有误的，请修改卡片更正处置日期和形式。"),
            )


# -- labels and seeds


def label(card: Card) -> Label:
    """This is a card's QR label: agency, number, name, model, keeper or place; the code opens the card."""
    kept_by = card.custodian or card.user
    lines = [card.name, card.model or card.brand or card.plate]
    lines.append("　".join(part for part in (kept_by, card.department or card.place) if part))
    lines.append(_("取得 %(day)s") % {"day": card.acquired} if card.acquired else "")
    organ = card.organ.short or card.organ.name
    return Label(
        organ, card.number, [line for line in lines if line], f"{settings.PUBLIC_ADDRESS}/assets/cards/{card.pk}/"
    )


def seed_classes(by: Actor) -> int:
    """This will load the shipped classes of both editions where they are missing; returns how many are new."""
    known = set(AssetClass._base_manager.values_list("edition", "code"))
    with TABLE.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if (row["edition"], row["code"]) not in known]
    fresh = [
        AssetClass(edition=row["edition"], code=row["code"], name=row["name"], category=row["category"], verified=row["source"] == "seen")
        for row in rows
    ]  # fmt: skip
    return keep(fresh, by=by, note=_("随系统提供的分类代码")).new
