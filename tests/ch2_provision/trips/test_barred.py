"""Who may not be sent, who may not approve, and a slip that moved on while it was being read."""

from __future__ import annotations

import datetime as dt

import pytest

from baozhang.ch1_general.organs import roles
from baozhang.ch1_general.organs.models import Appointment
from baozhang.ch2_provision.trips.flows import DispatchFlow
from baozhang.ch2_provision.trips.flows.dispatch import change
from baozhang.ch2_provision.trips.flows.request import complete
from baozhang.ch2_provision.trips.models import Dispatch, Driver, Request
from baozhang.kernel import clock, scope
from baozhang.kernel.refusal import Forbidden, Refused
from tests import factories
from tests.ch2_provision.trips.conftest import WORKDAY, Garage


def test_who_is_away_or_whose_licence_has_run_out_is_not_sent(garage: Garage) -> None:
    made = garage.send(garage.ask())
    driver = garage.drivers[1]
    for values, words in (
        ({"state": "away"}, "休假"), ({"state": "left"}, "离岗"), ({"state": "on", "licence_until": WORKDAY - dt.timedelta(days=1)}, "驾驶证"),
    ):  # fmt: skip
        Driver._base_manager.filter(pk=driver.pk).update(**values)
        garage.drivers[1] = driver = Driver._base_manager.get(pk=driver.pk)
        with pytest.raises(Refused) as refused:
            garage.send(garage.ask("13:00", "14:00"), car=1, driver=1)
        assert words in str(refused.value.why)
        with pytest.raises(Refused), scope.within(garage("desk")) as by:
            change(Dispatch.objects.get(pk=made.pk), vehicle=None, driver=driver, by=by, note="换人")
    Driver._base_manager.filter(pk=driver.pk).update(licence_until=WORKDAY)
    garage.drivers[1] = Driver._base_manager.get(pk=driver.pk)
    assert garage.send(garage.ask("13:00", "14:00"), car=1, driver=1).pk, "valid through its last day"


def test_a_slip_that_left_meanwhile_is_not_changed_by_who_saw_it_before(garage: Garage) -> None:
    made = garage.send(garage.ask())
    seen = Dispatch._base_manager.get(pk=made.pk)
    with clock.on(dt.datetime(2026, 3, 5, 8, 30, tzinfo=clock.ZONE)):
        garage.take("begin", made, "driver", DispatchFlow, odometer_out=100)
    with pytest.raises(Refused, match="已经出车"), scope.within(garage("desk")) as by:
        change(seen, vehicle=garage.vehicles[1], driver=None, by=by, note="换车")


def test_who_went_first_does_not_approve_it_afterwards(garage: Garage) -> None:
    factories.save(
        Appointment(user=garage.users["boss"], organ=garage.mine, role=roles.ASSET_CLERK, since=dt.date(2022, 1, 1))
    )
    made = garage.draft(who="boss")
    garage.take("go_first", made, "boss", note="紧急")
    with pytest.raises(Forbidden, match="不能补办"), scope.within(garage("boss")) as by:
        complete(Request._base_manager.get(pk=made.pk), by=by, note="属实")
