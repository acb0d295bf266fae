"""On the page of a month that is not handed in: what waits, and what each vehicle would come to now."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from baozhang.ch2_provision.running.choices import LOOKED_OVER, CorrectionState, ReviewState
from baozhang.ch2_provision.running.flows.matching import MATCH
from baozhang.ch2_provision.running.flows.review import summed, unmatched
from baozhang.ch2_provision.running.models import Account
from baozhang.ch2_provision.running.queries.corrected import changes
from baozhang.kernel import cells
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import details, frame


def _on_review(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """The vehicles one by one, as the clerk checks them; what is handed in has accounts of its own."""
    if resource.label != "running.review":
        return {}
    if record.state != ReviewState.DRAFT:
        return _since_then(record)
    left = unmatched(record).count()
    notices = []
    if left:
        words = ngettext(
            "当月还有 %(n)s 笔费用没有对应，对应以后才能提交。",
            "当月还有 %(n)s 笔费用没有对应，对应以后才能提交。",
            left,
        )
        notices.append(
            {
                "words": words % {"n": left},
                "tone": "amber",
                "url": reverse("running-waiting") if who.can(MATCH, record.organ_id) else "",
                "url_words": _("待对应费用"),
            }
        )
    rows = [_row(one) for one in summed(record)]
    return {
        "notices": notices,
        "related": [{"title": _("逐车核对（提交时汇总）"), "columns": _columns(), "rows": rows}] if rows else [],
    }


def _since_then(record: Any) -> dict[str, Any]:
    """What was entered or corrected after the month was summed up: it does not stand in what was published."""
    waiting = record.corrections.filter(state=CorrectionState.OPEN).first()
    if waiting is not None:
        url = frame.url_of(BY_LABEL["running.correction"], waiting)
        return {
            "notices": [
                {
                    "words": _("公示以后里程或者费用有变动，待更正公示。"),
                    "tone": "amber",
                    "url": url,
                    "url_words": _("单车核算更正"),
                }
            ]
        }
    changed = list(dict.fromkeys(str(one.vehicle) for one in changes([record]).get(record.pk, ())))
    if not changed:
        return {}
    words = (
        _("汇总以后里程或者费用有变动：%(vehicles)s。今晚自动列出更正，由审核人更正公示。")
        if record.state == ReviewState.PUBLISHED
        else _("汇总以后里程或者费用有变动：%(vehicles)s。请驳回，重新核对提交。")
    ) % {"vehicles": "、".join(changed)}
    return {"notices": [{"words": words, "tone": "amber", "url": ""}]}


def _columns() -> list[dict[str, Any]]:
    accounts = BY_LABEL["running.account"]
    return [
        {"words": accounts.words_of(name), "kind": accounts.kind_of(name), "unit": accounts.unit_of(name)}
        for name in LOOKED_OVER
    ]


def _row(one: Account) -> dict[str, Any]:
    accounts = BY_LABEL["running.account"]
    said = [cells.money if accounts.kind_of(name) == "money" else cells.number for name in LOOKED_OVER[1:]]
    values = [show(getattr(one, name)) for show, name in zip(said, LOOKED_OVER[1:], strict=True)]
    return {"url": frame.url_of(BY_LABEL["vehicles.vehicle"], one.vehicle), "cells": [str(one.vehicle), *values]}


details.EXTRAS.append(_on_review)
