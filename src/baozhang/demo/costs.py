"""The thread of costs: a year of honest trips and bills in some agencies, each misuse once, months checked and published."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from baozhang.ch1_general.organs.models import Appointment, Organization
from baozhang.ch2_provision.running.flows import ReviewFlow
from baozhang.ch2_provision.running.flows.correction import look_again
from baozhang.ch2_provision.running.flows.matching import explain
from baozhang.ch2_provision.running.models import Cost, PaymentCard, Review, Whereabouts
from baozhang.ch2_provision.running.models.reading import days_of
from baozhang.ch2_provision.running.queries.whereabouts import NAMES, measured, unmeasured
from baozhang.ch2_provision.running.resources.costs import Costs
from baozhang.ch2_provision.trips.models import Dispatch, Driver, Movement, Request
from baozhang.ch2_provision.trips.queries.holidays import holiday_of
from baozhang.ch2_provision.trips.queries.tracks import NAMES as WAYS
from baozhang.ch2_provision.trips.queries.tracks import a_way
from baozhang.ch2_provision.vehicles.models import Terminal, Vehicle
from baozhang.ch2_provision.vehicles.telemetry import streets
from baozhang.ch2_provision.vehicles.telemetry.points import Batch
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.ch4_supervision.warnings.patrol import patrol
from baozhang.kernel import border, clock, observation, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User
from baozhang.kernel.record import keep
from baozhang.law.holidays import calendar

from .acting import act
from .allocation import clerk_of, step
from .fleet import AGENCY, BEYOND

OTHERS = 2  # further agencies with bills; more would say nothing new
MONTHS = 12
TO = ("市教委", "区委党校", "实验小学", "第三中学", "区行政服务中心", "海间区教育局")
STATION, CHARGER, SHOP = "云间公园路加油站", "云间行政中心充电站", "云间定点维修厂"
SUPPLIERS = {
    "fuel": "江海石油",
    "charge": "江海充电",
    "toll": "江海高速",
    "parking": "云间停车",
    "repair": SHOP,
    "wash": "云间洗车",
    "insurance": "江海财险",
}
SEED = 23


def _ended(today: dt.date) -> list[tuple[int, int]]:
    """The last full months, the earliest first."""
    found, last = [], today.replace(day=1) - dt.timedelta(days=1)
    for _n in range(MONTHS):
        found.append((last.year, last.month))
        last = last.replace(day=1) - dt.timedelta(days=1)
    return found[::-1]


def _agencies() -> list[Organization]:
    story = Organization._base_manager.get(name=AGENCY)
    held = (
        Vehicle._base_manager.filter(state="in_use")
        .exclude(plate="")
        .exclude(organ=story)
        .order_by("organ_id")
        .values_list("organ_id", flat=True)
    )
    return [story, *Organization._base_manager.filter(pk__in=list(dict.fromkeys(held))[:OTHERS]).order_by("pk")]


def _fleet(organ: Organization) -> list[Vehicle]:
    """Those that the year is told of: of the agency of the story not the newest, which has trips of its own."""
    rows = list(
        Vehicle._base_manager.filter(organ=organ, state="in_use")
        .exclude(plate="")
        .select_related("card")
        .order_by("pk")
    )
    old = [
        one
        for one in rows
        if one.energy in ("", "petrol") and one.card.acquired is not None and one.card.acquired.year < 2025
    ]
    return old[:3]


class _Year:
    """One agency's year: trips with their requests and ways, and the bills that came of them."""

    def __init__(self, organ: Organization, today: dt.date) -> None:
        self.organ, self.today, self.chance = organ, today, Random(SEED + organ.pk)  # noqa: S311 -- the same story every time
        self.trips: list[Dispatch] = []
        self.bills: list[dict[str, Any]] = []
        self.serial = 0
        self.drivers = list(Driver._base_manager.filter(organ=organ).order_by("pk"))

    def told(self) -> None:
        """This will tell the year and keep it."""
        for one in _fleet(self.organ):
            self._vehicle(one)
        act(clerk_of(self.organ.pk), self._kept)

    def _vehicle(self, one: Vehicle) -> None:
        read, left = 14_000, Decimal(50)
        for year, month in _ended(self.today):
            first, last = days_of(year, month)
            for week in range(4):
                day = first + dt.timedelta(days=2 + 7 * week + self.chance.randint(0, 3))
                while not calendar().is_working(day) and day < last:
                    day += dt.timedelta(days=1)
                if not calendar().is_working(day):
                    continue
                km = self.chance.randint(24, 78)
                left -= Decimal(km) * Decimal("0.078")
                read = self._trip(one, day, read, km, thirsty=left < 12)
                left = left + 38 if left < 12 else left
            self._of_month(one, year, month)

    def _trip(self, one: Vehicle, day: dt.date, read: int, km: int, *, thirsty: bool) -> int:
        out = dt.datetime(day.year, day.month, day.day, self.chance.randint(8, 13), 10, tzinfo=clock.ZONE)
        back = out + dt.timedelta(minutes=90 + self.chance.randint(0, 60))
        self.serial += 1
        self.trips.append(Dispatch(
            organ=self.organ, number=f"PC{day.year}-{self.organ.code}-{self.serial:05d}", means="own", vehicle=one,
            driver=self.drivers[self.serial % len(self.drivers)], route=f"机关—{self.chance.choice(TO)}", starts=out, ends=back, out_at=out, in_at=back,
            odometer_out=read, odometer_in=read + km,
        ))  # fmt: skip
        at = out + dt.timedelta(minutes=40)
        if one.energy == "electric":
            if thirsty:
                self._bill(one, "charge", at, CHARGER, quantity=Decimal(32), unit_price=Decimal("1.2"))
        elif thirsty:
            self._bill(
                one,
                "fuel",
                at,
                STATION,
                item="92号汽油",
                quantity=Decimal(38),
                unit_price=Decimal("7.85"),
                odometer=read + km // 2,
            )
        if km > 50:
            self._bill(one, "toll", at, "海间收费站", origin="云间收费站", amount=Decimal(20))
        if self.serial % 3 == 0:
            self._bill(one, "parking", back - dt.timedelta(minutes=20), "市民中心停车场", amount=Decimal(10))
        return read + km

    def _of_month(self, one: Vehicle, year: int, month: int) -> None:
        day = dt.datetime(year, month, 20, 10, tzinfo=clock.ZONE)
        self._bill(one, "wash", day, "云间洗车", amount=Decimal(30))
        if month in (3, 9):
            for item, price in (("机油", 260), ("机油滤清器", 45), ("保养工时", 180)):
                self._bill(
                    one, "repair", day, SHOP, item=item, amount=Decimal(price), bill=f"WX{year}{month:02d}{one.pk}"
                )
        if month == 6:
            self._bill(one, "insurance", day, "", item="交强险和商业险", amount=Decimal(2_850))

    def _bill(self, one: Vehicle, kind: str, at: dt.datetime, place: str, **values: Any) -> None:
        self.serial += 1
        values = {"bill": f"{kind[0].upper()}{self.organ.pk}{self.serial:06d}", **values}
        self.bills.append(
            {
                "kind": kind,
                "plate": one.plate,
                "at": f"{at:%Y-%m-%d %H:%M}",
                "place": place,
                "supplier": SUPPLIERS[kind],
                **values,
            }
        )

    def _kept(self, who: Actor) -> None:
        with scope.everything("演示数据") as by:  # slips and requests that were kept on paper come in as they ended
            keep(self.trips, by=by, note="补录纸质派车单")
            held = Appointment._base_manager.filter(organ=self.organ, role="staff").order_by("pk").first()
            asker = held.user if held is not None else None
            keep([_request(one, n, asker) for n, one in enumerate(self.trips, 1)], by=by, note="补录纸质派车单")
            near = [one for one in self.trips if (self.today - one.starts.date()).days < 100]
            crowded = Counter(one.starts.date() for one in near)
            silent = next(
                (one for one in near if crowded[one.starts.date()] > 1), None
            )  # its terminal was off that day
            ways = [row for one in near if one is not silent for row in _way(one)]
            observation.observe(Movement, WAYS, ways)
        border.commit(
            Costs(),
            [border.Row(dict(one)) for one in self.bills],
            by=who,
            defaults={"organ": self.organ},
            note="导入供应商账单",
        )


