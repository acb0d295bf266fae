"""The rows of a table of figures in words and in writing: rank=bureau is 职级 司局级, headcount=100~ is 人数 100 以上."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from baozhang.law.catalogue import spec
from baozhang.law.figurespec import Band, FigureError, Match

WHOLE = "*"
AXES = {
    "rank": pgettext_lazy("row", "职级"),
    "use": pgettext_lazy("row", "用途"),
    "body": pgettext_lazy("row", "车型"),
    "kind": pgettext_lazy("row", "类别"),
    "form": pgettext_lazy("row", "处置形式"),
    "group": pgettext_lazy("row", "资产组"),
    "headcount": pgettext_lazy("row", "人数"),
    "area": pgettext_lazy("row", "面积"),
    "level": pgettext_lazy("row", "等级"),
}
CHOICES = {
    "rank": {"bureau": pgettext_lazy("row", "司局级"), "division": pgettext_lazy("row", "处级及以下")},
    "use": {
        "confidential": pgettext_lazy("row", "机要通信"), "emergency": pgettext_lazy("row", "应急保障"),
        "enforcement": pgettext_lazy("row", "执法执勤"), "special": pgettext_lazy("row", "特种专业技术"),
        "other": pgettext_lazy("row", "其他"),
    },
    "body": {
        "car": pgettext_lazy("row", "轿车"), "off_road": pgettext_lazy("row", "越野车"),
        "bus": pgettext_lazy("row", "其他客车"), "middle_bus": pgettext_lazy("row", "中型客车"),
        "large_bus": pgettext_lazy("row", "大型客车"), "new_energy_car": pgettext_lazy("row", "新能源轿车"),
        "truck": pgettext_lazy("row", "载货汽车"), "work": pgettext_lazy("row", "专项作业车"),
        "work_cargo": pgettext_lazy("row", "有载货功能的专项作业车"), "motorcycle": pgettext_lazy("row", "摩托车"),
    },
    "kind": {
        "general": pgettext_lazy("row", "通用"), "special": pgettext_lazy("row", "专用"),
        "house": pgettext_lazy("row", "房屋"), "land": pgettext_lazy("row", "土地"), "vehicle": pgettext_lazy("row", "车辆"),
    },
    "level": {
        "first": pgettext_lazy("row", "一类"), "second": pgettext_lazy("row", "二类"),
        "third": pgettext_lazy("row", "三类"), "fourth": pgettext_lazy("row", "四类"),
    },
    "form": {
        "transfer": pgettext_lazy("row", "调拨划转"), "donation": pgettext_lazy("row", "捐赠"),
        "sale": pgettext_lazy("row", "出售"), "swap": pgettext_lazy("row", "置换"),
        "scrapping": pgettext_lazy("row", "报废"), "loss": pgettext_lazy("row", "报损"),
    },
    "group": {
        "building_frame": pgettext_lazy("row", "钢结构、钢混房屋"), "building_brick": pgettext_lazy("row", "砖混、砖木房屋"),
        "building_simple": pgettext_lazy("row", "简易房"), "building_annex": pgettext_lazy("row", "房屋附属设施"),
        "structure": pgettext_lazy("row", "构筑物"), "computer": pgettext_lazy("row", "计算机设备"),
        "office_equipment": pgettext_lazy("row", "办公设备"), "vehicle": pgettext_lazy("row", "车辆"),
        "archive_equipment": pgettext_lazy("row", "图书档案设备"), "machinery": pgettext_lazy("row", "机械设备"),
        "electrical": pgettext_lazy("row", "电气设备"), "radar": pgettext_lazy("row", "雷达、无线电和卫星导航设备"),
        "communication": pgettext_lazy("row", "通信设备"), "broadcast": pgettext_lazy("row", "广播、电视、电影设备"),
        "instrument": pgettext_lazy("row", "仪器仪表"), "electronic_measurement": pgettext_lazy("row", "电子和通信测量设备"),
        "metrology": pgettext_lazy("row", "计量标准器具及量具"), "special": pgettext_lazy("row", "专用设备"),
        "medical": pgettext_lazy("row", "医疗设备"), "furniture": pgettext_lazy("row", "家具"),
        "utensil": pgettext_lazy("row", "用具、装具"),
    },
}  # fmt: skip

COARSER = {"middle_bus": "bus"}  # a table that knows no middle-sized bus has it among the other ones


def row_words(row: Iterable[tuple[str, str]]) -> str:
    """This is a row of a table as people say it; empty for a plain figure. Takes the row of a reading."""
    return "，".join(part for name, value in row if (part := _part(name, value)))


def _part(name: str, value: str) -> str:
    if name in CHOICES:
        return "/".join(str(CHOICES[name].get(one, one)) for one in value.split("/"))
    axis = str(AXES.get(name, name))
    low, between, high = value.strip("(]").replace(", ", "~").partition("~")
    if not between:
        return f"{axis} {value}"
    bottom, top = low not in ("", "-∞", "0"), high not in ("", "∞")
    if bottom and top:
        return _("%(axis)s %(low)s 以上至 %(high)s") % {"axis": axis, "low": low, "high": high}
    if bottom:
        return _("%(axis)s %(low)s 以上") % {"axis": axis, "low": low}
    return _("%(axis)s %(high)s 以内") % {"axis": axis, "high": high} if top else axis


def written(match: Match) -> str:
    """This is a row in writing, the same for the same row: body=car;use=emergency, headcount=100~ (over 100, no end).

    A figure without rows is written as a star.
    """
    return ";".join(sorted(f"{name}={_value(wanted)}" for name, wanted in match)) or WHOLE


def _value(wanted: frozenset[str] | Band) -> str:
    if isinstance(wanted, Band):
        return f"{_end(wanted.over)}~{_end(wanted.to)}"
    return "/".join(sorted(wanted))


def _end(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")


def row_keys(key: str, text: str) -> Mapping[str, Any]:
    """These are the row keys of a figure from their writing, or from words (职级=司局级); FigureError for wrong ones."""
    held: dict[str, Any] = {}
    for part in text.replace("；", ";").split(";"):
        if part.strip() in ("", WHOLE):
            continue
        name, equals, value = (piece.strip() for piece in part.replace("＝", "=").partition("="))
        if not equals and len(axes := dict(spec(key).keys)) == 1 and not _numeric(key, next(iter(axes))):
            name, equals, value = next(iter(axes)), "=", name  # 司局级, where the figure has but one kind of row
        if not equals:
            raise FigureError(
                _("“%(part)s”不是行键，应写成“名称=值”。") % {"part": part}, instead=_("例如“rank=bureau”。")
            )
        name = axis_of(name)
        held[name] = _band(key, name, value) if _numeric(key, name) else _among(key, name, chosen(name, value))
    spec(key).match(held, whole=True)
    return held


def _among(key: str, name: str, choices: list[str]) -> list[str]:
    """Choices as the figure's own table knows them, where it draws the line more coarsely."""
    own = dict(spec(key).keys).get(name) or ()
    return [one if one in own else COARSER.get(one, one) for one in choices]


def axis_of(name: str) -> str:
    """This is a row key by its code or its words."""
    return next((axis for axis, words in AXES.items() if str(words) == name), name)


def _numeric(key: str, name: str) -> bool:
    return dict(spec(key).keys).get(name, ()) is None


def chosen(name: str, value: str) -> list[str]:
    """These are the values of a row key by their codes or words, several with a stroke between."""
    words = {str(said): choice for choice, said in CHOICES.get(name, {}).items()}
    return [words.get(one.strip(), one.strip()) for one in value.split("/")]


def _band(key: str, name: str, value: str) -> dict[str, Decimal | None]:
    low, tilde, high = value.replace("～", "~").partition("~")
    try:
        if not tilde:
            raise InvalidOperation
        ends = {"over": Decimal(low) if low.strip() else None, "to": Decimal(high) if high.strip() else None}
    except InvalidOperation:
        raise FigureError(
            _("参数 %(key)s 的行键“%(name)s”不能是“%(value)s”。") % {"key": key, "name": name, "value": value},
            instead=_("请写成“100~200”（100 以上至 200），一端不限时留空。"),
        ) from None
    return ends
