"""Pages of a budget: the workbook with its quotas, the reply line by line, a bill to be registered, the sheet for finance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from baozhang.ch2_provision.funding import actions
from baozhang.ch2_provision.funding.actions.spending import COMMIT
from baozhang.ch2_provision.funding.choices import DRIVER_UNITS, BudgetState, CostItem, Driver
from baozhang.ch2_provision.funding.models import Budget, BudgetLine
from baozhang.ch2_provision.funding.models.budget import DRAFT, REVIEW
from baozhang.ch2_provision.funding.queries import checking
from baozhang.ch2_provision.funding.queries.budgets import ceiling_of, lines_of, payments_of, sums_of, total_of_year
from baozhang.kernel import cells, clock, scope, sent
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Fault, Forbidden, Invalid, Refused
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.sheets import writing
from baozhang.kernel.views import exports, frame
from baozhang.law.catalogue import catalogue

REPLYING = (BudgetState.APPLIED, BudgetState.REVIEWED)


def _budget(resource: Resource, pk: int) -> Budget:
    found = frame.row_of(resource, pk, "round", "organ", "finance")
    assert isinstance(found, Budget)
    return found


def _mode(budget: Budget, who: Actor) -> str:
    """What may be typed into the workbook: amounts by the agency while it drafts, replies by finance; nothing else."""
    if budget.state == BudgetState.DRAFT and who.can(DRAFT, budget.organ_id):
        return "draft"
    if budget.state in REPLYING and budget.finance_id is not None and who.can(REVIEW, budget.finance_id):
        return "reply"
    return ""


@require_http_methods(["GET", "POST"])
def workbook(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The budget as a table: quota, driver, product, asked, granted, used; typed into by whose turn it is."""
    who, budget = frame.must_view(request, resource), _budget(resource, pk)
    mode = _mode(budget, who)

    def work() -> str:
        if not mode:
            raise Forbidden(_("现在不能填写这份预算"), instead=_("编制中由本单位填写，申报后由财政部门填写批复数。"))
        messages.success(request, _("已保存 %(n)d 行") % {"n": _save(budget, mode, request.POST, who)})
        return request.path

    done, refusal = sent.attempt(request, work)
    if done:
        return done
    frame.crumbs(request, resource, budget)
    return render(
        request, "funding/workbook.html", _context(resource, budget, mode, refusal, request.POST if refusal else {}),
        status=200 if refusal is None else refusal.status,
    )  # fmt: skip


def _typed(text: str) -> Decimal:
    """A sum as it was typed; InvalidOperation where it is none."""
    value = Decimal(text.replace(",", "").replace("，", "").strip())
    if not value.is_finite():
        raise InvalidOperation
    return value


def _save(budget: Budget, mode: str, data: Any, who: Actor) -> int:
    """This will keep what was typed, all of it or nothing; faults come back with their lines."""
    changed: list[BudgetLine] = []
    faults: list[Fault] = []
    names = ("amount", "reason") if mode == "draft" else ("granted", "reply_note")
    for line in (
        BudgetLine._base_manager.filter(budget=budget)
        .select_related("budget", "plan_line__plan", "site")
        .order_by("number")
    ):
        before = [getattr(line, name) for name in names]
        if f"{names[0]}-{line.pk}" not in data:
            continue
        number, text = (data.get(f"{name}-{line.pk}", "").strip() for name in names)
        number = number or (f"{line.amount:f}" if mode == "reply" and "rest" in data else "")  # not cut: as asked
        try:
            value = _typed(number) if number else None
        except InvalidOperation:
            faults.append(Fault(_("“%(text)s”不是数值") % {"text": number}, row=line.pk, column=str(line)))
            continue
        setattr(line, names[0], value if mode == "reply" or value is not None else Decimal(0))
        setattr(line, names[1], text)
        if [getattr(line, name) for name in names] != before:
            if data.get(f"version-{line.pk}", str(line.version)) != str(line.version):
                faults.append(Fault(_("这一行刚由他人修改，请刷新后再填"), names[0], row=line.pk, column=str(line)))
            changed.append(line)
    if not faults:
        try:
            keep(changed, by=who)
            return len(changed)
        except Invalid as refused:
            faults = [
                Fault(f.reason, f.field, row=changed[(f.row or 1) - 1].pk, column=f.column) for f in refused.faults
            ]
            if not faults:
                raise
    raise Invalid(
        _("内容有误，没有保存"), why="；".join(f"{fault.column}：{fault.reason}" for fault in faults[:3]), article="第八条第一款",
        instead=_("请按提示改正后再提交。"), faults=faults,
    )  # fmt: skip


