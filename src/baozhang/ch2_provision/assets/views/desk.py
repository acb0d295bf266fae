"""What the workbench says of income from assets: what has not reached the treasury on its day (article 13, paragraph 5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices.books import IncomeState
from baozhang.ch2_provision.assets.models import Income
from baozhang.kernel import clock, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import BY_LABEL
from baozhang.kernel.views import desk, frame


def part(who: Actor) -> dict[str, Any]:
    """The tile of overdue income, where there is any in the scope of who looks; it leads to just these rows."""
    if shell.is_admin(who) or not who.can(Income.right("view")):
        return {}
    today = clock.today()
    late = Income.objects.filter(state=IncomeState.DUE, due_on__lt=today).count()
    url = f"{frame.list_url(BY_LABEL['assets.income'])}?state=due&due_on_to={today - dt.timedelta(days=1)}"
    tile = {"words": _("逾期未缴的资产收入"), "value": late, "unit": _("笔"), "url": url, "tone": "red"}
    return {"tiles": [tile] if late else []}


desk.PARTS.append(part)
