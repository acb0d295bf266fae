"""The area in which the vehicles of an office go about their business: what leads beyond it is approved as such (article 23)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.vehicles.choices import EAST, NORTH, SOUTH, WEST, Datum
from baozhang.kernel.record import Record

Ring = list[tuple[float, float]]  # latitude and longitude in degrees, as the office has them
CORNERS = 2_000  # of all rings together; a district's border drawn to fifty metres has fewer


class Area(Record):
    """The area of a unit, or of an authority for all units of its level that have none of their own; the newest by a day counts."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("单位"))
    name = models.CharField(_("辖区名称"), max_length=60, help_text=_("如 云间区"))
    since = models.DateField(_("起始日期"))
    datum = models.CharField(_("坐标系"), max_length=5, choices=Datum.choices, default=Datum.WGS84)
    border = models.TextField(
        _("界线"), max_length=100_000,
        help_text=_("每行一个界点，写成“经度,纬度”，如 121.22,31.03；另一块辖区空一行再写。也可以粘贴 GeoJSON 面"),
    )  # fmt: skip
    remarks = models.CharField(_("备注"), max_length=200, blank=True, default="")

    natural = ("organ_id", "since")
    searched = ("name",)

    class Meta:
        app_label = "vehicles"
        verbose_name = _("用车辖区")
        ordering = ("organ", "-since")
        constraints = [
            models.UniqueConstraint(fields=["organ", "since"], name="area_once", violation_error_message=_("这个单位已登记从这一天起的用车辖区")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def rings(self) -> list[Ring]:
        """The closed lines of its border; a hole is a ring within another."""
        return rings_of(self.border)

    def faults(self) -> Iterable[Any]:
        """A border that is none, lies elsewhere, or is finer than anybody needs."""
        try:
            rings = self.rings
        except ValueError as error:
            yield self.fault_of("border", gettext("界线写得不对"), str(error)[:80], gettext("每行写成“经度,纬度”，或者粘贴 GeoJSON 面"))  # fmt: skip
            return
        if not rings or min(map(len, rings)) < 3:
            yield self.fault_of("border", gettext("界线至少要有三个界点"), "", gettext("每块辖区各写三个以上界点"))
        if sum(map(len, rings)) > CORNERS:
            yield self.fault_of("border", gettext("界点太多"), str(sum(map(len, rings))), gettext("请简化到 2000 个以内"))  # fmt: skip
        beyond = [
            (lat, lon) for ring in rings for lat, lon in ring
            if not (SOUTH <= lat * 1e6 <= NORTH and WEST <= lon * 1e6 <= EAST)
        ]  # fmt: skip
        if beyond:
            lat, lon = beyond[0]
            yield self.fault_of("border", gettext("界点不在中国境内"), f"{lon},{lat}", gettext("经度在前，纬度在后，以度为单位"))  # fmt: skip


def rings_of(said: str) -> list[Ring]:
    """The rings in what was written or pasted; ValueError with the line that is no place."""
    if said.lstrip().startswith("{"):
        try:
            return [ring for shape in _shapes(json.loads(said)) for ring in shape]
        except (TypeError, LookupError, AttributeError, RecursionError) as error:
            raise ValueError("GeoJSON") from error
    rings: list[Ring] = [[]]
    for line in said.splitlines():
        parts = line.replace("，", ",").replace(",", " ").split()
        if not parts:
            rings.append([])
        elif len(parts) == 2:
            rings[-1].append((_degree(parts[1], line), _degree(parts[0], line)))
        else:
            raise ValueError(line.strip())
    return [ring for ring in rings if ring]


def _degree(said: Any, line: Any) -> float:
    try:
        return float(said)
    except (TypeError, ValueError):
        raise ValueError(str(line).strip()) from None


def _shapes(said: Any) -> Iterable[list[Ring]]:
    """The polygons of a GeoJSON text, whatever they are wrapped in."""
    inner = said.get("features") or said.get("geometries") or ([said["geometry"]] if said.get("geometry") else None)
    if inner is not None:
        for part in inner:
            yield from _shapes(part)
        return
    kind, places = str(said.get("type")), said["coordinates"]
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(kind)
    for shape in [places] if kind == "Polygon" else places:
        yield [[(_degree(place[1], place), _degree(place[0], place)) for place in ring] for ring in shape]
