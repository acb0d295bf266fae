"""What whoever ends an appointment is told: whether anybody is left for the role, and what then waits for nobody."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel import access, clock, flow
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import details, frame

from .models import Appointment


def _left_alone(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """On the page of an appointment that is over: the role that nobody holds there any more, and the way to fill it."""
    today = clock.today()
    if not isinstance(record, Appointment) or record.until is None or record.until >= today:
        return {}
    if access.ROLES[record.role].admin or access.appointed.ask(record.role, record.organ_id, today):
        return {}
    role, waiting = record.get_role_display(), flow.stranded_in(record.organ_id)
    words = _("%(organ)s现在没有人担任“%(role)s”") % {"organ": record.organ, "role": role}
    if waiting:
        words = _("%(words)s，有 %(n)s 项待办没有人可以办理") % {"words": words, "n": waiting}
    notice: dict[str, Any] = {"tone": "red" if waiting else "amber", "words": words}
    if who.can(Appointment.right("add"), record.organ_id):
        form = f"{frame.list_url(resource)}add/?organ={record.organ_id}&role={record.role}"
        notice |= {"url": form, "url_words": _("办理接任者的任职")}
    return {"notices": [notice]}


details.EXTRAS.append(_left_alone)
