"""Sums a vehicle: what it cost, how far it went, what it took; each figure in one grouped query for all vehicles."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from baozhang.ch2_provision.assets.queries.depreciation import depreciation, figure_of
from baozhang.ch2_provision.running.choices import COSTS, UNMATCHED, Kind
from baozhang.ch2_provision.running.models import Cost
from baozhang.ch2_provision.trips.choices import DispatchState
from baozhang.ch2_provision.trips.models import Dispatch, Movement
from baozhang.ch2_provision.trips.models.movement import WAY
from baozhang.ch2_provision.trips.queries.desk import bounds
from baozhang.ch2_provision.vehicles.models import Vehicle

NONE = Decimal(0)
CENT, MILLI = Decimal("0.01"), Decimal("0.001")


@dataclass
class Running:
    """What a vehicle cost in a period, by kind, and how far it went."""

    by_kind: dict[str, Decimal] = field(default_factory=dict)
    litres: Decimal = NONE
    kwh: Decimal = NONE
    km: int = 0
    km_tracks: int = 0

    @property
    def total(self) -> Decimal:
        """The running costs, without depreciation."""
        return sum(self.by_kind.values(), NONE)

    @property
    def a_kilometre(self) -> Decimal | None:
        """Yuan a kilometre; None where nobody knows how far it went, or what it cost."""
        return (self.total / self.distance).quantize(CENT) if self.distance and self.total else None

    @property
    def distance(self) -> int:
        """Kilometres by the slips; by the tracks where there are no slips."""
        return self.km or self.km_tracks

    @property
    def litres_a_hundred(self) -> Decimal | None:
        """Litres a hundred kilometres."""
        return (self.litres * 100 / self.distance).quantize(CENT) if self.distance and self.litres else None

    @property
    def power_a_hundred(self) -> Decimal | None:
        """Kilowatt hours a hundred kilometres."""
        return (self.kwh * 100 / self.distance).quantize(CENT) if self.distance and self.kwh else None

    def of(self, *kinds: str) -> Decimal:
        """The sum of some kinds."""
        return sum((self.by_kind.get(kind, NONE) for kind in kinds), NONE)


def running(first: dt.date, last: dt.date, vehicles: Any) -> dict[int, Running]:
    """What some vehicles (a queryset or keys; None: all) cost from a day to a day; three queries, however many there are."""
    found: dict[int, Running] = defaultdict(Running)
    mine = Q() if vehicles is None else Q(vehicle__in=vehicles)
    rows = Cost._base_manager.filter(
        mine, vehicle__isnull=False, day__gte=first, day__lte=last, kind__in=COSTS
    ).order_by()
    for vehicle, kind, amount, quantity in (
        rows.values("vehicle_id", "kind")
        .annotate(total=Sum("amount"), much=Sum("quantity"))
        .values_list("vehicle_id", "kind", "total", "much")
    ):
        one = found[vehicle]
        one.by_kind[kind] = amount.quantize(CENT)  # SQLite sums as floats
        if kind == Kind.FUEL:
            one.litres = (quantity or NONE).quantize(MILLI)
        elif kind == Kind.CHARGE:
            one.kwh = (quantity or NONE).quantize(MILLI)
    trips = _ended(first, last).filter(mine).order_by()
    for vehicle, km in (
        trips.values("vehicle_id")
        .annotate(km=Sum(F("odometer_in") - F("odometer_out")))
        .values_list("vehicle_id", "km")
    ):
        found[vehicle].km = km or 0
    ways = Movement.objects.filter(kind=WAY, day__gte=first, day__lte=last)
    ways = ways if vehicles is None else ways.filter(vehicle__in=vehicles)
    for vehicle, metres in ways.order_by().values("vehicle").annotate(all=Sum("metres")).values_list("vehicle", "all"):
        found[vehicle].km_tracks = round((metres or 0) / 1_000)
    return found


@dataclass(slots=True)
class Driven:
    """How far a vehicle went in a period, and the fuel that it took."""

    litres: Decimal = NONE
    km: int = 0
    km_tracks: int = 0

    @property
    def distance(self) -> int:
        """Kilometres by the slips; by the tracks where there are no slips."""
        return self.km or self.km_tracks


def driven(first: dt.date, last: dt.date, *, fuel: bool = True) -> dict[int, Driven]:
    """The same of all vehicles for a patrol: one sum a vehicle and source, of which rules pick those to look at."""
    found: dict[int, Driven] = defaultdict(Driven)
    if fuel:
        rows = Cost._base_manager.filter(vehicle__isnull=False, day__gte=first, day__lte=last, kind=Kind.FUEL)
        for vehicle, litres in _by_vehicle(rows, "vehicle_id", Sum("quantity")):
            found[vehicle].litres = (litres or NONE).quantize(MILLI)
    for vehicle, km in _by_vehicle(_ended(first, last), "vehicle_id", Sum(F("odometer_in") - F("odometer_out"))):
        found[vehicle].km = km or 0
    ways = Movement.objects.filter(kind=WAY, day__gte=first, day__lte=last)
    if fuel:  # which is held against the slips; tracks are asked only where there are none
        ways = ways.filter(vehicle__oneof=sorted(key for key, held in found.items() if held.litres and not held.km))
    for vehicle, metres in _by_vehicle(ways, "vehicle", Sum("metres")):
        found[vehicle].km_tracks = round((metres or 0) / 1_000)
    return found


def _ended(first: dt.date, last: dt.date) -> Any:
    """Trips of vehicles that came back in a period, with both readings."""
    since, until = bounds(first)[0], bounds(last)[1]
    came = Dispatch._base_manager.filter(state=DispatchState.ENDED, in_at__gte=since, in_at__lt=until)
    return came.filter(vehicle__isnull=False, odometer_in__isnull=False)


def _by_vehicle(rows: Any, name: str, total: Any) -> Any:
    return rows.order_by().values(name).annotate(all=total).values_list(name, "all").iterator(chunk_size=10_000)


def by_month(vehicles: Any, year: int) -> dict[int, Decimal]:
    """The running costs of some vehicles by month of a year; one query."""
    rows = Cost._base_manager.filter(vehicle__in=vehicles, day__year=year, kind__in=COSTS).order_by()
    grouped = rows.values("day__month").annotate(total=Sum("amount"))
    return dict(grouped.values_list("day__month", "total"))


@dataclass(frozen=True)
class Like:
    """What vehicles of one body and energy cost together: how many, yuan a kilometre, litres a hundred kilometres."""

    vehicles: int
    a_kilometre: Decimal | None
    litres_a_hundred: Decimal | None


def alike(first: dt.date, last: dt.date, kinds: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Like]:
    """What vehicles of the same body and energy cost in all units: sums alone leave the database."""
    wanted = set(kinds)
    q = Q(
        vehicle__body__in={body for body, _energy in wanted}, vehicle__energy__in={energy for _body, energy in wanted}
    )
    names = ("vehicle__body", "vehicle__energy")
    costs = Cost._base_manager.filter(q, day__gte=first, day__lte=last, kind__in=COSTS).order_by()
    sums = {
        (body, energy): (total or NONE, litres or NONE, n)
        for body, energy, total, litres, n in costs.values(*names).annotate(
            total=Sum("amount"), litres=Sum("quantity", filter=Q(kind=Kind.FUEL)), n=Count("vehicle", distinct=True)
        ).values_list(*names, "total", "litres", "n")
    }  # fmt: skip
    since, until = bounds(first)[0], bounds(last)[1]
    trips = Dispatch._base_manager.filter(
        q, state=DispatchState.ENDED, in_at__gte=since, in_at__lt=until, odometer_in__isnull=False
    )
    went = {
        (body, energy): km or 0
        for body, energy, km in trips.order_by().values(*names).annotate(km=Sum(F("odometer_in") - F("odometer_out"))).values_list(*names, "km")
    }  # fmt: skip
    found = {}
    for key in wanted:
        total, litres, n = sums.get(key, (NONE, NONE, 0))
        km = went.get(key, 0)
        per = (total / km).quantize(CENT) if km and total else None
        found[key] = Like(n, per, (litres * 100 / km).quantize(CENT) if km and litres else None)
    return found


def depreciations(vehicles: Iterable[Vehicle], first: dt.date, last: dt.date) -> dict[int, Decimal | None]:
    """What the cards of some vehicles lose from a day to a day; None where a card does not say enough to tell."""
    read = figure_of(last, "")
    before = first - dt.timedelta(days=1)
    found: dict[int, Decimal | None] = {}
    for one in vehicles:
        now, then = depreciation(one.card, last, read).accumulated, depreciation(one.card, before, read).accumulated
        found[one.pk] = None if now is None or then is None else now - then
    return found


def hired(organs: Iterable[int], first: dt.date, last: dt.date) -> Decimal:
    """What some units paid for vehicles of others from a day to a day; no cost of a vehicle of theirs."""
    rows = Cost._base_manager.filter(organ_id__in=list(organs), kind=Kind.HIRE, day__gte=first, day__lte=last)
    return (rows.aggregate(all=Sum("amount"))["all"] or NONE).quantize(CENT)


def waiting(organs: Any) -> tuple[int, int]:
    """How many bills of some units (None: all) have no vehicle, and how many no trip."""
    mine = Q() if organs is None else Q(organ_id__in=organs)
    rows = Cost._base_manager.filter(mine, state__in=UNMATCHED)
    found = rows.aggregate(open=Count("pk", filter=Q(state="open")), loose=Count("pk", filter=Q(state="loose")))
    return found["open"], found["loose"]
