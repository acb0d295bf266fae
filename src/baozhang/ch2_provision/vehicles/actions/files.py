"""Files are opened from cards, follow them, and a vehicle is registered under a plate: written once, on the card."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.choices import GONE_STATES, Category
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.models.placing import clean_plate
from baozhang.ch2_provision.assets.queries.doubts import vin_is_valid
from baozhang.ch2_provision.vehicles.choices import Body, Energy, PlateKind, TerminalState, VehicleState
from baozhang.ch2_provision.vehicles.models import Terminal, Vehicle
from baozhang.ch2_provision.vehicles.models.vehicle import doubled
from baozhang.ch2_provision.vehicles.queries.fleet import astray
from baozhang.kernel import access, bulk, clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Fault, Invalid, Refused

OPENED = ledger.act("vehicles.opened", gettext_lazy("建立车辆档案"))
FOLLOWED = ledger.act("vehicles.followed", gettext_lazy("随资产卡片更新"))
PLATED = ledger.act("vehicles.plated", gettext_lazy("登记号牌"))
ADD = Vehicle.right("add")
KEEPER = access.system_actor("车辆档案")

# GA 36: ordinary plates of five; small new-energy plates begin, large ones end with a letter; police and the like end in a word.
_NEW_SMALL, _NEW_LARGE = (
    re.compile(r"[\u4e00-\u9fff][A-HJ-NP-Z][A-HJK][A-HJ-NP-Z0-9]\d{4}"),
    re.compile(r"[\u4e00-\u9fff][A-HJ-NP-Z]\d{5}[A-HJK]"),
)
_POLICE = re.compile(r"[\u4e00-\u9fff][A-HJ-NP-Z][A-HJ-NP-Z0-9]{4}警")
_ORDINARY = re.compile(r"[\u4e00-\u9fff][A-HJ-NP-Z][A-HJ-NP-Z0-9]{5}")
_OTHER = re.compile(r"[\u4e00-\u9fff][A-HJ-NP-Z][A-HJ-NP-Z0-9]{4}[学领挂试超]")
_BODIES = (
    (re.compile(r"摩托"), Body.MOTORCYCLE), (re.compile(r"大型客车|大客车|大巴"), Body.LARGE_BUS), (re.compile(r"中型客车|中巴"), Body.MIDDLE_BUS),
    (re.compile(r"越野"), Body.OFF_ROAD), (re.compile(r"客车|商务车|面包车|旅行车|MPV", re.I), Body.BUS),
    (re.compile(r"货车|皮卡|厢式"), Body.TRUCK), (re.compile(r"作业车|工程车|救护车|消防车|检测车|监测车|清障车"), Body.WORK),
    (re.compile(r"轿车|乘用车|小汽车"), Body.CAR),
)  # fmt: skip
_ENERGIES = (
    (re.compile(r"纯电"), Energy.ELECTRIC), (re.compile(r"插电|插混"), Energy.PLUG_IN), (re.compile(r"增程"), Energy.EXTENDED),
    (re.compile(r"燃料电池|氢"), Energy.FUEL_CELL), (re.compile(r"柴油"), Energy.DIESEL),
)  # fmt: skip


def plate_kind(plate: str) -> PlateKind | None:
    """The kind of a number plate by its form; None where no plate looks like that."""
    if _NEW_SMALL.fullmatch(plate) or _NEW_LARGE.fullmatch(plate):
        return PlateKind.NEW_ENERGY
    if _POLICE.fullmatch(plate):
        return PlateKind.POLICE
    if _ORDINARY.fullmatch(plate):
        return PlateKind.SMALL
    return PlateKind.OTHER if _OTHER.fullmatch(plate) else None


def told_by(card: Card) -> dict[str, Any]:
    """What a card's own words say of the vehicle's kind and energy; nothing where they do not."""
    said = f"{card.name} {card.class_name} {card.model} {card.displacement}"
    found: dict[str, Any] = {}
    for name, table in (("body", _BODIES), ("energy", _ENERGIES)):
        value = next((value for pattern, value in table if pattern.search(said)), None)
        if value is not None:
            found[name] = value
    return found


def fresh_files(cards: Sequence[Card]) -> list[Vehicle]:
    """These are files for the vehicles that have none, with what the cards' words say; not kept."""
    have = set(Vehicle._base_manager.filter(card__in=cards).values_list("card_id", flat=True))
    return [
        Vehicle(card=card, **told_by(card))
        for card in cards
        if card.category == Category.VEHICLE and card.pk not in have
    ]


def open_files(cards: Sequence[Card], *, by: Actor, note: str = "") -> list[Vehicle]:
    """This will open a file for each vehicle that has none; Refused where there is none, Invalid where a plate is another's."""
    made = fresh_files(cards)
    if not made:
        raise Refused(
            _("没有需要建档的车辆"),
            why=_("选中的卡片不是车辆，或者已有车辆档案。"),
            instead=_("请在资产卡片中筛选车辆。"),
        )
    keep(made, by=by, act=OPENED, note=note)
    return made


