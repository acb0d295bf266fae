"""What each field of reference prices, of the parts of quotas and of their reviews is for, and who may do what with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from baozhang.ch1_general.organs import roles
from baozhang.kernel import access, addresses, cells, clock, shell
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act, also
from baozhang.kernel.resource import Computed, Group, Related, Resource, register
from baozhang.kernel.views import frame

from . import pricing, resources
from .choices import REVIEW_COLOURS
from .flows import QuotaReviewFlow
from .models import Component, QuotaReview, ReferencePrice, Standard

ARTICLE = pricing.ARTICLE
YUAN = gettext_lazy("元")


def _work_out(records: Sequence[Standard], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    count = sum(pricing.work_out(standard, by=by) for standard in records)
    return _("已按测算依据计算 %(n)d 条") % {"n": count} if count else _("没有登记测算依据的条目")


def _why(part: Component) -> dict[str, Any]:
    return {
        "value": cells.money(part.amount), "unit": _("元"), "article": ARTICLE, "formula": _("金额 = 实物数量 × 参考价格"),
        "formula_filled": f"{cells.number(part.quantity)} × {cells.money(part.price.price)} = {cells.money(part.amount)}",
        "facts": [
            {"words": part.physical, "value": cells.number(part.quantity), "unit": part.price.unit, "source": part.basis},
            {"words": part.price.name, "value": cells.money(part.price.price), "unit": _("元"), "source": f"{part.price.source}，{part.price.day}"},
        ],
    }  # fmt: skip


@register
class Prices(Resource):
    """Reference prices with their source and day."""

    model = ReferencePrice
    slug = "standards/prices"
    article = ARTICLE
    chapter = "mechanisms"
    words = pgettext_lazy("list", "参考价格")
    icon = "tag"
    purpose = gettext_lazy("货物和服务的市场价格及其来源、日期；支出定额据此测算，价格变动后提示复核")
    columns = ("name", "price", "unit", "day", "source", "organ")
    groups = (Group(gettext_lazy("价格"), ("organ", "name", "unit", "price", "day", "source")),)
    filters = ("organ", "day", "price")
    search = ("name", "source")
    sorts = ("day",)
    order = "-day"
    units = {"price": YUAN}
    headings = {
        "name": ("品名", "商品名称", "服务名称"),
        "price": ("单价", "市场价格"),
        "day": ("采集日期",),
        "source": ("来源",),
    }
    related = (Related("standards/components", "price", gettext_lazy("用于测算")),)


@register
class Components(Resource):
    """What expenditure quotas are made of."""

    model = Component
    slug = "standards/components"
    article = ARTICLE
    chapter = "mechanisms"
    words = gettext_lazy("定额测算依据")
    icon = "calculator"
    menu = False
    purpose = gettext_lazy("支出定额 = 各项实物定额 × 参考价格之和")
    columns = ("physical", "quantity", "price", "product", "basis", "line")
    groups = (Group(gettext_lazy("测算依据"), ("line", "physical", "quantity", "basis", "price", "product")),)
    computed = {
        "product": Computed(
            gettext_lazy("测算金额"), lambda part: part.amount, kind="money", unit=YUAN, needs=("price",), why=_why
        )
    }
    filters = ("line", "price")
    search = ("physical",)
    order = "id"
    importable = False


@register
class QuotaReviews(Resource):
    """Quotas whose prices have drifted."""

    model = QuotaReview
    slug = "standards/quota-reviews"
    article = ARTICLE
    chapter = "mechanisms"
    words = pgettext_lazy("list", "定额复核")
    icon = "arrow-trending-up"
    purpose = gettext_lazy("参考价格变动超过规定比例的支出定额；复核决定维持或修订，原定额不改动")
    columns = ("name", "was", "now", "share", "value_now", "state", "raised", "organ")
    groups = (
        Group(gettext_lazy("价格变动"), ("component", "price", "was", "now", "share", "most")),
        Group(gettext_lazy("定额"), ("line", "organ", "value_now", "raised", "state")),
    )
    computed = {
        "name": Computed(gettext_lazy("实物定额"), lambda one: one.component.physical, needs=("component",)),
        "share": Computed(gettext_lazy("变动比例"), lambda one: f"{one.drift:+.1%}"),
        "most": Computed(gettext_lazy("复核比例"), lambda one: f"{one.limit:.1%}"),
    }
    readonly = frozenset({"component", "price", "was", "now", "line", "organ", "value_now", "raised", "state"})
    filters = ("organ", "state", "raised")
    sorts = ("raised",)
    units = {"was": YUAN, "now": YUAN, "value_now": YUAN}
    state = "state"
    colours = REVIEW_COLOURS
    flow = QuotaReviewFlow
    importable = False
    addable = False


@require_GET
def drift_page(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Every drift of a price since the quota in force was worked out, also while no share is set."""
    who = frame.must_view(request, resource)
    seen = who.where(resource.right("view"))
    found = [one for one in pricing.drifts(clock.today()) if seen is None or one.component.organ_id in seen]
    frame.crumbs(request, resource)
    context = {
        "page": frame.page(resource, _("定额价格变动"), purpose=_("施行中的支出定额所用价格与最新参考价格的差别")),
        "unset": any(one.limit is None for one in found), "table": _table(found) if found else None,
    }  # fmt: skip
    return render(request, "standards/drifts.html", context)


