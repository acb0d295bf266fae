"""Platforms from which positions come, and to which they are passed on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.vehicles.actions import linking, sources
from baozhang.ch2_provision.vehicles.choices import LinkState
from baozhang.ch2_provision.vehicles.models import Relay, Source
from baozhang.ch2_provision.vehicles.queries.links import health_of, waiting
from baozhang.ch2_provision.vehicles.queries.terminals import moment
from baozhang.kernel import access
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Computed, Group, Resource, register

ARTICLE = "第二十三条第一款"
COLOURS = {LinkState.IN_USE: "green", LinkState.STOPPED: "amber"}


def _move(to: LinkState) -> Callable[..., str]:
    def run(records: Sequence[Any], *, by: Actor, note: str, values: dict[str, Any]) -> str:
        linking.move(records, to=to, by=by, note=note)
        return _("已办理 %(count)s 个平台：%(act)s") % {"count": len(records), "act": linking.WORDS[to]}

    return run


def _acts(right: str) -> dict[str, Act]:
    return {
        "stop": Act(
            linking.WORDS[LinkState.STOPPED], right, _move(LinkState.STOPPED), needs_note=True, article=ARTICLE, icon="pause-circle",
            shown=lambda one: one.state == LinkState.IN_USE,
        ),
        "resume": Act(
            linking.WORDS[LinkState.IN_USE], right, _move(LinkState.IN_USE), needs_note=True, article=ARTICLE, icon="play-circle",
            shown=lambda one: one.state == LinkState.STOPPED,
        ),
    }  # fmt: skip


def _key(records: Sequence[Source], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    key = sources.issue_key(records[0], by=by, note=note)
    return _("%(name)s 的新密钥（只显示这一次，原密钥已失效）：%(key)s") % {"name": records[0].name, "key": key}


@register
class Sources(Resource):
    """Platforms that report positions."""

    model = Source
    slug = "vehicles/sources"
    article = ARTICLE
    chapter = "vehicles"
    icon = "arrow-down-tray"
    place = 80
    words = pgettext_lazy("list", "定位来源")
    purpose = gettext_lazy(
        "经接口或者消息队列报送车辆定位的其他平台；各有密钥，只能报送本单位（机关事务管理部门为本级及以下）的车辆"
    )
    columns = ("name", "organ", "datum", "state")
    more_columns = ("remarks",)
    groups = (Group(gettext_lazy("平台"), ("organ", "name", "datum", "state", "remarks")),)
    readonly = frozenset({"state"})
    filters = ("organ", "state")
    search = ("name",)
    state = "state"
    colours = COLOURS
    importable = False
    key_facts = ("organ", "datum", "state")
    acts = {
        **_acts("vehicles.source:change"),
        "key": Act(
            gettext_lazy("签发密钥"), "vehicles.source:change", _key, many=False, article=ARTICLE, icon="key",
            confirm=gettext_lazy("签发新密钥后，原密钥立即失效。"), shown=lambda one: one.state == LinkState.IN_USE,
        ),
    }  # fmt: skip


def _when(name: str) -> Callable[[Relay], dt.datetime | None]:
    return lambda relay: moment(getattr(health_of(relay.pk), name, None))


@register
class Relays(Resource):
    """Platforms to which positions are passed on."""

    model = Relay
    slug = "vehicles/relays"
    article = ARTICLE
    chapter = "vehicles"
    icon = "arrow-up-tray"
    place = 81
    words = pgettext_lazy("list", "定位转发")
    purpose = gettext_lazy(
        "把本单位（机关事务管理部门为本级及以下）车辆的定位转发给上级平台；断线期间的在恢复后补发，不丢不重"
    )
    columns = ("name", "organ", "url", "state")
    more_columns = ("remarks",)
    groups = (
        Group(gettext_lazy("平台"), ("organ", "name", "url", "state", "remarks")),
        Group(gettext_lazy("状况"), ("waiting", "sent", "sent_at", "failed_at", "fault")),
    )
    readonly = frozenset({"state"})
    computed = {
        "waiting": Computed(gettext_lazy("待转发"), lambda relay: waiting(relay.pk), "number", pgettext_lazy("unit", "次")),
        "sent": Computed(gettext_lazy("已转发"), lambda relay: getattr(health_of(relay.pk), "sent", 0), "number", pgettext_lazy("unit", "次")),
        "sent_at": Computed(gettext_lazy("最近转发"), _when("at"), "moment"),
        "failed_at": Computed(gettext_lazy("最近出错"), _when("failed_at"), "moment"),
        "fault": Computed(gettext_lazy("出错原因"), lambda relay: getattr(health_of(relay.pk), "fault", "")),
    }  # fmt: skip
    filters = ("organ", "state")
    search = ("name", "url")
    state = "state"
    colours = COLOURS
    importable = False
    key_facts = ("organ", "state", "waiting", "sent_at")
    acts = _acts("vehicles.relay:change")


_LOOK = [model.right(verb) for model in (Source, Relay) for verb in ("view", "export")]
_WORK = [model.right(verb) for model in (Source, Relay) for verb in ("add", "change", "remove")]
access.grant((roles.SUPERVISOR, roles.SUPPORT_HEAD, roles.AUDITOR), _LOOK, Reach.BELOW)
access.grant(roles.ASSET_OFFICER, [*_LOOK, *_WORK], Reach.BELOW)
