"""The thread of vehicles: quotas issued, files opened, a new car on its way, trips asked, sent and driven, a holiday sealed."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from baozhang.ch1_general.organs.models import Appointment, Organization
from baozhang.ch2_provision.assets.choices import Acquisition, Category
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.trips.flows import DispatchFlow, RequestFlow, SealingFlow
from baozhang.ch2_provision.trips.flows.dispatch import send
from baozhang.ch2_provision.trips.flows.request import complete
from baozhang.ch2_provision.trips.flows.sealing import enlist
from baozhang.ch2_provision.trips.models import Dispatch, Driver, Movement, Request, Sealing
from baozhang.ch2_provision.trips.queries.holidays import next_holiday
from baozhang.ch2_provision.trips.queries.tracks import NAMES, rows_of
from baozhang.ch2_provision.vehicles.actions.files import open_files
from baozhang.ch2_provision.vehicles.flows import AdditionFlow, CertificateFlow, QuotaFlow
from baozhang.ch2_provision.vehicles.flows.issuing import issue
from baozhang.ch2_provision.vehicles.models import Addition, Area, Certificate, Quota, QuotaSheet, Terminal, Vehicle
from baozhang.ch2_provision.vehicles.queries.areas import areas, rings_of
from baozhang.ch2_provision.vehicles.telemetry import beyond, streets
from baozhang.ch2_provision.vehicles.telemetry.points import Batch
from baozhang.ch2_provision.vehicles.telemetry.store import STORE, day_of
from baozhang.kernel import clock, observation
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User
from baozhang.kernel.calendar import Calendar
from baozhang.kernel.record import keep
from baozhang.law.holidays import calendar

from .acting import act
from .allocation import clerk_of, step

AGENCY = "云间区教育局"
BEYOND = ("市教委", "海间区教育局")  # where a trip goes that leads out of the district
UNITS = 8  # agencies with quota and files; more would say nothing new
PLACE = (Decimal("31.030000"), Decimal("121.220000"))


def _organ() -> Organization:
    return Organization._base_manager.get(name=AGENCY)


def _units() -> list[Organization]:
    """The agency of the story and some others that have vehicles."""
    held = (
        Card._base_manager.filter(category=Category.VEHICLE, disposed=None)
        .exclude(plate="")
        .order_by()
        .values("organ_id")
    )
    served = Appointment._base_manager.filter(role="asset_clerk").order_by().values("organ_id")
    rows = (
        Organization._base_manager.filter(pk__in=held, jurisdiction__name="云间区")
        .filter(pk__in=served)
        .order_by("code")
    )
    story = _organ()
    return [story, *[one for one in rows if one.pk != story.pk][: UNITS - 1]]


def owned(day: dt.date) -> None:
    """The agency of the story has three cars of old, whatever its ledger brought."""
    with clock.on(day):
        cards = [
            Card(
                organ=_organ(), name="小型轿车", category=Category.VEHICLE, value=Decimal(149_800), acquisition=Acquisition.BOUGHT, acquired=dt.date(2019, 4, 12),
                in_use_from=dt.date(2019, 4, 12), registered=dt.date(2019, 4, 12), custodian="后勤科", brand="大众", department="后勤科", unit="辆",
                vehicle_use="emergency", plate=f"江A5J2{n}6", displacement="1.4",
            )
            for n in range(3)
        ]  # fmt: skip
        for card in cards:  # one after the other, so that each gets the next number
            act("jiaoyu", partial(_entered, card))


def _entered(card: Card, who: Actor) -> None:
    keep(card, by=who, note="补录车辆")


def issued(day: dt.date) -> None:
    """The city's authority issues its table; one unit holds more than that, law enforcement waits for finance."""
    with clock.on(day):
        units = _units()
        counts = {
            one.pk: Card._base_manager.filter(organ=one, category=Category.VEHICLE, disposed=None).count()
            for one in units
        }

        def work(who: Actor) -> None:
            rows = [
                QuotaSheet(organ=one, document="江机管〔2024〕31号", since=day, general=max(counts[one.pk] - (1 if n == 1 else 0), 0) + (1 if n == 0 else 0),
                           enforcement=1 if n == 2 else None)
                for n, one in enumerate(units)
            ]  # fmt: skip
            keep(rows, by=who, note="年度编制核定")
            issue(rows, document="", since=None, by=who)

        act("shizichan", work)
    with clock.on(day + dt.timedelta(days=6)):
        quota = Quota._base_manager.filter(klass="enforcement", state="submitted").first()
        if quota is not None:
            step("caizheng2", QuotaFlow, "decide", quota, number=1, document="云财行〔2024〕18号", since=clock.today())


