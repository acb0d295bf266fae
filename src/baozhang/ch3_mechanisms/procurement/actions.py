"""Acts that are more than a step: a purchase begun out of a planned need, so that nothing is typed twice; and what it keeps open."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from baozhang.ch2_provision.allocation.choices import NeedState
from baozhang.ch2_provision.allocation.flows import NeedFlow
from baozhang.ch2_provision.allocation.models import Need
from baozhang.ch2_provision.funding.queries.plans import carried, standing_line
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from .choices import State, Way
from .flows import ARTICLE, PurchaseFlow
from .models import Purchase, PurchaseLine
from .queries import bought_elsewhere, bought_for

CENT = Decimal("0.01")


def begin(need: Need, *, by: Actor) -> Purchase:
    """This will draft the purchase of what a need still lacks, at the price of its plan; way and price may be changed in the draft."""
    bought, price = bought_for(need.pk), need.unit_price
    rest = need.planned - bought
    stands = standing_line(need.plan_line) if need.plan_line is not None else None
    if (
        stands is not None and stands.agreed_quantity and price is not None
    ):  # the plan may have been reduced, or amended since: so many, at the price that stands
        rest = min(rest, int(stands.agreed_quantity) - bought_elsewhere(need.pk, Purchase(), stands)[0])
        price = (carried(stands) / stands.agreed_quantity).quantize(CENT, ROUND_DOWN)
    if need.state != NeedState.PLANNED or price is None or rest <= 0:
        raise Refused(
            _("%(need)s 没有可以采购的数量") % {"need": need}, why=_("列入计划 %(planned)s 件，已有采购 %(n)s 件。") % {"planned": need.planned, "n": bought},
            article=ARTICLE, instead=_("请查看已有的采购；没有列入计划的，先列入年度计划。"),
        )  # fmt: skip
    with transaction.atomic():
        made = Purchase(
            organ=need.organ, title=_("%(name)s采购") % {"name": need.name}, means=need.means, way=Way.FRAMEWORK
        )
        PurchaseFlow.start(made, by=by)
        keep(PurchaseLine(purchase=made, need=need, quantity=rest, unit_price=price), by=by)
    return made


@NeedFlow.retract.guard
def nobody_buys(need: Need) -> None:
    """A purchase for a need that is neither cancelled nor paid is ended first, each in its own way."""
    rows = PurchaseLine._base_manager.filter(need=need).exclude(purchase__state__in=(State.CANCELLED, State.SETTLED))
    found = Purchase._base_manager.filter(pk__in=rows.values("purchase")).order_by("pk").first()
    if found is None:
        return
    signed = found.state in (State.CONTRACTED, State.DELIVERED)
    raise Refused(
        _("正在为这项需求采购：%(purchase)s") % {"purchase": found}, why=_("当前状态为“%(state)s”。") % {"state": State(found.state).label},
        article="第三十六条第一款",
        instead=_("合同一件也没有交付的，请单位负责人办理“解除合同”；已有交付的，余下的办理“不再交付”。") if signed
        else _("请先办理“取消采购”，或者由审定人驳回后去掉这一行。"),
    )  # fmt: skip
