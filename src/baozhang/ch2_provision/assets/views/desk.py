"""What the workbench says of assets: things to sign for (article 11), income past its day (article 13, paragraph 5)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.actions import custody
from baozhang.ch2_provision.assets.choices.books import IncomeState
from baozhang.ch2_provision.assets.choices.cases import HandoverState, Signature
from baozhang.ch2_provision.assets.models import HandoverItem, Income
from baozhang.kernel import clock, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import BY_LABEL
from baozhang.kernel.views import desk, frame

Tile = dict[str, Any]


def part(who: Actor) -> dict[str, Any]:
    """The tiles that have something to say to who looks; each leads to just the rows that it counts."""
    return {} if shell.is_admin(who) else {"tiles": [*_to_sign(who), *_overdue(who)]}


def _to_sign(who: Actor) -> list[Tile]:
    """What is handed over to him and he alone can sign for."""
    if not who.can(custody.SIGN):
        return []
    rows = HandoverItem.objects.filter(
        taker_account_id=who.person, signature=Signature.OPEN, handover__state=HandoverState.GIVEN
    )
    name = rows.values_list("taker", flat=True).first()
    asked = {"signature": Signature.OPEN.value, "q": name}
    return [_tile(_("待签收的交接资产"), rows.count(), _("项"), "assets.handoveritem", asked, "amber")] if name else []


def _overdue(who: Actor) -> list[Tile]:
    """What has not reached the treasury on its day."""
    if not who.can(Income.right("view")):
        return []
    today = clock.today()
    late = Income.objects.filter(state=IncomeState.DUE, due_on__lt=today).count()
    asked = {"state": IncomeState.DUE.value, "due_on_to": today - dt.timedelta(days=1)}
    return [_tile(_("逾期未缴的资产收入"), late, _("笔"), "assets.income", asked, "red")] if late else []


def _tile(words: str, value: int, unit: str, label: str, asked: dict[str, Any], tone: str) -> Tile:
    url = f"{frame.list_url(BY_LABEL[label])}?{urlencode(asked)}"
    return {"words": words, "value": value, "unit": unit, "url": url, "tone": tone}


desk.PARTS.append(part)
