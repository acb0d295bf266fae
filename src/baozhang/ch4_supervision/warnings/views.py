"""Screens that are more than a resource: a finding made again, an order's paper before it goes out, its re-check."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from baozhang.kernel import addresses, cells, clock, told
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import files, typeset
from baozhang.kernel.flow import limits
from baozhang.kernel.programs import more
from baozhang.kernel.refusal import NotFound
from baozhang.kernel.resource import BY_LABEL, Page, Resource
from baozhang.kernel.views import details, frame, papers
from baozhang.law.explain import article_words, figure_sentence
from baozhang.law.rules import title_of

from .actions import REVIEW
from .choices import Result
from .flows import limit
from .models import Finding
from .orders import ISSUE, RECHECK, Order, OrderFinding
from .queries import Replay, precision, replay
from .recheck import Checked, items_of, recheck
from .referring import package
from .wording import paper

COLOURS = {Result.GONE: "green", Result.STANDS: "red", Result.UNDECIDED: "amber"}
ON_PAGE = 200  # findings of an order shown on its page
DASH = mark_safe(cells.DASH)  # noqa: S308 -- a constant of ours


@require_GET
def replay_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """A finding judged again from the ledger as of its day, beside what was kept."""
    frame.must_view(request, resource)
    finding: Any = frame.row_of(resource, pk, "organ")
    again = replay(finding)
    frame.crumbs(request, resource, finding)
    context = {
        "replay": again, "rows": _compared(again, finding), "finding": finding,
        "page": frame.page(resource, _("重现判断"), purpose=_("用账本中当时的记录、当日有效的标准和规则重新判断，核对是否得出同样的结论")),
    }  # fmt: skip
    return render(request, "warnings/replay.html", context)


def _compared(again: Replay, finding: Finding) -> list[dict[str, Any]]:
    words = {
        "sentence": _("问题"), "article": _("条文"), "severity": _("程度"), "amount": _("涉及金额"), "facts": _("事实"), "figures": _("依据的标准"),
    }  # fmt: skip
    then = {**again.then, "sentence": finding.words, "facts": finding.fact_words}
    now = {**again.now, **_in_words(again.told)} if again.now else None
    return [
        {
            "words": text,
            "then": _lines(name, then[name]),
            "now": _lines(name, now[name]) if now else [],
            "same": name not in again.differences,
        }
        for name, text in words.items()
    ]


def _in_words(parts: dict[str, Any]) -> dict[str, Any]:
    """What the rule says now, in the reader's language."""
    return {"sentence": told.say(parts["sentence"]), "facts": told.pairs(parts["facts"])}


def _lines(name: str, value: Any) -> list[str]:
    if name == "figures":
        return [figure_sentence(one) for one in value]
    if name == "facts":
        return [f"{key}：{part}" for key, part in value.items()]
    if isinstance(value, Decimal):
        return [_("%(sum)s 元") % {"sum": cells.money(value)}]
    if name == "article":
        return [article_words(value)]
    if name == "severity":
        return [str(dict(Finding._meta.get_field("severity").flatchoices).get(value, value))]
    return [str(value)] if value not in (None, "") else []


