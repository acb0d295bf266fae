"""What the papers of a sealing show: that nobody sealed the vehicle, or that it was to stand still and did not."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from baozhang.ch2_provision.trips.choices import DispatchState, SealState
from baozhang.ch2_provision.trips.models import Dispatch, Sealing
from baozhang.ch2_provision.trips.queries.desk import judged_since
from baozhang.ch2_provision.vehicles.choices import VehicleState
from baozhang.law.rules import Verdict, rule

from .papers import ARTICLE, LOOK_BACK

YARD = 1  # kilometres: what rounding and moving about in the yard make of an odometer


def _moved(day: dt.date, ground: Any) -> QuerySet[Sealing]:
    """These are the vehicles with more on the odometer at opening than at sealing, less what slips between the two account for."""
    slips = Dispatch._base_manager.filter(
        vehicle=OuterRef("vehicle"), state=DispatchState.ENDED, odometer_out__gte=OuterRef("odometer_sealed"),
        odometer_in__lte=OuterRef("odometer_opened"),
    )  # fmt: skip
    driven = slips.order_by().values("vehicle").annotate(km=Sum(F("odometer_in") - F("odometer_out"))).values("km")
    rows: Any = Sealing._base_manager.filter(
        state=SealState.UNSEALED, since__gte=judged_since(day, LOOK_BACK), opened_on__lte=day,
        odometer_opened__gt=F("odometer_sealed") + YARD,
    ).annotate(driven=Coalesce(Subquery(driven, output_field=IntegerField()), 0))  # fmt: skip
    return rows.filter(odometer_opened__gt=F("odometer_sealed") + F("driven") + YARD).select_related("vehicle")


@rule(article=ARTICLE, subject="trips.sealing", since="2022-11-01", candidates=_moved, severity="serious")
def odometer_while_sealed(sealing: Sealing, law: Any) -> Verdict | None:
    """封存期间里程增加，没有对应的派车单"""
    driven = getattr(sealing, "driven", None)
    if driven is None or sealing.odometer_opened is None or sealing.odometer_sealed is None:
        return None
    more = sealing.odometer_opened - sealing.odometer_sealed - driven
    sentence = _("%(plate)s %(holiday)s封存时 %(sealed)s 公里、启封时 %(opened)s 公里，多出 %(more)s 公里没有派车单") % {
        "plate": sealing.vehicle, "holiday": sealing.holiday, "sealed": sealing.odometer_sealed, "opened": sealing.odometer_opened, "more": more,
    }  # fmt: skip
    facts = {
        _("封存里程"): sealing.odometer_sealed, _("启封里程"): sealing.odometer_opened, _("派车单里程"): driven,
        _("封存人"): sealing.sealed_by, _("启封人"): sealing.opened_by,
    }  # fmt: skip
    return Verdict(sentence, facts, remedy=_("说明封存期间用车的理由和批准情况；里程抄错的，更正。"))


def _open(day: dt.date, ground: Any) -> QuerySet[Sealing]:
    """These are the vehicles whose holiday has begun and that were neither sealed nor excepted."""
    rows = Sealing._base_manager.filter(
        state=SealState.PLANNED, since__lte=day, since__gte=judged_since(day, LOOK_BACK),
        vehicle__state__in=(VehicleState.IN_USE, VehicleState.IDLE),
    )  # fmt: skip
    return rows.select_related("vehicle")


@rule(article=ARTICLE, subject="trips.sealing", since="2022-11-01", candidates=_open)
def not_sealed(sealing: Sealing, law: Any) -> Verdict | None:
    """节假日开始后没有登记封存，也没有写明值班不封存"""
    if sealing.state != SealState.PLANNED or sealing.since > law.day:
        return None
    sentence = _("%(plate)s %(holiday)s（%(since)s — %(until)s）没有登记封存，也没有写明值班不封存的理由") % {
        "plate": sealing.vehicle, "holiday": sealing.holiday, "since": sealing.since, "until": sealing.until,
    }  # fmt: skip
    facts = {_("封存起始"): sealing.since, _("封存截止"): sealing.until, _("封存地点"): sealing.place}
    return Verdict(sentence, facts, remedy=_("补登记封存里程；值班使用的，写明不封存的理由和值班人。"))