def _context(resource: Resource, budget: Budget, mode: str, refusal: Refused | None, typed: Any) -> dict[str, Any]:
    lines = lines_of(budget)
    wrong: dict[Any, str] = {fault.row: str(fault.reason) for fault in refusal.faults} if refusal is not None else {}
    hints: dict[Any, str] = {}
    if budget.state in (BudgetState.DRAFT, BudgetState.DECIDING):
        hints = {fault.row: str(fault.reason) for fault in checking.faults_of(budget, lines)}
    ceiling, sums = ceiling_of(budget), sums_of(budget)
    total = total_of_year(budget)
    limit = ceiling.amount if ceiling is not None else None
    return {
        "page": frame.page(resource, _("预算明细表：%(budget)s") % {"budget": budget}, purpose=_("定额 × 基数、计划事项、批复和执行")),
        "budget": budget, "url": frame.url_of(resource, budget), "mode": mode, "refusal": refusal,
        "may_export": scope.current().can(Budget.right("export"), budget.organ_id),
        "may_import": mode == "reply" and scope.current().can(BudgetLine.right("import")),
        "state": {"words": budget.get_state_display(), "colour": resource.colours[budget.state]},
        "lines": [_shown(line, typed, wrong, hints) for line in lines], "granted": budget.state in (*REPLYING, *("replied", "closed")),
        "running": budget.state in ("replied", "closed"), "wrong_count": len(hints),
        "sums": {name: cells.money(value) for name, value in sums.items()},
        "left": cells.money(sums["granted"] - sums["committed"] - sums["spent"]),
        "facts": [
            {"words": _("全年合计"), "value": cells.money(total), "unit": _("元")},
            {"words": _("控制限额"), "value": cells.money(limit) if limit is not None else _("未下达"), "unit": _("元") if limit is not None else ""},
            *([{"words": _("超出") if total > limit else _("还可申报"), "value": cells.money(abs(limit - total)), "unit": _("元"),
                "tone": "red" if total > limit else ""}] if limit is not None else []),
        ],
    }  # fmt: skip


