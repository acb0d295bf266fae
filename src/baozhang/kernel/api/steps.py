"""The steps of a flow for programs."""

from __future__ import annotations

from typing import Any

from ninja import Router

from baozhang.kernel import flow, scope
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import frame
from baozhang.kernel.views.steps import plan_of

from . import build, schemas


def addresses(router: Router, resource: Resource) -> None:
    """The same for programs: what may be done now, and doing it; `key` makes it safe to repeat."""
    plan = plan_of(resource)
    if plan is None:
        return
    code = resource.label.replace(".", "_")

    @router.get("/{int:pk}/steps", response=list[dict[str, Any]], operation_id=f"{code}_steps")
    def steps(request: Any, pk: int) -> Any:
        with scope.within(build.who(request)) as who:
            record = frame.row_of(resource, pk)
            return [
                {
                    "name": one.name, "words": one.words, "needs_note": one.needs_note, "fields": list(one.fields),
                    "asks": [ask.name for ask in one.asks], "refused": one.refused, "version": one.version,
                }
                for one in flow.buttons_of(record, who)
            ]  # fmt: skip

    @router.post("/{int:pk}/steps/{name}", response=schemas.Done, operation_id=f"{code}_step")
    def take(request: Any, pk: int, name: str, body: schemas.StepIn) -> Any:
        with scope.within(build.who(request)) as who:
            record = frame.row_of(resource, pk)
            flow.perform(
                plan, name, record, by=who, data={**body.values, "note": body.note}, version=body.version, key=body.key
            )
            fresh = frame.row_of(resource, pk)
            return {"done": plan.state_words(plan.state(fresh)), "id": fresh.pk, "version": fresh.version}