def filed(day: dt.date) -> None:
    """Files are opened from the cards; the agency of the story keeps them in full, with certificates, drivers and a duty car."""
    with clock.on(day):
        for unit in _units():
            cards = list(
                Card._base_manager.filter(organ=unit, category=Category.VEHICLE, disposed=None)
                .exclude(plate="")
                .order_by("pk")
            )
            if cards:
                act(clerk_of(unit.pk), partial(_opened, cards))
        act("jiaoyu", _kept)
        act("jiaoyu", lambda who: keep(_drivers(), by=who))


def _opened(cards: list[Card], who: Actor) -> None:
    open_files(cards, by=who)


def _kept(who: Actor) -> None:
    rows = list(Vehicle.objects.filter(organ_id=who.organ_id).select_related("card").order_by("pk"))
    for n, one in enumerate(rows):
        one.body, one.seats, one.energy = "car", 5, one.energy or "petrol"
        one.mark, one.mark_day = "sprayed", clock.today()
        one.parking, one.parking_lat, one.parking_lon, one.parking_radius = "教育局地下车库", *PLACE, 300
        if n == 0:
            one.duty, one.duty_reason, one.driver = True, "校园安全应急值守", "周师傅"
    keep(rows, by=who, note="年度核对")
    day = clock.today()
    papers = [
        Certificate(
            vehicle=one,
            kind=kind,
            number=f"{kind[:2].upper()}{one.pk:06d}",
            since=day - dt.timedelta(days=200),
            until=until,
        )
        for one in rows
        for kind, until in (
            ("inspection", dt.date(2027, 6, 30)),
            ("compulsory", clock.today() + dt.timedelta(days=780)),
        )
    ]
    CertificateFlow.start(papers, by=who)


def _drivers() -> list[Driver]:
    account = (
        Appointment._base_manager.filter(role="driver", organ=_organ()).values_list("user_id", "user__name").first()
    )
    known = (
        [
            Driver(
                organ=_organ(), name=account[1], account_id=account[0], licence="B1", licence_until=dt.date(2030, 5, 31)
            )
        ]
        if account
        else []
    )
    return [*known, Driver(organ=_organ(), name="周师傅", licence="A1", licence_until=dt.date(2029, 9, 30))]


def bought(day: dt.date) -> None:
    """One more car, electric: asked, agreed, approved, bought, plated, fitted, within the quota."""
    with clock.on(day):
        made = Addition(
            organ=_organ(),
            kind="new",
            use="emergency",
            body="car",
            energy="electric",
            price=Decimal(168_000),
            reason="校园安全应急保障",
        )
        act("jiaoyu", lambda who: AdditionFlow.start(made, by=who))
        step("jiaoyu", AdditionFlow, "submit", made)
        step("jiaoyu2", AdditionFlow, "agree", made)
    with clock.on(day + dt.timedelta(days=4)):
        step("zichan", AdditionFlow, "approve", made, document="云机管〔2026〕22号", approved_on=clock.today())
    with clock.on(day + dt.timedelta(days=30)):
        today = clock.today()
        card = Card(
            organ=_organ(), name="纯电动轿车", category=Category.VEHICLE, value=Decimal(178_500), acquisition=Acquisition.BOUGHT, acquired=today,
            in_use_from=today, custodian="后勤科", brand="新能", department="后勤科", unit="辆",
        )  # fmt: skip
        act("jiaoyu", lambda who: keep(card, by=who, note="验收入账"))
        step("jiaoyu", AdditionFlow, "purchase", made, card=card.pk, tax=Decimal(11_000), fees=Decimal(500))
        step("jiaoyu", AdditionFlow, "plate", made, plate="江AD10086", vin="", registered=today)
        act("jiaoyu", lambda who: _equip(who, card))
        step("jiaoyu", AdditionFlow, "fit", made)
        step("jiaoyu", AdditionFlow, "enrol", made)