def _way(trip: Dispatch) -> list[Any]:
    if trip.vehicle is None or trip.out_at is None or trip.in_at is None:
        return []
    return list(a_way(trip.vehicle, trip.out_at, trip.in_at, (trip.kilometres or 0) * 970))


def _request(trip: Dispatch, serial: int, asker: User | None) -> Request:
    day = trip.starts.astimezone(clock.ZONE).date()
    return Request(
        organ_id=trip.organ_id, account=asker, number=f"YC{day.year}-{trip.organ.code}-{serial:05d}", applicant=asker.name if asker is not None else "李科员",
        purpose="survey", reason="调研督导", origin="机关",
        destination=trip.route.split("—")[-1], day=day, leave=f"{trip.starts.astimezone(clock.ZONE):%H:%M}", back=f"{trip.ends.astimezone(clock.ZONE):%H:%M}",
        state="settled", dispatch=trip, rating=5, outside=trip.route.split("—")[-1] in BEYOND,
    )  # fmt: skip


def lived(today: dt.date) -> None:
    """A year of trips and bills; drivers and cards first."""
    with clock.on(today):
        for organ in _agencies():
            clerk = clerk_of(organ.pk)
            if not Driver._base_manager.filter(organ=organ).exists():
                act(clerk, partial(_driver, organ))
            act(clerk, partial(_outfit, organ))
            _Year(organ, today).told()
        _misused(today)
        for organ in _agencies():
            _published(organ, today)


