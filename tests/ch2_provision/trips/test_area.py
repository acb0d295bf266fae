"""Beyond the area: what a track shows of it, what only wanders over the border, and which approval covers it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.trips.flows.dispatch import DispatchFlow
from baozhang.ch2_provision.trips.flows.request import complete
from baozhang.ch2_provision.trips.models import Dispatch, Movement, Request
from baozhang.ch2_provision.trips.models.movement import AWAY, OUT, WAY
from baozhang.ch2_provision.vehicles.models import Area, Terminal
from baozhang.ch2_provision.vehicles.models.area import rings_of
from baozhang.ch2_provision.vehicles.queries.areas import areas
from baozhang.ch2_provision.vehicles.telemetry.beyond import Border, stays
from baozhang.ch2_provision.vehicles.telemetry.blocks import rows_of
from baozhang.ch2_provision.vehicles.telemetry.datum import to_gcj02
from baozhang.ch2_provision.vehicles.telemetry.points import LAT as LAT_COLUMN
from baozhang.ch2_provision.vehicles.telemetry.points import LON as LON_COLUMN
from baozhang.ch2_provision.vehicles.telemetry.points import Batch, Point
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.kernel import clock
from baozhang.kernel.refusal import Invalid
from baozhang.law.judge import Tally, judge
from baozhang.law.rules import rules
from tests import factories
from tests.ch2_provision.trips.conftest import WORKDAY, Garage
from tests.ch2_provision.trips.test_late import SAID
from tests.ch2_provision.trips.test_tracks import _gather
from tests.ch2_provision.trips.test_trips import _at, found

RULE = "left_area_without_approval"
LAT, WEST, EAST = 31.03, 121.10, 121.22  # the area reaches to EAST; a thousandth of a degree there is 95 metres
SQUARE = f"{WEST},31.0\n{EAST},31.0\n{EAST},31.1\n{WEST},31.1"
NEXT = WORKDAY + dt.timedelta(days=1)


def _points(places: list[float], start: dt.datetime | None = None, step: int = 30) -> list[Point]:
    """Along one latitude, each place in thousandths of a degree beyond the eastern border, a position every half minute."""
    at = int((start or _at(WORKDAY)).timestamp())
    return [
        (at + step * n, round(LAT * 1e6), round((EAST + east / 1_000) * 1e6), 5, 400, 90, 3, 0, None, None, 9, 25, at + step * n)
        for n, east in enumerate(places)
    ]  # fmt: skip


def _seen(places: list[float], step: int = 30) -> list[Any]:
    border = [[(round(lat * 1e6), round(lon * 1e6)) for lat, lon in ring] for ring in rings_of(SQUARE)]
    return stays(rows_of(_points(places, step=step)), Border(border))


def _line(first: int, last: int) -> list[float]:
    return [float(n) for n in range(first, last, 3 if last > first else -3)]


def test_out_and_back_is_one_stay_with_its_place_and_its_distance() -> None:
    (one,) = _seen([*_line(-20, 40), *_line(40, -20)])
    assert one.lon / 1e6 > EAST and round(one.lat / 1e6, 3) == LAT
    assert one.until - one.since > 600 and one.metres == pytest.approx(40 * 95.3, rel=0.01)


@pytest.mark.parametrize(
    ("places", "step"),
    [
        ([*_line(-20, 0), 4, 4, *_line(-2, -20)], 30),  # two points of drift
        ([*_line(-20, 0), 4, 4, 4, 4, 4, *_line(-2, -20)], 30),  # two minutes: a turn at the border
        ([*_line(-20, 0), *[4] * 6, *_line(-2, -20)], 30),  # two and a half
        ([*_line(-20, 0), *[4] * 5, -2, *[4] * 5, *_line(-2, -20)], 30),  # twice two minutes, and within between
        ([*_line(-20, 0), 30, 30, *_line(-2, -20)], 240),  # after a tunnel two wild points, minutes apart
        (
            [*_line(-20, 0), *[1.0] * 30, *_line(-2, -20)],
            30,
        ),  # a quarter of an hour along the border, 95 metres over it
        (_line(-60, -10), 30),
    ],
)
def test_drift_and_a_turn_at_the_border_are_none(places: list[float], step: int) -> None:
    assert _seen(places, step) == []


def test_the_limits_of_points_minutes_and_metres_from_the_other_side() -> None:
    assert len(_seen([*_line(-20, 0), *[1.2] * 7, *_line(-2, -20)])) == 1  # 114 metres, three minutes
    assert len(_seen([*_line(-20, 0), *[4.0] * 3, *_line(-2, -20)], step=90)) == 1  # three points


def test_holes_and_second_pieces_are_borders_too() -> None:
    hole = "121.15,31.02\n121.16,31.02\n121.16,31.04\n121.15,31.04"
    island = f"{EAST + 0.05},31.0\n{EAST + 0.1},31.0\n{EAST + 0.1},31.1\n{EAST + 0.05},31.1"
    rings = rings_of(f"{SQUARE}\n\n{hole}\n\n{island}")
    border = Border([[(round(lat * 1e6), round(lon * 1e6)) for lat, lon in ring] for ring in rings])
    places = [(EAST + 0.07 - 121.22) * 1_000, (121.155 - 121.22) * 1_000, (121.14 - 121.22) * 1_000, 10]
    rows = rows_of(_points(places))
    far = border.beyond(rows[:, LAT_COLUMN], rows[:, LON_COLUMN])
    assert [bool(one) for one in far] == [False, True, False, True]


def _declared(organ: Organization, **values: Any) -> Area:
    return factories.kept(
        Area,
        where=organ,
        **{"organ": organ, "name": "云间区", "since": dt.date(2026, 1, 1), "border": SQUARE, **values},
    )


def _out(garage: Garage, day: dt.date = WORKDAY) -> None:
    """At nine out of the area, ten minutes at a place, and back."""
    car = garage.vehicles[0]
    held = Terminal._base_manager.filter(plate=car.plate).first() or factories.kept(
        Terminal, where=garage.mine, plate=car.plate
    )
    points = _points([*_line(-20, 40), *[40.0] * 20, *_line(40, -20)], _at(day))
    STORE.append(Batch([(held.pk, one) for one in points], [], {held.pk: points[-1][-1]}))
    _gather(day)


def test_leaving_the_area_wants_an_approved_trip_that_says_so(garage: Garage) -> None:
    _declared(garage.mine)
    _out(garage)
    assert Movement.objects.filter(kind=OUT).count() == 2, "the way there and the way back"
    (one,) = found(RULE, NEXT)
    assert one.subject.pk == garage.vehicles[0].pk and one.key == str(WORKDAY)
    assert "云间区" in one.verdict.sentence and "3.8 公里" in one.verdict.sentence
    assert one.verdict.facts["驶出地点（纬度, 经度）"].startswith("31.03000, 121.22")
    for outside, times in ((False, 1), (True, 0)):
        made = garage.send(garage.ask("08:30", "10:00", outside=outside))
        garage.drive(made, 1000 + 40 * times, 1000 + 40 * times, left="08:30", came="10:00")
        assert len(found(RULE, NEXT)) == times, outside


def test_an_approval_of_another_time_is_none(garage: Garage) -> None:
    _declared(garage.mine)
    _out(garage)
    made = garage.send(garage.ask("10:30", "11:30", outside=True))
    garage.drive(made, 1000, 1040, left="10:30", came="11:30")
    assert len(found(RULE, NEXT)) == 1


def test_an_urgent_trip_counts_from_its_approval_on(garage: Garage) -> None:
    _declared(garage.mine)
    _out(garage)
    urgent = garage.draft("08:30", "10:00", outside=True)
    garage.take("go_first", urgent, "staff", note="抢险")
    urgent.refresh_from_db()
    garage.drive(garage.send(urgent), 1000, 1040, came="10:00")
    assert len(found(RULE, NEXT)) == 1
    complete(Request._base_manager.get(pk=urgent.pk), by=garage("boss"), note="属实")
    assert found(RULE, NEXT) == []


@pytest.mark.parametrize(("name", "value"), [("outside", True), ("reason", "另一件事")])
def test_what_was_approved_is_not_changed_after_the_approval(garage: Garage, name: str, value: Any) -> None:
    made = garage.ask()
    setattr(made, name, value)
    with pytest.raises(Invalid) as refused:
        factories.save(made)
    assert "已批准" in str(refused.value.faults[0].reason)


def test_where_no_area_is_declared_nothing_is_judged_and_that_is_said(garage: Garage) -> None:
    _out(garage)
    assert not Movement.objects.filter(kind=OUT).exists()
    tallies: dict[str, Tally] = {}
    assert list(judge(rules(NEXT, [RULE]), NEXT, tallies=tallies)) == []
    assert tallies[RULE].unjudged == {"vehicles.area": 1}
    _declared(garage.mine)
    tallies.clear()
    assert list(judge(rules(NEXT, [RULE]), NEXT, tallies=tallies)) == [] and not tallies[RULE].unjudged


def test_the_authoritys_area_holds_for_its_level_and_a_units_own_before_it(garage: Garage) -> None:
    place = garage.mine.jurisdiction
    authority = factories.organ("云间区机关事务管理局", place, competence="authority")
    other = factories.organ("云间区卫生健康委员会", place)
    elsewhere = factories.organ("海间区教育局", factories.district("海间区"))
    whole = _declared(authority)
    assert set(areas(WORKDAY)) == {garage.mine.pk, authority.pk, other.pk} and elsewhere.pk not in areas(WORKDAY)
    own = _declared(garage.mine, name="园区")
    assert (areas(WORKDAY)[garage.mine.pk].pk, areas(WORKDAY)[other.pk].pk) == (own.pk, whole.pk)


def test_the_newest_area_by_the_day_holds(garage: Garage) -> None:
    old = _declared(garage.mine)
    new = _declared(garage.mine, since=NEXT, border=SQUARE.replace(str(EAST), "121.3"))
    assert [areas(day)[garage.mine.pk].pk for day in (WORKDAY, NEXT)] == [old.pk, new.pk]
    assert areas(dt.date(2025, 12, 31)) == {}
    for day, times in ((WORKDAY, 2), (NEXT, 0)):
        _out(garage, day)
        assert Movement.objects.filter(kind=OUT, day=day).count() == times


def test_a_border_as_offices_have_it(garage: Garage) -> None:
    square = [[(31.0, WEST), (31.0, EAST), (31.1, EAST), (31.1, WEST)]]
    shape = '{"type": "Polygon", "coordinates": [[[121.1, 31.0], [121.22, 31.0], [121.22, 31.1], [121.1, 31.1]]]}'
    several = (
        '{"type": "MultiPolygon", "coordinates": [[[[121.1, 31.0], [121.22, 31.0], [121.22, 31.1], [121.1, 31.1]]]]}'
    )
    wrapped = f'{{"type": "FeatureCollection", "features": [{{"type": "Feature", "geometry": {shape}}}]}}'
    for said in (SQUARE, SQUARE.replace(",", "， "), shape, several, wrapped):
        assert rings_of(said) == square, said
    for wrong in (
        "121.1",
        "121.1,31\n121.2,31",
        "31,121.1\n31.1,121.1\n31.1,121.2",
        "东,西\n",
        '{"type": "Point"}',
        "{",
        '{"type": "Polygon", "coordinates": [[1]]}',
    ):
        with pytest.raises(Invalid):
            _declared(garage.mine, border=wrong)


def test_a_border_from_a_shifted_map_is_the_same_border(garage: Garage) -> None:
    from baozhang.ch2_provision.vehicles.queries import areas as queries

    shifted = "\n".join("{1},{0}".format(*to_gcj02(lat, lon)) for lat, lon in rings_of(SQUARE)[0])
    ring = queries.rings_of(_declared(garage.mine, datum="gcj02", border=shifted))[0]
    assert ring == [(round(lat * 1e6), round(lon * 1e6)) for lat, lon in rings_of(SQUARE)[0]]


def _goes(garage: Garage, places: list[float], day: dt.date, hour: int = 9) -> None:
    """A way of the first vehicle along the latitude, and the night after that day's gathering."""
    car = garage.vehicles[0]
    held = Terminal._base_manager.filter(plate=car.plate).first() or factories.kept(
        Terminal, where=garage.mine, plate=car.plate
    )
    if places:
        points = _points(places, _at(day, hour))
        STORE.append(Batch([(held.pk, one) for one in points], [], {held.pk: points[-1][-1]}))
    _gather(day)


