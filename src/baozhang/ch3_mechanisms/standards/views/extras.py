"""What the detail page of a standard shows besides: the last trial, and what is still missing."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from baozhang.ch3_mechanisms.standards import actions, queries, trying
from baozhang.ch3_mechanisms.standards.models import Standard, Trial
from baozhang.kernel import cells
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import details, frame


def join() -> None:
    """This will put the panel on the detail pages."""
    details.EXTRAS.append(_panels)


def headline(trial: Trial) -> str:
    """What a trial found, in one sentence."""
    if not trial.result.get("found_draft"):
        return _("按草案没有单位超出")
    return _("%(n)s 家单位将超出，涉及金额 %(sum)s 元") % {
        "n": trial.organs_draft,
        "sum": cells.money(trial.amount_draft),
    }


def _panels(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    if not isinstance(record, Standard) or record.issued:
        return {}
    base = frame.url_of(resource, record)
    rows = [{"words": _("是否齐全"), "value": _gaps(record, base), "wide": True}]
    if who.can(trying.TRY, record.organ_id):
        rows.append({"words": _("最近试算"), "value": _last(record, base), "wide": True})
    return {"panels": [{"title": _("发布前"), "rows": rows}]}


def _gaps(standard: Standard, base: str) -> str:
    faults = actions.completeness(standard)
    if not faults:
        return format_html('<span class="state green">{}</span>', _("条目齐全"))
    said = "；".join(str(fault.reason) for fault in faults[:3])
    return format_html('<span class="state amber">{}</span> <a href="{}lines/">{}</a>', _("还不齐全"), base, said)


def _last(standard: Standard, base: str) -> str:
    trial = Trial._base_manager.filter(standard=standard).first()
    if trial is None:
        return format_html('<a href="{}try/">{}</a>', base, _("还没有试算，先看看会影响哪些单位"))
    stale = trial.digest != trying.digest_of(queries.lines_of(standard))
    mark = format_html(' <span class="state amber">{}</span>', _("草案此后有改动")) if stale else mark_safe("")
    return format_html(
        '<a href="{}try/">{}</a>{} <small>{}</small>', base, headline(trial), mark, cells.moment(trial.made_at)
    )
