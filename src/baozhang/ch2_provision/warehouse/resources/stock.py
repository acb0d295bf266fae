"""Items as their keepers see them, and the catalogue as every agency sees it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.warehouse.actions import keeping, reserving
from baozhang.ch2_provision.warehouse.choices import ITEM_COLOURS, AlarmState, EntryState, ItemState
from baozhang.ch2_provision.warehouse.models import Activation, Item, Offer
from baozhang.kernel import clock, holds
from baozhang.kernel.access import Actor
from baozhang.kernel.acts import Act, Done
from baozhang.kernel.refusal import Invalid, Refused
from baozhang.kernel.resource import Computed, Group, Related, Resource, register

Values = dict[str, Any]


def _recheck(items: Sequence[Item], *, by: Actor, note: str, values: Values) -> str:
    count = keeping.recheck(
        items, outcome=values.get("outcome") or "", grade=values.get("grade") or "", wiped=bool(values.get("wiped")), by=by, note=note,
        place=values.get("place"), custodian=values.get("custodian"),
    )  # fmt: skip
    return _("已登记 %(count)s 件物品的复验结论") % {"count": count}


def _relocate(items: Sequence[Item], *, by: Actor, note: str, values: Values) -> str:
    return _("已移动 %(count)s 件物品") % {"count": keeping.relocate(items, values=values, by=by, note=note)}


def _to_repair(items: Sequence[Item], *, by: Actor, note: str, values: Values) -> str:
    return _("已送修 %(count)s 件物品") % {"count": keeping.send_to_repair(items, by=by, note=note)}


def _repaired(items: Sequence[Item], *, by: Actor, note: str, values: Values) -> str:
    cost = values.get("last_cost") or Decimal(0)
    return _("已登记 %(count)s 件物品的维修") % {
        "count": keeping.repaired(items, cost=cost, grade=values.get("grade") or "", by=by, note=note)
    }


def _give_back(items: Sequence[Item], *, by: Actor, note: str, values: Values) -> str:
    return _("已退仓 %(count)s 件物品") % {"count": keeping.give_back(items, by=by, note=note)}


def _alarm(by: Actor) -> Activation | None:
    """The emergency that is on in the actor's own authority; looked up once for all rows of a page."""
    known: dict[str, Any] = by.__dict__
    if "_alarm" not in known:
        known["_alarm"] = Activation._base_manager.filter(organ_id=by.organ_id, state=AlarmState.ON).first()
    found: Activation | None = known["_alarm"]
    return found


def _supply(items: Sequence[Item], *, by: Actor, note: str, values: Values) -> str:
    activation = Activation._base_manager.filter(organ_id=by.organ_id, state=AlarmState.ON).first()
    if activation is None:
        raise Refused(
            _("没有启动应急状态，不能先行出仓"), article="第十六条第一款", why=_("应急先行须由机关事务管理部门负责人启动。"),
            instead=_("请按预留、审批、交付的步骤办理，或者由负责人启动应急。"),
        )  # fmt: skip
    if values.get("holder") in (None, activation.organ):
        raise Invalid(
            _("请选择领用单位"),
            why=_("“现在何处”仍是公物仓管理部门自己。"),
            instead=_("请把“现在何处”改为领用这些物品的单位。"),
        )
    exit_ = reserving.first_aid(
        [item.card for item in items],
        activation=activation,
        organ=values["holder"],
        by=by,
        day=clock.today(),
        note=note,
    )
    return _("已应急出仓 %(count)s 件，手续应于 %(due)s 前补齐") % {"count": len(items), "due": exit_.papers_due}


def _reserve(offers: Sequence[Offer], *, by: Actor, note: str, values: Values) -> str:
    organ = Organization._base_manager.select_related("jurisdiction__parent").get(pk=by.organ_id or 0)
    lines = reserving.reserve([offer.card for offer in offers], organ=organ, by=by)
    said = _("已为%(organ)s预留 %(count)s 件，请在“出仓申领”中补填用途和方式后提交")
    return Done(said % {"organ": organ, "count": len(lines)}, lines[0].exit)


def _may_be_reserved(offer: Any) -> bool:
    """In stock, or reserved until a day that has passed: the next who asks is then the first to set it free."""
    if offer.state != ItemState.RESERVED:
        return bool(offer.state == ItemState.STOCK)
    return not holds.held("assets.card", [offer.card_id])


def _entering(item: Any) -> bool:
    return item.state == ItemState.ENTERING and item.entry is not None and item.entry.state == EntryState.DELIVERED