OUTWARD, HOMEWARD = _line(-20, 100), _line(100, -20)


def test_a_stay_of_days_beyond_the_area_is_one_absence_from_leaving_to_coming_back(garage: Garage) -> None:
    _declared(garage.mine)
    days = [WORKDAY + dt.timedelta(days=n) for n in range(4)]
    _goes(garage, OUTWARD, days[0])
    _goes(garage, [], days[1])  # it stands there the whole day, and says nothing
    (one,) = found(RULE, days[2])
    assert (one.key, one.verdict.facts["在外过夜（夜）"]) == (str(WORKDAY), 2)
    assert "最后在外时间" in one.verdict.facts and str(days[2]) in one.verdict.sentence
    _goes(garage, HOMEWARD, days[2])
    (one,) = found(RULE, days[3])
    assert one.key == str(WORKDAY), "the way home is of the same absence"
    assert (one.verdict.facts["在外过夜（夜）"], one.verdict.facts["在外行程段数"]) == (2, 2)
    _goes(garage, OUTWARD, days[3])
    assert {each.key for each in found(RULE, days[3] + dt.timedelta(days=1))} == {str(WORKDAY), str(days[3])}


def test_who_goes_home_beyond_the_area_each_evening_is_absent_each_night_anew(garage: Garage) -> None:
    _declared(garage.mine)
    for n in range(3):
        day = WORKDAY + dt.timedelta(days=n)
        if n:
            points = [*HOMEWARD, *[-20.0] * 200, *OUTWARD]
            _goes(garage, points, day, 7)
        else:
            _goes(garage, OUTWARD, day, 18)
    keys = [one.key for one in found(RULE, WORKDAY + dt.timedelta(days=3))]
    assert keys == [str(WORKDAY + dt.timedelta(days=n)) for n in range(3)]


