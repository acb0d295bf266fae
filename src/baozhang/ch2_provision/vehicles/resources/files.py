"""Files of vehicles and their certificates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.assets.choices import Category
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.resources import Cards
from baozhang.ch2_provision.vehicles.actions.files import open_files
from baozhang.ch2_provision.vehicles.choices import CERTIFICATE_COLOURS, VEHICLE_COLOURS
from baozhang.ch2_provision.vehicles.flows import CertificateFlow
from baozhang.ch2_provision.vehicles.flows.certificate import RENEW
from baozhang.ch2_provision.vehicles.models import Certificate, Vehicle
from baozhang.ch2_provision.vehicles.models.limits import RENEWAL, may_renew_from
from baozhang.ch2_provision.vehicles.queries.fleet import SCRAPPAGE, scrap_day, scrap_from
from baozhang.ch2_provision.vehicles.views import story  # noqa: F401 -- adds to the page
from baozhang.kernel import access, acts, clock
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Computed, Group, Related, Resource, register
from baozhang.law.figures import Figures, Reading

MM, KG, KM = pgettext_lazy("unit", "毫米"), pgettext_lazy("unit", "千克"), pgettext_lazy("unit", "公里")


def _place(vehicle: Vehicle) -> str:
    return vehicle.organ.jurisdiction.path.rstrip("/")


def _years(vehicle: Vehicle, key: str, **row: str) -> Reading:
    return Figures(clock.today(), _place(vehicle)).reading(key, **row)


def _renewable(vehicle: Vehicle) -> Any:
    """The day after which it may be renewed."""
    reading = _years(vehicle, RENEWAL)
    return None if reading.value is None else may_renew_from(vehicle.card, int(str(reading.value)))


def _scrap(vehicle: Vehicle) -> Any:
    return scrap_day(vehicle, clock.today(), _place(vehicle))


def _why(
    key: str, day: Callable[[Vehicle], Any], begun: Callable[[Vehicle], Any], says: Any
) -> Callable[[Vehicle], dict[str, Any]]:
    def explain(vehicle: Vehicle) -> dict[str, Any]:
        row = {"body": vehicle.body} if key == SCRAPPAGE and vehicle.body else {}
        reading = _years(vehicle, key, **row) if key != SCRAPPAGE or row else None
        figures = []
        if reading is not None and reading.value is not None:
            figures = [
                {
                    "words": says,
                    "basis": reading.basis,
                    "since": reading.valid_from,
                    "value": reading.value,
                    "unit": _("年"),
                }
            ]
        return {
            "value": day(vehicle) or _("没有年限"), "unit": "", "day": clock.today(), "article": "第二十二条", "says": "",
            "formula": _("起算日期 + 年限"), "facts": [{"words": _("起算日期"), "value": begun(vehicle) or "—", "unit": ""}], "figures": figures,
        }  # fmt: skip

    return explain


def _of_card(name: str, words: Any, kind: str = "text", unit: Any = "") -> Computed:
    """A fact that the card keeps, shown here."""
    column: Any = Card._meta.get_field(name)

    def read(vehicle: Vehicle) -> Any:
        value = getattr(vehicle.card, name)
        return dict(column.flatchoices).get(value, value) if column.flatchoices else value

    return Computed(words, read, kind, unit, ("card",))


@register
class Vehicles(Resource):
    """The files of vehicles."""

    model = Vehicle
    slug = "vehicles/files"
    article = "第二十三条第一款"
    recognised_by = ("card",)
    chapter = "vehicles"
    icon = "truck"
    words = gettext_lazy("车辆档案")
    purpose = gettext_lazy("一车一档：卡片、证照、编制、终端、行程和费用都在一页")
    columns = ("plate", "number", "name", "use", "state", "energy", "body", "seats", "mark", "parking", "organ")
    more_columns = (
        "card_number", "vin", "engine", "displacement", "value", "custodian", "registered", "establishment", "renewable", "scrap", "driver", "grade",
        "emission", "origin", "odometer", "remarks",
    )  # fmt: skip
    groups = (
        Group(gettext_lazy("资产卡片"), ("card", "number", "plate", "use", "state", "name", "brand", "model", "value", "custodian", "department", "establishment")),
        Group(gettext_lazy("车辆登记"), ("vin", "engine", "registered", "holder", "plate_kind", "plate_day", "issuer", "registration", "licence", "nature")),
        Group(gettext_lazy("车型和动力"), ("body", "energy", "displacement", "power", "motor_power", "motor_number", "battery", "electric_range", "tank",
                                      "rated_fuel", "rated_power", "emission", "transmission", "drive")),
        Group(gettext_lazy("尺寸和质量"), ("seats", "doors", "length", "width", "height", "wheelbase", "axles", "tyres", "curb_mass", "total_mass", "load_mass",
                                      "colour")),
        Group(gettext_lazy("制造"), ("made_on", "origin", "announcement")),
        Group(gettext_lazy("配备"), ("grade", "approval", "price", "tax", "fees", "sealed_code", "renewable", "scrap")),
        Group(gettext_lazy("标识和停放"), ("mark", "mark_day", "mark_code", "mark_document", "parking", "parking_lat", "parking_lon", "parking_radius")),
        Group(gettext_lazy("使用"), ("driver", "duty", "duty_reason", "confidential", "odometer", "fuel_place")),
        Group(gettext_lazy("保养维修"), ("service_every", "serviced_at", "serviced_on", "repair_shop", "remarks")),
    )  # fmt: skip
    readonly = frozenset({"plate", "use", "state"})
    narrowed: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "card": lambda rows: rows.filter(category=Category.VEHICLE)
    }
    computed = {
        "card_number": _of_card("number", gettext_lazy("资产编号")),
        "name": _of_card("name", gettext_lazy("资产名称")),
        "brand": _of_card("brand", gettext_lazy("品牌")),
        "model": _of_card("model", gettext_lazy("规格型号")),
        "value": _of_card("value", gettext_lazy("原值"), "money", gettext_lazy("元")),
        "custodian": _of_card("custodian", gettext_lazy("保管人")),
        "department": _of_card("department", gettext_lazy("使用部门")),
        "establishment": _of_card("establishment", gettext_lazy("编制情况")),
        "vin": _of_card("vin", gettext_lazy("车辆识别代号")),
        "engine": _of_card("engine", gettext_lazy("发动机号")),
        "registered": _of_card("registered", gettext_lazy("注册登记日期"), "date"),
        "holder": _of_card("holder", gettext_lazy("权属人")),
        "displacement": _of_card("displacement", gettext_lazy("排气量")),
        "price": Computed(gettext_lazy("车价（不含税费）"), lambda one: one.price, "money", gettext_lazy("元"), ("card",)),
        "renewable": Computed(gettext_lazy("可更新日期"), _renewable, "date", "", ("card", "organ__jurisdiction"),
                              _why(RENEWAL, _renewable, lambda one: one.card.registered or one.card.begun, gettext_lazy("更新年限"))),
        "scrap": Computed(gettext_lazy("强制报废日期"), _scrap, "date", "", ("card", "organ__jurisdiction"),
                          _why(SCRAPPAGE, _scrap, scrap_from, gettext_lazy("强制报废年限"))),
    }  # fmt: skip
    filters = ("organ", "use", "state", "energy", "body", "mark", "duty", "grade")
    search = ("plate", "card.number", "card.name", "card.vin", "driver")
    order = "plate"
    sorts = ("plate",)
    state = "state"
    colours = VEHICLE_COLOURS
    key_facts = ("card", "use", "state", "registered", "mark")
    units = {
        "seats": pgettext_lazy("unit", "人"), "power": "kW", "motor_power": "kW", "battery": "kWh", "electric_range": KM, "tank": pgettext_lazy("unit", "升"),
        "rated_fuel": "L/100km", "rated_power": "kWh/100km", "length": MM, "width": MM, "height": MM, "wheelbase": MM, "curb_mass": KG, "total_mass": KG,
        "load_mass": KG, "parking_radius": pgettext_lazy("unit", "米"), "odometer": KM, "service_every": KM, "serviced_at": KM,
    }  # fmt: skip
    headings = {
        "card": ("资产编号", "卡片编号"),
        "body": ("车辆类型",),
        "energy": ("燃料种类", "能源类型"),
        "seats": ("座位数", "核载人数"),
    }
    follows = ("card", "card__addition")
    related: ClassVar[tuple[Related, ...]] = (
        Related("vehicles/certificates", "vehicle"),
        Related(
            "vehicles/additions",
            "old",
            gettext_lazy("更新申请"),
            ("number", "body", "energy", "price", "state", "plate"),
        ),
    )


def _open(cards: Sequence[Card], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    count = len(open_files(cards, by=by, note=note))
    return ngettext("已建立 %(n)s 份车辆档案", "已建立 %(n)s 份车辆档案", count) % {"n": count}


acts.also(Cards, "open_vehicle", Act(
    gettext_lazy("建立车辆档案"), Vehicle.right("add"), _open, article="第二十三条第一款", icon="truck",
    among=lambda cards: any(card.category == Category.VEHICLE and card.disposed is None for card in cards),
    shown=lambda card: card.category == Category.VEHICLE and card.disposed is None and not Vehicle._base_manager.filter(card=card).exists(),
))  # fmt: skip


@register
class Certificates(Resource):
    """The papers of vehicles."""

    model = Certificate
    slug = "vehicles/certificates"
    article = "第二十三条第一款"
    chapter = "vehicles"
    icon = "identification"
    words = gettext_lazy("车辆证照")
    purpose = gettext_lazy("行驶证、检验、保险等证照的有效期：到期前三十天列入待办，续办后自动接续")
    columns = ("vehicle", "kind", "number", "since", "until", "amount", "state", "organ")
    more_columns = ("issuer", "remarks")
    groups = (
        Group(
            gettext_lazy("证照"),
            ("vehicle", "kind", "number", "issuer", "since", "until", "amount", "remarks", "state"),
        ),
        Group(gettext_lazy("续办"), ("next_number", "next_since", "next_until", "next_amount")),
    )
    readonly = frozenset({"state", "next_number", "next_since", "next_until", "next_amount"})
    filters = ("organ", "kind", "state", "until")
    search = ("number", "vehicle.plate")
    sorts = ()
    state = "state"
    colours = CERTIFICATE_COLOURS
    key_facts = ("vehicle", "kind", "until")
    headings = {
        "vehicle": ("车牌号", "号牌", "车牌号码", "号牌号码"),
        "until": ("到期日期", "有效期", "截止日期", "保险止期", "终保日期", "到期时间"),
        "kind": ("险种", "证照名称", "证照类型"),
        "since": ("保险起期", "起保日期", "发证日期", "生效日期", "检验日期"),
        "issuer": ("保险公司", "承保公司", "发证机关", "核发机关"),
        "amount": ("保费", "保险费", "金额"),
        "number": ("保单号", "证号"),
    }
    flow = CertificateFlow


_MODELS = (Vehicle, Certificate)
_SEE = [model.right(verb) for model in _MODELS for verb in ("view", "export")]
_WORK = [model.right(verb) for model in _MODELS for verb in ("add", "change", "import", "remove")]
access.grant(roles.AGENCY, _SEE, Reach.OWN)
access.grant(roles.READERS, _SEE, Reach.BELOW)
access.grant(roles.ASSET_CLERK, [*_WORK, RENEW], Reach.OWN)
