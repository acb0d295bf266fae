"""Pages of a plan: its lines to be reviewed one by one, what it may be filled with, what a version changes."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from baozhang.ch2_provision.funding import actions
from baozhang.ch2_provision.funding.actions.planning import offers
from baozhang.ch2_provision.funding.choices import (
    BUDGET_AT_WORK,
    LINE_COLOURS,
    BudgetState,
    LineKind,
    LineState,
    PlanState,
)
from baozhang.ch2_provision.funding.flows import PlanLineFlow
from baozhang.ch2_provision.funding.flows.line import REVIEW_LINE, authority_for
from baozhang.ch2_provision.funding.models import Plan, PlanLine
from baozhang.ch2_provision.funding.models.budget import DRAFT as BUDGET_DRAFT
from baozhang.ch2_provision.funding.queries.budgets import budgets_of, to_be_asked
from baozhang.ch2_provision.funding.queries.plans import Difference, carried, differences
from baozhang.kernel import cells, sent
from baozhang.kernel.access import Actor
from baozhang.kernel.attachments import Attachment
from baozhang.kernel.numbers import whole, wholes
from baozhang.kernel.refusal import Fault, Forbidden, Invalid, Refused
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import details, frame

STEPS = {"agree": LineState.AGREED, "reduce": LineState.REDUCED, "refuse": LineState.REFUSED}


def _plan(resource: Resource, pk: int) -> Plan:
    found = frame.row_of(resource, pk, "round", "organ", "amends")
    assert isinstance(found, Plan)
    return found


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """All lines of a plan on one page; while it is under review, each is agreed to, reduced or refused here."""
    who, plan = frame.must_view(request, resource), _plan(resource, pk)

    def work() -> str:
        place = authority_for(plan.organ_id)
        who.must(REVIEW_LINE, None if place is None else place.pk)
        messages.success(request, _("已审核 %(n)d 项") % {"n": _answer(plan, request.POST, who)})
        return request.path

    done, refusal = sent.attempt(request, work)
    if done:
        return done
    frame.crumbs(request, resource, plan)
    typed = request.POST if refusal is not None else {}
    wrong = {fault.row: str(fault.reason) for fault in refusal.faults} if refusal is not None else {}
    lines = list(PlanLine._base_manager.filter(plan=plan).order_by("number"))
    changed = {one.after.pk for one in differences(plan) if one.after is not None}
    files = _files(lines)
    may = plan.state == PlanState.SUBMITTED and _may_review(plan, who)
    context = {
        "page": frame.page(resource, _("事项和审核：%(plan)s") % {"plan": plan}, purpose=_("每一项的数量、金额、依据和审核结果")),
        "plan": plan, "state": {"words": plan.get_state_display(), "colour": resource.colours[plan.state]},
        "url": frame.url_of(resource, plan), "may": may, "refusal": refusal,
        "editable": plan.editable and who.can(PlanLine.right("add"), plan.organ_id),
        "lines": [_shown(line, typed, wrong, changed, files) for line in lines],
        "totals": _totals(lines), "pending": sum(1 for line in lines if line.state == LineState.PENDING),
    }  # fmt: skip
    return render(request, "funding/review.html", context, status=200 if refusal is None else refusal.status)


def _may_review(plan: Plan, who: Actor) -> bool:
    place = authority_for(plan.organ_id)
    return place is not None and who.can(REVIEW_LINE, place.pk)


def _answer(plan: Plan, data: Any, who: Actor) -> int:
    """This will take the steps that were ticked; the first line that is wrong stops all of them, with its place."""
    count = 0
    with transaction.atomic():
        for line in PlanLine._base_manager.filter(plan=plan).order_by("number"):
            step = data.get(f"step-{line.pk}", "")
            if step not in STEPS or not _differs(line, step, data):
                continue
            try:
                seen = data.get(f"version-{line.pk}", "")
                PlanLineFlow.take(step, line, by=who, values=_values(line, step, data), version=whole(seen))
            except Forbidden:
                raise
            except Refused as refused:
                reason = "；".join(f"{fault.column}：{fault.reason}" for fault in refused.faults) or str(
                    refused.why or refused.what
                )
                raise Invalid(
                    _("%(line)s：%(what)s") % {"line": line, "what": refused.what}, why=refused.why, article="第九条",
                    instead=refused.instead, faults=[Fault(reason, row=line.pk)],
                ) from refused  # fmt: skip
            count += 1
    return count


def _differs(line: PlanLine, step: str, data: Any) -> bool:
    """True where the answer is another than the one that stands."""
    reason = data.get(f"reason-{line.pk}", "").strip()
    if line.state != STEPS[step]:
        return True
    return step == "reduce" and (_number(data, "amount", line) != line.agreed_amount or reason != line.reason)


def _values(line: PlanLine, step: str, data: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"reason": data.get(f"reason-{line.pk}", "").strip()}
    if step == "reduce":
        values |= {"agreed_amount": _number(data, "amount", line), "agreed_quantity": _number(data, "quantity", line)}
    return values


def _number(data: Any, name: str, line: PlanLine) -> Decimal | None:
    text = data.get(f"{name}-{line.pk}", "").replace(",", "").replace("，", "").strip()
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise Invalid(
            _("“%(text)s”不是数值") % {"text": text},
            faults=[Fault(_("不是数值"), row=line.pk)],
            instead=_("请改正后再提交。"),
        ) from None


def _shown(
    line: PlanLine, typed: Any, wrong: dict[Any, str], changed: set[int], files: dict[int, int]
) -> dict[str, Any]:
    resource = BY_LABEL[line.label]
    steps = {state: name for name, state in STEPS.items()}
    facts = [
        (words, cells.number(value))
        for words, value in ((_("现有"), line.stock), (_("标准"), line.allowed), (_("缺口"), line.gap))
        if value is not None
    ]
    return {
        "pk": line.pk, "version": line.version, "number": line.number, "title": line.title, "url": frame.url_of(resource, line),
        "kind": LineKind(line.kind).label, "grade": line.get_grade_display() if line.grade else line.get_means_display() if line.means else "",
        "quantity": cells.number(line.quantity), "unit": line.unit, "price": cells.money(line.unit_price), "amount": cells.money(line.amount),
        "purpose": line.purpose, "evidence": line.evidence, "facts": facts, "change": line.change_note,
        "last": cells.money(line.last_amount) if line.last_amount is not None else "", "changed": line.pk in changed,
        "files": files.get(line.pk, 0),
        "state": {"words": line.get_state_display(), "colour": LINE_COLOURS[LineState(line.state)]},
        "agreed": cells.money(line.agreed_amount) if line.agreed_amount is not None else "",
        "step": typed.get(f"step-{line.pk}", steps.get(LineState(line.state), "")),
        "given": {
            "amount": typed.get(f"amount-{line.pk}", f"{line.agreed_amount:f}" if line.state == LineState.REDUCED else ""),
            "quantity": typed.get(f"quantity-{line.pk}", f"{line.agreed_quantity:f}" if line.state == LineState.REDUCED and line.agreed_quantity is not None else ""),
            "reason": typed.get(f"reason-{line.pk}", line.reason),
        },
        "reason": line.reason, "wrong": wrong.get(line.pk, ""), "withdrawn": line.state == LineState.WITHDRAWN,
    }  # fmt: skip


def _files(lines: list[PlanLine]) -> dict[int, int]:
    """How many attachments each line has; one query."""
    rows = Attachment._base_manager.filter(
        label_of="funding.planline", record_key__in=[line.pk for line in lines], removed=False
    )
    return dict(rows.order_by().values_list("record_key").annotate(n=Count("pk")))


def _totals(lines: list[PlanLine]) -> dict[str, str]:
    asked = sum((line.amount for line in lines if line.state != LineState.WITHDRAWN), Decimal(0))
    agreed = sum((line.agreed_amount or Decimal(0) for line in lines), Decimal(0))
    decided = any(line.state != LineState.PENDING for line in lines)
    return {"asked": cells.money(asked), "agreed": cells.money(agreed) if decided else ""}


@require_http_methods(["GET", "POST"])
def prefill(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """What a draft may be filled with: last year's lines, and what other fields suggest with their evidence."""
    who, plan = frame.must_view(request, resource), _plan(resource, pk)
    if request.method == "POST":
        return sent.do(request, lambda: _taken_in(request, resource, plan, who))
    before, told = offers(plan) if plan.editable else ([], [])
    frame.crumbs(request, resource, plan)
    context = {
        "page": frame.page(resource, _("选取事项：%(plan)s") % {"plan": plan}, purpose=_("从上年计划和系统提示中勾选，选入后仍可修改")),
        "plan": plan, "url": frame.url_of(resource, plan), "may": plan.editable and who.can(PlanLine.right("add"), plan.organ_id),
        "before": [
            {"key": line.pk, "title": line.title, "kind": LineKind(line.kind).label, "amount": cells.money(carried(line)),
             "quantity": cells.number(line.quantity), "says": line.purpose}
            for line in before
        ],
        "told": [
            {"key": one.key, "title": one.title, "kind": LineKind(one.kind).label, "quantity": cells.number(one.quantity),
             "amount": cells.money(one.quantity * one.unit_price), "says": one.evidence}
            for one in told
        ],
    }  # fmt: skip
    return render(request, "funding/prefill.html", context)


