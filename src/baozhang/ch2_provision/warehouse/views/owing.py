"""On the page of a thing on loan: what its user has to pay for it, and to whom, and what has been paid."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices.books import IncomeState
from baozhang.ch2_provision.assets.models import Income
from baozhang.ch2_provision.warehouse.models import Thing
from baozhang.kernel import cells
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import details


def _panel(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """The income is a record of the owner, which the user does not see: said in words to both."""
    if resource.model is not Thing or not record.compensation:
        return {}
    rows = Income._base_manager.filter(source_kind=record.label, source_id=record.pk).exclude(state=IncomeState.VOID)
    due = rows.select_related("organ").order_by("pk").first()
    if due is None:
        return {}
    words = {
        "payer": record.organ,
        "until": due.due_on,
        "owner": due.organ,
        "open": cells.money(due.open),
        "amount": cells.money(due.amount),
    }
    if due.state == IncomeState.PAID:
        said = _("%(payer)s已缴清 %(amount)s 元，由%(owner)s登记入库") % words
    else:
        said = (
            _(
                "%(payer)s于 %(until)s 前缴清，应缴 %(amount)s 元，未缴 %(open)s 元；缴入国库后，把缴款书号交%(owner)s登记"
            )
            % words
        )
    return {"panels": [{"title": _("赔偿缴库"), "rows": [{"words": _("办理"), "value": said, "wide": True}]}]}


details.EXTRAS.append(_panel)
