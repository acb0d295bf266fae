"""What the workbench says of the warehouse: loans past their day, proposals to answer, papers owed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch2_provision.warehouse.choices import LOAN_OPEN, ExitState, ProposalState
from baozhang.ch2_provision.warehouse.models import Exit, Loan, Proposal
from baozhang.kernel import clock, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import BY_LABEL
from baozhang.kernel.views import desk, frame


def part(who: Actor) -> dict[str, Any]:
    """The warehouse's tiles, those with something to say."""
    if shell.is_admin(who) or not who.can(Loan.right("view")):
        return {}
    today = clock.today()
    late = Loan.objects.filter(state__in=LOAN_OPEN, due__lt=today).count()
    waiting = Proposal.objects.filter(state=ProposalState.OPEN, organ_id=who.organ_id).count()
    papers = Exit.objects.filter(state__in=(ExitState.EMERGENCY, ExitState.PAPERS)).count()
    states = "".join(f"&state={state.value}" for state in LOAN_OPEN)
    made = [
        (
            _("逾期未还的公物仓借用"),
            late,
            _("笔"),
            f"{_list('loan')}?due_to={today - dt.timedelta(days=1)}{states}",
            "red",
        ),
        (_("待答复的入仓建议"), waiting, _("条"), f"{_list('proposal')}?state=open", "amber"),
        (_("应急出仓待补手续"), papers, _("件"), f"{_list('exit')}?state=emergency&state=papers", "amber"),
    ]
    return {
        "tiles": [
            {"words": words, "value": value, "unit": unit, "url": url, "tone": tone}
            for words, value, unit, url, tone in made
            if value
        ]
    }


def _list(name: str) -> str:
    return frame.list_url(BY_LABEL[f"warehouse.{name}"])


desk.PARTS.append(part)
