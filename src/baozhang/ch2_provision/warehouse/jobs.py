"""The detectors' round and the reminders before a loan ends, by the calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.kernel import clock, jobs, notices, scope
from baozhang.kernel.jobs import Job
from baozhang.kernel.schedule import every

from .actions.following import follow_cards
from .actions.proposing import detect
from .choices import LOAN_OPEN
from .models import Loan

DETECT = "warehouse.detect"
BEFORE = (7, 1)  # days before the last day on which the user of a loan is reminded; a courtesy, no figure of law


@jobs.work(DETECT)
def run(job: Job, *, organs: list[int] | None = None) -> dict[str, Any]:
    """This will look for what should enter, in some organs or all."""
    del job
    with scope.everything("入仓检测") as by:
        return detect(day=clock.today(), by=by, organs=organs).as_dict()


@every("30 4 * * *", name="warehouse-detect", words=gettext_lazy("每日入仓检测"))
def daily() -> dict[str, Any]:
    """This will look for what should enter, before anybody comes to the office."""
    with scope.everything("入仓检测") as by:
        return detect(day=clock.today(), by=by).as_dict()


@every("*/10 * * * *", name="warehouse-follow", words=gettext_lazy("在仓物品随资产卡片更新"), follows=True)
def follow() -> int:
    """This will bring the catalogue in line with the cards."""
    with scope.everything("在仓物品随资产卡片更新") as by:
        return follow_cards(by=by)


@every("0 8 * * *", name="warehouse-remind", words=gettext_lazy("公物仓借用到期提醒"))
def remind() -> int:
    """This will remind those who hold a loan a week and a day before its end, and every day after it."""
    today, sent = clock.today(), 0
    days = [today + dt.timedelta(days=ahead) for ahead in BEFORE]
    with scope.everything("借用到期提醒"):
        rows = Loan._base_manager.filter(state__in=LOAN_OPEN).select_related("organ").order_by("pk")
        for loan in [*rows.filter(due__in=days), *rows.filter(due__lt=today)]:
            left = ((loan.due or today) - today).days
            said = _("还剩 %(n)s 天") % {"n": left} if left >= 0 else _("已超期 %(n)s 天") % {"n": -left}
            title = _("公物仓借用“%(loan)s”应于 %(due)s 归还，%(said)s") % {"loan": loan, "due": loan.due, "said": said}
            sent += notices.notify_holders(
                "warehouse.loan:hand_in", loan.organ_id, title=title, about=(loan.label, loan.pk)
            )
    return sent