@require_GET
def preview(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The paper: as issued, or, before that, as it would be, without a number and marked as a draft."""
    frame.must_view(request, resource)
    order: Any = frame.row_of(resource, pk, "issuer", "organ", "document")
    if order.document is not None:
        return papers.answer(files.read(order.document), str(order.document))
    today = clock.today()
    due = limits.deadline(limit, order, today).due
    draft = replace(
        paper(order, [item.finding for item in items_of(order)], day=today, due=due), security="草稿", seal_text=""
    )
    return papers.answer(typeset.pdf(draft), f"草稿 {order.title}")


@require_GET
def recheck_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The rules look again at each finding of an order, today; the agency sees the same as the authority."""
    frame.must_view(request, resource)
    order: Any = frame.row_of(resource, pk, "issuer", "organ")
    results = recheck(items_of(order), clock.today())
    gone = sum(one.result == Result.GONE for one in results)
    frame.crumbs(request, resource, order)
    context = {
        "order": order, "gone": gone, "left": len(results) - gone, "table": _recheck_table(results),
        "page": frame.page(resource, _("逐项核查"), purpose=_("按今天的记录和标准，用原规则逐项重新判断；不写入任何内容")),
    }  # fmt: skip
    return render(request, "warnings/recheck.html", context)


def _recheck_table(results: list[Checked]) -> dict[str, Any]:
    columns = [{"words": word, "kind": "text"} for word in (_("线索"), _("发出时的问题"), _("现在"), _("现在的问题"))]
    rows = [
        {"url": frame.url_of(BY_LABEL["warnings.finding"], one.item.finding_id),
         "cells": [one.item.finding.subject_name, one.item.words, _result(one.result), told.say(one.parts) or DASH]}
        for one in results
    ]  # fmt: skip
    return {"columns": columns, "rows": rows}


def _result(result: str) -> SafeString:
    return (
        format_html('<span class="state {}">{}</span>', COLOURS[Result(result)], Result(result).label)
        if result
        else DASH
    )


@require_GET
def evidence_file(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The evidence of an order as one JSON file, for those who issue or re-check it."""
    who = frame.must_view(request, resource)
    order: Any = frame.row_of(resource, pk, "issuer", "organ", "document", "referral")
    if not (who.can(ISSUE, order.issuer_id) or who.can(RECHECK, order.issuer_id)):
        raise NotFound(_("没有找到这一页"))
    response = JsonResponse(package(order, items_of(order)), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="order-{order.pk}.json"'
    return response


FINDING_PAGES = {"replay": Page(gettext_lazy("重现判断"), replay_page)}
ORDER_PAGES = {
    "paper": Page(gettext_lazy("查看公文"), preview), "recheck": Page(gettext_lazy("逐项核查"), recheck_page),
}  # fmt: skip


def _on_finding(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """What a finding is about, and the orders that it stands in."""
    if resource.label != "warnings.finding":
        return {}
    subject = BY_LABEL.get(record.kind)
    actions = []
    if subject is not None and who.can(subject.right("view")) and record.subject is not None:
        actions.append(
            {
                "words": _("查看对象"),
                "url": frame.url_of(subject, record.subject_id),
                "icon": "arrow-top-right-on-square",
                "kind": "",
            }
        )
    seen = Order.objects.filter(items__finding_id=record.pk).order_by("-id") if who.can(Order.right("view")) else ()
    # Counted over all organs, so for those who judge and not for those who are judged.
    panels = [_record_of(record.rule)] if who.can(REVIEW, record.organ_id) else []
    made: dict[str, Any] = {"actions": actions, "panels": panels}
    return made | {"related": [_orders(list(seen[:8]))]} if seen != () else made


def _record_of(rule: str) -> dict[str, Any]:
    """How often a rule was right so far, beside the verdict that is asked of the reader."""
    found = precision(rule)[rule]
    counted = ((_("属实"), found.true), (_("已说明"), found.explained), (_("误报"), found.false))
    rows = [{"words": words, "value": cells.number(n), "unit": _("条")} for words, n in counted]
    share = _("还没有核查过") if found.share is None else f"{found.share:.0%}"
    rows.append({"words": _("判断准确的比例"), "value": share, "unit": ""})
    return {"title": _("这条规则的核查结果"), "rows": rows, "article": frame.law("第四十一条第二款")}


def _orders(orders: list[Order]) -> dict[str, Any]:
    resource = BY_LABEL["warnings.order"]
    names = ("kind", "number", "title", "state", "due")
    shown = [(cells.reader(resource, name), cells.shower(resource, name)) for name in names]
    return {
        "title": _("所列文书"), "empty": {"why": _("还没有列入预警或整改通知。")},
        "columns": [{"words": resource.words_of(name), "kind": resource.kind_of(name)} for name in names],
        "rows": [{"url": frame.url_of(resource, one), "cells": [mark_safe(show(read(one))) for read, show in shown]} for one in orders],  # noqa: S308 -- shower escapes
    }  # fmt: skip


def _on_order(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """The findings of an order: what it said of each, and what the last re-check found."""
    if resource.label != "warnings.order":
        return {}
    items = items_of(record)
    made: dict[str, Any] = {"related": [_findings(items)]}
    if who.can(ISSUE, record.issuer_id) or who.can(RECHECK, record.issuer_id):
        made["actions"] = [
            {
                "words": _("证据材料"),
                "url": f"{frame.url_of(resource, record)}evidence/",
                "icon": "arrow-down-tray",
                "kind": "",
            }
        ]
    return made


def _findings(items: list[OrderFinding]) -> dict[str, Any]:
    heads = [
        (_("对象"), "text"),
        (_("问题"), "text"),
        (_("条文"), "text"),
        (_("涉及金额"), "money"),
        (_("线索状态"), "state"),
        (_("复查结果"), "state"),
    ]
    resource = BY_LABEL["warnings.finding"]
    show = cells.shower(resource, "state")
    rows = [
        {"url": frame.url_of(resource, item.finding_id),
         "cells": [item.finding.subject_name, item.words, mark_safe(cells.law_link(item.article or item.finding.article)),  # noqa: S308
                   _money(item), mark_safe(show(item.finding.state)), _result(item.result)]}  # noqa: S308 -- both escape
        for item in items[:ON_PAGE]
    ]  # fmt: skip
    return {
        "title": _("问题清单"), "count": len(items), "empty": {"why": _("没有列入线索。")},
        "columns": [{"words": words, "kind": kind, "unit": _("元") if kind == "money" else ""} for words, kind in heads], "rows": rows,
    }  # fmt: skip


def _money(item: OrderFinding) -> str:
    amount = item.amount if item.sentence else item.finding.amount
    return DASH if amount is None else cells.money(amount)


def _on_run(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """What each rule counted in a patrol, and what it could not judge for want of a verified figure."""
    if resource.label != "warnings.run":
        return {}
    numbers = {
        "looked": _("看过"), "found": _("发现"), "new": _("新增"), "changed": _("变化"), "resolved": _("消除"), "open": _("在册"),
        "false_alarms": _("误报"), "error_count": _("出错"),
    }  # fmt: skip
    heads = [
        (_("规则"), "text"),
        (_("条文"), "text"),
        *((words, "number") for words in numbers.values()),
        (_("待核实"), "number"),
    ]
    base = frame.list_url(BY_LABEL["warnings.finding"])
    rows = [
        {"url": f"{base}?rule={name}", "cells": [title_of(name), article_words(count["article"]), *(count[one] or DASH for one in numbers),
                                                 sum(count["unjudged"].values()) or DASH]}
        for name, count in record.counts.items()
    ]  # fmt: skip
    columns = [{"words": words, "kind": kind} for words, kind in heads]
    return {
        "related": [{"title": _("各规则计数"), "columns": columns, "rows": rows, "empty": {"why": _("没有规则。")}}]
    }


details.EXTRAS.extend((_on_finding, _on_order, _on_run))


addresses.give(Order, ("<int:pk>/evidence/", evidence_file, "evidence"))


more("baozhang.ch4_supervision.warnings.programs.addresses")
