"""What article 22 refuses of a new vehicle: over quota, over price, over displacement, renewed too early.

The one place that says so: the doors ask it for a batch, the steps ask it again for one record under a lock.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import Acquisition, Category, VehicleUse
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import held_on
from baozhang.ch2_provision.assets.queries.months import plus_years
from baozhang.ch2_provision.assets.rules.words import yuan
from baozhang.ch2_provision.vehicles.choices import (
    ALIVE,
    ON_THE_WAY,
    POOLED,
    AdditionState,
    Body,
    Grade,
    QuotaClass,
    QuotaState,
)
from baozhang.kernel.refusal import Fault, Refused
from baozhang.law.case import places
from baozhang.law.explain import figure_sentence
from baozhang.law.figures import Figures, Reading

from .quota import Quota

ARTICLE = "第二十二条"
PRICE, PRICE_NEED = "assets.vehicle.price", "assets.vehicle.price_need"
DISPLACEMENT, DISPLACEMENT_NEED = "assets.vehicle.displacement", "assets.vehicle.displacement_need"
RENEWAL = "assets.vehicle.renewal"
USES = (VehicleUse.CONFIDENTIAL, VehicleUse.EMERGENCY, VehicleUse.ENFORCEMENT, VehicleUse.SPECIAL, VehicleUse.OTHER)
SHAPES = {
    Body.CAR: "car", Body.OFF_ROAD: "car", Body.BUS: "bus", Body.MIDDLE_BUS: "bus", Body.LARGE_BUS: "large_bus",
}  # fmt: skip


@dataclass(frozen=True)
class Wrong:
    """One thing that the law refuses, with where it stands on the form."""

    name: str
    what: str
    why: str
    instead: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def refused(self) -> Refused:
        """The refusal of a step."""
        return Refused(self.what, why=self.why, article=ARTICLE, instead=self.instead, facts=self.facts)

    def fault(self, model: Any) -> Fault:
        """The fault of a row or a field, with the same words."""
        said = f"{ARTICLE}：{self.what}。{self.why}".rstrip("。")  # what to do instead follows
        return Fault(said, self.name, remedy=self.instead, column=str(model._meta.get_field(self.name).verbose_name))


# -- standards


def shape_of(body: str, *, new_energy: bool) -> str | None:
    """The kind of vehicle by the standard's own names; None where it names none (lorries, working vehicles)."""
    shape = SHAPES.get(Body(body)) if body else None
    return "new_energy_car" if shape == "car" and new_energy else shape


def cap_of(law: Figures, use: str, shape: str, grade: str) -> Reading | None:
    """The price cap of a use and kind; None where the standard has none for it."""
    if use not in USES:
        return None
    reading = law.reading(PRICE, use=use, body=shape)
    if use == VehicleUse.ENFORCEMENT and shape == "car" and grade in (Grade.WORK, Grade.SPECIAL):
        need = law.reading(PRICE_NEED)
        reading = need if need.value is not None else reading
    return reading if reading.value is not None else None


def engine_of(law: Figures, use: str, shape: str, grade: str) -> Reading | None:
    """The largest displacement of a use and kind; None where the standard has none for it."""
    if use not in USES:
        return None
    reading = law.reading(DISPLACEMENT, use=use, body=shape)
    if use == VehicleUse.ENFORCEMENT and shape == "car" and grade in (Grade.WORK, Grade.SPECIAL):
        need = law.reading(DISPLACEMENT_NEED)
        reading = need if need.value is not None else reading
    return reading if reading.value is not None else None


def _standard(addition: Any, law: Figures) -> Iterator[Wrong]:
    if addition.use == VehicleUse.LEADER and addition.body == Body.OFF_ROAD:
        yield Wrong("body", _("越野车不得作为领导干部固定用车"), "", _("请改选轿车。"))
    if addition.grade in (Grade.WORK, Grade.SPECIAL) and not addition.grade_document:
        yield Wrong("grade_document", _("适用较高上限须有批准文号"), "", _("请填写批准文号，或者改为一般。"))
    shape = shape_of(addition.body, new_energy=addition.is_new_energy)
    if shape is None:
        return
    if (
        shape in ("bus", "large_bus")
        and addition.use in (VehicleUse.EMERGENCY, VehicleUse.ENFORCEMENT)
        and addition.grade != Grade.SPECIAL
    ):
        yield Wrong(
            "grade", _("配备其他客车须确因特殊需要"), _("一般情况配备轿车。"), _("请改选轿车；确有特殊需要的，配备档次选“确因特殊需要”并写明批准文号。"),
        )  # fmt: skip
    cap = cap_of(law, addition.use, shape, addition.grade)
    if cap is not None and addition.price > Decimal(str(cap.value)):
        most = Decimal(str(cap.value))
        yield Wrong(
            "price", _("价格 %(price)s，上限 %(cap)s，超出 %(over)s") % {"price": yuan(addition.price), "cap": yuan(most), "over": yuan(addition.price - most)},
            figure_sentence(cap.as_dict()), _("请选用上限以内的车型；上限不含购置税和上牌费用。"),
            {_("计划价格"): addition.price, _("价格上限"): most, _("超出"): addition.price - most},
        )  # fmt: skip
    engine = None if addition.is_new_energy else engine_of(law, addition.use, shape, addition.grade)
    if engine is not None and addition.displacement is not None and addition.displacement > Decimal(str(engine.value)):
        most = Decimal(str(engine.value))
        yield Wrong(
            "displacement", _("排气量 %(litres)s 升，上限 %(cap)s 升，超出 %(over)s 升")
            % {"litres": addition.displacement, "cap": most, "over": addition.displacement - most},
            figure_sentence(engine.as_dict()), _("请选用上限以内的车型，或者新能源汽车。"),
            {_("排气量"): addition.displacement, _("排气量上限"): most},
        )  # fmt: skip
    if engine is not None and addition.displacement is None:
        yield Wrong(
            "displacement", _("没有填写排气量"), figure_sentence(engine.as_dict()), _("请填写排气量；新能源汽车不填。")
        )