def _driver(organ: Organization, who: Actor) -> None:
    with scope.everything("演示数据") as by:
        keep(Driver(organ=organ, name="陈师傅", licence="C1"), by=by)


def _outfit(organ: Organization, who: Actor) -> None:
    rows = list(
        Vehicle.objects.filter(organ=organ, state="in_use").exclude(plate="").select_related("card").order_by("pk")
    )
    for one in rows:
        one.body = one.body or "car"
        if one.energy in ("", "petrol"):
            one.energy, one.tank, one.rated_fuel = "petrol", Decimal(55), Decimal("7.8")
    keep(rows, by=who, note="补充油箱和油耗")
    cards = [
        PaymentCard(number=f"9000{one.pk:08d}", vehicle=one, supplier="江海石油", keeper="后勤科")
        for one in rows
        if one.energy == "petrol"
    ]
    keep(cards, by=who, note="登记油卡")
    if organ.name == AGENCY:
        fitted = dt.date(2024, 5, 20)
        keep(
            [
                Terminal(organ=organ, plate=one.plate, phone=f"106499908{one.pk:04d}", fitted=fitted)
                for one in _fleet(organ)
            ],
            by=who,
            note="加装卫星定位终端",
        )


def _misused(today: dt.date) -> None:
    """Each once, in the agency of the story: beyond the tank, sealed, without a trip, another's card, twice, unreadable plates."""
    story = Organization._base_manager.get(name=AGENCY)
    fleet = [one for one in _fleet(story) if not one.duty] or _fleet(story)
    (year, month), (last_year, last_month) = _ended(today)[-2:]
    rows = _odd(fleet[0], fleet[-1], days_of(year, month)[0], days_of(last_year, last_month)[0])
    card = PaymentCard._base_manager.filter(vehicle__organ=story).exclude(vehicle=fleet[-1]).order_by("pk").first()
    rows[4]["card"] = card.number if card is not None else ""

    def work(who: Actor) -> None:
        given = {"organ": story}
        border.commit(Costs(), [border.Row(row) for row in rows], by=who, defaults=given, note="导入供应商账单")
        loose = list(Cost.objects.filter(bill__in=("M0002", "M0003", "M0004"), state="loose"))
        explain(loose, by=who, note="当时没有派车记录，正在向驾驶人核实")

    act("jiaoyu", work)


