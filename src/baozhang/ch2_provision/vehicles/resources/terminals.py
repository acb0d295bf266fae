"""What each field of a terminal is for, and who may do what with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.vehicles import views
from baozhang.ch2_provision.vehicles.actions import terminals as actions
from baozhang.ch2_provision.vehicles.choices import TerminalState
from baozhang.ch2_provision.vehicles.models import Terminal
from baozhang.ch2_provision.vehicles.queries.terminals import health_of, moment
from baozhang.kernel import access, shell
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Computed, Group, Related, Resource, register


def _said(name: str) -> Callable[[Terminal], Any]:
    """What a terminal's health says, empty where it was never heard of."""
    return lambda terminal: getattr(health_of(terminal), name, None)


def _when(name: str) -> Callable[[Terminal], dt.datetime | None]:
    return lambda terminal: moment(getattr(health_of(terminal), name, None))


def _plate(terminal: Terminal) -> str:
    """The plate that the terminal itself says, marked where it is another one."""
    told = str(getattr(health_of(terminal), "told_plate", "") or "")
    return _("%(plate)s（与登记不符）") % {"plate": told} if told and told != terminal.plate else told


def _move(to: TerminalState) -> Callable[..., str]:
    def run(terminals: Sequence[Terminal], *, by: Actor, note: str, values: dict[str, Any]) -> str:
        count = actions.move(terminals, to=to, by=by, note=note)
        return _("已办理 %(count)s 个终端：%(act)s") % {"count": count, "act": actions.WORDS[to]}

    return run


def _act(to: TerminalState, icon: str, shown: Callable[[Any], bool]) -> Act:
    return Act(
        actions.WORDS[to],
        "vehicles.terminal:change",
        _move(to),
        needs_note=True,
        article="第二十三条第一款",
        icon=icon,
        shown=shown,
    )


@register
class Terminals(Resource):
    """Satellite terminals in vehicles."""

    model = Terminal
    slug = "vehicles/terminals"
    article = "第二十三条第一款"
    chapter = "vehicles"
    icon = "signal"
    words = pgettext_lazy("list", "车载终端")
    purpose = gettext_lazy("公务用车的卫星定位终端：登记后方可接入；最近联系、定位和异常一目了然")
    columns = ("plate", "phone", "organ", "state", "heard", "fixed", "doubtful")
    more_columns = ("told_plate", "good", "fitted", "maker", "device", "edition", "remarks")
    groups = (
        Group(gettext_lazy("终端与车辆"), ("organ", "plate", "phone", "fitted", "since", "remarks")),
        Group(gettext_lazy("注册"), ("state", "maker", "device", "told_plate", "edition")),
        Group(gettext_lazy("状况"), ("heard", "fixed", "good", "doubtful")),
    )
    readonly = frozenset({"state", "since", "maker", "device"})
    computed = {
        "heard": Computed(gettext_lazy("最近联系"), _when("heard"), "moment", needs=("health",)),
        "fixed": Computed(gettext_lazy("最近定位"), _when("at"), "moment", needs=("health",)),
        "good": Computed(gettext_lazy("有效定位"), _said("good"), "number", pgettext_lazy("unit", "次"), ("health",)),
        "doubtful": Computed(gettext_lazy("异常定位"), _said("doubtful"), "number", pgettext_lazy("unit", "次"), ("health",)),
        "told_plate": Computed(gettext_lazy("自报号牌"), _plate, needs=("health",)),
        "edition": Computed(gettext_lazy("协议版本"), lambda terminal: str(_said("edition")(terminal) or ""), needs=("health",)),
    }  # fmt: skip
    filters = ("organ", "state", "fitted")
    search = ("phone", "plate", "device")
    state = "state"
    colours = {TerminalState.IN_USE: "green", TerminalState.STOPPED: "amber", TerminalState.REMOVED: "plain"}
    key_facts = ("phone", "state", "heard", "fixed", "doubtful")
    related = (Related("vehicles/track-readings", "terminal", gettext_lazy("轨迹查看记录")),)
    headings = {"phone": ("终端手机号", "SIM卡号", "设备号"), "plate": ("车牌号", "车牌", "号牌号码")}
    acts = {
        "stop": _act(TerminalState.STOPPED, "pause-circle", lambda one: one.state == TerminalState.IN_USE),
        "resume": _act(TerminalState.IN_USE, "play-circle", lambda one: one.state != TerminalState.IN_USE),
        "dismount": _act(TerminalState.REMOVED, "trash", lambda one: one.state != TerminalState.REMOVED),
    }  # fmt: skip


STRANGERS = access.permission(views.STRANGERS_RIGHT, gettext_lazy("查看未登记终端"))
shell.entry("vehicles", gettext_lazy("未获接入的终端"), "vehicles-strangers", views.STRANGERS_RIGHT, order=60)

_LOOK = ["vehicles.terminal:view", "vehicles.terminal:export"]
_WHERE = views.fleet_map.LOCATE  # where somebody's car is is more than that it has a terminal
_WORK = [f"vehicles.terminal:{verb}" for verb in ("add", "change", "import", "remove")]
access.grant(roles.ASSET_CLERK, [*_LOOK, *_WORK], Reach.OWN)
access.grant(roles.HEAD, _LOOK, Reach.OWN)
access.grant(roles.READERS, _LOOK, Reach.BELOW)
access.grant(roles.ASSET_OFFICER, [*_WORK, STRANGERS], Reach.BELOW)
access.grant(roles.SUPERVISOR, [STRANGERS], Reach.BELOW)
access.grant((roles.ASSET_CLERK, roles.HEAD, roles.DISPATCHER), _WHERE, Reach.OWN)
access.grant(roles.POOL_DISPATCHER, _WHERE, Reach.JURISDICTION)
access.grant((roles.ASSET_OFFICER, roles.SUPERVISOR, roles.SUPPORT_HEAD), _WHERE, Reach.BELOW)
