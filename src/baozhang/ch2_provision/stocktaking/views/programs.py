"""The addresses of a count for handheld terminals with a key of their own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop
from ninja import Router

from baozhang.ch2_provision.stocktaking.models import Count
from baozhang.ch2_provision.stocktaking.queries import phone as takings
from baozhang.kernel import scope
from baozhang.kernel.api import build
from baozhang.kernel.resource import Resource

from .messages import SyncIn
from .phone import may_count, synced


def addresses(router: Router, resource: Resource) -> None:
    """This will give handheld terminals and RFID gates with a key of their own the same as the phone."""
    if resource.model is not Count:
        return

    @router.post(
        "/sync",
        response=dict[str, Any],
        operation_id="stocktaking_sync",
        summary=gettext_noop("送来手机或手持终端的盘点记录，同一条重复送来只记一次"),
    )
    def receive(request: Any, body: SyncIn) -> Any:
        with scope.within(build.who(request)) as who:
            return synced(body, may_count(who))

    @router.get(
        "/take-along",
        response=dict[str, Any],
        operation_id="stocktaking_take_along",
        summary=gettext_noop("带走盘点任务，离线时使用"),
    )
    def take_along(request: Any) -> Any:
        with scope.within(build.who(request)) as who:
            return takings.take_along(may_count(who))