def test_an_absence_of_months_keeps_the_day_on_which_it_began(garage: Garage) -> None:
    _declared(garage.mine)
    _goes(
        garage, [*OUTWARD, *HOMEWARD], WORKDAY - dt.timedelta(days=3)
    )  # another one, before the days that are looked at
    _goes(garage, OUTWARD, WORKDAY)
    for n in range(1, 80):
        _goes(garage, [], WORKDAY + dt.timedelta(days=n))
    (one,) = found(RULE, WORKDAY + dt.timedelta(days=80))
    assert (one.key, one.verdict.facts["在外过夜（夜）"]) == (str(WORKDAY), 80)


def test_a_vehicle_that_was_found_standing_beyond_its_area_is_said_to_stand_there(garage: Garage) -> None:
    _goes(garage, OUTWARD, WORKDAY)
    _declared(garage.mine, since=NEXT)  # nobody judged its way
    _goes(garage, [], NEXT)
    (one,) = found(RULE, NEXT + dt.timedelta(days=1))
    assert "停在“云间区”以外" in one.verdict.sentence and one.verdict.facts["在外地点（纬度, 经度）"].startswith(
        "31.03"
    )
    for outside in (False, True):
        made = garage.send(garage.ask(("10:30", "08:30")[outside], ("12:00", "10:00")[outside], outside=outside), car=0)
        with clock.on(_at(WORKDAY, 11 - 2 * outside)):
            garage.take("begin", made, "driver", DispatchFlow, odometer_out=1000)
        assert len(found(RULE, NEXT + dt.timedelta(days=1))) == 1 - outside, (
            "an approved trip that is not over covers the night"
        )
        with clock.on(_at(WORKDAY, 12)):
            garage.take("end", made, "driver", DispatchFlow, odometer_in=1010)


