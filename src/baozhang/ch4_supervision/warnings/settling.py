"""What an order does to its findings: dealt with when it goes out, resolved or open again when it ends."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from baozhang.kernel import clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.law.rules import rule_on

from .actions import HANDLED, REOPENED
from .choices import LIVE, Result, Review, State
from .evidence import evidence
from .models import Finding
from .orders import ISSUE, RECHECK, Order, OrderFinding
from .recheck import Checked, items_of

LISTED = ledger.act("warnings.listed", _("列入文书"))
CHECKED = ledger.act("warnings.checked", _("复查"))
ENDED = ledger.act("warnings.unlisted", _("文书办结"))
CLEARED = ledger.act("warnings.cleared", _("复查确认消除"))


def _locked(items: Iterable[OrderFinding]) -> list[Finding]:
    """These are the findings of some items, as they stand now."""
    keys = sorted(item.finding_id for item in items)
    return list(Finding._base_manager.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


def go_out(order: Order, items: Sequence[OrderFinding], *, by: Actor) -> None:
    """This will keep what the order says of each finding, and mark the findings as dealt with."""
    for item in items:
        item.sentence, item.article, item.amount = item.finding.sentence, item.finding.article, item.finding.amount
        item.told = {"sentence": item.finding.told["sentence"]} if item.finding.told else {}
    keep(list(items), by=by, act=LISTED, right=ISSUE, where=order.issuer_id)
    rows = [row for row in _locked(items) if row.state == State.OPEN]
    for row in rows:
        row.state = State.HANDLED
        if not row.review:
            row.review, row.reviewer, row.reviewed_on = Review.TRUE, by.name, clock.today()
    keep(rows, by=by, act=HANDLED, note=order.number, right=ISSUE, where=order.issuer_id)


def checked(order: Order, results: Sequence[Checked], day: dt.date, *, live: bool, by: Actor) -> None:
    """This will keep what the re-check found of each item; `live` is false where the order ends with it."""
    items = [one.item for one in results]
    for one in results:
        one.item.result, one.item.said, one.item.checked_on, one.item.live = one.result, one.sentence, day, live
        one.item.told = {**one.item.told, "said": one.parts}
    keep(items, by=by, act=CHECKED, right=RECHECK, where=order.issuer_id)


def clear(order: Order, results: Sequence[Checked], day: dt.date, *, by: Actor) -> None:
    """This will resolve the findings that are gone, with the evidence of what has changed since."""
    rows = [row for row in _locked(one.item for one in results if one.result == Result.GONE) if row.state in LIVE]
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for row in rows:
        by_rule[row.rule].append(row)
    for name, held in by_rule.items():
        why = evidence(held, rule_on(name, day), day)
        for row in held:
            row.state, row.resolved_on = State.RESOLVED, day
            row.evidence = {**why[row.pk], "order": order.number}
            row.last_day = max(row.first_day, row.judged_on)
    keep(rows, by=by, act=CLEARED, note=order.number, right=RECHECK, where=order.issuer_id)


def end(order: Order, *, right: str, by: Actor, note: str = "") -> list[OrderFinding]:
    """This will take the findings of an order off its hands, so that another may take them up."""
    items = [item for item in items_of(order) if item.live]
    for item in items:
        item.live = False
    keep(items, by=by, act=ENDED, note=note, right=right, where=order.issuer_id)
    return items


def let_go(order: Order, *, right: str, by: Actor, note: str = "") -> None:
    """This will free the findings of an order that ends without a re-check, and open again those it had dealt with."""
    items = end(order, right=right, by=by, note=note)
    if order.issued_on is None:
        return
    rows = [row for row in _locked(items) if row.state == State.HANDLED]
    for row in rows:
        row.state = State.OPEN
    keep(rows, by=by, act=REOPENED, note=note, right=right, where=order.issuer_id)