def _equip(who: Actor, card: Card) -> None:
    held = Vehicle.objects.get(card=card)
    held.seats, held.mark, held.mark_day, held.electric_range = 5, "sprayed", clock.today(), 480
    keep(held, by=who)
    keep(Terminal(organ_id=held.organ_id, plate=held.plate, phone="10649990086", fitted=clock.today()), by=who)


def waiting(day: dt.date) -> None:
    """Another car waits for the authority."""
    with clock.on(day):
        quota = Quota(organ=_organ(), klass="special", asked=1, reason="考务保密运送")
        act("jiaoyu", lambda who: QuotaFlow.start(quota, by=who))
        step("jiaoyu", QuotaFlow, "submit", quota)


def _ask(day: dt.date, leave: str, back: str, to: str, reason: str, **values: Any) -> Request:
    made = Request(
        organ=_organ(),
        applicant=User._base_manager.get(username="keyuan").name,
        purpose="survey",
        reason=reason,
        origin="教育局",
        destination=to,
        day=day,
        leave=leave,
        back=back,
        seats=2,
        **values,
    )
    act("keyuan", lambda who: RequestFlow.start(made, by=who))
    return made


def _approved(day: dt.date, leave: str, back: str, to: str, reason: str, **values: Any) -> Request:
    made = _ask(day, leave, back, to, reason, **{"outside": to in BEYOND, **values})
    step("keyuan", RequestFlow, "submit", made)
    return step("jiaoyu2", RequestFlow, "approve", made)


def _send(requests: list[Request]) -> Dispatch:
    def work(who: Actor) -> Dispatch:
        vehicle = (
            Vehicle.objects.select_related("card")
            .filter(organ_id=who.organ_id, state="in_use", duty=False)
            .order_by("-pk")
            .first()
        )
        driver = Driver.objects.filter(organ_id=who.organ_id).order_by("pk").first()
        return send(requests, organ=_organ(), means="own", vehicle=vehicle, driver=driver, by=who)

    return act("diaodu", work)


def _drive(made: Dispatch, out: int, back: int, begun_by: str = "jiashi") -> None:
    with clock.on(made.starts):
        step(begun_by, DispatchFlow, "begin", made, odometer_out=out)
    with clock.on(made.ends):
        step("jiashi", DispatchFlow, "end", made, odometer_in=back, tolls=Decimal(15))


def driven(day: dt.date) -> None:
    """Two requests ride together; another trip is entered with less on the odometer; one goes first and is approved afterwards."""
    day = _workday(calendar(), day)
    with clock.on(day - dt.timedelta(days=1)):
        together = [
            _approved(day, "08:30", "11:00", "海间区教育局", "联合教研"),
            _approved(day, "08:45", "11:20", "海间区教育局", "听课"),
        ]
        made = _send(together)
    _drive(made, 18_200, 18_246)
    with clock.on(day + dt.timedelta(days=1)):
        step("keyuan", RequestFlow, "confirm", together[0], rating=5, comment="准时")
    later = _workday(calendar(), day + dt.timedelta(days=2))
    with clock.on(later):
        urgent = _ask(later, "10:00", "12:00", "第三中学", "水管爆裂现场处置")
        step("keyuan", RequestFlow, "go_first", urgent, note="现场等候，来不及审批")
        made = _send([urgent])
    _drive(made, 18_240, 18_262, begun_by="diaodu")  # a driver would have been stopped
    with clock.on(later + dt.timedelta(days=1)):
        act("jiaoyu2", lambda who: complete(Request.objects.get(pk=urgent.pk), by=who, note="情况属实"))


def _workday(days: Calendar, day: dt.date) -> dt.date:
    while not days.is_working(day):
        day += dt.timedelta(days=1)
    return day


def bounded(day: dt.date) -> None:
    """The district's authority declares the area in which the vehicles of its level go about their business."""
    border = "\n".join(f"{lon:.6f},{lat:.6f}" for lat, lon in map(streets.degrees, streets.outline()))
    with clock.on(day):
        act("zichan", lambda who: keep(Area(organ_id=who.organ_id, name="云间区", since=day, border=border), by=who))


