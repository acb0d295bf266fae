"""Positions that another platform reports: judged, matched to terminals within its reach, written, and answered one by one.

The format is this house's own (docs/gateway.md); what the house passes on to a higher platform is written in it too, so
that two of them understand each other.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from baozhang.ch2_provision.assets.models.placing import clean_plate
from baozhang.ch2_provision.vehicles.choices import Datum, TerminalState
from baozhang.ch2_provision.vehicles.models import Source, Terminal
from baozhang.ch2_provision.vehicles.models.terminal import clean_phone
from baozhang.ch2_provision.vehicles.telemetry import datum
from baozhang.ch2_provision.vehicles.telemetry.points import ACC, LOCATED, UNSAID, Batch, digest_of, doubt_of, is_blind
from baozhang.ch2_provision.vehicles.telemetry.relaying import reach_of
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.kernel import clock, observation

MOST = 5_000  # positions in one message
NONE, CONTRADICTS = "没有这辆车在用的终端，或者不在这个平台的范围内", "号牌和终端号不是同一辆车"
PRINTED = r"^[^\x00-\x1f\x7f]*$"  # signs that no database need keep are no part of a plate


class Said(BaseModel):
    """One position as another platform writes it."""

    model_config = ConfigDict(extra="ignore")

    plate: str = Field("", max_length=12, pattern=PRINTED)
    terminal: str = Field("", max_length=20, pattern=PRINTED)
    time: AwareDatetime
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    speed: float | None = Field(None, ge=0, le=1_000)  # km/h
    direction: float = Field(0, ge=0, le=360)
    altitude: float = Field(0, ge=-500, le=9_000)
    odometer: float | None = Field(None, ge=0, le=1e8)  # km
    acc: bool = False  # an engine of which nothing is said is not one that runs at a stop
    located: bool = True
    alarm: int = Field(0, ge=0, le=0xFFFFFFFF)


@dataclass(slots=True)
class Answer:
    """What became of a message: how many are stored, and of the others each with its place and its reason."""

    stored: int = 0
    doubtful: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON."""
        return {"stored": self.stored, "doubtful": self.doubtful, "refused": self.refused}


def take_in(source: Source, positions: Sequence[Any]) -> Answer:
    """This will write what can be written; when it returns, that is durable. The same once more changes nothing."""
    answer, heard = Answer(), int(clock.now().timestamp())
    read = [_read(place, raw, answer) for place, raw in enumerate(positions)]
    said = [one for one in read if one is not None]
    vehicles = _vehicles(source, [one for _place, one in said])
    batch = Batch()
    for place, one in said:
        vehicle = _vehicle(one, vehicles)
        if not vehicle:
            why = NONE if vehicle is None else CONTRADICTS
            answer.refused.append({"place": place, "why": why})
            continue
        _put(batch, vehicle, one, source.datum, heard)
        batch.heard[vehicle] = heard
    if not connection.in_atomic_block:
        observation.make_durable()
    STORE.append(batch)
    answer.stored, answer.doubtful = len(batch.points), len(batch.doubts)
    return answer


def _vehicle(one: Said, vehicles: dict[tuple[str, str], int]) -> int | None:
    """The terminal in use that is meant: by the plate where one is said; 0 where plate and number are of two vehicles."""
    by_plate, by_number = vehicles.get(("plate", one.plate)), vehicles.get(("phone", one.terminal))
    if not one.plate:
        return by_number
    if by_plate is not None and by_number in (None, by_plate):
        return by_plate
    return None if by_number is None else 0


def _read(place: int, raw: Any, answer: Answer) -> tuple[int, Said] | None:
    try:
        one = Said.model_validate(raw)
        one.plate, one.terminal = clean_plate(one.plate), clean_phone(one.terminal)  # as people write them
        return place, one
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        answer.refused.append({"place": place, "why": f"{'.'.join(map(str, first['loc']))}: {first['msg']}"})
        return None


def _vehicles(source: Source, said: Sequence[Said]) -> dict[tuple[str, str], int]:
    """(plate or number) → terminal in use, of those in the platform's reach; one query for all."""
    organs = reach_of(source.organ)
    rows = Terminal._base_manager.filter(state=TerminalState.IN_USE)
    if organs is not None:
        rows = rows.filter(organ__oneof=sorted(organs))
    plates = sorted({one.plate for one in said if one.plate})
    phones = sorted({one.terminal for one in said if one.terminal})
    found: dict[tuple[str, str], int] = {}
    for name, values in (("plate", plates), ("phone", phones)):
        if values:
            found |= {
                (name, value): pk for value, pk in rows.filter(**{f"{name}__oneof": values}).values_list(name, "pk")
            }
    return found


def _put(batch: Batch, vehicle: int, one: Said, kept_in: str, heard: int) -> None:
    lat, lon = datum.from_gcj02(one.lat, one.lon) if kept_in == Datum.GCJ02 else (one.lat, one.lon)
    at, north, east = int(one.time.timestamp()), round(lat * 1e6), round(lon * 1e6)
    speed, status = UNSAID if one.speed is None else round(one.speed * 10), ACC * one.acc | LOCATED * one.located
    doubt = doubt_of(at, north, east, speed, status, heard)
    if doubt:
        body = json.dumps(one.model_dump(mode="json"), ensure_ascii=False, sort_keys=True).encode()
        batch.doubts.append((vehicle, digest_of(body, at), doubt, at, heard, is_blind(doubt, status, speed), body))
        return
    odometer = None if one.odometer is None else round(one.odometer * 10)
    batch.points.append(
        (vehicle, (at, north, east, round(one.altitude), speed, round(one.direction), status, one.alarm, odometer, None, None, None, heard))
    )  # fmt: skip


def written(item: dict[str, Any]) -> dict[str, Any]:
    """A position that is passed on, in the same format."""
    moment = dt.datetime.fromtimestamp(item["at"], clock.ZONE)
    return {
        "plate": item["plate"], "terminal": item["phone"], "time": moment.isoformat(), "lat": item["lat"] / 1e6, "lon": item["lon"] / 1e6,
        "speed": None if item["speed"] == UNSAID else item["speed"] / 10, "direction": item["direction"], "altitude": item["altitude"],
        "odometer": None if item["odometer"] is None else item["odometer"] / 10, "acc": bool(item["status"] & ACC), "located": True,
        "alarm": item["alarm"],
    }  # fmt: skip
