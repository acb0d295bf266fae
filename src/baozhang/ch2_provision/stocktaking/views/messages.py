"""Scans as phones and handheld terminals send them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from baozhang.ch2_provision.stocktaking.actions import syncing
from baozhang.ch2_provision.stocktaking.choices import Condition, Way
from baozhang.kernel.refusal import Fault, Invalid

MOST_FAULTS = 20


class ScanIn(BaseModel):
    """One scan as a phone or a handheld terminal sends it."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(max_length=36)
    count: int
    result: str = Field(max_length=10)
    at: dt.datetime
    code: str = Field("", max_length=400)
    line: int | None = None
    room: int | None = None
    condition: str = Field(Condition.GOOD, max_length=8)
    place: str = Field("", max_length=400)
    user: str = Field("", max_length=200)
    quantity: Decimal | None = Field(None, ge=0, max_digits=14, decimal_places=2)
    name: str = Field("", max_length=400)
    note: str = Field("", max_length=1000)
    way: str = Field(Way.CAMERA, max_length=8)

    def sighting(self) -> syncing.Sighting:
        """The same as the action takes it."""
        values = self.model_dump()
        at = values["at"]
        values["at"] = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
        return syncing.Sighting(**values)


class SyncIn(BaseModel):
    """What a phone brings: its clock, its name, its scans, and how much it has read of each count."""

    now: dt.datetime | None = None
    device: str = Field("", max_length=36)
    who: int | None = None  # whose scans they are; a phone on which somebody else has signed in since keeps them
    scans: list[ScanIn] = Field(default_factory=list, max_length=syncing.MOST)
    since: dict[int, int] = Field(default_factory=dict)


def read(message: bytes) -> SyncIn:
    """What a phone sent; Invalid with each fault and its place where it is not in the form."""
    try:
        return SyncIn.model_validate_json(message)
    except ValidationError as error:
        faults = [
            Fault(one["msg"], ".".join(map(str, one["loc"])), str(one.get("input", ""))[:80])
            for one in error.errors()[:MOST_FAULTS]
        ]
        raise Invalid(_("盘点记录的格式不对"), faults=faults) from error
