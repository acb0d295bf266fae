"""What people do with findings: say whether they are true, and mark them as dealt with."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.kernel import clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused

from .choices import LIVE, Review, State
from .models import Finding

REVIEW = "warnings.finding:review"
REVIEWED = ledger.act("warnings.reviewed", gettext_lazy("核查属实"))
DISMISSED = ledger.act("warnings.dismissed", gettext_lazy("认定误报"))
EXPLAINED = ledger.act("warnings.explained", gettext_lazy("认可说明"))
HANDLED = ledger.act("warnings.handled", gettext_lazy("已采取措施"))
REOPENED = ledger.act("warnings.reopened", gettext_lazy("重新处理"))


def review(findings: Finding | Sequence[Finding], *, verdict: Review, note: str = "", by: Actor) -> int:
    """This will keep a reviewer's verdict: true, false, or true with a good reason (article 41, paragraph 2).

    A false alarm stays one while its facts stay, and so does what was explained, which counts as dealt with. Both need a
    note; a finding for which a warning or order went out is no longer a false alarm (Refused).
    """
    rows = [findings] if isinstance(findings, Finding) else list(findings)
    if verdict == Review.FALSE and not note.strip():
        raise Invalid(
            _("请写明误报的理由"), why=_("误报的理由用于改进规则，并记入账本。"), instead=_("填写说明后再提交。")
        )
    if verdict == Review.EXPLAINED and not note.strip():
        raise Invalid(
            _("请写明单位的说明"), why=_("认可说明后不再处理，理由记入账本。"), instead=_("填写说明后再提交。")
        )
    for row in rows:
        free = row.state in (State.OPEN, State.FALSE_ALARM) or row.review == Review.EXPLAINED
        if verdict == Review.FALSE and row.state == State.HANDLED and not free:
            raise Refused(
                _("线索“%(finding)s”已采取措施，不能认定为误报") % {"finding": row},
                instead=_("请先撤销已发出的预警或整改通知。"),
            )
        row.review, row.review_note = verdict, note.strip()
        row.reviewer, row.reviewed_on = by.name, clock.today()
        if free and row.state in LIVE:
            row.state = _AFTER[verdict][0]
    return keep(rows, by=by, act=_AFTER[verdict][1], note=note, right=REVIEW).changed


_AFTER = {
    Review.TRUE: (State.OPEN, REVIEWED),
    Review.FALSE: (State.FALSE_ALARM, DISMISSED),
    Review.EXPLAINED: (State.HANDLED, EXPLAINED),
}


def mark(findings: Sequence[Finding], *, handled: bool, note: str = "", by: Actor) -> int:
    """This will mark findings as dealt with (a warning or order went out), or open them again where it was revoked."""
    rows = [row for row in findings if row.state in (State.OPEN, State.HANDLED)]
    for row in rows:
        row.state = State.HANDLED if handled else State.OPEN
        if handled and row.review in ("", Review.EXPLAINED):
            row.review, row.reviewer, row.reviewed_on = Review.TRUE, by.name, clock.today()
    return keep(rows, by=by, act=HANDLED if handled else REOPENED, note=note, right=REVIEW).changed
