"""Bills of vehicles, and the cards that pay for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.running import views  # noqa: F401 -- pages beside the lists
from baozhang.ch2_provision.running.choices import COST_COLOURS, UNMATCHED, CostState, Kind
from baozhang.ch2_provision.running.flows.matching import MATCH, again, assign, explain
from baozhang.ch2_provision.running.models import Cost, PaymentCard
from baozhang.ch2_provision.trips.resources.dispatches import Dispatches
from baozhang.ch2_provision.vehicles.resources.files import Vehicles
from baozhang.kernel import access
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.record import blank
from baozhang.kernel.resource import Group, Related, Resource, register

ARTICLE = "第二十三条第一款"
KM = pgettext_lazy("unit", "公里")


def _marked(rows: Sequence[Any], by: Actor, counts: dict[Any, Any]) -> None:
    """Each row gets the mark of its bill, so that a bill that is there already is met, not kept twice."""
    for row in rows:
        probe = blank(Cost)
        vars(probe).update({name: value for name, value in row.values.items() if name in _READ and value is not None})
        if not probe.plate and (vehicle := row.values.get("vehicle")) is not None:
            probe.plate = vehicle.plate
        probe.derive()
        row.values["mark"] = probe.mark
        if probe.deal or probe.kind == Kind.TOPUP:  # as it will be kept, so that the same statement changes nothing
            row.values.update({name: getattr(probe, name) for name in _SETTLED if name in row.values})


_SETTLED = ("quantity", "unit_price", "amount")
_READ = frozenset({"kind", "plate", "card", "at", "time", "deal", "item", "offence", "quantity", "unit_price", "amount", "loaded", "place", "origin", "supplier", "bill"})  # fmt: skip


def _match(costs: Sequence[Cost], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    (cost,) = costs
    assign(cost, vehicle=values.get("vehicle"), dispatch=values.get("dispatch"), by=by, note=note)
    return _("%(cost)s 已对应") % {"cost": cost}


def _explain(costs: Sequence[Cost], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    explain(costs, by=by, note=note)
    return ngettext("已说明 %(n)s 笔费用", "已说明 %(n)s 笔费用", len(costs)) % {"n": len(costs)}


def _again(costs: Sequence[Cost], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    found = again(list(costs), by=by)
    return _("重新对应 %(n)s 笔，其中 %(found)s 笔有了结果") % {"n": len(costs), "found": found}


@register
class Costs(Resource):
    """Bills, one row an item."""

    model = Cost
    slug = "running/costs"
    article = ARTICLE
    chapter = "vehicles"
    icon = "banknotes"
    words = gettext_lazy("车辆费用")
    purpose = gettext_lazy("供应商的账单按车牌、卡号落到每一辆车，途中的费用再按时间落到派车单；同一张单据只登记一次")
    columns = ("plate", "kind", "at", "item", "quantity", "amount", "place", "dispatch", "state", "organ")
    more_columns = (
        "vehicle", "card", "time", "deal", "offence", "unit_price", "loaded", "balance", "odometer", "origin", "lat", "lon", "supplier", "bill", "explanation", "remarks", "day",
    )  # fmt: skip
    groups = (
        Group(
            gettext_lazy("单据"),
            (
                "kind",
                "at",
                "time",
                "deal",
                "item",
                "offence",
                "quantity",
                "unit_price",
                "amount",
                "loaded",
                "balance",
                "supplier",
                "bill",
            ),
        ),
        Group(gettext_lazy("哪辆车、哪次行程"), ("plate", "card", "vehicle", "odometer", "dispatch", "organ")),
        Group(gettext_lazy("在哪里"), ("origin", "place", "lat", "lon", "remarks")),
        Group(gettext_lazy("对应情况"), ("state", "explanation", "day")),
    )
    readonly = frozenset({"state", "explanation", "day"})
    filters = ("organ", "state", "kind", "day", "vehicle", "supplier")
    search = ("plate", "bill", "item", "place", "supplier", "card")
    order = "-day"
    sorts = ()
    state = "state"
    colours = COST_COLOURS
    key_facts = ("kind", "vehicle", "at", "amount", "dispatch")
    units = {"odometer": KM}
    headings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "kind": ("费用类别", "费用类型", "类别"),
        "at": ("日期", "时间", "用车日期", "用车时间", "上车时间",
               "交易时间", "交易日期", "消费时间", "消费日期", "加油时间", "加油日期", "开始时间", "充电开始时间", "出口时间", "通行时间", "交易完成时间", "出场时间", "送修日期",
               "维修日期", "进厂日期", "出站时间", "离场时间", "扣费时间", "缴费时间", "刷卡时间", "结算日期", "开单日期", "投保日期", "保险起期", "检验日期", "违法时间", "违章时间",
               "洗车日期", "发生日期", "发生时间"),
        "time": ("交易时刻", "时分秒"),
        "plate": ("车牌号", "车牌号码", "车牌", "车号", "号牌号码", "车辆号牌", "号码牌", "车辆牌号", "车辆号码", "加油车牌", "加油车号", "牌照号", "车辆牌照"),
        "card": ("油卡号", "加油卡号", "油卡卡号", "加油卡卡号", "IC卡号", "ETC卡号", "ETC卡编号", "副卡号", "通行卡号", "充电卡号", "卡片编号"),
        "deal": ("业务类型", "交易种类", "交易类别", "业务名称", "业务种类", "交易名称", "交易摘要", "摘要"),
        "offence": ("违法内容", "违章行为", "违法行为描述", "交通违法行为", "违章内容"),
        "loaded": ("圈存金额", "转入金额", "充值额", "收入金额"),
        "balance": ("余额", "卡余额", "卡内余额", "交易后余额", "账户余额", "当前余额", "卡片余额"),
        "item": ("油品", "产品", "产品名称", "油号", "维修内容", "服务项目", "收费项目", "油品名称", "商品名称", "品名", "维修项目", "配件名称", "项目名称", "险种",
                 "费用项目", "名称", "材料名称", "项目及配件", "维修项目及配件", "配件及工时", "工时及配件", "更换配件"),
        "quantity": ("加油量", "加注量", "油量", "充电度数", "升数", "加油升数", "充电电量", "充电量", "电量", "用量"),
        "unit_price": ("油价", "挂牌价", "成交单价"),
        "amount": ("租车费", "租金", "车费",
                   "交易金额", "实收", "小计", "价税合计", "应收金额", "扣费金额", "缴费金额", "加油金额", "停车费用", "充电费用", "实扣金额", "扣款金额", "支付金额", "消费金额",
                   "实付金额", "实收金额", "总金额", "金额合计", "合计金额", "通行费", "通行金额", "停车费", "保费", "维修费用", "费用金额", "应付金额", "订单金额",
                   "订单总额", "保费合计", "保险费", "合计保费", "总保费"),
        "odometer": ("里程", "里程数", "里程表", "当前里程", "进厂里程", "行驶里程"),
        "origin": ("入口站", "入站名称", "入口名称", "入口收费站", "入口站名称"),
        "place": ("加油站", "加油网点", "站点名称", "门店", "门店名称", "车场名称", "出站名称", "出口名称", "加油站名称", "油站", "油站名称", "网点", "网点名称", "交易地点",
                  "充电站", "充电站名称", "电站", "电站名称", "场站名称", "出口站", "出口收费站", "出口站名称", "停车场", "停车场名称", "维修厂", "维修单位",
                  "违法地点", "违章地点", "违法地址", "消费地点"),
        "supplier": ("商户", "销售方", "收款单位", "维修企业", "承保公司", "商户名称", "运营商", "保险公司", "承修单位", "供应单位", "开票单位"),
        "bill": ("流水号", "单号", "单据编号", "账单编号", "工单编号", "交易单号", "通行流水号", "交易流水号", "交易流水", "交易编号", "订单号", "订单编号", "凭证号", "工单号",
                 "结算单号", "保单号", "违法编号", "文书编号", "发票号码", "小票号"),
        "lat": ("纬度",),
        "lon": ("经度",),
        "vehicle": ("车辆档案编号",),
        "dispatch": ("派车单编号",),
    }  # fmt: skip
    follows = ("dispatch", "vehicle")
    before_import = _marked
    acts = {
        "match": Act(
            gettext_lazy("对应车辆和行程"), MATCH, _match, ("vehicle", "dispatch"), many=False, article=ARTICLE, icon="link",
        ),
        "explain": Act(
            gettext_lazy("没有行程，写明说明"), MATCH, _explain, needs_note=True, article=ARTICLE, icon="pencil-square",
            shown=lambda cost: cost.state in (*UNMATCHED, CostState.EXPLAINED),
        ),
        "again": Act(gettext_lazy("重新自动对应"), MATCH, _again, article=ARTICLE, icon="arrow-path", shown=lambda cost: cost.state in UNMATCHED),
    }  # fmt: skip


@register
class PaymentCards(Resource):
    """Cards that pay for one vehicle."""

    model = PaymentCard
    slug = "running/cards"
    article = ARTICLE
    chapter = "vehicles"
    icon = "credit-card"
    place = 60
    words = gettext_lazy("车辆用卡")
    purpose = gettext_lazy("一车一卡：油卡、充电卡、通行卡登记在车上，账单按卡号找到车辆；卡和号牌对不上的列为线索")
    columns = ("number", "kind", "vehicle", "supplier", "keeper", "stopped", "organ")
    groups = (Group(gettext_lazy("卡"), ("number", "kind", "vehicle", "supplier", "keeper", "stopped")),)
    filters = ("organ", "kind", "vehicle")
    search = ("number", "vehicle.plate")
    headings = {
        "number": ("油卡号", "加油卡号", "卡片编号", "ETC卡号", "充电卡号", "副卡号"),
        "supplier": ("发卡机构", "供应商"),
        "keeper": ("持卡人",),
        "vehicle": ("车牌号", "号牌", "车牌号码"),
    }
    key_facts = ("kind", "vehicle", "keeper")


Vehicles.related = (*Vehicles.related, Related("running/costs", "vehicle"), Related("running/cards", "vehicle"))
Dispatches.related = (*Dispatches.related, Related("running/costs", "dispatch"))
_MODELS = (Cost, PaymentCard)
_SEE = [model.right(verb) for model in _MODELS for verb in ("view", "export")]
_WORK = [model.right(verb) for model in _MODELS for verb in ("add", "change", "import", "remove")]
access.grant((*roles.AGENCY, roles.DISPATCHER), _SEE, Reach.OWN)
access.grant(roles.READERS, _SEE, Reach.BELOW)
access.grant((roles.ASSET_CLERK, roles.ACCOUNTANT, roles.DISPATCHER), [*_WORK, MATCH], Reach.OWN)
access.grant(roles.ASSET_OFFICER, [Cost.right("add"), Cost.right("import")], Reach.JURISDICTION)
access.grant(roles.DISPATCHER, [Vehicles.model.right("view")], Reach.OWN)
