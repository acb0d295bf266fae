"""Sealing: listed before a holiday, sealed and opened by a person with the odometer, or excepted by name and reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.trips.choices import SEAL_AHEAD
from baozhang.ch2_provision.trips.choices import SealState as S
from baozhang.ch2_provision.trips.models import Sealing
from baozhang.ch2_provision.trips.models.dispatch import last_odometer
from baozhang.ch2_provision.trips.queries.holidays import next_holiday
from baozhang.ch2_provision.vehicles.choices import VehicleState
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel import access, clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

SEAL = access.permission("trips.sealing:seal", gettext_lazy("封存和启封车辆"))
EXCEPT = access.permission("trips.sealing:exempt", gettext_lazy("批准节假日不封存"))
OPENED = ledger.act("trips.unsealed", gettext_lazy("登记启封日期"))
CORRECTED = ledger.act("trips.sealing_corrected", gettext_lazy("更正封存里程"))
SYSTEM = access.system_actor("节假日封存")
ARTICLE = "第二十三条第一款"


def _eve(sealing: Sealing, _day: dt.date) -> dt.date:
    return sealing.since


def _when_opened(sealing: Sealing) -> str:
    """What to write, by the day on which it is opened."""
    if clock.today() <= sealing.until:
        return _("%(holiday)s到 %(until)s 结束，现在启封是提前启封：在意见中写明用途。") % {
            "holiday": sealing.holiday,
            "until": sealing.until,
        }
    return _("记下里程表读数，与封存时比较。")


class SealingFlow(Flow):
    """列入 → 封存（里程、封存人）→ 启封（里程、启封人）；值班车辆写明理由不封存."""

    model = Sealing
    words = gettext_lazy("节假日封存")
    article = ARTICLE
    initial = (S.PLANNED,)

    seal = Step(
        gettext_lazy("登记封存"), S.PLANNED, S.SEALED, ":seal", kind="primary", icon="lock-closed", fields=("odometer_sealed", "sealed_by", "place"),
        required=("odometer_sealed", "sealed_by"), says=gettext_lazy("车辆停入固定地点，记下里程表读数。"),
    )  # fmt: skip
    exempt = Step(
        gettext_lazy("值班不封存"), S.PLANNED, S.EXCEPTED, ":exempt", side=True, todo=False, fields=("exception", "keeper"), required=("exception", "keeper"),
    )  # fmt: skip
    unseal = Step(
        gettext_lazy("登记启封"), S.SEALED, S.UNSEALED, ":seal", kind="primary", icon="lock-open", fields=("odometer_opened", "opened_by"),
        required=("odometer_opened", "opened_by"), says=_when_opened,
    )  # fmt: skip


@SealingFlow.seal.effect
def _sealed(sealing: Sealing) -> None:
    """What is written down is what the odometer shows: it never shows less than at the last return."""
    last = last_odometer(sealing.vehicle_id, clock.now())
    if last is not None and sealing.odometer_sealed is not None and sealing.odometer_sealed < last:
        raise Refused(
            _("封存里程 %(sealed)s 公里小于上次还车的 %(last)s 公里") % {"sealed": sealing.odometer_sealed, "last": last}, article=ARTICLE,
            why=_("里程表不会倒退。"), instead=_("请照里程表读数更正。"),
        )  # fmt: skip


@SealingFlow.unseal.guard
def _early_with_a_reason(sealing: Sealing, *, note: str, day: dt.date) -> None:
    """Opened before the holiday is over only with a reason."""
    if day <= sealing.until and not note.strip():
        raise Refused(
            _("节假日尚未结束，提前启封须写明理由"),
            why=f"{sealing.holiday} {sealing.since} — {sealing.until}",
            article=ARTICLE,
            instead=_("请在意见中写明用途。"),
        )


@SealingFlow.unseal.effect
def _opened(sealing: Sealing, *, by: Actor, day: dt.date) -> None:
    """The day is the clock's."""
    sealing.opened_on = day
    keep(sealing, by=by, act=OPENED, right=SEAL)


def correct(sealing: Sealing, values: Mapping[str, Any], *, by: Actor, note: str) -> None:
    """This will write again what a slip of the pen wrote at sealing or opening."""
    for name, value in values.items():
        setattr(sealing, name, value)
    keep(sealing, by=by, act=CORRECTED, right=SEAL, note=note)


def enlist(vehicles: Sequence[Vehicle], day: dt.date, *, by: Actor, within: int = SEAL_AHEAD, right: str = "") -> int:
    """This will list vehicles for the holiday that begins within some days; duty vehicles are excepted with their reason."""
    holiday = next_holiday(day, within)
    if holiday is None:
        return 0
    have = set(
        Sealing._base_manager.filter(vehicle__in=vehicles, since=holiday.since).values_list("vehicle_id", flat=True)
    )
    rows = [
        Sealing(vehicle=one, holiday=holiday.name, since=holiday.since, until=holiday.until, place=one.parking)
        for one in vehicles if one.pk not in have and one.state in (VehicleState.IN_USE, VehicleState.IDLE)
    ]  # fmt: skip
    SealingFlow.start(rows, by=by, right=right, within=_eve) if rows else None
    for row in rows:
        if row.vehicle.duty:
            SealingFlow.take(
                "exempt",
                row,
                by=SYSTEM,
                values={"exception": row.vehicle.duty_reason, "keeper": row.vehicle.driver or _("值班室")},
            )
    return len(rows)