def _table(found: list[pricing.Drift]) -> dict[str, Any]:
    columns = [
        {"words": _("定额条目")}, {"words": _("实物定额")}, {"words": _("原参考价格"), "kind": "money", "unit": _("元")},
        {"words": _("现参考价格"), "kind": "money", "unit": _("元")}, {"words": _("变动比例"), "kind": "number"}, {"words": _("复核比例"), "kind": "number"},
        {"words": _("现行定额"), "kind": "money"}, {"words": _("按新价格的定额"), "kind": "money"}, {"words": _("提示")},
    ]  # fmt: skip
    rows = []
    for one in found:
        part = one.component
        limit = f"{one.limit:.1%}" if one.limit is not None else _("待核实")
        mark = _("须复核") if one.beyond else _("未超过") if one.limit is not None else _("比例待核实，只作提示")
        rows.append({"url": f"/standards/components/{part.pk}/", "cells": [
            str(part.line), part.physical, cells.money(part.price.price), cells.money(one.price.price), f"{one.share:+.1%}", limit,
            cells.money(part.line.value or 0), cells.money(one.value_now), mark,
        ]})  # fmt: skip
    return {"columns": columns, "rows": rows}


addresses.give(ReferencePrice, ("drift/", drift_page, "drift"))
shell.entry(
    "mechanisms", gettext_lazy("定额价格变动"), "standards/prices:drift", "standards.referenceprice:view", order=35
)
also(resources.Standards, "work_out", Act(
    gettext_lazy("按测算依据计算"), "standards.standard:change", _work_out, many=False, article=ARTICLE, icon="calculator",
    shown=lambda standard: standard.editable,
))  # fmt: skip
KINDS = ("referenceprice", "component", "quotareview")
SETTERS = (roles.STANDARDS_OFFICER, roles.FINANCE_OFFICER)
access.grant(
    (*SETTERS, roles.FINANCE_HEAD, roles.SUPPORT_HEAD, roles.PLAN_OFFICER),
    [f"standards.{kind}:{verb}" for kind in KINDS for verb in ("view", "export")], Reach.BELOW,
)  # fmt: skip
access.grant(
    SETTERS,
    [
        *(f"standards.referenceprice:{verb}" for verb in ("add", "change", "import", "remove")),
        *(f"standards.component:{verb}" for verb in ("add", "change", "remove")), pricing.REVIEW,
    ],
    Reach.OWN,
)  # fmt: skip
