"""What the workbench shows of findings: how many stand in my reach, the gravest first, and where to open them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from baozhang.ch4_supervision.warnings.choices import LIVE, State
from baozhang.ch4_supervision.warnings.models import Finding
from baozhang.kernel import cells, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import BY_LABEL
from baozhang.kernel.views import desk, frame
from baozhang.law.rules import title_of

TONES = {"serious": "red", "warning": "amber", "notice": "blue"}
GRAVITY = ("serious", "warning", "notice")
SHOWN = 8
COUNTED = tuple(state for state in LIVE if state != State.FALSE_ALARM)
LISTED = "&".join(f"state={state.value}" for state in COUNTED)  # the list that a number leads to is what it counts


def findings(who: Actor) -> dict[str, Any]:
    """The live findings in the actor's reach by rule: one query for the rows, one for the tiles."""
    if shell.is_admin(who) or not who.can("warnings.finding:view"):
        return {}
    rows = Finding.objects.filter(state__in=COUNTED).order_by()
    base = frame.list_url(BY_LABEL["warnings.finding"])
    grouped = list(
        rows.values("rule", "severity", "article").annotate(n=Count("pk"), since=Min("first_day"), sum=Sum("amount"))
    )
    grouped.sort(key=lambda one: (GRAVITY.index(one["severity"]), -one["n"]))
    shown = [
        {
            "words": ngettext("%(title)s：%(n)s 条", "%(title)s：%(n)s 条", one["n"]) % {"title": title_of(one["rule"]), "n": one["n"]},
            "url": f"{base}?rule={one['rule']}&{LISTED}", "tone": TONES[one["severity"]], "article": one["article"],
            "when": _("自 %(day)s") % {"day": one["since"]},
        }
        for one in grouped[:SHOWN]
    ]  # fmt: skip
    totals = rows.aggregate(
        n=Count("pk"),
        grave=Count("pk", filter=Q(severity="serious")),
        sum=Sum("amount"),
        organs=Count("organ", distinct=True),
    )
    return {"findings": shown, "findings_url": f"{base}?{LISTED}", "tiles": _tiles(totals, base)}


def _tiles(totals: dict[str, Any], base: str) -> list[dict[str, Any]]:
    tiles = [
        {"words": _("在册风险线索"), "value": f"{totals['n']:,}", "unit": _("条"), "url": f"{base}?{LISTED}", "tone": "amber" if totals["n"] else "green"},
        {"words": _("其中严重"), "value": f"{totals['grave']:,}", "unit": _("条"), "url": f"{base}?severity=serious&{LISTED}", "tone": "red" if totals["grave"] else ""},
        {"words": _("涉及金额"), "value": cells.money(Decimal(totals["sum"] or 0) / 10_000), "unit": _("万元"), "url": f"{base}?{LISTED}", "tone": ""},
    ]  # fmt: skip
    if totals["organs"] > 1:
        tiles.append(
            {
                "words": _("涉及单位"),
                "value": f"{totals['organs']:,}",
                "unit": _("家"),
                "url": f"{base}?{LISTED}",
                "tone": "",
            }
        )
    return tiles


desk.PARTS.append(findings)
