"""What the workbench says of orders: those past their day, here and at the levels below."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from baozhang.kernel import clock, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import BY_LABEL
from baozhang.kernel.views import desk, frame

from .flows import OVERSEE
from .order_resources import OPEN_STATES
from .orders import Order


def part(who: Actor) -> dict[str, Any]:
    """The workbench's part: orders past their day, of my organ or jurisdiction, and, for those who oversee, of the levels below."""
    if shell.is_admin(who) or not who.can(Order.right("view")):
        return {}
    return {"tiles": _tiles(who)}


def _tiles(who: Actor) -> list[dict[str, Any]]:
    yesterday = clock.today() - dt.timedelta(days=1)
    late = Q(state__in=OPEN_STATES, due__lte=yesterday)
    query = "".join(f"&state={state}" for state in OPEN_STATES)
    url = f"{frame.list_url(BY_LABEL['warnings.order'])}?due_to={yesterday}{query}"
    own = Q(organ_id=who.organ_id) | Q(issuer_id=who.organ_id)
    tiles = [
        {
            "words": _("超期未反馈的文书"),
            "value": Order.objects.filter(late & own).count(),
            "unit": _("件"),
            "url": url,
            "tone": "red",
        }
    ]
    if who.can(OVERSEE, who.organ_id):
        below = Order.objects.filter(late & ~own).count()
        tiles.append({"words": _("下级超期未反馈的文书"), "value": below, "unit": _("件"), "url": url, "tone": "red"})
    return [tile for tile in tiles if tile["value"]]


desk.PARTS.append(part)