def _odd(one: Vehicle, other: Vehicle, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """The bills that something is wrong with, of the month from `first` on and of the one from `last` on."""
    feast = next((day for n in range(300) if (holiday_of(day := last - dt.timedelta(days=n))) is not None), first)
    trips = Dispatch._base_manager.filter(vehicle=one, out_at__date__gte=first, out_at__date__lt=last)
    trip = trips.order_by("out_at").first()
    out = trip.out_at if trip is not None and trip.out_at is not None else None
    during = f"{(out + dt.timedelta(minutes=50)).astimezone(clock.ZONE):%Y-%m-%d %H:%M}" if out else f"{first} 10:00"
    mine, its = {"plate": one.plate}, {"plate": other.plate}
    fuel = {**mine, "kind": "fuel", "item": "92号汽油", "place": STATION, "supplier": SUPPLIERS["fuel"]}
    wash = {"kind": "wash", "supplier": SUPPLIERS["wash"]}

    def at(begun: dt.date, days: int, time: str) -> str:
        return f"{begun + dt.timedelta(days=days)} {time}"

    return [
        {**fuel, "at": during, "quantity": Decimal(78), "amount": Decimal("612.30"), "bill": "M0001"},
        {**fuel, "at": f"{feast} 15:20", "quantity": Decimal(40), "amount": Decimal(314), "bill": "M0002"},
        {**mine, "kind": "toll", "at": at(first, 12, "21:40"), "place": "古镇收费站", "amount": Decimal(45), "supplier": SUPPLIERS["toll"], "bill": "M0003"},
        {**its, "kind": "violation", "at": at(first, 13, "22:15"), "item": "违法停车", "place": "古镇南街", "supplier": "公安交管", "bill": "M0004"},
        {**its, **wash, "at": at(first, 21, "15:00"), "amount": Decimal(30), "bill": "M0005"},
        {**mine, **wash, "at": at(last, 2, "10:00"), "amount": Decimal(40), "bill": "M0006"},
        {**mine, **wash, "at": at(last, 2, "10:00"), "amount": Decimal(40), "bill": "M0007"},
        {**mine, "kind": "parking", "at": at(last, 8, "19:30"), "place": "商场停车场", "amount": Decimal(25), "supplier": SUPPLIERS["parking"], "bill": "M0008"},
        {"plate": f"{one.plate[:-1]}口", **wash, "at": at(last, 9, "11:00"), "amount": Decimal(30), "bill": "M0009"},
    ]  # fmt: skip


def _published(organ: Organization, today: dt.date) -> None:
    """All months but the last are checked and published; the last one waits for its bills to be matched."""
    clerk = clerk_of(organ.pk)
    head = (
        Appointment._base_manager.filter(organ=organ, role="head")
        .order_by("pk")
        .values_list("user__username", flat=True)
        .first()
    )
    ended = _ended(today)[-7:] if organ.name == AGENCY else _ended(today)[-3:]
    act(
        clerk,
        lambda who: ReviewFlow.start([Review(organ=organ, year=year, month=month) for year, month in ended], by=who),
    )
    for year, month in ended[:-1]:
        review = Review._base_manager.get(organ=organ, year=year, month=month)
        review = step(clerk, ReviewFlow, "submit", review, checked="逐车核对无误")
        step(str(head), ReviewFlow, "publish", review)


def seen(today: dt.date) -> None:
    """A car stood at home while somebody charged elsewhere on its account; then the patrol looks at costs and tracks once more."""
    plate = "江AD10086"
    held = Terminal._base_manager.filter(plate=plate, state="in_use").first()
    one = Vehicle._base_manager.filter(plate=plate).first()
    at = dt.datetime.combine(today - dt.timedelta(days=1), dt.time(20, 20), clock.ZONE)
    with clock.on(today), scope.everything("演示数据") as by:
        if held is not None and one is not None:
            lat, lon = (round(one * 1e6) for one in streets.CENTRE)
            batch = Batch(heard={held.pk: int(at.timestamp())})
            for n in range(-10, 11):
                second = int(at.timestamp()) + 30 * n
                batch.points.append((held.pk, (second, lat, lon, 6, 0, 90, 3, 0, None, None, 9, 25, second + 2)))
            STORE.append(batch)
            row = {"kind": "charge", "plate": plate, "at": f"{at:%Y-%m-%d %H:%M}", "quantity": Decimal(35), "amount": Decimal("42.00"), "place": "海间滨江路充电站",
                   "lat": Decimal("31.230000"), "lon": Decimal("121.480000"), "supplier": SUPPLIERS["charge"], "bill": "M0010"}  # fmt: skip
            border.commit(Costs(), [border.Row(row)], by=by, defaults={"organ": one.organ}, note="导入供应商账单")
            observation.observe(Whereabouts, NAMES, measured(unmeasured(today)))
        patrol(names=("cost_elsewhere", "trip_without_track", "cost_without_trip", "left_area_without_approval"))
    _late(today)


def _late(today: dt.date) -> None:
    """A bill of a month that is public already comes in; the head of the agency has its correction before him."""
    review = (
        Review._base_manager.filter(organ__name=AGENCY, state="published")
        .select_related("organ")
        .latest("year", "month")
    )
    row = {
        "kind": "wash", "plate": _fleet(review.organ)[0].plate, "at": f"{review.year}-{review.month:02d}-18 16:00", "amount": Decimal(30),
        "supplier": SUPPLIERS["wash"], "bill": "M0011",
    }  # fmt: skip
    with clock.on(today), scope.everything("演示数据") as by:
        border.commit(Costs(), [border.Row(row)], by=by, defaults={"organ": review.organ}, note="导入供应商账单")
        look_again([review], by=by)


def events(today: dt.date) -> list[tuple[dt.date, Callable[[dt.date], None]]]:
    """What happens when."""
    return [(today - dt.timedelta(days=25), lived)]