# -- renewal


def may_renew_from(card: Card, years: int) -> dt.date | None:
    """The last day on which a vehicle is not yet past its years; None where nobody knows how old it is."""
    begun = card.registered or card.begun
    return plus_years(begun, years) if begun is not None else None


def _renewal(addition: Any, law: Figures, today: dt.date) -> Iterator[Wrong]:
    if addition.old_id is None or addition.early_document:
        return
    reading = law.reading(RENEWAL)
    if reading.value is None:
        return
    card, years = addition.old.card, int(str(reading.value))
    last = may_renew_from(card, years)
    instead = _("请继续使用；因安全等原因确需提前的，填写提前更新批准文号。")
    if last is None:
        yield Wrong(
            "old",
            _("%(plate)s 没有登记日期，不能判断更新年限") % {"plate": addition.old},
            "",
            _("请在资产卡片上补填注册登记日期。"),
        )
    elif today <= last:
        yield Wrong(
            "old", _("%(plate)s 未超过更新年限 %(years)s 年，还差 %(days)s 天")
            % {"plate": addition.old, "years": years, "days": (last - today).days + 1},
            _("%(begun)s 起使用，%(last)s 之后才可更新。") % {"begun": card.registered or card.begun, "last": last} + figure_sentence(reading.as_dict()),
            instead, {_("更新年限"): years, _("起算日期"): card.registered or card.begun, _("可更新之日"): last + dt.timedelta(days=1)},
        )  # fmt: skip


def _renewed(mine: Sequence[tuple[int, Any]]) -> dict[int, tuple[int, str]]:
    """Old vehicles that an application already renews: vehicle → (application, its number); the place of one becomes free once."""
    old = sorted({row.old_id for _i, row in mine if row.old_id})
    if not old:
        return {}
    rows = apps.get_model("vehicles", "addition")._base_manager.filter(old__oneof=old)
    rows = rows.filter(state__in=(*ALIVE, AdditionState.ENROLLED))
    return {vehicle: (pk, number) for vehicle, pk, number in rows.order_by("pk").values_list("old_id", "pk", "number")}


def _once(addition: Any, renewed: Mapping[int, tuple[int, str]]) -> Iterator[Wrong]:
    pk, number = renewed.get(addition.old_id, (None, ""))
    if pk is not None and pk != addition.pk:
        yield Wrong(
            "old", _("%(plate)s 已由申请 %(number)s 更新") % {"plate": addition.old, "number": number},
            _("一辆旧车只腾出一个编制，只能更新一次。"), _("请选其他车辆；改由本申请办理的，先撤回那一件。"),
        )  # fmt: skip


# -- quota


@dataclass
class Room:
    """How a class of quota stands in a unit: allowed (None: nobody has approved any), held, on the way."""

    klass: QuotaClass
    allowed: int | None = None
    document: str = ""
    since: dt.date | None = None
    held: int = 0
    coming: int = 0
    leaving: int = 0  # still there, and no longer held: another was approved in their place

    @property
    def left(self) -> int:
        """How many more there may be; negative where there are too many."""
        return (self.allowed or 0) - self.held - self.coming


Rooms = dict[tuple[int, QuotaClass], Room]


def class_of(use: str, own: Iterable[str]) -> QuotaClass:
    """The class of quota that a use counts against: its own, or 一般公务用车 where it has none and may share."""
    if use in ("", *POOLED) and use not in own:
        return QuotaClass.GENERAL
    return QuotaClass(use)


