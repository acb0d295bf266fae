"""A city's fleet for the bench: files, terminals, drivers, a month of trips, bills, ways and positions; one in a hundred is misused."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db import connection

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.running.models import Cost, PaymentCard
from baozhang.ch2_provision.trips.models import Dispatch, Driver, Movement, Request, Sealing
from baozhang.ch2_provision.trips.models.movement import OUT, WAY
from baozhang.ch2_provision.trips.queries.tracks import NAMES, rows_of
from baozhang.ch2_provision.vehicles.models import (
    Area,
    Certificate,
    Quota,
    Terminal,
    TerminalDay,
    TerminalHealth,
    TrackBlock,
    Vehicle,
)
from baozhang.ch2_provision.vehicles.telemetry import beyond
from baozhang.ch2_provision.vehicles.telemetry.points import AT, HEARD, LAT, LON
from baozhang.ch2_provision.vehicles.telemetry.store import HEALTH
from baozhang.kernel import bulk, clock, observation, scope
from baozhang.kernel.record import keep
from baozhang.law.holidays import calendar

from . import position_store
from .city import build
from .fill import tidy

DAY = dt.date(2026, 11, 1)  # the day of the patrol: the month before it is a whole one and holds a holiday of a week
DAYS = 30
BEFORE = (
    10  # seconds between positions, of which one in `SPARSE` is kept: a terminal of an office says one each half minute
)
SPARSE, FROM, TO = 3, 9, 12  # hours of the day in which vehicles drive
NIGHT = dt.time(3, 0)
CORNERS = 400  # of the border of the city's area, as a district's is drawn
RADIUS = 0.16  # degrees, more than the streets reach
METRES = NAMES.index("metres")
HOLIDAY = (dt.date(2026, 10, 1), dt.date(2026, 10, 7))
A_BLOCK = ("vehicle", "hour", *position_store.NAMES[2:])


def first_day() -> dt.date:
    """The first day of the month."""
    return DAY - dt.timedelta(days=DAYS)


def days() -> list[dt.date]:
    """The days of the month, the last of them yesterday."""
    return [first_day() + dt.timedelta(days=n) for n in range(DAYS)]


def working_day() -> dt.date:
    """The last day of the month on which the whole fleet drives; at weekends one in two hundred does."""
    return max(day for day in days() if calendar().is_working(day))


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """A moment of a day in China."""
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.ZONE)


def seconds(day: dt.date) -> int:
    """A day's first second."""
    return int(at(day, 0).timestamp())