def strayed(day: dt.date) -> None:
    """A trip that was approved for a school in the district goes on into the next one, and its track shows it."""
    with clock.on(day):
        made = _send([_approved(day, "09:00", "11:00", "第五中学", "校园周边走访")])
    _drive(made, 18_262, 18_302)
    car = Vehicle._base_manager.select_related("card").get(dispatches=made)
    held = Terminal._base_manager.get(plate=car.plate, state="in_use")
    start = int(made.starts.timestamp()) + 300
    batch = Batch(heard={held.pk: start + 6_000})
    for n in range(200):  # a position every half minute: thirty minutes out, forty there, thirty back
        east = 17_000 * max(min(n, 60, 200 - n), 0) / 60
        lat, lon = (round(one * 1e6) for one in streets.degrees((east, 900 * math.sin(east / 5_000))))
        moving = n < 60 or n > 140
        batch.points.append(
            (
                held.pk,
                (start + 30 * n, lat, lon, 6, 340 if moving else 0, 90, 3, 0, None, None, 9, 25, start + 30 * n + 2),
            )
        )
    STORE.append(batch)
    border = beyond.Border(rings_of(areas(day, [car.organ_id])[car.organ_id]))
    observation.observe(Movement, NAMES, rows_of(car, STORE.track(held.pk, *day_of(day)), border))


def sealed(today: dt.date) -> None:
    """The last National Day: all sealed but the duty car, and opened again."""
    eve = dt.date(today.year if today > dt.date(today.year, 10, 9) else today.year - 1, 9, 29)
    with clock.on(eve):
        rows = list(Vehicle._base_manager.filter(organ=_organ(), state="in_use").select_related("card").order_by("pk"))
        act("jiaoyu", lambda who: enlist(rows, eve, by=who, right=Sealing.right("add")))
        holiday = next_holiday(eve, 3)
        for one in Sealing._base_manager.filter(organ=_organ(), state="planned"):
            step("jiaoyu", SealingFlow, "seal", one, odometer_sealed=18_000, sealed_by="周师傅")
    with clock.on((holiday.until if holiday else eve) + dt.timedelta(days=1)):
        for place, one in enumerate(Sealing._base_manager.filter(organ=_organ(), state="sealed").order_by("pk")):
            opened = 18_046 if place == 1 else 18_000  # of one the odometer tells that it did not stand still
            step("jiaoyu", SealingFlow, "unseal", one, odometer_opened=opened, opened_by="周师傅")


def this_week(today: dt.date) -> None:
    """What lies on the desk now: two that could ride together, one apart, one not approved yet, and one car under way."""
    day = _workday(calendar(), today)
    with clock.on(today):
        made = _send([_approved(day, "14:00", "16:30", "市教委", "招生会商")])
        _approved(day, "09:00", "11:00", "实验小学", "安全检查")
        _approved(day, "09:15", "11:15", "实验小学", "食堂检查")
        _approved(day, "13:30", "15:00", "区档案局", "移交档案")
        step("keyuan", RequestFlow, "submit", _ask(day, "15:00", "17:00", "第五中学", "家长接待"))
        assert made.pk


def _before(today: dt.date) -> dt.date:
    """The last working day before a day."""
    return max(day for n in range(1, 15) if calendar().is_working(day := today - dt.timedelta(days=n)))


def events(today: dt.date) -> list[tuple[dt.date, Callable[[dt.date], None]]]:
    """What happens when."""
    from .ledgers import OPENED

    return [
        (OPENED + dt.timedelta(days=20), owned), (OPENED + dt.timedelta(days=30), issued), (OPENED + dt.timedelta(days=60), filed), (OPENED + dt.timedelta(days=62), bounded),
        (today - dt.timedelta(days=150), bought),
        (today - dt.timedelta(days=55), lambda _day: sealed(today)), (today - dt.timedelta(days=20), driven), (today - dt.timedelta(days=3), waiting),
        (_before(today), strayed), (today, this_week),
    ]  # fmt: skip
