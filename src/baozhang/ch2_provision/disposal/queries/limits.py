"""Who must agree to a disposal: limits by form, kind and value; where nobody has verified them, the strict way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from baozhang.ch2_provision.disposal.choices import HOLDING, OVER, TITLED, Lane, State
from baozhang.ch2_provision.disposal.models import Case
from baozhang.law.case import places
from baozhang.law.figures import Figures, Reading

APPROVAL = "assets.disposal"
FINANCE = "disposal.finance"
TOGETHER = "disposal.together"
CALLED_OFF = tuple(state for state in OVER if state != State.CLOSED)


@dataclass(frozen=True)
class Way:
    """Who must agree, why in one sentence, and the two limits as they were read."""

    lane: Lane
    says: str
    approval: Reading
    finance: Reading
    beside: tuple[Case, ...] = ()


def _yuan(amount: Any) -> str:
    return _("%(amount)s 元") % {"amount": f"{amount:,.2f}"}


def way_of(case: Case, day: dt.date) -> Way:
    """The way of a case on a day: filing up to the limit, the authority above it, finance above its own or where unset."""
    figures = Figures(day, places().get(case.organ_id, ""))
    approval, finance = (figures.reading(key, form=case.form, kind=case.kind) for key in (APPROVAL, FINANCE))
    others = beside(case, day, figures.reading(TOGETHER).value)
    total = case.value + sum((one.value for one in others), Decimal(0))
    lane, says = _judge(case, total, approval, finance)
    if others:
        says = "；".join((says, _told(others, total)))
    return Way(lane, says, approval, finance, others)


def beside(case: Case, day: dt.date, window: Any) -> tuple[Case, ...]:
    """Other cases of the agency, form and kind that count with this one: under way beside it, or submitted within the window before.

    One purchase of consent is not cut into several to stay below a limit. While nobody has verified the window, only what is
    under way at the same time counts together.
    """
    rows = Case._base_manager.filter(organ_id=case.organ_id, form=case.form, kind=case.kind).exclude(pk=case.pk)
    counted = Q(state__in=HOLDING)
    if window is not None:
        start = day - dt.timedelta(days=int(window))
        counted |= Q(submitted_on__gte=start, submitted_on__lte=day) & ~Q(state__in=(State.DRAFT, *CALLED_OFF))
    return tuple(rows.filter(counted).order_by("submitted_on", "pk"))


def _told(others: tuple[Case, ...], total: Decimal) -> str:
    names = "、".join(f"{one.number}（{_yuan(one.value)}）" for one in others[:5]) + (
        _("等") if len(others) > 5 else ""
    )
    return _("与同类处置 %(cases)s 合并计算，合计 %(total)s") % {"cases": names, "total": _yuan(total)}


def _judge(case: Case, total: Decimal, approval: Reading, finance: Reading) -> tuple[Lane, str]:
    titled = case.kind in TITLED
    if not titled and approval.value is None:
        return Lane.JOINT, _("审批限额待核实，从严办理：由机关事务管理部门和财政部门审批")
    said = []
    if titled:
        said.append(_("房屋、土地、车辆的处置一律由机关事务管理部门审批"))
    elif total <= Decimal(str(approval.value)):
        return Lane.FILING, _("原值合计 %(total)s，不超过审批限额 %(limit)s，由机关事务管理部门备案") % {
            "total": _yuan(total), "limit": _yuan(approval.value),
        }  # fmt: skip
    else:
        said.append(
            _("原值合计 %(total)s，超过审批限额 %(limit)s") % {"total": _yuan(total), "limit": _yuan(approval.value)}
        )
    if finance.value is None:
        said.append(_("财政审批限额待核实，从严办理：并由财政部门审批"))
        return Lane.JOINT, "；".join(said)
    over = total > Decimal(str(finance.value))
    words = (
        _("超过财政审批限额 %(limit)s，并由财政部门审批")
        if over
        else _("不超过财政审批限额 %(limit)s，由机关事务管理部门审批")
    )
    said.append(words % {"limit": _yuan(finance.value)})
    return (Lane.JOINT if over else Lane.AUTHORITY), "；".join(said)
