"""Trip requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.trips import views
from baozhang.ch2_provision.trips.choices import ALLOWED, REQUEST_COLOURS, RequestState
from baozhang.ch2_provision.trips.flows import RequestFlow
from baozhang.ch2_provision.trips.flows.dispatch import attach
from baozhang.ch2_provision.trips.flows.request import APPROVE, ASK, SEND, askers, complete, entrust
from baozhang.ch2_provision.trips.models import Request
from baozhang.ch2_provision.trips.models.clocks import shown
from baozhang.ch2_provision.trips.models.dispatch import cost_of
from baozhang.ch2_provision.trips.queries.urgent import due_by, hours_late
from baozhang.kernel import access
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.refusal import Invalid
from baozhang.kernel.resource import Computed, Group, Resource, register
from baozhang.kernel.serials import numbers_rows

KM = pgettext_lazy("unit", "公里")


def _complete(requests: Sequence[Request], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    for request in requests:
        complete(request, by=by, note=note)
    return _("已补办 %(n)s 项先用后补的用车") % {"n": len(requests)}


def _usual(who: Actor) -> dict[str, Any]:
    """What mostly stands in a request: whoever fills it in rides, and from where he left the last time."""
    last = Request.objects.filter(account_id=who.user_id).order_by("-id").values_list("origin", flat=True).first()
    return {"applicant": who.name} | ({"origin": last} if last else {})


def _due_by(request: Request) -> str | None:
    """Until when a trip that went first is to be approved, and by how much that was missed."""
    if not request.urgent:
        return None
    by, late = due_by(request), hours_late(request)
    if by is None:
        return _("待核实")
    return _("%(by)s（逾期 %(n)s 小时补办）") % {"by": shown(by), "n": late} if late else shown(by)


def _entrust(requests: Sequence[Request], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    account = values.get("account")
    if account is None:
        raise Invalid(_("没有选择承办人"), instead=_("请选择用车单位的人员。"))
    for request in requests:
        entrust(request, account, by=by, note=note)
    return _("%(n)s 项用车申请已改由%(name)s承办") % {"n": len(requests), "name": account}


def _takers(requests: Iterable[Request], people: Any) -> Any:
    """Those who may ask for a vehicle in the units of all the requests."""
    for organ in sorted({one.organ_id for one in requests}):
        people = people.filter(pk__in=askers(organ).values("pk"))
    return people.order_by("name")


def _attach(requests: Sequence[Request], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    (request,), dispatch = requests, values.get("dispatch")
    if dispatch is None:
        raise Invalid(_("没有选择派车单"), instead=_("请选择已经出车的派车单。"))
    attach(request, dispatch, by=by)
    return _("%(request)s 已对应 %(dispatch)s") % {"request": request, "dispatch": dispatch}


@register
class Requests(Resource):
    """Requests for a vehicle."""

    model = Request
    slug = "trips/requests"
    article = "第二十三条第一款"
    chapter = "vehicles"
    place = 12  # what everybody comes for
    icon = "map"
    words = gettext_lazy("用车申请")
    purpose = gettext_lazy("先申请、后审批、再派车；紧急的先用后补，次数单独统计")
    columns = ("applicant", "destination", "day", "leave", "back", "seats", "state", "dispatch", "urgent", "organ")
    more_columns = (
        "number",
        "account",
        "purpose",
        "reason",
        "origin",
        "outside",
        "back_day",
        "share",
        "completed_at",
        "rating",
        "comment",
        "remarks",
    )
    groups = (
        Group(gettext_lazy("谁、做什么"), ("organ", "applicant", "purpose", "reason", "seats", "share")),
        Group(
            gettext_lazy("何时何地"),
            ("origin", "destination", "outside", "day", "leave", "back_day", "back", "remarks"),
        ),
        Group(
            gettext_lazy("办理"),
            ("number", "account", "state", "dispatch", "km", "cost", "urgent", "due_by", "completed_at"),
        ),
        Group(gettext_lazy("评价"), ("rating", "comment")),
    )
    readonly = frozenset({"number", "account", "state", "dispatch", "urgent", "completed_at", "rating", "comment"})
    computed = {  # what is settled: of the whole trip, whoever else rode along
        "km": Computed(gettext_lazy("行驶里程"), lambda one: one.dispatch and one.dispatch.kilometres, "number", KM, ("dispatch",)),
        "cost": Computed(gettext_lazy("途中费用"), lambda one: (one.dispatch and cost_of(one.dispatch)) or None, "money", gettext_lazy("元"), ("dispatch",)),
        "due_by": Computed(gettext_lazy("补办期限"), lambda one: _due_by(one), "text"),
    }  # fmt: skip
    filters = ("organ", "state", "purpose", "day", "outside", "urgent")
    search = ("number", "applicant", "reason", "destination")
    begins = _usual
    state = "state"
    colours = REQUEST_COLOURS
    key_facts = ("applicant", "day", "leave", "seats", "dispatch")
    units = {"seats": pgettext_lazy("unit", "人")}
    importable = False
    before_import = numbers_rows(Request)  # programs and scenarios bring several at a time
    flow = RequestFlow
    leads = ("dispatch",)
    acts = {
        "complete": Act(
            gettext_lazy("补办审批"), APPROVE, _complete, needs_note=True, article="第二十三条第一款", icon="check-badge",
            shown=lambda request: request.urgent and request.completed_at is None and request.state != RequestState.CANCELLED,
        ),
        "entrust": Act(
            gettext_lazy("改由他人承办"), SEND, _entrust, ("account",), required=("account",), article="第二十三条第一款", icon="user-circle", offers={"account": _takers},
            shown=lambda request: request.state in ALLOWED and request.state != RequestState.SETTLED,
        ),
        "attach": Act(
            gettext_lazy("对应已出车的派车单"), SEND, _attach, ("dispatch",), many=False, article="第二十三条第一款", icon="link",
            shown=lambda request: request.state == RequestState.APPROVED,
        ),
    }  # fmt: skip


_SEE = [Request.right("view"), Request.right("export")]
_WORK = [Request.right(verb) for verb in ("add", "change", "remove")]
access.grant((*roles.AGENCY, roles.STAFF, roles.DISPATCHER), _SEE, Reach.OWN)
access.grant(roles.READERS, _SEE, Reach.BELOW)
access.grant((roles.STAFF, roles.ASSET_CLERK, roles.DISPATCHER), [*_WORK, ASK], Reach.OWN)
access.grant(roles.HEAD, APPROVE, Reach.OWN)
access.grant(roles.DISPATCHER, [SEND, views.BOARD], Reach.OWN)
access.grant(roles.POOL_DISPATCHER, [*_SEE, SEND, views.BOARD], Reach.JURISDICTION)
