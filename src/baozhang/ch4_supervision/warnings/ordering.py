"""From findings to drafts: one warning or order for each agency, its demand proposed from the findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.kernel import access, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.acts import Act
from baozhang.kernel.record import keep, remove
from baozhang.kernel.refusal import Forbidden, Refused

from . import wording
from .choices import LIVE, OrderKind, OrderState, State
from .flows import OrderFlow
from .models import Finding
from .orders import DRAFT, Order, OrderFinding, issuer_of
from .recheck import items_of

ORDER_FINDINGS = access.permission("warnings.finding:order", gettext_lazy("据线索起草预警和整改通知"))
DRAFTED = ledger.act("warnings.drafted", gettext_lazy("起草"))
ARTICLE = "第四十一条第二款"


def draft(findings: Sequence[Finding], kind: OrderKind, *, by: Actor) -> tuple[list[Order], int]:
    """This will draft one order for each organ of some findings, and say how many findings were left aside.

    Left aside is what is gone, false, or in another order at work; Refused where nothing is left. The authority that
    orders is looked up; Forbidden where it is another than the actor's.
    """
    with transaction.atomic():
        keys = [finding.pk for finding in findings]
        rows = list(
            Finding._base_manager.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=keys)
            .select_related("organ__jurisdiction")
            .order_by("pk")
        )
        taken = set(
            OrderFinding._base_manager.filter(live=True, finding_id__in=keys).values_list("finding_id", flat=True)
        )
        by_organ: dict[int, list[Finding]] = defaultdict(list)
        for row in rows:
            if (
                row.organ_id is not None
                and row.state in LIVE
                and row.state != State.FALSE_ALARM
                and row.pk not in taken
            ):
                by_organ[row.organ_id].append(row)
        if not by_organ:
            raise Refused(
                _("所选线索都不能起草文书"), why=_("它们已消除、已认定误报，或已列入另一份办理中的文书。"), article=ARTICLE,
                instead=_("请在列表中筛选“待处理”的线索。"),
            )  # fmt: skip
        orders = [_draft(held, kind, by) for held in by_organ.values()]
        OrderFlow.start(orders, by=by, right=DRAFT)
        return orders, len(rows) - sum(map(len, by_organ.values()))


def _draft(findings: list[Finding], kind: OrderKind, by: Actor) -> Order:
    organ: Any = findings[0].organ
    issuer = _issuer(organ, by)
    order = Order(kind=kind, organ=organ, issuer=issuer, title=wording.TITLES[kind], demand=wording.demand(findings))
    keep(order, by=by, act=DRAFTED, right=DRAFT, where=issuer.pk)
    items = [OrderFinding(order=order, finding=finding, organ_id=organ.pk) for finding in findings]
    keep(items, by=by, act=DRAFTED, right=DRAFT, where=issuer.pk)
    return order


def _issuer(organ: Organization, by: Actor) -> Organization:
    found = issuer_of(organ)
    if found is None:
        raise Refused(
            _("查不到%(organ)s的同级机关事务管理部门") % {"organ": organ}, article="第五条",
            instead=_("请机关事务管理部门负责人核对单位登记中的职能和行政区划。"),
        )  # fmt: skip
    if not by.can(DRAFT, found.pk):
        raise Forbidden(
            _("对%(organ)s的文书由%(issuer)s发出") % {"organ": organ, "issuer": found}, article="第五条",
            why=_("预警和整改通知由同级机关事务管理部门发出，您在该部门没有起草权限。"), instead=_("请由该部门的人员起草。"),
        )  # fmt: skip
    return found


def tidy(order: Order, *, by: Actor) -> int:
    """This will take out of a draft what is gone or false, and propose the demand anew where something went; how many."""
    if order.state != OrderState.DRAFT:
        raise Refused(
            _("只有拟稿中的文书可以移出线索"), why=_("当前状态为“%(state)s”。") % {"state": order.get_state_display()}
        )
    items = items_of(order)
    dead = _dead(items)
    if not dead:
        return 0
    remove(dead, by=by, note=_("线索已消除或认定误报"), right=DRAFT, where=order.issuer_id)
    left = [item.finding for item in items if item not in dead]
    if left:
        order.demand = wording.demand(left)
        keep(order, by=by, right=DRAFT, where=order.issuer_id)
    return len(dead)


def _dead(items: Sequence[OrderFinding]) -> list[OrderFinding]:
    return [item for item in items if item.finding.state not in LIVE or item.finding.state == State.FALSE_ALARM]


def _drafting(kind: OrderKind) -> Any:
    def run(records: Sequence[Finding], *, by: Actor, note: str, values: dict[str, Any]) -> str:
        orders, aside = draft(records, kind, by=by)
        said = _("已起草 %(orders)d 份%(kind)s，列入线索 %(findings)d 条，请在待办中核对文稿后送签") % {
            "orders": len(orders), "kind": kind.label, "findings": len(records) - aside,
        }  # fmt: skip
        return said + (_("；%(n)d 条已消除、误报或已在其他文书中，未列入") % {"n": aside} if aside else "")

    return run


def _tidying(records: Sequence[Order], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    count = sum(tidy(order, by=by) for order in records)
    return _("已移出 %(n)d 条线索") % {"n": count} if count else _("没有需要移出的线索")


def _may_be_ordered(finding: Finding) -> bool:
    return finding.state in (State.OPEN, State.HANDLED)


FINDING_ACTS = {
    "warn": Act(
        gettext_lazy("起草风险预警"), ORDER_FINDINGS, _drafting(OrderKind.WARNING), article=ARTICLE,
        icon="exclamation-triangle", shown=_may_be_ordered,
    ),
    "order": Act(
        gettext_lazy("起草整改通知"), ORDER_FINDINGS, _drafting(OrderKind.ORDER), article=ARTICLE,
        icon="document-text", shown=_may_be_ordered,
    ),
}  # fmt: skip
ORDER_ACTS = {
    "tidy": Act(
        gettext_lazy("移出已消除的线索"), DRAFT, _tidying, many=False, article=ARTICLE, icon="minus",
        shown=lambda order: order.state == OrderState.DRAFT and bool(_dead(items_of(order))),
    )
}  # fmt: skip
