"""A draft tried on live data: ask for it, watch it run, read the result by organ and item, open what lies behind."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from baozhang.ch3_mechanisms.standards import costing, queries, trying
from baozhang.ch3_mechanisms.standards import jobs as works
from baozhang.ch3_mechanisms.standards.actions import must_be_draft_or_submitted, try_out
from baozhang.ch3_mechanisms.standards.models import Standard, Trial
from baozhang.kernel import cells, jobs, scope, sent
from baozhang.kernel.access import Actor
from baozhang.kernel.numbers import whole
from baozhang.kernel.refusal import Invalid, NotFound, Refused
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import frame
from baozhang.law.judge import Judged
from baozhang.law.rules import title_of

from . import shown
from .extras import headline

SHOWN = 30  # rows of the table until all are asked for; the sums count all
IN_CHART = 10


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The last trial of a draft; posting tries it again, ?organ=&key= opens the findings behind a row."""
    who = frame.must_view(request, resource)
    standard = frame.row_of(resource, pk, "organ", "jurisdiction")
    assert isinstance(standard, Standard)
    who.must(trying.TRY, standard.organ_id)
    frame.crumbs(request, resource, standard)
    if request.GET.get("organ"):
        return _open(request, resource, standard, who)
    done, refusal = sent.attempt(request, lambda: _ask(request, resource, standard, who))
    return done or _show(request, resource, standard, refusal, who)


def _ask(request: HttpRequest, resource: Resource, standard: Standard, who: Actor) -> str:
    """This will try at once where there is little to judge, else as a job; where one sees it."""
    must_be_draft_or_submitted(standard)
    assumed = _day(request.POST.get("assumed", ""))
    if works.size() <= works.AT_ONCE:
        try_out(standard, by=who, assumed=assumed)
        return request.path
    count = Trial._base_manager.filter(standard=standard).count()
    jobs.ask(
        works.WORK,
        key=f"standards.try:{standard.pk}:{standard.version}:{count}:{assumed or ''}:{who.user_id}",
        title=_("试算：%(title)s") % {"title": standard.title},
        user_id=who.user_id,
        organ_id=who.organ_id,
        url=f"{frame.url_of(resource, standard)}try/",
        standard=standard.pk,
        assumed=assumed.isoformat() if assumed else None,
    )
    return request.path


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(_("“%(text)s”不是日期") % {"text": text}, instead=_("请写成 2025-03-03 的形式。")) from None


def _show(
    request: HttpRequest, resource: Resource, standard: Standard, refusal: Refused | None, who: Actor
) -> HttpResponse:
    trial = Trial._base_manager.filter(standard=standard).first()
    job = jobs.Job.objects.filter(name=works.WORK, args__standard=standard.pk).order_by("-pk").first()
    running = job is not None and (
        not job.over or (bool(job.error) and (trial is None or job.asked_at > trial.made_at))
    )
    lines = queries.lines_of(standard)
    context: dict[str, Any] = {
        "standard": standard,
        "refusal": refusal,
        "job": job.shown() if job is not None and running else None,
        "trial": None,
        "may": not standard.issued and bool(lines),
        "applied": None if standard.issued else costing.first_application(lines, trying.reach(standard, who)),
        "url": frame.url_of(resource, standard),
        "page": frame.page(
            resource,
            _("试算：%(title)s") % {"title": standard.title},
            purpose=_("在真实数据上比较现行标准与草案，只记结果，不产生风险线索"),
        ),
    }
    if trial is not None:
        most = trying.MOST_ROWS if request.GET.get("all") else SHOWN
        context |= _result(trial, most, stale=trial.digest != trying.digest_of(lines))
    return render(request, "standards/trial.html", context, status=200 if refusal is None else refusal.status)


