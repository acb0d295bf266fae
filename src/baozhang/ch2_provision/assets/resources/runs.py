"""Monthly depreciation: what is for whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.assets.actions import charging
from baozhang.ch2_provision.assets.choices.books import RunState
from baozhang.ch2_provision.assets.models import DepreciationRun
from baozhang.kernel import access
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Computed, Group, Resource, register

RUN = access.permission(charging.RUN, gettext_lazy("计提和冲销折旧"))


def _undo(rows: Sequence[DepreciationRun], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    for row in rows:
        charging.undo(row, by=by, note=note)
    return _("已冲销 %(count)s 个月的折旧") % {"count": len(rows)}


@register
class DepreciationRuns(Resource):
    """The runs of depreciation."""

    model = DepreciationRun
    slug = "assets/depreciation"
    place = 57
    article = "第十三条第二款"
    chapter = "assets"
    icon = "calculator"
    words = gettext_lazy("折旧计提")
    purpose = gettext_lazy("按月计提折旧，逐卡计算，每单位每月一张凭证；最近一个月可以冲销重提")
    columns = ("organ", "shown_month", "day", "cards", "charge", "open_cards", "state", "voucher")
    more_columns = ("month", "attempt", "accumulated", "reversal")
    groups = (
        Group(
            gettext_lazy("计提"), ("organ", "month", "attempt", "day", "cards", "charge", "accumulated", "open_cards")
        ),
        Group(gettext_lazy("凭证"), ("state", "voucher", "reversal")),
    )
    readonly = frozenset(
        {
            "organ",
            "month",
            "attempt",
            "day",
            "cards",
            "charge",
            "accumulated",
            "open_cards",
            "state",
            "voucher",
            "reversal",
        }
    )
    computed = {"shown_month": Computed(gettext_lazy("月份"), lambda run: f"{run.month:%Y-%m}")}
    filters = ("organ", "month", "state")
    sorts = ("month",)
    order = "-month"
    units = {
        "charge": gettext_lazy("元"),
        "accumulated": gettext_lazy("元"),
        "cards": gettext_lazy("张"),
        "open_cards": gettext_lazy("张"),
    }
    key_facts = ("shown_month", "state", "charge", "cards")
    state = "state"
    colours = {RunState.POSTED: "green", RunState.REVERSED: "plain"}
    importable = False
    addable = False
    acts = {
        "undo": Act(gettext_lazy("冲销"), RUN, _undo, needs_note=True, many=False, article="第十三条第二款", icon="arrow-uturn-left",
                    shown=lambda run: run.state == RunState.POSTED),
    }  # fmt: skip


_LOOK = ["assets.depreciationrun:view", "assets.depreciationrun:export"]
access.grant((roles.ASSET_CLERK, roles.ACCOUNTANT, roles.HEAD), _LOOK, Reach.OWN)
access.grant(roles.READERS, _LOOK, Reach.BELOW)
access.grant(roles.ACCOUNTANT, [RUN], Reach.OWN)
