"""What each field of cards, classes and book totals is for, said once, and who may do what with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.assets import actions, views
from baozhang.ch2_provision.assets.actions import repairs
from baozhang.ch2_provision.assets.choices import GONE_STATES, Category, UseState
from baozhang.ch2_provision.assets.choices.headings import CARD, CLASS, TOTAL
from baozhang.ch2_provision.assets.models import AssetClass, Card, LedgerTotal
from baozhang.ch2_provision.assets.queries import depreciation as sums
from baozhang.ch2_provision.assets.queries.doubts import doubts
from baozhang.ch2_provision.assets.views import dividing
from baozhang.kernel import access, clock
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act, Done
from baozhang.kernel.resource import Computed, Group, Page, Related, Resource, register
from baozhang.law import explain
from baozhang.law.items import is_unverified, items

from .custody import upkeep

LABEL = access.permission(views.LABEL_RIGHT, gettext_lazy("打印资产标签"))


def _now(card: Card) -> sums.Depreciation:
    """Depreciation and net value are shown side by side, so what was found for the one is kept for the other."""
    day, held = clock.today(), vars(card)
    found = held.get("_depreciation")
    if found is None or found.day != day:
        found = sums.depreciation(card, day, sums.figure_of(day, card.organ.jurisdiction.path.rstrip("/")))
        held["_depreciation"] = found
    return found


def _why(name: str) -> Any:
    """The explanation of a computed sum: formula, the card's facts, the standard's figure."""

    def explain_it(card: Card) -> dict[str, Any]:
        found = _now(card)
        value = getattr(found, name)
        answer: dict[str, Any] = {
            "value": f"{value:,.2f}" if value is not None else _("待核实"), "unit": _("元") if value is not None else "",
            "day": found.day, "formula": found.formula, "formula_filled": found.filled, "says": found.says,
            "facts": _facts(card, found), "article": "第十三条第二款",
        }  # fmt: skip
        if name == "net" and found.net is not None:
            answer["formula"] = "\n".join(filter(None, (_("净值 = 原值 − 累计折旧"), found.formula)))
            filled = f"{card.value:,.2f} − {found.accumulated:,.2f} = {found.net:,.2f}"
            answer["formula_filled"] = "\n".join(filter(None, (filled, found.filled)))
        if found.reading is not None:
            reading = found.reading
            answer["figures"] = [{"words": _("最低折旧年限"), "basis": reading.basis, "since": reading.valid_from,
                                  "value": reading.value, "unit": _("年")}]  # fmt: skip
        return answer

    return explain_it


def _facts(card: Card, found: sums.Depreciation) -> list[dict[str, Any]]:
    rows = [
        (_("原值"), f"{card.value:,.2f}", _("元")), (_("起提日期"), card.begun, ""),
        (_("折旧年限"), found.life, _("月")), (_("已提月数"), found.months, _("月")),
        (_("净残值率"), card.residual_rate, "%"), (_("期初累计折旧"), card.depreciated, _("元")),
        (_("期初截止日"), card.depreciated_on, ""), (_("处置日期"), card.disposed, ""),
    ]  # fmt: skip
    return [{"words": words, "value": value, "unit": unit} for words, value, unit in rows if value is not None]


def _hints(card: Card, by: Actor) -> list[dict[str, Any]]:
    """What the law and the record itself say of a card being typed."""
    card.derive()
    found = [{"words": words, "article": "", "tone": "amber"} for _field, words in doubts(card)]
    if card.value is not None and card.quantity:
        found += [
            {
                "words": f"{judged.verdict.sentence}。{judged.verdict.remedy}",
                "article": judged.rule.article,
                "tone": "red",
            }
            for judged in explain.hints(card, clock.today())
        ]
    return found


def _change(cards: Sequence[Card], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    count = actions.change_use_state(
        cards, state=values.get("use_state") or "", since=values.get("idle_since"), by=by, note=note
    )
    return _("已变更 %(count)s 张卡片的使用状况") % {"count": count}


def _labels(cards: Sequence[Card], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    """Programs fetch the sheet from its own address; an act answers them with a sentence."""
    ids = "&".join(f"id={card.pk}" for card in cards)
    return _("请从 %(address)s 取得 %(count)s 张标签") % {
        "address": f"/assets/cards/labels.pdf?{ids}",
        "count": len(cards),
    }


def _repair_said(cards: Sequence[Card], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    """Programs enter it where it is kept."""
    return _("请在“维修保养”中登记 %(card)s 的故障") % {"card": cards[0]}


def _repair(rows: Any, *, by: Actor) -> HttpResponseRedirect:
    """The form of a repair with the card filled in."""
    return HttpResponseRedirect(f"/assets/repairs/add/?card={rows.get().pk}")


def _report(cards: Sequence[Card], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    """Whoever uses it says what is wrong; the asset clerk finds it among his repairs and in his notices."""
    made = repairs.report(cards[0], fault=note, by=by)
    return Done(_("已报告故障，资产管理员会安排维修；进展可以在这里查看"), made)


def _item_name(card: Card) -> str:
    """The item of the configuration standard; where the class code it is known by was never checked, that is said."""
    if card.item not in items():
        return ""
    name = items()[card.item].name
    return _("%(item)s（分类代码待核实）") % {"item": name} if is_unverified(card.class_code, card.edition) else name


def _is(*categories: Category) -> Any:
    return lambda card: card.category in categories


def _is_there(card: Card) -> bool:
    """Only of a thing that is there anything breaks or is mended."""
    return card.disposed is None and card.use_state not in GONE_STATES


@register
class Cards(Resource):
    """The asset cards."""

    model = Card
    slug = "assets/cards"
    place = 10
    article = "第十三条第二款"
    chapter = "assets"
    goes_round = True
    icon = "archive-box"
    words = gettext_lazy("资产卡片")
    purpose = gettext_lazy("一物一卡：从台账导入，按标准核对，折旧和净值随时可查")
    columns = (
        "number",
        "name",
        "category",
        "quantity",
        "value",
        "acquired",
        "use_state",
        "custodian",
        "department",
        "organ",
    )
    more_columns = (
        "class_code", "edition", "class_name", "item_name", "unit", "model", "brand", "serial", "user", "place", "plate", "vin",
        "holder", "certificate", "address", "floor_area", "acquisition", "booked", "voucher", "in_use_from", "idle_since",
        "offered", "disposal", "disposed", "life_months", "depreciated", "depreciated_on", "remarks",
    )  # fmt: skip
    groups = (
        Group(gettext_lazy("基本情况"), ("organ", "number", "name", "class_code", "edition", "class_name", "category")),
        Group(gettext_lazy("数量与价值"), ("quantity", "unit", "value_type", "value", "fiscal", "non_fiscal", "funding")),
        Group(gettext_lazy("取得与入账"), ("acquisition", "acquired", "in_use_from", "booked", "booking", "voucher", "purchase")),
        Group(gettext_lazy("使用"), ("use_state", "idle_since", "department", "custodian", "keeper", "user", "user_account", "band", "place")),
        Group(gettext_lazy("折旧"), ("method", "depreciation_state", "life_months", "residual_rate", "depreciated", "depreciated_on",
                                     "accumulated", "net")),
        Group(gettext_lazy("规格"), ("brand", "model", "serial", "maker", "seller", "warranty_end", "upkeep", "parent")),
        Group(gettext_lazy("采购"), ("contract", "invoice", "project")),
        Group(gettext_lazy("权属"), ("title_form", "holder", "certificate", "certificate_date", "address"),
              when=_is(Category.LAND, Category.HOUSE, Category.STRUCTURE, Category.VEHICLE)),
        Group(gettext_lazy("土地房屋"), ("structure", "completed", "floor_area", "use_area", "own_area", "shared_area"),
              when=_is(Category.LAND, Category.HOUSE, Category.STRUCTURE)),
        Group(gettext_lazy("车辆"), ("plate", "vin", "engine", "displacement", "vehicle_use", "registered", "establishment"),
              when=_is(Category.VEHICLE)),
        Group(gettext_lazy("处置与备注"), ("early_consent", "disposal", "disposed", "offered", "former", "split_from", "remarks")),
    )  # fmt: skip
    computed = {
        "accumulated": Computed(
            gettext_lazy("今日累计折旧"),
            lambda card: _now(card).accumulated,
            "money",
            gettext_lazy("元"),
            ("organ__jurisdiction",),
            _why("accumulated"),
        ),
        "net": Computed(
            gettext_lazy("今日净值"),
            lambda card: _now(card).net,
            "money",
            gettext_lazy("元"),
            ("organ__jurisdiction",),
            _why("net"),
        ),
        "upkeep": Computed(gettext_lazy("维修保养费用"), upkeep, "money", gettext_lazy("元")),
        "item_name": Computed(gettext_lazy("配置标准项目"), _item_name),
    }
    filters = (
        "organ",
        "category",
        "use_state",
        "acquisition",
        "vehicle_use",
        "acquired",
        "value",
        "class_code",
        "department",
    )
    search = ("number", "name", "model", "serial", "plate", "custodian", "user", "place")
    sorts = ("acquired", "value")
    units = {
        "value": gettext_lazy("元"), "fiscal": gettext_lazy("元"), "non_fiscal": gettext_lazy("元"), "depreciated": gettext_lazy("元"),
        "floor_area": "㎡", "use_area": "㎡", "own_area": "㎡", "shared_area": "㎡", "residual_rate": "%",
    }  # fmt: skip
    headings = CARD
    state = "use_state"
    colours = {
        UseState.IN_USE: "green", UseState.IDLE: "amber", UseState.SURPLUS: "amber", UseState.REPAIR: "amber",
        UseState.DISPOSING: "amber", UseState.LET: "blue", UseState.LENT: "blue", UseState.LOST: "red",
    }  # fmt: skip
    key_facts = ("number", "use_state", "value", "net", "custodian")
    follows = ("former", "split_from")
    readonly = frozenset({"early_consent", "former", "split_from", "keeper", "user_account"})
    related = (
        Related("assets/cards", "parent", gettext_lazy("附属资产")),
        Related("assets/lettings", "card", gettext_lazy("出租出借")),
        Related("assets/changes", "card", gettext_lazy("变动")),
        Related("assets/repairs", "card", gettext_lazy("维修保养")),
        Related("assets/handover-items", "card", gettext_lazy("交接")),
        Related("assets/voucher-lines", "card", gettext_lazy("记账分录")),
        Related("assets/incomes", "card", gettext_lazy("收入")),
    )
    acts = {
        "use": Act(gettext_lazy("变更使用状况"), "assets.card:change", _change, ("use_state", "idle_since"), icon="arrow-path",
                   shown=lambda card: card.disposed is None),
        "repair": Act(gettext_lazy("登记报修"), "assets.repair:add", _repair_said, many=False, article="第十一条第二款", icon="wrench-screwdriver",
                      shown=_is_there, answer=_repair, new_tab=False),
        "report": Act(gettext_lazy("报告故障"), repairs.REPORT, _report, many=False, needs_note=True, note_words=gettext_lazy("哪里坏了，什么时候开始的"),
                      article="第十一条第二款", icon="wrench-screwdriver", shown=_is_there),
        "labels": Act(gettext_lazy("打印标签"), views.LABEL_RIGHT, _labels, icon="qr-code", on_page=False,
                      answer=views.labels_of),
    }  # fmt: skip
    pages = {
        "depreciation": Page(gettext_lazy("折旧与净值"), views.depreciation_page),
        "label": Page(gettext_lazy("标签"), views.label_page, views.LABEL_RIGHT),
    }
    hints = _hints
    before_import = actions.number_rows
    recognises = True


@register
class Classes(Resource):
    """The classes of GB/T 14885."""

    model = AssetClass
    slug = "assets/classes"
    place = 62
    article = "第十一条第一款"
    chapter = "assets"
    icon = "rectangle-stack"
    words = pgettext_lazy("list", "资产分类")
    purpose = gettext_lazy("GB/T 14885 两个版本的分类代码；随附部分代码，全本可导入")
    columns = ("edition", "code", "name", "category", "standing")
    computed = {
        "standing": Computed(gettext_lazy("核实情况"), lambda one: _("已核实") if one.verified else _("待核实")),
    }
    groups = (Group(gettext_lazy("分类"), ("edition", "code", "name", "category", "verified")),)
    filters = ("edition", "category", "verified")
    search = ("code", "name")
    sorts = ("code",)
    order = "code"
    headings = CLASS


@register
class Totals(Resource):
    """What the finance books say."""

    model = LedgerTotal
    slug = "assets/totals"
    place = 61
    article = "第十三条第二款"
    chapter = "assets"
    icon = "scale"
    words = gettext_lazy("资产账")
    purpose = gettext_lazy("财务账面的分大类余额，用来与卡片逐类核对")
    columns = ("organ", "day", "category", "quantity", "value", "depreciated")
    more_columns = ("account", "remarks")
    groups = (Group(gettext_lazy("账面数"), ("organ", "day", "category", "quantity", "value", "depreciated")),
              Group(gettext_lazy("说明"), ("account", "remarks")))  # fmt: skip
    filters = ("organ", "day", "category")
    search = ("account",)
    sorts = ("day",)
    order = "-day"
    units = {"value": gettext_lazy("元"), "depreciated": gettext_lazy("元")}
    headings = TOTAL


dividing.offer(Cards)
_KEPT = ("assets.card", "assets.ledgertotal")
_LOOK = [f"{name}:{verb}" for name in _KEPT for verb in ("view", "export")]
_WORK = [f"{name}:{verb}" for name in _KEPT for verb in ("add", "change", "import", "remove")]
access.grant(roles.ASSET_CLERK, [*_LOOK, *_WORK, LABEL], Reach.OWN)
access.grant((roles.HEAD, roles.ACCOUNTANT), _LOOK, Reach.OWN)
access.grant(roles.ACCOUNTANT, [f"assets.ledgertotal:{verb}" for verb in ("add", "change", "import")], Reach.OWN)
access.grant(roles.READERS, _LOOK, Reach.BELOW)
access.grant((*roles.AGENCY, *roles.READERS), ["assets.assetclass:view", "assets.assetclass:export"], Reach.OWN)
access.grant(
    roles.STANDARDS_OFFICER, [f"assets.assetclass:{verb}" for verb in ("add", "change", "import", "remove")], Reach.OWN
)