def rooms(organs: Iterable[int] | None, today: dt.date, *, but: Sequence[int] = ()) -> Rooms:
    """How all classes stand in some units (None: all), in three queries; `but` leaves additions out."""
    where = Q() if organs is None else Q(organ_id__in=sorted(set(organs)))
    found: Rooms = {}
    approved = _approved(where, today)
    for organ, klass, number, document, since in approved.values_list(
        "organ_id", "klass", "number", "document", "since"
    ):
        found[organ, QuotaClass(klass)] = Room(QuotaClass(klass), number, document, since)
    own: dict[int, set[str]] = defaultdict(set)
    for organ, klass in found:
        own[organ].add(klass)
    addition = apps.get_model("vehicles", "addition")._base_manager.filter(where).exclude(pk__in=list(but))
    going = addition.filter(state__in=[s for s in ALIVE if s not in ("submitted", "agreed")], old__isnull=False).values(
        "old__card_id"
    )
    cards = Card._base_manager.filter(where, held_on(today), category=Category.VEHICLE).exclude(
        acquisition=Acquisition.LEASED
    )
    counted = (
        cards.order_by()
        .values("organ_id", "vehicle_use")
        .annotate(n=Count("pk"), leaving=Count("pk", filter=Q(pk__in=going)))
    )
    for organ, use, count, leaving in counted.values_list("organ_id", "vehicle_use", "n", "leaving"):
        room = _room(found, organ, use, own)
        room.held += count - leaving
        room.leaving += leaving
    for organ, use in addition.filter(state__in=ON_THE_WAY).values_list("organ_id", "use"):
        _room(found, organ, use, own).coming += 1
    return found


def _approved(where: Q, today: dt.date) -> Any:
    """The approvals in force by a day, the one that counts last."""
    return Quota._base_manager.filter(where, state=QuotaState.APPROVED, since__lte=today).order_by("since", "pk")


def quota_of(organ: int, use: str, today: dt.date) -> Quota | None:
    """The approval in whose number a vehicle of a use is counted on a day."""
    held = {one.klass: one for one in _approved(Q(organ=organ), today)}
    return held.get(class_of(use, held))


def _room(found: Rooms, organ: int, use: str, own: Mapping[int, set[str]]) -> Room:
    klass = class_of(use, own.get(organ, ()))
    return found.setdefault((organ, klass), Room(klass))


def _own(found: Rooms, organ: int) -> set[str]:
    """The classes of which a unit has a quota of its own."""
    return {klass for held, klass in found if held == organ and found[held, klass].allowed is not None}


def _quota(addition: Any, room: Room, frees: bool, already: int, today: dt.date) -> Iterator[Wrong]:
    name = str(room.klass.label)
    if room.allowed is None:
        yield Wrong(
            "use", _("%(class)s没有核定编制，不能配备") % {"class": name}, _("%(day)s 查无有效的编制核定。") % {"day": today},
            _("请先申请核定车辆编制。"),
        )  # fmt: skip
        return
    after = room.held - frees + room.coming + already + 1
    if after > room.allowed:
        yield Wrong(
            "use", _("%(class)s编制 %(allowed)s 辆，配备后 %(after)s 辆，超出 %(over)s 辆")
            % {"class": name, "allowed": room.allowed, "after": after, "over": after - room.allowed},
            _("现有 %(held)s 辆，已批准待采购 %(coming)s 辆；核定文号 %(document)s，%(since)s 起。")
            % {"held": room.held, "coming": room.coming + already, "document": room.document, "since": room.since},
            _("请先处置多余车辆，或者申请调整编制。"),
            {_("核定数"): room.allowed, _("现有"): room.held, _("待采购"): room.coming + already, _("超出"): after - room.allowed},
        )  # fmt: skip


def _frees(addition: Any, own: Iterable[str], today: dt.date) -> bool:
    """True where the old vehicle is among those counted and in the same class, so that its place becomes free."""
    if addition.old_id is None:
        return False
    card = addition.old.card
    gone = card.disposed is not None and card.disposed <= today
    counted = not gone and card.acquisition != Acquisition.LEASED
    return counted and class_of(card.vehicle_use, own) == class_of(addition.use, own)


def of_batch(mine: Sequence[tuple[int, Any]], today: dt.date) -> Iterator[tuple[int, Wrong]]:
    """What the law refuses of additions beside each other: the second of two that share one place is refused too."""
    if not mine:
        return
    paths, books = places(), dict[str, Figures]()
    found = rooms({row.organ_id for _i, row in mine}, today, but=[row.pk for _i, row in mine if row.pk])
    renewed = _renewed(mine)
    taken: dict[tuple[int, str], int] = defaultdict(int)
    for i, row in mine:
        path = paths.get(row.organ_id, "")
        law = books.setdefault(path, Figures(today, path))
        yield from ((i, wrong) for wrong in (*_standard(row, law), *_once(row, renewed), *_renewal(row, law, today)))
        own = _own(found, row.organ_id)
        klass, frees = class_of(row.use, own), _frees(row, own, today)
        room = found.get((row.organ_id, klass)) or Room(klass)
        wrong = next(_quota(row, room, frees, taken[row.organ_id, klass], today), None)
        if wrong is not None:
            yield i, wrong
        elif not frees:
            taken[row.organ_id, klass] += 1


def must_hold(addition: Any, today: dt.date) -> None:
    """This will raise Refused where the law refuses one addition now; for steps, under the unit's lock."""
    for _i, wrong in of_batch([(0, addition)], today):
        raise wrong.refused()