def test_who_stands_on_the_border_or_within_is_not_away(garage: Garage) -> None:
    _declared(garage.mine)
    _goes(garage, [*_line(-20, 0), *[1.0] * 30], WORKDAY)  # 95 metres beyond
    assert not Movement.objects.filter(kind=AWAY).exists() and found(RULE, NEXT) == []


def test_a_late_request_for_an_absence_of_nights_is_one_trip_and_says_that_it_left_the_area(
    garage: Garage, as_user: Callable[..., Client]
) -> None:
    _declared(garage.mine)
    _goes(garage, OUTWARD, WORKDAY)
    _goes(garage, HOMEWARD, NEXT)
    there, back = Movement.objects.filter(kind=WAY).order_by("since")
    with clock.on(NEXT + dt.timedelta(days=1)):
        desk = as_user("desk-t")
        address = f"/trips/late/{garage.vehicles[0].pk}/{int(back.since.timestamp())}/"
        page = desk.get(address)
        assert page.context["form"]["outside"].value() is True
        said = {**SAID, "outside": "on", "driver": garage.drivers[0].pk, "odometer_out": 900, "odometer_in": 925}
        assert desk.post(address, said).status_code == 302
        slip = Dispatch._base_manager.get()
        assert (slip.out_at, slip.in_at) == (there.since, back.until)
        assert len(found(RULE, NEXT + dt.timedelta(days=1))) == 1, "nobody has approved it yet"
        complete(Request._base_manager.get(), by=garage("boss"), note="属实")
        assert (
            found(RULE, NEXT + dt.timedelta(days=1)) == [] == found("moved_without_trip", NEXT + dt.timedelta(days=1))
        )


def test_the_form_of_a_way_within_the_area_does_not_say_that_it_left(
    garage: Garage, as_user: Callable[..., Client]
) -> None:
    _declared(garage.mine)
    _goes(garage, _line(-80, -20), WORKDAY)
    (way,) = Movement.objects.filter(kind=WAY)
    with clock.on(NEXT):
        page = as_user("desk-t").get(f"/trips/late/{garage.vehicles[0].pk}/{int(way.since.timestamp())}/")
    assert page.context["form"]["outside"].value() is False


def test_an_absence_after_nights_at_home_is_another_though_nobody_saw_it_come_and_go(garage: Garage) -> None:
    _declared(garage.mine)
    _goes(garage, OUTWARD, WORKDAY)
    for n, place in enumerate((-20.0, -20.0, 100.0)):  # one position a day: at home, at home, away
        _goes(garage, [place], WORKDAY + dt.timedelta(days=n + 1), 12)
    keys = [one.key for one in found(RULE, WORKDAY + dt.timedelta(days=5))]
    assert keys == [str(WORKDAY), str(WORKDAY + dt.timedelta(days=4))]
