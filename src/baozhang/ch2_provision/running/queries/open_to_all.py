"""What everybody may know: vehicles by unit and class, quota, kilometres and costs of published months; nothing withheld."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import md5

from django.db.models import Count, Max, Prefetch, Q, Sum

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import Acquisition
from baozhang.ch2_provision.running.choices import WITHHELD, CorrectionState, ReviewState
from baozhang.ch2_provision.running.models import Account, Correction, CorrectionLine, Review
from baozhang.ch2_provision.vehicles.choices import QuotaClass, VehicleState
from baozhang.ch2_provision.vehicles.models import Vehicle, limits

NONE = Decimal(0)
# The file takes the use of its card some minutes later: what either of them withholds is withheld.
NAMED = Q(vehicle__confidential=False) & ~Q(vehicle__use__in=WITHHELD) & ~Q(vehicle__card__vehicle_use__in=WITHHELD)


@dataclass
class Class:
    """A class of quota: how many are allowed and there; `withheld` where a confidential vehicle would show in the number.

    `unset` of those that are there are in units for which no quota has been approved: `allowed` says nothing of them. `leaving` of them
    are to go when the new one that was approved in their place has come, and take no place of the quota any more.
    """

    klass: QuotaClass
    allowed: int | None = None
    held: int = 0
    unset: int = 0
    leaving: int = 0
    withheld: bool = False

    @property
    def silent(self) -> bool:
        """True where both numbers of all units that have the class are withheld."""
        return self.withheld and self.allowed is None and not self.held


@dataclass
class Unit:
    """A unit: its vehicles and what is published of their year."""

    organ: Organization
    vehicles: int = 0
    km: int = 0
    total: Decimal = NONE
    months: list[int] = field(default_factory=list)


def edition(organ: int | None) -> str:
    """What what is open depends on, in a word: another one as soon as a vehicle, its card, a month or a correction of a
    unit (None: of any) is written, so that nothing that was kept is told past that. Three queries."""
    mine = Q() if organ is None else Q(organ=organ)
    said = []
    for rows, paths in (
        (Vehicle._base_manager, ("", "card__")), (Review._base_manager, ("",)), (Correction._base_manager, ("",)),
    ):  # fmt: skip
        names = {f"{path}{name}": (path, name) for path in paths for name in ("version", "kept_at")}
        sums = {
            key.replace("__", "_"): (Sum if name == "version" else Max)(key) for key, (_path, name) in names.items()
        }
        said.append(rows.filter(mine).aggregate(n=Count("pk"), **sums))
    return md5(repr([sorted(one.items()) for one in said]).encode(), usedforsecurity=False).hexdigest()


def years(today: dt.date) -> list[int]:
    """The years of which something is published, the latest first; the running one in any case."""
    held = Review._base_manager.filter(state=ReviewState.PUBLISHED).order_by().values_list("year", flat=True).distinct()
    return sorted({*held, today.year}, reverse=True)


def units(year: int, today: dt.date) -> list[Unit]:
    """All units with vehicles that are not confidential; in a handful of queries."""
    rooms, secret = limits.rooms(None, today), _secret()
    held: Counter[int] = Counter()
    for (key, _klass), room in rooms.items():
        held[key] += room.held + room.leaving
    held.subtract(key for key, _use, leased in secret if not leased)
    held = +held
    sums = Account._base_manager.filter(
        review__state=ReviewState.PUBLISHED, year=year, vehicle__confidential=False
    ).order_by()
    found = {
        organ: (km or 0, total or NONE)
        for organ, km, total in sums.values("organ_id")
        .annotate(km=Sum("km"), all=Sum("total"))
        .values_list("organ_id", "km", "all")
    }
    months: dict[int, list[int]] = defaultdict(list)
    for organ, month in (
        Review._base_manager.filter(state=ReviewState.PUBLISHED, year=year)
        .order_by("month")
        .values_list("organ_id", "month")
    ):
        months[organ].append(month)
    organs = Organization._base_manager.filter(pk__in={*held, *found}).order_by("code")
    return [Unit(one, held.get(one.pk, 0), *found.get(one.pk, (0, NONE)), months.get(one.pk, [])) for one in organs]


def _secret() -> list[tuple[int, str, bool]]:
    """Unit and use of each confidential vehicle, and whether it is on lease, so that no quota counts it."""
    rows = Vehicle._base_manager.filter(confidential=True).exclude(state=VehicleState.GONE)
    return [
        (organ, use, acquisition == Acquisition.LEASED)
        for organ, use, acquisition in rows.values_list("organ_id", "use", "card__acquisition")
    ]


def classes(organ: int | None, today: dt.date) -> list[Class]:
    """Quota and vehicles by class, of a unit or of all."""
    rooms = limits.rooms(None if organ is None else [organ], today)
    secret = _secret()
    own: dict[int, set[str]] = defaultdict(set)
    for key, klass in rooms:
        own[key].add(klass)
    hidden = {(key, limits.class_of(use, own[key])) for key, use, _leased in secret}
    found: dict[QuotaClass, Class] = {}
    for (key, klass), room in rooms.items():
        made = found.setdefault(klass, Class(klass))
        if (key, klass) in hidden:
            made.withheld = True
            continue
        made.held += room.held + room.leaving
        made.leaving += room.leaving
        made.unset += room.held + room.leaving if room.allowed is None else 0
        made.allowed = made.allowed if room.allowed is None else (made.allowed or 0) + room.allowed
    return [found[klass] for klass in QuotaClass if klass in found]


@dataclass(frozen=True)
class Line:
    """A vehicle that may be named, or (without a plate) all of a class that may not: kilometres and sums of a year."""

    plate: str
    use: str
    vehicles: int
    km: int
    energy: Decimal
    upkeep: Decimal
    total: Decimal


def lines(organ: int, year: int) -> list[Line]:
    """The vehicles of a unit, from its published months; classes of which only sums are published come last."""
    names = {"km": Sum("km"), "energy": Sum("energy"), "upkeep": Sum("upkeep"), "total": Sum("total")}
    rows = Account._base_manager.filter(
        organ_id=organ, year=year, review__state=ReviewState.PUBLISHED, vehicle__confidential=False
    ).order_by()
    sums = ("km", "energy", "upkeep", "total")
    named = (
        rows.filter(NAMED)
        .values("vehicle__plate", "vehicle__use")
        .annotate(**names)
        .values_list("vehicle__plate", "vehicle__use", *sums)
    )
    other = (
        rows.exclude(NAMED)
        .values("vehicle__use")
        .annotate(n=Count("vehicle", distinct=True), **names)
        .values_list("vehicle__use", "n", *sums)
    )
    found = [Line(plate, use, 1, *rest) for plate, use, *rest in named.order_by("vehicle__plate")]
    return found + [Line("", use, n, *rest) for use, n, *rest in other.order_by("vehicle__use")]


def notices(organ: int, year: int) -> list[Review]:
    """The published months of a unit, each with its notice."""
    rows = Review._base_manager.filter(organ_id=organ, year=year, state=ReviewState.PUBLISHED)
    return list(rows.select_related("document").order_by("month"))


def corrections(organ: int, year: int) -> list[Correction]:
    """What was put right of the published months of a unit, with its lines, the latest first; what may not be told is the caller's to leave out."""
    rows = Correction._base_manager.filter(
        organ_id=organ,
        review__year=year,
        review__state=ReviewState.PUBLISHED,
        state=CorrectionState.PUBLISHED,
        document__isnull=False,
    )
    rows = rows.select_related("review", "document", "corrected").prefetch_related(
        Prefetch("lines", CorrectionLine._base_manager.select_related("vehicle__card").order_by("vehicle__plate", "pk"))
    )
    return list(rows.order_by("-published_on", "-pk"))