@register
class Items(Resource):
    """Everything in the warehouse."""

    model = Item
    slug = "warehouse/items"
    place = 22
    article = "第十四条第二款"
    chapter = "warehouse"
    icon = "archive-box"
    words = gettext_lazy("在仓物品")
    purpose = gettext_lazy("每件物品从入仓、在仓到出仓：成色、位置、保管人、维修和去向")
    columns = ("number", "name", "state", "grade", "keeping", "place", "organ", "holder", "value", "entered_on")
    more_columns = (
        "model", "category", "quantity", "unit", "reason", "listing", "store", "custodian", "authority", "outcome", "bought", "left_on",
        "repairs",
    )  # fmt: skip
    groups = (
        Group(
            gettext_lazy("物品"),
            ("number", "name", "model", "category", "quantity", "unit", "value", "bought", "card", "words"),
        ),
        Group(gettext_lazy("权属和保管"), ("organ", "authority", "holder", "custodian", "keeping", "store", "place")),
        Group(gettext_lazy("入仓"), ("reason", "entry", "listing", "entered_on", "outcome", "wiped", "left_on")),
        Group(gettext_lazy("成色和维修"), ("grade", "last_cost", "repairs")),
    )
    readonly = frozenset(
        {"number", "name", "model", "category", "quantity", "unit", "value", "bought", "card", "words", "organ", "authority", "holder",
         "custodian", "keeping", "store", "place", "reason", "entry", "listing", "entered_on", "outcome", "wiped", "left_on", "grade",
         "last_cost", "repairs"}
    )  # fmt: skip
    filters = ("state", "grade", "category", "keeping", "reason", "listing", "organ", "store", "entered_on")
    search = ("name", "model", "number", "organ.name")
    units = {"value": gettext_lazy("元"), "repairs": gettext_lazy("元"), "last_cost": gettext_lazy("元")}
    key_facts = ("number", "grade", "keeping", "holder", "value")
    state = "state"
    colours = ITEM_COLOURS
    importable = False
    addable = False
    follows = ("entry", "card")
    goes_round = True
    related = (
        Related("warehouse/reservations", "item", gettext_lazy("预留和交付")), Related("warehouse/things", "item", gettext_lazy("借用和归还")),
    )  # fmt: skip
    acts = {
        "recheck": Act(gettext_lazy("登记复验"), keeping.KEEP, _recheck, ("outcome", "grade", "wiped", "place", "custodian"), required=("outcome",),
                       article="第十六条第一款", icon="clipboard-document-check", shown=_entering),
        "move": Act(gettext_lazy("移库"), keeping.KEEP, _relocate, ("store", "place", "custodian"), article="第十六条第一款", icon="arrows-right-left",
                    shown=lambda item: item.state in (ItemState.STOCK, ItemState.REPAIR, ItemState.RESERVED)),
        "repair": Act(gettext_lazy("送修"), keeping.KEEP, _to_repair, needs_note=True, article="第十六条第一款", icon="wrench-screwdriver",
                      shown=lambda item: item.state == ItemState.STOCK),
        "repaired": Act(gettext_lazy("登记修复"), keeping.KEEP, _repaired, ("grade", "last_cost"), article="第十六条第一款", icon="check",
                        shown=lambda item: item.state == ItemState.REPAIR),
        "supply": Act(gettext_lazy("应急先行出仓"), reserving.SUPPLY, _supply, ("holder",), required=("holder",), needs_note=True,
                      note_words=gettext_lazy("用途和领用人"), says=gettext_lazy("“现在何处”选择领用这些物品的单位；手续由该单位在规定天数内补齐。"), article="第十六条第一款", icon="bolt",
                      shown=lambda item: item.state == ItemState.STOCK and item.physical, whose=lambda _item, by: _alarm(by) is not None),
        "back": Act(gettext_lazy("退仓"), keeping.RELEASE, _give_back, needs_note=True, article="第十四条第二款", icon="arrow-uturn-left",
                    shown=lambda item: item.state in (ItemState.STOCK, ItemState.REPAIR)),
    }  # fmt: skip


@register
class Offers(Resource):
    """The catalogue for every agency."""

    model = Offer
    slug = "warehouse/catalogue"
    place = 10
    article = "第十四条第二款"
    chapter = "warehouse"
    icon = "shopping-cart"
    words = gettext_lazy("公物仓目录")
    purpose = gettext_lazy("先看公物仓里有没有：可以借用、调剂或者划转的资产，勾选后预留")
    columns = ("name", "model", "category", "grade", "state", "quantity", "value", "keeping", "store", "organ")
    more_columns = ("unit", "bought", "listing", "entered_on")
    groups = (
        Group(
            gettext_lazy("物品"), ("name", "model", "category", "quantity", "unit", "grade", "value", "bought", "words")
        ),
        Group(gettext_lazy("怎样取得"), ("organ", "keeping", "store", "listing", "entered_on", "how")),
    )
    computed = {
        "how": Computed(
            gettext_lazy("领用方式"),
            lambda offer: (
                _("预留后由公物仓管理员备货交付") if offer.physical else _("预留后由原单位交付，实物现在原单位")
            ),
        )
    }
    readonly = frozenset(
        {"name", "model", "category", "quantity", "unit", "grade", "value", "bought", "words", "organ", "keeping", "store", "listing",
         "entered_on"}
    )  # fmt: skip
    filters = ("category", "grade", "state", "keeping", "value", "listing")
    search = ("name", "model", "number", "organ.name")
    units = {"value": gettext_lazy("元")}
    key_facts = ("grade", "quantity", "value", "organ")
    state = "state"
    colours = ITEM_COLOURS
    importable = False
    addable = False
    acts = {
        "reserve": Act(gettext_lazy("预留"), reserving.ADD, _reserve, article="第十四条第二款", icon="bookmark",
                       shown=_may_be_reserved),
    }  # fmt: skip
