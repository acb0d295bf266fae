"""What scenarios may state of tracks: a way that a vehicle went, a place where it stood at night."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from baozhang.ch2_provision.trips.models import Movement
from baozhang.ch2_provision.trips.queries.tracks import (
    NAMES,
    a_night,
    a_night_away,
    a_speed,
    a_stray,
    a_way,
    an_idle,
    borders,
)
from baozhang.kernel import observation
from baozhang.law.scenario.observed import MOMENT, NUMBER, Heading, Observed, Told, declare

_ABOUT = ("车辆", "号牌", "vehicle")


def _ways(told: Sequence[Told]) -> None:
    vehicles: list[tuple[Any, dict[str, Any]]] = list(told)
    rows = [row for one, way in vehicles for row in a_way(one, way["since"], way["until"], round(way["km"] * 1_000))]
    observation.observe(Movement, NAMES, rows)


def _speeds(told: Sequence[Told]) -> None:
    vehicles: list[tuple[Any, dict[str, Any]]] = list(told)
    rows = [row for one, way in vehicles for row in a_speed(one, way["since"], way["until"], float(way["kmh"]))]
    observation.observe(Movement, NAMES, rows)


def _idles(told: Sequence[Told]) -> None:
    vehicles: list[tuple[Any, dict[str, Any]]] = list(told)
    observation.observe(
        Movement, NAMES, [row for one, at in vehicles for row in an_idle(one, at["since"], at["until"])]
    )


def _nights(told: Sequence[Told]) -> None:
    vehicles: list[tuple[Any, dict[str, Any]]] = list(told)
    rows = []
    for one, at in vehicles:
        lat, lon = round(at["lat"] * 1_000_000), round(at["lon"] * 1_000_000)
        rows += a_night(one, at["at"], lat, lon) + a_night_away(one, at["at"], _far(one, at["at"], lat, lon), lat, lon)
    observation.observe(Movement, NAMES, rows)


def _strays(told: Sequence[Told]) -> None:
    vehicles: list[tuple[Any, dict[str, Any]]] = list(told)
    rows = []
    for one, at in vehicles:
        lat, lon = round(at["lat"] * 1_000_000), round(at["lon"] * 1_000_000)
        rows += a_stray(one, at["since"], at["until"], _far(one, at["since"], lat, lon), lat, lon)
    observation.observe(Movement, NAMES, rows)


def _far(vehicle: Any, at: dt.datetime, lat: int, lon: int) -> int:
    """How many metres beyond the area of its unit a place is; none where there is no area."""
    border = borders(at.date(), [vehicle.organ_id]).get(vehicle.organ_id)
    return 0 if border is None else round(float(border.beyond([lat], [lon])[0]))


declare(
    Observed(
        ("驶到位置", "strays"),
        "vehicles.vehicle",
        _ABOUT,
        (
            Heading("since", ("开始", "since"), MOMENT),
            Heading("until", ("结束", "until"), MOMENT),
            Heading("lat", ("纬度", "lat"), NUMBER),
            Heading("lon", ("经度", "lon"), NUMBER),
        ),
        _strays,
    )
)
declare(
    Observed(
        ("行驶轨迹", "ways"),
        "vehicles.vehicle",
        _ABOUT,
        (
            Heading("since", ("开始", "since"), MOMENT),
            Heading("until", ("结束", "until"), MOMENT),
            Heading("km", ("公里", "里程", "km"), NUMBER),
        ),
        _ways,
    )
)
declare(
    Observed(
        ("夜间位置", "nights"),
        "vehicles.vehicle",
        _ABOUT,
        (
            Heading("at", ("时间", "at"), MOMENT),
            Heading("lat", ("纬度", "lat"), NUMBER),
            Heading("lon", ("经度", "lon"), NUMBER),
        ),
        _nights,
    )
)
declare(
    Observed(
        ("行驶车速", "speeds"),
        "vehicles.vehicle",
        _ABOUT,
        (
            Heading("since", ("开始", "since"), MOMENT),
            Heading("until", ("结束", "until"), MOMENT),
            Heading("kmh", ("时速", "kmh"), NUMBER),
        ),
        _speeds,
    )
)
declare(
    Observed(
        ("停车怠速", "idling"),
        "vehicles.vehicle",
        _ABOUT,
        (Heading("since", ("开始", "since"), MOMENT), Heading("until", ("结束", "until"), MOMENT)),
        _idles,
    )
)
