"""Platforms are stopped and connected again; what waits for one that is stopped goes on waiting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch2_provision.vehicles.choices import LinkState
from baozhang.kernel import ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

STATE = ledger.act("link_state", gettext_lazy("变更平台状态"))
WORDS = {
    LinkState.IN_USE: pgettext_lazy("link", "恢复使用"),
    LinkState.STOPPED: pgettext_lazy("link", "停止使用"),
}


def move(records: Sequence[Any], *, to: LinkState, by: Actor, note: str) -> None:
    """This will stop platforms, or connect them again."""
    for record in records:
        if record.state == to:
            raise Refused(
                _("%(name)s 不能“%(act)s”") % {"name": record.name, "act": WORDS[to]},
                why=_("平台目前的状态是“%(state)s”。") % {"state": record.get_state_display()},
                article="第二十三条第一款",
                instead=_("请先核对平台的状态。"),
            )
        record.state = to
    keep(list(records), by=by, act=STATE, note=note, moves=frozenset({"state"}))
