"""What the workbench says to a head: trips that went first and wait to be approved afterwards."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch2_provision.trips.flows.request import APPROVE
from baozhang.ch2_provision.trips.queries.desk import owed_afterwards
from baozhang.kernel import shell
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import BY_LABEL
from baozhang.kernel.views import desk, frame


def part(who: Actor) -> dict[str, Any]:
    """One tile, where something is owed; no step waits for it, so the list of things to do does not say it."""
    if shell.is_admin(who) or not who.can(APPROVE):
        return {}
    owed = owed_afterwards()
    if not owed:
        return {}
    url = f"{frame.list_url(BY_LABEL['trips.request'])}?urgent=1"
    return {"tiles": [{"words": _("先用后补待补办审批"), "value": owed, "unit": _("项"), "url": url, "tone": "amber"}]}


desk.PARTS.append(part)