def _result(trial: Trial, most: int, *, stale: bool) -> dict[str, Any]:
    found = trial.result
    rows = found["rows"]
    return {
        "trial": trial,
        "headline": headline(trial),
        "found": found,
        "stale": stale,
        "made": cells.moment(trial.made_at),
        "assumed": trial.assumed_from != trial.standard.valid_from,
        "amount_now": cells.money(trial.amount_now),
        "amount_draft": cells.money(trial.amount_draft),
        "difference": f"{trial.amount_draft - trial.amount_now:+,.2f}",
        "rows": [_row(row) for row in rows[:most]],
        "more": max(0, found["row_count"] - most),
        "may_all": len(rows) > most,
        "chart": _chart(trial) if rows else None,
        "costs": _costs(found.get("costs", [])),
        "errors": found["errors"],
        "rules": [title_of(name) for name in found["rules"]],
    }


def _row(row: dict[str, Any]) -> dict[str, Any]:
    key = shown.figure(row["key"])
    return {
        "organ": row["name"],
        "figure": key["name"],
        "figure_url": key["url"],
        "now": row["now"],
        "draft": row["draft"],
        "amount_now": cells.money(Decimal(row["amount_now"])),
        "amount_draft": cells.money(Decimal(row["amount_draft"])),
        "change": _change(row),
        "open": f"?organ={row['organ']}&key={row['key']}",
    }


