"""The audit administrator's screens: the ledger read, verified, its seals, and the proof of one entry."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from baozhang.kernel import cells, jobs, ledger, seals, verification
from baozhang.kernel.ledger import Entry, Seal
from baozhang.kernel.numbers import whole
from baozhang.kernel.refusal import NotFound
from baozhang.kernel.verification import State, Verification
from baozhang.kernel.views import proofs
from baozhang.site.admin import reading, rights

from . import frame

FILTERS = ("day_from", "day_to", "who", "act", "kind", "number", "organ")
COLOURS = {State.RUNNING: "blue", State.SOUND: "green", State.BROKEN: "red"}


@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """The ledger, newest first, filtered by the address."""
    frame.must(request, rights.LEDGER)
    query = {name: request.GET.get(name, "").strip() for name in (*FILTERS, "before")}
    if not request.GET:
        query["day_from"] = reading.first_day().isoformat()
    found, onward = reading.page(query)
    asked = {name: query[name] for name in FILTERS if query[name]}
    context = {
        "lines": [_line(line) for line in found], "query": query,
        "acts": sorted(((code, act.words, code == query["act"]) for code, act in ledger.ACTS.items()), key=lambda row: str(row[1])),
        "kinds": sorted(((label, words, label == query["kind"]) for label, words in reading.kinds().items()), key=lambda row: row[1]),
        "older": _query({**asked, "before": onward}) if onward else "", "newest": _query(asked) if query["before"] else "",
        "page": frame.heading(request, _("账本"), _("谁在何时对哪一条记录做了什么；业务内容不在此显示，只列变动的字段。")),
    }  # fmt: skip
    return render(request, "site/ledger.html", context)


def _query(parts: dict[str, Any]) -> str:
    """The parts as an address has them, days and keys in words."""
    return urlencode({name: str(value) for name, value in parts.items()})


def _line(line: reading.Line) -> dict[str, Any]:
    entry = line.entry
    return {
        "when": cells.moment(entry.at), "who": entry.by_organ, "kind": line.kind_words, "number": entry.record_id, "seq": entry.seq,
        "organ": line.organ, "sentence": line.sentence, "masked": line.masked, "proof_url": reverse("admin-proof", args=[entry.pk]),
        "record_url": f"{reverse('admin-ledger')}?{_query({'kind': entry.kind, 'number': entry.record_id})}",
    }  # fmt: skip


def _entry(request: HttpRequest, key: int) -> tuple[Entry, reading.Line]:
    frame.must(request, rights.LEDGER)
    entry = Entry.objects.filter(pk=key).first()
    if entry is None:
        raise NotFound(_("账本中没有这一条"))
    return entry, reading.lines([entry])[0]


@require_GET
def proof(request: HttpRequest, key: int) -> HttpResponse:
    """The proof of one entry; of business entries without the text that the hash covers."""
    entry, line = _entry(request, key)
    shown = proofs.words_of(entry, body=not line.masked)
    shown |= {"sentence": line.sentence, "download_url": reverse("admin-proof-file", args=[key])}
    title = _("存证：%(kind)s %(number)s 第 %(seq)s 条") % {
        "kind": line.kind_words,
        "number": entry.record_id,
        "seq": entry.seq,
    }
    purpose = _("证明这条记录当时就是这样记的，此后没有被改动。")
    if line.masked:
        purpose = _("记账原文属于业务内容，由有权查看该记录的人员下载；这里可以核对摘要链和封账。")
    page = frame.heading(request, title, purpose, up=(_("账本"), reverse("admin-ledger")))
    return render(request, "kernel/proof.html", {"proof": shown, "page": page})


@require_GET
def proof_file(request: HttpRequest, key: int) -> HttpResponse:
    """The same as a file; the chain and the way to the root, the text only where it may be read."""
    entry, line = _entry(request, key)
    proved = seals.prove(entry.kind, entry.record_id, entry.seq)
    if line.masked:
        for one in proved["entries"]:
            one |= {"body": None, "note": None}
    return proofs.as_file(proved, f"proof-entry-{key}.json")


@require_GET
def sealed(request: HttpRequest) -> HttpResponse:
    """The seals by day with their roots, newest first."""
    frame.must(request, rights.SEALS)
    before = request.GET.get("before", "")
    rows = Seal.objects.order_by("-day")
    rows = rows.filter(pk__lt=whole(before)) if whole(before) else rows
    found = list(rows[: reading.PAGE + 1])
    lines = [
        {"url": f"{reverse('admin-ledger')}?{_query({'day_from': one.day, 'day_to': one.day})}",
         "cells": [one.day.isoformat(), f"{one.count:,}", _digest(one.root), _digest(one.hash), cells.moment(one.at)]}
        for one in found[: reading.PAGE]
    ]  # fmt: skip
    last = Seal.objects.order_by("-day").first()
    waiting = (Entry.objects.filter(day__gt=last.day) if last else Entry.objects).count()
    context = {
        "table": frame.table((_("封账日"), _("条数"), _("当天的根"), _("封账的摘要"), _("封账时间")), lines, empty=_("还没有封账。"), numbers=(1,)),
        "waiting": waiting, "more": f"before={found[reading.PAGE - 1].pk}" if len(found) > reading.PAGE else "",
        "page": frame.heading(request, _("封账"), _("每天凌晨把前一天的全部条目归成一个根；把最近一次的摘要抄送第三方，此前的账本就再也改不动。")),
    }  # fmt: skip
    return render(request, "site/seals.html", context)


def _digest(value: bytes | memoryview) -> str:
    return format_html('<code class="hash">{}</code>', bytes(value).hex())


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """A run of the verification: started, followed, and what earlier ones found."""
    who = frame.must(request, "kernel.verification:view")
    if request.method == "POST":
        who.must("kernel.verification:add")
        verification.begin(by=who)
        messages.success(request, _("已开始验证，可以离开这一页。"))
        return HttpResponseRedirect(request.path)
    runs = list(Verification._base_manager.order_by("-id")[:20])
    running = next((one for one in runs if one.state == State.RUNNING), None)
    context = {
        "job": _progress(running.job) if running else None, "last": _last(runs), "table": _runs(runs),
        "page": frame.heading(
            request, _("验证账本"), _("逐条重算摘要和摘要链，与记录现状和每日封账核对。"),
            actions=[{"words": _("开始验证"), "url": request.path, "method": "post", "kind": "primary", "icon": "shield-check"}] if running is None else [],
        ),
    }  # fmt: skip
    return render(request, "site/verify.html", context)


def _runs(runs: list[Verification]) -> dict[str, Any]:
    rows = [
        {"url": reverse("admin/verifications:detail", args=[one.pk]),
         "cells": [cells.moment(one.asked_at), one.asked_by, one.get_state_display(), f"{one.entries:,}", one.problem_count]}
        for one in runs
    ]  # fmt: skip
    return frame.table(
        (_("发起时间"), _("发起人"), _("结果"), _("核对条目"), _("问题数")),
        rows,
        empty=_("还没有验证过。"),
        numbers=(3, 4),
    )


def _last(runs: list[Verification]) -> dict[str, Any] | None:
    one = next((run for run in runs if run.state != State.RUNNING), None)
    if one is None or one.ended_at is None:
        return None
    return {
        "state": {"words": one.get_state_display(), "colour": COLOURS[State(one.state)]}, "at": cells.moment(one.ended_at),
        "entries": f"{one.entries:,}", "records": f"{one.records:,}", "seals": one.seals, "unsealed": f"{one.unsealed:,}",
        "problems": one.problems.splitlines(), "count": one.problem_count,
    }  # fmt: skip


def _progress(job: jobs.Job | None) -> dict[str, Any] | None:
    if job is None:
        return None
    made = job.shown() | {
        "words": _("正在验证") if job.state == jobs.State.RUNNING else _("等待后台进程"),
        "done": False,
    }
    if made["failed"]:
        made |= {
            "words": _("验证中断"),
            "error": _("后台任务出错，系统管理员可在后台任务中查看。"),
            "instead": _("再次开始即从头验证。"),
        }
    return made
