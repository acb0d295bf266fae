"""What each field of purchases, their lines and deliveries is for, and who may do what with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.allocation.choices import NeedState
from baozhang.ch2_provision.allocation.models import Need
from baozhang.ch2_provision.allocation.resources import Needs
from baozhang.kernel import access, acts
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.numbers import whole
from baozhang.kernel.refusal import Invalid
from baozhang.kernel.resource import Computed, Group, Page, Related, Resource, register

from . import views
from .actions import begin
from .choices import COLOURS, State
from .flows import ACCEPT, AGREE, CHECK, SETTLE, SUBMIT, PurchaseFlow, accepted_sum
from .models import DeliveredCard, Delivery, Purchase, PurchaseLine
from .queries import bought_for, lines_of
from .receiving import Papers, receive


@register
class Purchases(Resource):
    """The purchases of agencies."""

    model = Purchase
    slug = "procurement/purchases"
    article = "第三十六条第一款"
    chapter = "mechanisms"
    icon = "shopping-cart"
    words = pgettext_lazy("list", "采购")
    purpose = gettext_lazy("从无可调剂的需求到合同、验收、卡片：没有查找记录、计划和预算的不能采购")
    columns = ("number", "title", "organ", "means", "state", "amount", "supplier", "deliver_by")
    more_columns = ("way", "organized", "contract", "signed_on", "paid", "paid_on")
    groups = (
        Group(gettext_lazy("采购什么"), ("organ", "number", "title", "means", "way", "organized")),
        Group(gettext_lazy("合同"), ("supplier", "supplier_code", "contract", "signed_on", "deliver_by", "lease_until"), when=lambda one: bool(one.contract)),
        Group(gettext_lazy("金额"), ("amount", "accepted", "paid", "paid_on", "payment"), when=lambda one: bool(one.amount)),
    )  # fmt: skip
    computed = {
        "accepted": Computed(
            gettext_lazy("验收金额"), lambda one: accepted_sum(lines_of(one)), kind="money", unit=gettext_lazy("元")
        )
    }
    readonly = frozenset(
        {
            "supplier",
            "supplier_code",
            "contract",
            "signed_on",
            "deliver_by",
            "lease_until",
            "amount",
            "paid",
            "paid_on",
            "payment",
        }
    )
    filters = ("organ", "means", "way", "state", "signed_on", "deliver_by")
    search = ("number", "title", "supplier", "contract")
    units = {"amount": gettext_lazy("元"), "paid": gettext_lazy("元")}
    key_facts = ("amount", "supplier", "deliver_by", "accepted")
    state = "state"
    colours = COLOURS
    flow = PurchaseFlow
    related = (Related("procurement/lines", "purchase"), Related("procurement/deliveries", "purchase"))
    importable = False
    pages = {
        "accept": Page(
            gettext_lazy("验收到货"),
            views.accept_page,
            ACCEPT,
            shown=lambda purchase: purchase.state == State.CONTRACTED,
        )
    }


def _receive(records: Sequence[PurchaseLine], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    """Counts what came of one line; people do it for a whole delivery on the page beside the boxes."""
    line, number = records[0], whole(values.get("quantity"))
    if number is None:
        raise Invalid(_("没有填写验收数量"), instead=_("请按实际到货填写每一行的数量。"))
    delivery = receive(line.purchase, {line.pk: number}, Papers(note=note[:60]), by=by)
    return _("已验收 %(n)s 件，建卡 %(n)s 张") % {"n": delivery.quantity}


def _begin(records: Sequence[Need], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    made = begin(records[0], by=by)
    said = _("已起草采购 %(purchase)s，请核对采购方式、品牌和单价后提交审定") % {"purchase": made}
    return acts.Done(said, made)


acts.also(Needs, "purchase", Act(
    gettext_lazy("发起采购"), Purchase.right("add"), _begin, many=False, article="第三十六条第一款", icon="shopping-cart",
    says=gettext_lazy("按计划核定的数量和单价起草采购；可以先起草，预算批复后才能提交审定。"),
    shown=lambda need: need.state == NeedState.PLANNED and need.planned > bought_for(need.pk),
))  # fmt: skip


@register
class PurchaseLines(Resource):
    """The lines of purchases."""

    model = PurchaseLine
    slug = "procurement/lines"
    article = "第三十六条第一款"
    chapter = "mechanisms"
    icon = "list-bullet"
    menu = False
    words = pgettext_lazy("list", "采购明细")
    purpose = gettext_lazy("为哪一项需求、买什么、多少、什么价、从哪一行预算支付")
    columns = ("purchase", "place", "name", "need", "quantity", "unit_price", "amount", "delivered")
    more_columns = ("brand", "model", "plan_line", "budget_line", "organ")
    groups = (
        Group(
            gettext_lazy("明细"),
            ("purchase", "place", "need", "name", "brand", "model", "quantity", "unit_price", "amount"),
        ),
        Group(gettext_lazy("来路"), ("plan_line", "budget_line", "delivered")),
    )
    readonly = frozenset({"amount", "plan_line", "budget_line", "delivered"})
    filters = ("purchase", "need")
    search = ("name", "model")
    units = {
        "unit_price": gettext_lazy("元"),
        "amount": gettext_lazy("元"),
        "quantity": gettext_lazy("件"),
        "delivered": gettext_lazy("件"),
    }
    follows = ("need", "plan_line", "budget_line")
    leads = ("purchase",)
    joint = True
    importable = False
    acts = {
        "receive": Act(
            gettext_lazy("验收"), ACCEPT, _receive, ("quantity",), many=False, article="第三十六条第一款", icon="check-circle", on_page=False,
        )
    }  # fmt: skip


@register
class Deliveries(Resource):
    """What was delivered and counted."""

    model = Delivery
    slug = "procurement/deliveries"
    article = "第三十六条第一款"
    chapter = "mechanisms"
    icon = "clipboard-document-check"
    words = pgettext_lazy("list", "验收")
    purpose = gettext_lazy("谁清点、到了多少、记了哪张凭证；验收即建卡")
    columns = ("purchase", "day", "quantity", "amount", "counter", "invoice", "voucher", "organ")
    groups = (
        Group(
            gettext_lazy("验收"),
            ("purchase", "organ", "day", "quantity", "amount", "counter", "invoice", "voucher", "note"),
        ),
    )
    readonly = frozenset({"purchase", "organ", "day", "quantity", "amount", "counter", "invoice", "voucher", "note"})
    filters = ("organ", "day")
    search = ("invoice", "purchase.number")
    units = {"quantity": gettext_lazy("件"), "amount": gettext_lazy("元")}
    key_facts = ("quantity", "amount", "day")
    related = (Related("procurement/cards", "delivery"),)
    follows = ("purchase",)
    importable = False
    addable = False


@register
class DeliveredCards(Resource):
    """The cards that were made of deliveries."""

    model = DeliveredCard
    slug = "procurement/cards"
    article = "第三十六条第一款"
    chapter = "mechanisms"
    icon = "cube"
    menu = False
    words = pgettext_lazy("list", "验收建卡")
    purpose = gettext_lazy("哪一次验收建了哪张卡片")
    columns = ("card", "line", "delivery", "organ")
    groups = (Group(gettext_lazy("建卡"), ("delivery", "line", "card", "organ")),)
    readonly = frozenset({"delivery", "line", "card", "organ"})
    search = ("card.number", "card.name")
    follows = ("delivery",)
    leads = ("card",)
    joint = True
    importable = False
    addable = False


_KINDS = ("purchase", "purchaseline", "delivery", "deliveredcard")
_SEEN = [f"procurement.{kind}:{verb}" for kind in _KINDS for verb in ("view", "export")]
_WRITE = [
    f"procurement.{kind}:{verb}"
    for kind in ("purchase", "purchaseline")
    for verb in ("add", "change", "import", "remove")
]
access.grant((*roles.AGENCY, roles.STAFF), _SEEN, Reach.OWN)
access.grant(roles.READERS, _SEEN, Reach.BELOW)
access.grant((roles.ASSET_CLERK, roles.ACCOUNTANT), [*_WRITE, SUBMIT], Reach.OWN)
access.grant((roles.ASSET_CLERK, roles.ACCOUNTANT, roles.STAFF), ACCEPT, Reach.OWN)
access.grant(roles.HEAD, AGREE, Reach.OWN)
access.grant(roles.ACCOUNTANT, SETTLE, Reach.OWN)
access.grant(roles.ASSET_OFFICER, CHECK, Reach.JURISDICTION)