def _costs(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What the quotas of a draft cost: driver × quota, now and by the draft, and who asked for more."""
    if not rows:
        return None
    columns = [
        {"words": _("支出定额")}, {"words": _("年度"), "kind": "number"}, {"words": _("单位数"), "kind": "number"}, {"words": _("计算基数"), "kind": "number"},
        {"words": _("按现行定额"), "kind": "money", "unit": _("元")}, {"words": _("按草案"), "kind": "money", "unit": _("元")},
        {"words": _("增减"), "kind": "money", "unit": _("元")}, {"words": _("超出草案的预算明细"), "kind": "number"},
        {"words": _("超出合计"), "kind": "money", "unit": _("元")},
    ]  # fmt: skip
    sums = {name: sum((Decimal(row[name]) for row in rows), Decimal(0)) for name in ("now", "draft", "excess")}
    over = sum(int(row["over"]) for row in rows)
    cells_of = [
        [row["words"], row["year"], row["organs"], cells.number(Decimal(row["driver"])), *_money(row), row["over"],
         cells.money(Decimal(row["excess"]))]
        for row in rows
    ]  # fmt: skip
    total = [_("合计"), "", "", "", *_money(sums), over, cells.money(sums["excess"])]
    return {
        "table": {"columns": columns, "rows": [{"cells": one} for one in [*cells_of, total]]},
        "says": _cost_words(sums, over),
    }


def _money(row: Any) -> list[str]:
    now, draft = Decimal(row["now"]), Decimal(row["draft"])
    return [cells.money(now), cells.money(draft), f"{draft - now:+,.2f}"]


def _cost_words(sums: dict[str, Decimal], over: int) -> str:
    change = sums["draft"] - sums["now"]
    said = _("一年多支出 %(sum)s 元") if change > 0 else _("一年少支出 %(sum)s 元")
    words = said % {"sum": cells.money(abs(change))} if change else _("一年的支出不变")
    return (
        f"{words}；{_('%(n)s 行预算超出草案，超出 %(sum)s 元') % {'n': over, 'sum': cells.money(sums['excess'])}}"
        if over
        else words
    )


def _change(row: dict[str, Any]) -> dict[str, str]:
    if row["draft"] and not row["now"]:
        return {"words": _("新超出"), "colour": "red"}
    if row["now"] and not row["draft"]:
        return {"words": _("不再超出"), "colour": "green"}
    if row["amount_now"] == row["amount_draft"] and row["now"] == row["draft"]:
        return {"words": _("仍超出，不变"), "colour": "plain"}
    more = Decimal(row["amount_draft"]) > Decimal(row["amount_now"])
    return {"words": _("仍超出，增加"), "colour": "amber"} if more else {"words": _("仍超出，减少"), "colour": "blue"}


def _chart(trial: Trial) -> dict[str, Any]:
    """The organs with the largest sums: what is over now beside what would be."""
    sums: dict[str, list[Decimal]] = {}
    for row in trial.result["rows"]:
        held = sums.setdefault(row["name"] or _("未归属单位"), [Decimal(0), Decimal(0)])
        held[0] += Decimal(row["amount_now"])
        held[1] += Decimal(row["amount_draft"])
    top = sorted(sums.items(), key=lambda pair: (-max(pair[1]), pair[0]))[:IN_CHART]
    total, shown_sum = trial.amount_draft, sum((pair[1] for _name, pair in top), Decimal(0))
    share = f"{shown_sum * 100 / total:.0f}%" if total else "0%"
    return {
        "id": "trial-chart",
        "title": _("前 %(n)s 家单位占草案涉及金额的 %(share)s（元）") % {"n": len(top), "share": share},
        "data": {
            "kind": "row",
            "categories": [name for name, _pair in top],
            "series": [
                {"name": _("现行标准"), "values": [float(p[0]) for _n, p in top]},
                {"name": _("草案"), "values": [float(p[1]) for _n, p in top]},
            ],
        },
        "table": {
            "columns": [
                {"words": _("单位")},
                {"words": _("现行标准"), "kind": "money", "unit": _("元")},
                {"words": _("草案"), "kind": "money", "unit": _("元")},
            ],
            "rows": [{"cells": [name, cells.money(p[0]), cells.money(p[1])]} for name, p in top],
        },
    }


def _open(request: HttpRequest, resource: Resource, standard: Standard, who: Actor) -> HttpResponse:
    """The findings of one organ on one figure, judged anew under both; each says its sentence and its sum."""
    trial = Trial._base_manager.filter(standard=standard).first()
    organ, key = request.GET.get("organ", ""), request.GET.get("key", "")
    reach = trying.reach(standard, who)
    if trial is None or whole(organ) is None or (reach is not None and whole(organ) not in reach):
        raise NotFound(_("没有找到这项试算结果"), instead=_("请返回试算页重新打开。"))
    values = trying.overlay(queries.lines_of(standard), trial.assumed_from)
    pairs = trying.opened(values, trial.day, int(organ), key, trial.result["rules"])
    name = next((row["name"] for row in trial.result["rows"] if str(row["organ"]) == organ), "")
    context = {
        "page": frame.page(
            resource,
            _("%(organ)s：%(figure)s") % {"organ": name, "figure": shown.figure(key)["name"]},
            purpose=_("按 %(day)s 的事实，用现行标准和草案各判断一次") % {"day": trial.day},
        ),
        "pairs": [_pair(pair) for pair in pairs],
        "back": request.path,
        "stale": trial.digest != trying.digest_of(queries.lines_of(standard)),
    }
    return render(request, "standards/opened.html", context)


def _pair(pair: trying.Pair) -> dict[str, Any]:
    one = pair.either
    words, colour = (
        (_("新超出"), "red")
        if pair.now is None
        else (_("不再超出"), "green")
        if pair.draft is None
        else (_("仍超出"), "amber")
    )
    return {
        "name": _link(one),
        "rule": one.rule.words,
        "article": frame.law(one.rule.article),
        "state": {"words": words, "colour": colour},
        "now": _side(pair.now),
        "draft": _side(pair.draft),
        "remedy": str(one.verdict.remedy) if pair.draft else "",
    }


def _side(judged: Judged | None) -> dict[str, Any] | None:
    if judged is None:
        return None
    amount = judged.verdict.amount
    figures = [f"{shown.figure(one.key)['name']} {one.shown}" for one in judged.readings]
    return {
        "sentence": str(judged.verdict.sentence),
        "amount": "" if amount is None else cells.money(amount),
        "figures": "；".join(figures),
    }


def _link(judged: Judged) -> str:
    target = BY_LABEL.get(judged.label)
    if target is None or not scope.current().can(target.right("view"), judged.organ_id):
        return str(judged.subject)
    return format_html('<a href="{}">{}</a>', frame.url_of(target, judged.pk), str(judged.subject))