def _taken_in(request: HttpRequest, resource: Resource, plan: Plan, who: Actor) -> str:
    who.must(PlanLine.right("add"), plan.organ_id)
    lines = wholes(request.POST.getlist("line"))
    count = actions.take_in(plan, by=who, lines=lines, keys=request.POST.getlist("told"))
    messages.success(request, _("已选入 %(n)d 项，请逐项核对数量、单价和依据") % {"n": count})
    return f"{frame.url_of(resource, plan)}lines/" if count else request.path


def _field_words(name: str) -> str:
    return str(PlanLine._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _field_value(line: PlanLine, name: str) -> str:
    if name == "amount":
        return cells.money(carried(line))
    value = getattr(line, name)
    if isinstance(value, Decimal):
        return cells.money(value) if name == "unit_price" else cells.number(value)
    shown = getattr(line, f"get_{name}_display", None)
    return str(shown() if shown is not None else value) or "—"


@require_GET
def changes(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """What a version changes: what was, what is, why."""
    frame.must_view(request, resource)
    plan = _plan(resource, pk)
    found = differences(plan)
    delta = sum((one.delta for one in found), Decimal(0))
    frame.crumbs(request, resource, plan)
    context = {
        "page": frame.page(resource, _("版本差异：%(plan)s") % {"plan": plan}, purpose=_("与上一版本相比：原来是什么、现在是什么、为什么")),
        "plan": plan, "url": frame.url_of(resource, plan), "delta": _signed(delta), "count": len(found),
        "before_url": frame.url_of(resource, plan.amends) if plan.amends is not None else "",
        "rows": [_difference(one) for one in found],
    }  # fmt: skip
    return render(request, "funding/changes.html", context)


def _signed(value: Decimal) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{abs(value):,.2f}"


def _difference(one: Difference) -> dict[str, Any]:
    line = one.after or one.before
    assert line is not None
    kinds = {"added": (_("新增"), "green"), "dropped": (_("取消"), "red"), "changed": (_("变更"), "amber")}
    words, colour = kinds[one.kind]
    pairs = []
    if one.before is not None and one.after is not None:
        pairs = [
            {"words": _field_words(name), "was": _field_value(one.before, name), "now": _field_value(one.after, name)}
            for name in one.changed
        ]
    return {
        "title": line.title, "url": frame.url_of(BY_LABEL[line.label], line), "state": {"words": words, "colour": colour}, "pairs": pairs,
        "sum": cells.money(carried(line)), "delta": _signed(one.delta), "why": one.after.change_note if one.after is not None else "",
    }  # fmt: skip


def _unasked(record: Plan, who: Actor) -> list[dict[str, Any]]:
    """What was agreed to and no budget has asked for yet, with the way to the form that takes it over."""
    if record.state != PlanState.AGREED or not who.can(BUDGET_DRAFT, record.organ_id):
        return []
    rows = to_be_asked(record.organ_id, record.year)
    if not rows:
        return []
    known = budgets_of(record.organ_id, record.year)
    drafted = next((one for one in known if one.state == BudgetState.DRAFT), None)
    at_work = next((one for one in known if one.state in BUDGET_AT_WORK), None)
    words = _("有 %(n)d 项已同意的事项还没有申报经费，合计 %(sum)s 元：%(names)s") % {
        "n": len(rows), "sum": cells.money(sum((rest for _line, rest in rows), Decimal(0))),
        "names": "、".join(f"{line.title} {cells.money(rest)}" for line, rest in rows[:5]) + ("……" if len(rows) > 5 else ""),
    }  # fmt: skip
    if drafted is not None:
        budget = frame.url_of(BY_LABEL["funding.budget"], drafted)
        return [
            {
                "tone": "amber",
                "words": words,
                "url": f"{budget}acts/needs/",
                "url_words": _("转入“%(budget)s”") % {"budget": drafted},
            }
        ]
    if at_work is not None:
        said = _("%(words)s。“%(budget)s”批复后再编制追加预算。") % {"words": words, "budget": at_work}
        return [{"tone": "amber", "words": said}]
    form = f"{frame.url_of(BY_LABEL[record.label], record)}acts/{'supplement' if known else 'budget'}/"
    return [{"tone": "amber", "words": words, "url": form, "url_words": _("编入预算")}]


def _budgets(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """The budgets of the year stand on the page of the plan that they rest on."""
    if not isinstance(record, Plan) or record.state not in (PlanState.AGREED, PlanState.SUPERSEDED):
        return {}
    target = BY_LABEL["funding.budget"]
    if not who.can(target.right("view"), record.organ_id):
        return {}
    columns = [{"words": _("预算名称")}, {"words": _("状态")}, {"words": _("批复日期"), "kind": "date"}]
    rows = [
        {"url": frame.url_of(target, one), "cells": [one.name, one.get_state_display(), one.replied_on.isoformat() if one.replied_on else ""]}
        for one in budgets_of(record.organ_id, record.year)
    ]  # fmt: skip
    return {
        "notices": _unasked(record, who),
        "related": [
            {
                "title": _("本年度的预算"),
                "count": len(rows),
                "columns": columns,
                "rows": rows,
                "empty": {"why": _("还没有预算。")},
            }
        ],
    }


details.EXTRAS.append(_budgets)
