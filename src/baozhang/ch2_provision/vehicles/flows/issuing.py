"""A row of the table of quotas becomes approvals, each by the body that decides of its class."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.vehicles.models import Quota, QuotaSheet
from baozhang.ch2_provision.vehicles.queries.competence import quota_body
from baozhang.kernel import access, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from .quota import DECIDE, QuotaFlow

ISSUE = access.permission("vehicles.quotasheet:issue", gettext_lazy("据核定表核定车辆编制"))
ISSUED = ledger.act("vehicles.sheet_issued", gettext_lazy("据核定表核定"))
SYSTEM = access.system_actor("车辆编制核定表")


def issue(
    sheets: Sequence[QuotaSheet], *, document: str, since: dt.date | None, by: Actor, note: str = ""
) -> tuple[int, int]:
    """This will decide what is the actor's to decide, and hand in the rest to the other body: (decided, handed in)."""
    decided = handed = 0
    with transaction.atomic():
        for sheet in sheets:
            paper, first = sheet.document or document, sheet.since or since
            if sheet.issued:
                raise Refused(
                    _("%(sheet)s 已据此核定") % {"sheet": sheet},
                    article="第二十二条",
                    instead=_("编制变化的，请登记新的核定表。"),
                )
            if not paper or first is None:
                raise Refused(
                    _("%(sheet)s 没有核定文号或起始日期") % {"sheet": sheet},
                    article="第二十二条",
                    instead=_("请填写核定文号和起始日期。"),
                )
            for klass, number in sheet.numbers.items():
                quota = Quota(organ=sheet.organ, klass=klass, asked=number, reason=_("按编制核定表"))
                QuotaFlow.start(quota, by=SYSTEM, note=str(sheet))
                QuotaFlow.take("submit", quota, by=SYSTEM)
                body = quota_body(sheet.organ, klass)
                if by.system or (body is not None and by.can(DECIDE, body.pk)):
                    QuotaFlow.take(
                        "decide", quota, by=by, note=note, values={"number": number, "document": paper, "since": first}
                    )
                    decided += 1
                else:
                    handed += 1
            sheet.document, sheet.since, sheet.issued = paper, first, True
            keep(sheet, by=by, act=ISSUED, note=note, right=ISSUE)
    return decided, handed
