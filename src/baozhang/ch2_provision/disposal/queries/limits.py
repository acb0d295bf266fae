"""Who must agree to a disposal: limits by form, kind and value; where nobody has verified them, the strict way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch2_provision.disposal.choices import TITLED, Lane
from baozhang.ch2_provision.disposal.models import Case
from baozhang.law.case import places
from baozhang.law.figures import Figures, Reading

APPROVAL = "assets.disposal"
FINANCE = "disposal.finance"


@dataclass(frozen=True)
class Way:
    """Who must agree, why in one sentence, and the two limits as they were read."""

    lane: Lane
    says: str
    approval: Reading
    finance: Reading


def _yuan(amount: Any) -> str:
    return _("%(amount)s 元") % {"amount": f"{amount:,.2f}"}


def way_of(case: Case, day: dt.date) -> Way:
    """The way of a case on a day: filing up to the limit, the authority above it, finance above its own or where unset."""
    figures = Figures(day, places().get(case.organ_id, ""))
    approval, finance = (figures.reading(key, form=case.form, kind=case.kind) for key in (APPROVAL, FINANCE))
    return Way(*_judge(case, approval, finance), approval, finance)


def _judge(case: Case, approval: Reading, finance: Reading) -> tuple[Lane, str]:
    total: Decimal = case.value
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
