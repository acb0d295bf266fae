"""Orders by which terminals are mended."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.vehicles.choices import ORDER_COLOURS
from baozhang.ch2_provision.vehicles.flows.mending import ASSIGN, CHECK, FINISH, MendingFlow
from baozhang.ch2_provision.vehicles.models import TerminalOrder
from baozhang.kernel import access, clock
from baozhang.kernel.access import Reach
from baozhang.kernel.resource import Group, Resource, register


@register
class TerminalOrders(Resource):
    """What is wrong with terminals, who mends it, and that it was checked."""

    model = TerminalOrder
    slug = "vehicles/terminal-orders"
    article = "第二十三条第一款"
    chapter = "vehicles"
    icon = "wrench-screwdriver"
    place = 46
    words = gettext_lazy("终端检修")
    purpose = gettext_lazy("终端故障从开单、派修、修复到核验；核验看终端修复之后自己上报了什么")
    columns = ("terminal", "organ", "trouble", "state", "opened_on", "mender", "due", "done_on")
    more_columns = ("found", "cause", "remarks")
    groups = (
        Group(gettext_lazy("故障"), ("terminal", "trouble", "found", "opened_on", "remarks")),
        Group(gettext_lazy("检修"), ("state", "mender", "due", "done_on", "cause")),
    )
    readonly = frozenset({"state", "mender", "due", "done_on", "cause"})
    filters = ("organ", "state", "trouble", "due")
    search = ("terminal.plate", "terminal.phone", "mender")
    state = "state"
    colours = ORDER_COLOURS
    key_facts = ("trouble", "organ", "opened_on", "due")
    begins = lambda who: {"opened_on": clock.today()}  # noqa: E731 -- mostly the day on which it is entered
    flow = MendingFlow
    importable = False  # orders are opened from the board


_SEE = [TerminalOrder.right("view"), TerminalOrder.right("export")]
_WRITE = [TerminalOrder.right(verb) for verb in ("add", "change", "remove")]
access.grant(roles.ASSET_CLERK, [*_SEE, *_WRITE, ASSIGN, FINISH], Reach.OWN)
access.grant(roles.DISPATCHER, [*_SEE, ASSIGN, FINISH], Reach.OWN)
access.grant(roles.HEAD, [*_SEE, CHECK], Reach.OWN)
access.grant(roles.READERS, _SEE, Reach.BELOW)
access.grant(roles.ASSET_OFFICER, [*_WRITE, ASSIGN, CHECK], Reach.BELOW)
