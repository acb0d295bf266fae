"""What lies in the warehouse is not let or lent past it (articles 13 and 16)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.flows import LettingFlow
from baozhang.ch2_provision.assets.models import Letting
from baozhang.ch2_provision.warehouse.choices import LIVE
from baozhang.ch2_provision.warehouse.models import Item
from baozhang.kernel.refusal import Refused


@LettingFlow.submit.guard
def _not_in_the_warehouse(case: Letting) -> None:
    """The catalogue promises it to whoever asks first."""
    item = Item._base_manager.filter(card_id=case.card_id, state__in=LIVE).first()
    if item is not None:
        raise Refused(
            _("%(card)s 已在公物仓，不能另行出租出借") % {"card": case.card}, article="第十三条第三款",
            why=_("在仓的资产统一由公物仓调剂、借用，当前状态为“%(state)s”。") % {"state": item.get_state_display()},
            instead=_("其他机关使用的，从公物仓目录借用；确需出租的，先由公物仓管理员办理退仓。"),
        )  # fmt: skip


__all__: list[str] = []