def open_clear(cards: Sequence[Card], *, by: Actor) -> int:
    """This will open the files that nothing speaks against: a plate that two ledgers claim is left for people; how many."""
    made = _clear(fresh_files(cards))
    return keep(made, by=by, act=OPENED).new if made else 0


def follow(files: Iterable[Vehicle] | None = None, *, by: Actor) -> int:
    """This will bring files in step with their cards, all that differ where none are named; how many.

    Those that have gone come first, since their plates are then free for others; a plate that another still has is left for people.
    """
    rows, done = list(astray() if files is None else files), 0
    plates = [(row.organ_id, row.plate, row.card.plate) for row in rows]
    for row in rows:
        row.derive()
    gone = [row for row in rows if row.state == VehicleState.GONE]
    for part in (gone, [row for row in rows if row.state != VehicleState.GONE]):
        part = _clear(part)
        done += keep(part, by=by, act=FOLLOWED, right=Vehicle.right("change")).changed if part else 0
    _terminals_follow([one for one in plates if one[1] and one[2] and one[1] != one[2]], by=by)
    return done


def _terminals_follow(plates: Sequence[tuple[int, str, str]], *, by: Actor) -> None:
    """A vehicle that got another plate keeps its terminal, and that its track; (unit, plate before, plate now)."""
    for organ, before, now in plates:
        if Vehicle._base_manager.filter(plate=before).exclude(state=VehicleState.GONE).exists():
            continue
        if Terminal._base_manager.filter(plate=now).exclude(state=TerminalState.REMOVED).exists():
            continue
        rows = list(Terminal._base_manager.filter(organ=organ, plate=before).exclude(state=TerminalState.REMOVED))
        for one in rows:
            one.plate, one.follows_plate = now, True
        if rows:
            keep(rows, by=by, act=FOLLOWED, right=Terminal.right("change"), note=f"{before} → {now}")


def _clear(rows: list[Vehicle]) -> list[Vehicle]:
    for row in rows:
        row.derive()
    twice = set(doubled(rows))
    return [row for i, row in enumerate(rows) if i not in twice]


def check_plate(said: str) -> str:
    """The plate as it is kept; Invalid where no plate looks like that."""
    plate = clean_plate(said)
    if plate_kind(plate) is None:
        remedy = _("如 沪A12345、沪AD12345（小型新能源）、沪A12345D（大型新能源）")
        raise Invalid(
            _("号牌不符合 GA 36 的式样"),
            instead=remedy,
            faults=[Fault(_("不符合 GA 36 的式样"), "plate", said, remedy, column=_("车牌号"))],
        )
    return plate


def check_vin(said: str) -> tuple[str, str]:
    """The number as it is kept, and a warning where its check digit is wrong; Invalid where it has not 17 characters."""
    vin = re.sub(r"\s", "", said).upper()
    if vin and not re.fullmatch(r"[A-HJ-NPR-Z0-9]{17}", vin):
        raise Invalid(
            _("车辆识别代号应为 17 位"), why=_("字母 I、O、Q 不使用。"), instead=_("请按机动车登记证书填写。"),
            faults=[Fault(_("应为 17 位，不含字母 I、O、Q"), "vin", said, column=_("车辆识别代号"))],
        )  # fmt: skip
    warning = _("校验位不符合 GB 16735，请再次核对车辆识别代号。") if vin and not vin_is_valid(vin) else ""
    return vin, warning


def plate_card(
    card: Card, *, plate: str, vin: str, registered: dt.date | None, by: Actor, right: str, note: str = "", **more: Any
) -> str:  # fmt: skip
    """This will write plate, number and day of registration on the card, where they are kept; a warning of the VIN's check digit.

    The same plate on another vehicle that is still there is refused.
    """
    kept_plate = check_plate(plate)
    kept_vin, warning = check_vin(vin)
    with transaction.atomic():
        bulk.take_turns(f"vehicles plate {kept_plate}")
        follow(astray().filter(plate=kept_plate).exclude(card=card), by=KEEPER)
        other = (
            Card._base_manager.filter(plate=kept_plate, disposed=None, category=Category.VEHICLE)
            .exclude(use_state__in=GONE_STATES)
            .exclude(pk=card.pk)
            .first()
        )
        if other is not None:
            raise Refused(
                _("号牌 %(plate)s 已在另一辆车上") % {"plate": kept_plate}, why=str(other) if other.organ_id == card.organ_id else str(other.organ),
                article="第二十三条第一款", instead=_("请核对号牌；原车已处置的，先办结处置。"),
            )  # fmt: skip
        fresh = Card._base_manager.get(pk=card.pk)
        fresh.plate = kept_plate
        fresh.vin = kept_vin or fresh.vin
        fresh.registered = registered or fresh.registered
        for name, value in more.items():
            setattr(fresh, name, value)
        keep(fresh, by=by, act=PLATED, note=note, right=right)
        files = list(Vehicle._base_manager.filter(card=fresh).select_related("card"))
        for one in files:
            one.plate_kind = one.plate_kind or (plate_kind(kept_plate) or "")
            one.plate_day = one.plate_day or registered or clock.today()
        if files:
            keep(files, by=by, act=PLATED, note=note, right=right)
    return warning
