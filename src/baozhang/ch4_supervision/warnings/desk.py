"""What the workbench says of supervision: my organ's findings by weight, orders past their day, those of lower levels."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import BY_LABEL
from baozhang.kernel.views import desk, frame
from baozhang.law.explain import article_words

from .choices import Severity, State
from .flows import OVERSEE
from .models import Finding
from .order_resources import OPEN_STATES
from .orders import RECHECK, Order

TONES = {Severity.SERIOUS: "red", Severity.WARNING: "amber", Severity.NOTICE: "blue"}


def part(who: Actor) -> dict[str, Any]:
    """The workbench's part; nothing for those who see no findings."""
    if not who.can(Finding.right("view")):
        return {}
    made: dict[str, Any] = {"findings": _findings(who), "findings_url": frame.list_url(BY_LABEL["warnings.finding"])}
    if who.can(Order.right("view")):
        made["tiles"] = _tiles(who)
    return made


def _findings(who: Actor) -> list[dict[str, Any]]:
    """The open findings of the organ where the actor stands, and where it is an authority, of all that he sees."""
    resource = BY_LABEL["warnings.finding"]
    rows = Finding.objects.filter(state=State.OPEN)
    rows = rows if who.can(RECHECK) else rows.filter(organ_id=who.organ_id)
    groups = rows.order_by().values("rule", "severity", "article").annotate(count=Count("pk"))
    order = {Severity.SERIOUS: 0, Severity.WARNING: 1, Severity.NOTICE: 2}
    found = sorted(groups, key=lambda group: (order[Severity(group["severity"])], -group["count"]))[:8]
    base = frame.list_url(resource)
    return [
        {"words": _title(group["rule"]), "count": group["count"], "tone": TONES[Severity(group["severity"])],
         "article": article_words(group["article"]), "url": f"{base}?rule={group['rule']}&state={State.OPEN}"}
        for group in found
    ]  # fmt: skip


def _title(rule: str) -> str:
    return Finding(rule=rule).title


def _tiles(who: Actor) -> list[dict[str, Any]]:
    """Orders past their day, of my organ or jurisdiction, and, for those who oversee, of the levels below."""
    yesterday = clock.today() - dt.timedelta(days=1)
    late = Q(state__in=OPEN_STATES, due__lte=yesterday)
    query = "".join(f"&state={state}" for state in OPEN_STATES)
    url = f"{frame.list_url(BY_LABEL['warnings.order'])}?due_to={yesterday}{query}"
    own = Q(organ_id=who.organ_id) | Q(issuer_id=who.organ_id)
    tiles = [{"words": _("超期未反馈的文书"), "value": Order.objects.filter(late & own).count(), "unit": _("件"), "url": url, "tone": "red"}]
    if who.can(OVERSEE, who.organ_id):
        below = Order.objects.filter(late & ~own).count()
        tiles.append({"words": _("下级超期未反馈的文书"), "value": below, "unit": _("件"), "url": url, "tone": "red"})
    return [tile for tile in tiles if tile["value"]]


desk.PARTS.append(part)
