"""For programs: a finding made again, an order checked again."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop
from ninja import Router

from baozhang.kernel import clock, scope
from baozhang.kernel.api import build
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import frame

from .queries import replay
from .recheck import items_of, recheck


def addresses(router: Router, resource: Resource) -> None:
    """This will give findings and orders their further addresses."""
    if resource.label == "warnings.finding":

        @router.get(
            "/{int:pk}/replay",
            response=dict[str, Any],
            operation_id="warnings_finding_replay",
            summary=gettext_noop("按当日的记录和标准重新判断这条线索"),
        )
        def one(request: Any, pk: int) -> Any:
            with scope.within(build.who(request)):
                again = replay(frame.row_of(resource, pk))  # type: ignore[arg-type]
                return {
                    "same": again.same,
                    "why": again.why,
                    "differences": again.differences,
                    "then": again.then,
                    "now": again.now,
                }

    if resource.label == "warnings.order":

        @router.get(
            "/{int:pk}/recheck",
            response=list[dict[str, Any]],
            operation_id="warnings_order_recheck",
            summary=gettext_noop("按今天的记录复核通知中的每一项"),
        )
        def each(request: Any, pk: int) -> Any:
            with scope.within(build.who(request)):
                order: Any = frame.row_of(resource, pk)
                return [
                    {"finding": one.item.finding_id, "result": one.result, "then": one.item.sentence, "now": one.sentence}
                    for one in recheck(items_of(order), clock.today())
                ]  # fmt: skip