class Fleet:
    """Fills the database; everything follows from the number of vehicles."""

    def __init__(self, vehicles: int) -> None:
        self.size, self.begun = vehicles, time.perf_counter()
        self.patterns = [_sparse(track) for track in position_store.patterns()]
        self.border = _around(self.patterns)
        # What a night's gathering would find of each pattern, as if its day were the first one since 1970.
        border = beyond.Border([[(round(lat * 1e6), round(lon * 1e6)) for lat, lon in self.border]])
        anyone: Any = SimpleNamespace(pk=0, energy="petrol")
        self.ways = [rows_of(anyone, track, border) for track in self.patterns]

    def build(self) -> None:
        """All of it, in the order in which things point to each other."""
        with clock.on(first_day() - dt.timedelta(days=30)), scope.everything("bench") as by:
            city = build(by, max(40, min(1_000, self.size // 20)), self.size)
            self.organs = city.organs
            border = "\n".join(f"{lon:.6f},{lat:.6f}" for lat, lon in self.border)
            _keep(
                [
                    Area(organ_id=one, name="全市", since=first_day(), border=border)
                    for one in city.authorities.values()
                ],
                by,
            )
            self._files(by)
        with clock.on(DAY), scope.everything("bench"):
            self._sealings()
            self._trips()
            self._bills()
            self._observed()
            self._tracks()
        tidy()
        self.say("the fleet stands")

    def say(self, words: str) -> None:
        """One line of progress."""
        print(f"  {time.perf_counter() - self.begun:5.0f} s  {words}", file=sys.stderr, flush=True)

    def _organ(self, n: int) -> int:
        return self.organs[n % len(self.organs)]

    def _files(self, by: Any) -> None:
        cards = [_card(self._organ(n), n) for n in range(self.size)]
        _keep(cards, by)
        self.vehicles = [_file(card, n) for n, card in enumerate(cards)]
        _keep(self.vehicles, by)
        fitted = dt.date(2026, 1, 5)
        rows = [one for n, one in enumerate(self.vehicles) if n % 100 != 17]
        self.terminals = [
            Terminal(organ_id=one.organ_id, plate=one.plate, phone=str(13_000_000_000 + n), fitted=fitted)
            for n, one in enumerate(rows)
        ]
        _keep(self.terminals, by)
        self.drivers = [
            Driver(organ_id=one.organ_id, name=f"司机{n:05d}", licence="B1") for n, one in enumerate(self.vehicles)
        ]
        _keep(self.drivers, by)
        papers = [
            Certificate(vehicle=one, organ_id=one.organ_id, kind=kind, number=f"{kind[:2]}{n}", since=dt.date(2025, 9, 1),
                        until=dt.date(2026, 10, 1) if n % 100 == 31 else dt.date(2027, 9, 1))
            for n, one in enumerate(self.vehicles) for kind in ("inspection", "compulsory")
        ]  # fmt: skip
        _keep(papers, by)
        _keep(
            [
                PaymentCard(vehicle=one, organ_id=one.organ_id, number=f"6222{n:08d}")
                for n, one in enumerate(self.vehicles)
            ],
            by,
        )
        held = -(-self.size // len(self.organs))
        _keep(
            [Quota(organ_id=organ, klass="general", asked=held, number=held - (n % 20 == 3), document=f"机管〔2024〕{n}号", since=dt.date(2024, 1, 1),
                   state="approved") for n, organ in enumerate(self.organs)], by,
        )  # fmt: skip
        self.say(f"{self.size:,} files with cards, terminals, drivers and certificates")

    def _sealings(self) -> None:
        rows = []
        for n, one in enumerate(self.vehicles):
            values: dict[str, Any] = {
                "state": "unsealed",
                "odometer_sealed": 1,
                "sealed_by": "周师傅",
                "opened_on": dt.date(2026, 10, 8),
            }
            if n % 20 == 0:
                values = {"state": "excepted", "exception": "应急值守", "keeper": "周师傅"}
            rows.append(
                Sealing(
                    vehicle=one, organ_id=one.organ_id, holiday="国庆节", since=HOLIDAY[0], until=HOLIDAY[1], **values
                )
            )
        _put(Sealing, rows)

    def _trips(self) -> None:
        """A dispatch with its request on each working day, and of one in a hundred none."""
        working = [day for day in days() if calendar().is_working(day)]
        numbers = {one.pk: n for n, one in enumerate(self.vehicles)}
        self.went: dict[int, list[Dispatch]] = {}
        fitted = {one.plate: one.pk % len(self.ways) for one in self.terminals}
        by_track = [round(sum(row[METRES] for row in held if row[1] == WAY) / 1_000) for held in self.ways]
        leaves = [any(row[1] == OUT for row in held) for held in self.ways]
        out_of_area = [leaves[fitted.get(one.plate, 0)] for one in self.vehicles]
        km = [
            by_track[fitted.get(one.plate, 0)] * (3 if n % 80 == 21 else 2) // 2 for n, one in enumerate(self.vehicles)
        ]
        for place, day in enumerate(working):
            rows = []
            for n, one in enumerate(self.vehicles):
                if (n + place * 7) % 400 == 51:
                    continue  # what goes that day goes without a slip
                out = 20_000 + place * (km[n] + 5) - (km[n] if (n + place) % 500 == 9 else 0)
                rows.append(
                    Dispatch(organ_id=one.organ_id, number=f"PC{place:02d}-{n:06d}", vehicle=one, driver=self.drivers[n], starts=at(day, FROM - 1, 30),
                             ends=at(day, TO + 1), out_at=at(day, FROM - 1, 40), in_at=at(day, TO + (3 if n % 100 == 5 else 0), 30), rest=30 if n % 3 else 0,
                             state="ended", odometer_out=out, odometer_in=out + km[n])
                )  # fmt: skip
            _put(Dispatch, rows)
            self.went[place] = rows
            _put(
                Request,
                [
                    _request(row, n, outside=out_of_area[numbers[row.vehicle_id]])
                    for n, row in enumerate(rows)
                    if n % 200 != 3
                ],
            )
        self.say(f"{sum(map(len, self.went.values())):,} trips")

    def _bills(self) -> None:
        """Fuel once a week, a toll and a parking fee; some beyond the tank, doubled, on a sealed day, without a trip."""
        count = 0
        for place, rows in self.went.items():
            bills = []
            for n, row in enumerate(rows):
                if (n + place) % 5 == 0:
                    bills.append(_bill(row, n, place, "fuel", self._litres(row, n, place), row.out_at))
                    if n % 300 == 11:
                        bills.append(_bill(row, n, place, "fuel", self._litres(row, n, place), row.out_at, twin=True))
                if (n + place) % 6 == 1:
                    bills.append(_bill(row, n, place, "toll", None, row.out_at, loose=n % 100 == 13))
                if (n + place) % 6 == 4:
                    bills.append(_bill(row, n, place, "parking", None, row.out_at))
            _put(Cost, bills)
            count += len(bills)
        self.say(f"{count:,} bills")

    def _litres(self, row: Dispatch, n: int, place: int) -> Decimal:
        """What a week's ways take; some take half more, some more than the tank holds."""
        if (n + place) % 900 == 7:
            return Decimal(70)
        return Decimal((row.odometer_in or 0) - (row.odometer_out or 0) + 1) * (60 if n % 100 == 7 else 37) / 100

    def _observed(self) -> None:
        """Terminals heard of or silent, days of terminals, ways of all days but the last, nights outside the fence."""
        now, files = int(at(DAY, 8).timestamp()), {one.plate: one for one in self.vehicles}
        rows = [
            (one.pk, now - (20 * 86_400 if n % 100 == 3 else n % 600), 400_000, 5, now, *_home(files[one.plate], away=n % 150 == 9), 0, 0, 3, 0, "")
            for n, one in enumerate(self.terminals)
        ]  # fmt: skip
        _observe(TerminalHealth, HEALTH, iter(rows))
        _observe(TerminalDay, ("vehicle", "day", "good", "doubtful", "blind"), (
            (one.pk, day, 360, 2, 0) for day in days() for one in self.terminals
        ))  # fmt: skip
        _observe(Movement, NAMES, self._movements())
        self.say(f"{Movement.objects.count():,} ways")

    def moving(self, day: dt.date) -> Iterator[tuple[int, Any, Any]]:
        """(place, terminal, file) of those that drive on a day: all on working days, one in two hundred on others."""
        works = calendar().is_working(day)
        files = {one.plate: one for one in self.vehicles}
        for n, terminal in enumerate(self.terminals):
            if works or (n + day.day) % 200 == 0:
                yield n, terminal, files[terminal.plate]

    def _movements(self) -> Iterator[tuple[Any, ...]]:
        for day in days()[:-1]:
            start = seconds(day)
            for n, terminal, one in self.moving(day):
                for _who, kind, since, until, _day, *rest in self.ways[terminal.pk % len(self.ways)]:
                    shift = dt.timedelta(seconds=start)
                    yield one.pk, kind, since + shift, until + shift, day, *rest
                if (n + day.day) % 150 == 0:
                    night = dt.datetime.combine(day, NIGHT, clock.ZONE)
                    yield one.pk, "night", night, night, day, 4_200, None, None
                    yield one.pk, "away", night, night, day, 4_200, 31_900_000, 121_400_000
                if n % 100 == 27:
                    yield one.pk, "fast", at(day, FROM), at(day, FROM, 40), day, 131_000, None, None
                    yield one.pk, "idle", at(day, FROM), at(day, FROM, 40), day, 0, None, None

    def _tracks(self) -> None:
        """Packed hours of the patterns, then the same for every vehicle and day, by the database itself."""
        base = seconds(days()[0])
        rows: list[tuple[Any, ...]] = []
        for place, pattern in enumerate(self.patterns):
            track = pattern.copy()
            track[:, [AT, HEARD]] += base
            rows += position_store.packed(-1 - place, track)
        observation.observe(TrackBlock, A_BLOCK, rows)
        table, names = (
            TrackBlock._meta.db_table,
            [name for name in A_BLOCK if name not in ("vehicle", "hour", "first_at", "last_at")],
        )
        listed = ", ".join(f'"{name}"' for name in names)
        copied = ", ".join(f'p."{name}"' for name in names)
        for shift, day in enumerate(days()):
            some = "" if calendar().is_working(day) else " AND t.id % 200 = 0"
            with connection.cursor() as cursor:
                cursor.execute(
                    f'INSERT INTO "{table}" (vehicle, hour, first_at, last_at, {listed}) SELECT t.id, p.hour + {24 * shift},'
                    f" p.first_at + {86_400 * shift}, p.last_at + {86_400 * shift}, {copied} FROM vehicles_terminal t"
                    f' JOIN "{table}" p ON p.vehicle = -1 - t.id % {len(self.patterns)}{some}'
                )
        observation.forget(TrackBlock, "vehicle < 0", [])
        self.blocks = TrackBlock.objects.count()
        self.positions = (
            sum(len(one) for one in self.patterns)
            / sum(len({*one[:, AT] // 3_600}) for one in self.patterns)
            * self.blocks
        )
        self.say(f"{self.positions:,.0f} positions in {self.blocks:,} packed hours")


def _around(patterns: list[Any]) -> list[tuple[float, float]]:
    """A border of some hundred corners around the streets of the patterns; the first pattern's are moved beyond it."""
    import numpy as np

    lat, lon = np.concatenate([one[:, [LAT, LON]] for one in patterns]).mean(axis=0) / 1e6
    patterns[0][:, LON] += round(3 * RADIUS * 1e6)
    turns = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    return [(lat + RADIUS * np.sin(turn), lon + RADIUS * np.cos(turn)) for turn in turns]


def _sparse(track: Any) -> Any:
    hours = track[:, AT] // 3_600
    return track[(hours >= FROM) & (hours < TO)][::SPARSE]


def _keep(rows: list[Any], by: Any) -> None:
    for part in bulk.chunks(rows, 20_000):
        for row in part:
            row.derive()
        keep(list(part), by=by, checked=True)


def _put(model: Any, rows: list[Any]) -> None:
    """Rows without their entries in the ledger: the patrol reads the rows alone, and the ledger would be most of the filling."""
    for part in bulk.chunks(rows, 50_000):
        for key, row in zip(bulk.reserve_ids(model, len(part)), part, strict=True):
            row.pk, row.head, row.kept_at, row.version = key, b"\0" * 32, clock.now(), 1
        bulk.insert(model, list(part))


def _observe(model: Any, names: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
    part: list[tuple[Any, ...]] = []
    for row in rows:
        part.append(row)
        if len(part) == 50_000:
            observation.observe(model, names, part)
            part = []
    observation.observe(model, names, part)


def _home(file: Vehicle, *, away: bool) -> tuple[int, int]:
    """Where a vehicle stands at night, in millionths of a degree; one in many five kilometres off."""
    lat, lon = file.parking_lat or Decimal(0), file.parking_lon or Decimal(0)
    return int(lat * 1_000_000) + (45_000 if away else 0), int(lon * 1_000_000)


def _card(organ: int, n: int) -> Card:
    day = dt.date(2009 + n % 16, 1 + n % 12, 5)
    return Card(
        organ_id=organ, number=f"CL{n:07d}", name="小型轿车", category="vehicle", class_code="A02030501", edition="2022", quantity=Decimal(1), unit="辆",
        value=Decimal(150_000 if n % 400 == 350 else 118_000), acquisition="bought", acquired=day, in_use_from=day, booked=day, booking="booked", use_state="in_use",
        custodian="后勤科", user="后勤科", plate=f"江A{n:05d}", vin=f"LBZ{n:014d}", displacement="2.0" if n % 100 == 23 else "1.6",
        vehicle_use=("emergency", "confidential", "enforcement", "confidential")[n % 4], registered=day, establishment="within",
    )  # fmt: skip


def _file(card: Card, n: int) -> Vehicle:
    body = "car" if n % 40 else "bus"
    lat, lon = (Decimal(31) + Decimal(n % 90) / 1000, Decimal("121.2") + Decimal(n % 70) / 1000)
    return Vehicle(
        card=card, organ_id=card.organ_id, body=body, energy="petrol", seats=5, tank=Decimal(55), rated_fuel=Decimal("7.5"), made_on=card.acquired,
        mark="none" if n % 100 == 41 else "sprayed", parking="地下车库", parking_lat=lat, parking_lon=lon, parking_radius=300,
    )  # fmt: skip


def _request(row: Dispatch, n: int, *, outside: bool) -> Request:
    return Request(
        organ_id=row.organ_id, number=f"Y{row.number}", applicant="李科员", purpose="survey", reason="调研", origin="机关", destination="街道",
        day=row.starts.date(), leave="08:30", back="12:30", seats=2, starts=row.starts, ends=row.ends, state="settled", dispatch=row,
        urgent=n % 400 == 7, outside=outside and n % 100 != 11,
    )  # fmt: skip


def _bill(
    row: Any,
    n: int,
    place: int,
    kind: str,
    litres: Decimal | None,
    moment: Any,
    *,
    twin: bool = False,
    loose: bool = False,
) -> Cost:
    bill = f"{kind[:1]}{place:02d}-{n:06d}{'b' if twin else ''}"
    return Cost(
        organ_id=row.organ_id, kind=kind, plate=row.vehicle.plate, vehicle_id=row.vehicle_id, at=f"{moment:%Y-%m-%d %H:%M}", day=moment.date(),
        moment=moment, item="92号汽油" if litres else "", quantity=litres, amount=litres * 8 if litres else Decimal(20), supplier="石化", bill=bill,
        card=f"6222{(row.vehicle_id or 0) % 7:08d}" if n % 400 == 19 else "", mark=f"石化|{bill}|", state="loose" if loose else "matched",
        dispatch=None if loose else row,
    )  # fmt: skip
