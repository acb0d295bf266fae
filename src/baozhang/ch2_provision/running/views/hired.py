"""Hired vehicles: what they cost a month, beside the accounts of the unit's own; on a slip, whether its bill says what it says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from baozhang.ch2_provision.running.choices import Kind
from baozhang.ch2_provision.running.models import Cost
from baozhang.ch2_provision.running.models.reading import days_of
from baozhang.ch2_provision.trips.choices import HIRED
from baozhang.kernel import cells
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import details, frame

NAMES = ("at", "supplier", "plate", "amount", "dispatch")


def _of_month(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """The bills of hired vehicles of a month, one by one; they are no cost of a vehicle of the unit."""
    if resource.label != "running.review" or not who.can(Cost.right("view"), record.organ_key()):
        return {}
    first, last = days_of(record.year, record.month)
    held = Cost.objects.filter(organ_id=record.organ_id, kind=Kind.HIRE, day__gte=first, day__lte=last)
    held = held.select_related("dispatch").order_by("day", "pk")
    costs = BY_LABEL["running.cost"]
    rows = [
        {"url": frame.url_of(costs, one), "cells": [one.at, one.supplier, one.plate, cells.money(one.amount), str(one.dispatch or one.explanation)]}
        for one in held
    ]  # fmt: skip
    if not rows:
        return {}
    total = cells.money(sum((one.amount for one in held), Decimal(0)))
    columns = [
        {"words": costs.words_of(name), "kind": costs.kind_of(name), "unit": costs.unit_of(name)} for name in NAMES
    ]
    return {
        "related": [
            {"title": _("租用车辆费用 %(sum)s 元（其他交通费用）") % {"sum": total}, "columns": columns, "rows": rows}
        ]
    }


def _of_slip(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """Where the bills of a hired vehicle come to something else than the fare on its slip."""
    if resource.label != "trips.dispatch" or record.means not in HIRED or record.fare is None:
        return {}
    if not who.can(Cost.right("view"), record.organ_key()):
        return {}
    billed = Cost._base_manager.filter(dispatch=record.pk, kind=Kind.HIRE).aggregate(all=Sum("amount"))["all"]
    if billed is None or billed == record.fare:
        return {}
    words = _("派车单上的租车费 %(fare)s 元，账单合计 %(billed)s 元，相差 %(over)s 元") % {
        "fare": cells.money(record.fare), "billed": cells.money(billed), "over": cells.money(billed - record.fare),
    }  # fmt: skip
    return {"notices": [{"tone": "amber", "words": words, "url": ""}]}


details.EXTRAS.extend((_of_month, _of_slip))