def _shown(line: BudgetLine, typed: Any, wrong: dict[Any, str], hints: dict[Any, str]) -> dict[str, Any]:
    url = frame.url_of(BY_LABEL[line.label], line)
    quota = ""
    figure = catalogue().get(line.quota_key)
    if figure is not None and line.quota is not None:
        quota = f"{cells.number(line.quota)} {figure.unit_name}"
    driver = ""
    if line.driver:
        value = cells.number(line.driver_value) if line.driver_value is not None else _("待核实")
        driver = f"{value} {DRIVER_UNITS[Driver(line.driver)] if line.driver_value is not None else ''}"
    used = int((line.committed + line.spent) * 100 / line.granted) if line.granted else 0
    return {
        "pk": line.pk, "version": line.version, "number": line.number, "words": line.words, "url": url, "item": f"{line.item} {CostItem(line.item).label}",
        "quota_key": line.quota_key, "quota": quota, "driver": driver, "why_url": f"{url}why/product/" if line.quota_key else "",
        "product": cells.money(line.computed_amount) if line.computed_amount is not None else "",
        "need": line.plan_line, "need_url": frame.url_of(BY_LABEL["funding.planline"], line.plan_line) if line.plan_line else "",
        "site": line.site, "amount": cells.money(line.amount), "reason": line.reason, "reply_note": line.reply_note,
        "granted": cells.money(line.granted) if line.granted is not None else "", "committed": cells.money(line.committed),
        "spent": cells.money(line.spent), "left": cells.money(line.remaining), "used": used,
        "cut": line.granted is not None and line.granted < line.amount,
        "wrong": wrong.get(line.pk, ""), "hint": hints.get(line.number, ""),
        "given": {
            "amount": typed.get(f"amount-{line.pk}", f"{line.amount:f}"), "reason": typed.get(f"reason-{line.pk}", line.reason),
            "granted": typed.get(f"granted-{line.pk}", f"{line.granted:f}" if line.granted is not None else ""),
            "reply_note": typed.get(f"reply_note-{line.pk}", line.reply_note),
        },
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def spending(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """A bill without a case of its own: the sum, the voucher, and what is left of the line."""
    who = frame.must_view(request, resource)
    line: Any = frame.row_of(resource, pk, "budget")

    def work() -> str:
        who.must(COMMIT, line.organ_id)
        sums = {"sum": cells.money(_bill(line, request.POST, who).amount), "left": cells.money(line.remaining)}
        messages.success(request, _("已登记支出 %(sum)s 元，余额 %(left)s 元") % sums)
        return request.path

    done, refusal = sent.attempt(request, work)
    if done:
        return done
    frame.crumbs(request, resource, line)
    context = {
        "page": frame.page(resource, _("登记支出：%(line)s") % {"line": line}, purpose=_("没有专门办件的日常支出，如水电费、报销")),
        "line": line, "refusal": refusal, "url": frame.url_of(resource, line), "day": clock.today().isoformat(),
        "may": line.budget.state == BudgetState.REPLIED and who.can(COMMIT, line.organ_id), "typed": {name: request.POST.get(name, "") if refusal else "" for name in ("amount", "words", "day")},
        "sums": [(_("批复数"), cells.money(line.granted or 0)), (_("占用数"), cells.money(line.committed)),
                 (_("实际支出"), cells.money(line.spent)), (_("余额"), cells.money(line.remaining))],
        "payments": [{"day": one.day, "words": one.words, "amount": cells.money(one.amount)} for one in payments_of(line)],
    }  # fmt: skip
    return render(request, "funding/spending.html", context, status=200 if refusal is None else refusal.status)


def _bill(line: BudgetLine, data: Any, who: Actor) -> Any:
    words = data.get("words", "").strip()
    if not words:
        raise Invalid(_("请填写凭证号和说明"), instead=_("写明凭证号、收款单位或所属月份。"))
    try:
        amount = _typed(data.get("amount", ""))
        day = dt.date.fromisoformat(data.get("day") or clock.today().isoformat())
    except (InvalidOperation, ValueError):
        raise Invalid(_("金额有误"), instead=_("请改正后再提交。")) from None
    return actions.spend(line, amount, by=who, words=words, day=day)


def rows_for_finance(budget: Budget) -> Iterator[tuple[Any, ...]]:
    """The lines as a finance office reads them; the sheet comes back with the replies, matched by code and line number."""
    for line in lines_of(budget):
        figure = catalogue().get(line.quota_key)
        driver = Driver(line.driver).label if line.driver else ""
        yield (
            budget.code, line.number, line.item, CostItem(line.item).label, line.words, line.quota, figure.unit_name if figure else "",
            driver, line.driver_value, line.computed_amount, line.amount, line.reason,
            line.plan_line.code if line.plan_line else "", str(line.site or ""), line.granted, line.reply_note,
        )  # fmt: skip


def page_for_finance(budget: Budget) -> writing.Page:
    """The whole sheet: title and heads above, a line a row, the sums below."""
    headings = [
        "预算编号", "行号", "科目编码", "支出科目", "内容", "支出定额", "定额单位", "计算基数类别", "计算基数", "定额测算数（元）",
        "申请数（元）", "不按定额测算的理由", "计划事项编号", "集中办公点", "批复数（元）", "批复意见",
    ]  # fmt: skip
    finance = budget.finance.name if budget.finance is not None else ""
    above = [
        f"{budget.name}申报表",
        f"申报单位：{budget.organ.name}　　财政部门：{finance}　　预算编号：{budget.code}　　单位：元",
    ]
    sums = sums_of(budget)
    foot = ("合计", *[None] * 9, sums["amount"], None, None, None, sums["granted"] or None, None)
    return writing.Page("预算申报表", headings, [*rows_for_finance(budget), foot], above=above)


@require_GET
def sheet(request: HttpRequest, resource: Resource, pk: int) -> StreamingHttpResponse:
    """The application in the layout that finance expects, as .xlsx."""
    who, budget = frame.must_view(request, resource), _budget(resource, pk)
    who.must(resource.right("export"))
    response = StreamingHttpResponse(writing.xlsx_chunks([page_for_finance(budget)]), content_type=exports.XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{budget.name}申报表.xlsx")
    return response
