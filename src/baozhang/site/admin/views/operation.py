"""The system administrator's view of the machinery: jobs, the calendar, the disk; keys of programs. No business content.

A job's title, result and message may speak of business (the name of a file, a value that would not fit), so only its
sort, its state and the place in the code where it failed are shown.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods
from django_tasks_db.models import DBTaskResult

from baozhang.kernel import access, attachments, cells, clock, schedule, tokens
from baozhang.kernel.jobs import Job, State
from baozhang.kernel.numbers import whole
from baozhang.kernel.refusal import Invalid, NotFound
from baozhang.kernel.tokens import Token
from baozhang.site.admin import rights

from . import frame

SHOWN = 50
SORTS = {
    "ledger-verification": gettext_lazy("账本验证"), "import-check": gettext_lazy("核对导入文件"), "import-commit": gettext_lazy("写入导入文件"),
    "warnings.patrol": gettext_lazy("巡查"), "standards.try": gettext_lazy("标准试算"),
}  # fmt: skip
_FRAME = re.compile(r'File "[^"]*?([\w.]+/[\w.]+\.py)", line (\d+)')


@require_GET
def machinery(request: HttpRequest) -> HttpResponse:
    """Whether everything runs: workers, queue, calendar, disk, and the latest jobs."""
    frame.must(request, rights.JOBS)
    before, state = request.GET.get("before", ""), request.GET.get("state", "")
    rows = Job.objects.order_by("-id")
    rows = rows.filter(state=state) if state in State.values else rows
    rows = rows.filter(pk__lt=whole(before)) if whole(before) else rows
    found = list(rows[: SHOWN + 1])
    columns = (_("编号"), _("任务"), _("状态"), _("进度"), _("次数"), _("提交"), _("完成"), _("出错之处"))
    context = {
        "tiles": _tiles(), "plans": _plans(), "states": [(value, words, value == state) for value, words in State.choices],
        "table": frame.table(columns, [{"cells": _job(one)} for one in found[:SHOWN]], empty=_("没有后台任务。"), numbers=(0, 4)),
        "more": f"state={state}&before={found[SHOWN - 1].pk}" if len(found) > SHOWN else "",
        "page": frame.heading(request, _("后台任务"), _("任务的种类、状态和进度；任务涉及的业务内容不在此显示。")),
    }  # fmt: skip
    return render(request, "site/machinery.html", context)


def _job(one: Job) -> list[Any]:
    plan = schedule.PLANS.get(one.name.removeprefix("schedule-"))
    progress = f"{one.done:,} / {one.total:,}" if one.total else ""
    ended = cells.moment(one.ended_at) if one.ended_at else ""
    return [
        one.pk,
        plan.words if plan else SORTS.get(one.name, one.name),
        one.get_state_display(),
        progress,
        one.attempts,
        cells.moment(one.asked_at),
        ended,
        place(one.error),
    ]


def place(error: str) -> str:
    """Where in the code a job failed and the sort of error, without its message, which may hold values."""
    frames = _FRAME.findall(error)
    if not frames:
        return ""
    last = error.rstrip().rpartition("\n")[2].partition(":")[0]
    sort = last if re.fullmatch(r"[\w.]+", last) else ""
    return f"{sort} {frames[-1][0]}:{frames[-1][1]}".strip()


def _tiles() -> list[dict[str, Any]]:
    now, ready = clock.now(), DBTaskResult.objects.ready()
    oldest = ready.order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
    hand = schedule.Schedule.objects.filter(name="revive").values_list("last_run", flat=True).first()
    silent = None if hand is None else int((now - hand).total_seconds() // 60)
    failed = Job.objects.filter(state=State.FAILED, ended_at__gte=now - dt.timedelta(days=1)).count()
    disk = shutil.disk_usage(settings.HOME)
    free = disk.free * 100 // disk.total
    waiting = int((now - oldest).total_seconds() // 60) if oldest else 0
    return [
        {"words": _("后台进程"), "value": _("在工作") if silent is not None and silent < 3 else _("没有动静"), "unit": "",
         "tone": "done" if silent is not None and silent < 3 else "forbidden"},
        {"words": _("排队任务"), "value": ready.count(), "unit": _("个"), "tone": "soon" if waiting > 10 else ""},
        {"words": _("等得最久"), "value": waiting, "unit": _("分钟"), "tone": "soon" if waiting > 10 else ""},
        {"words": _("一天内出错"), "value": failed, "unit": _("个"), "tone": "soon" if failed else ""},
        {"words": _("磁盘余量"), "value": free, "unit": "%", "tone": "forbidden" if free < 5 else ("soon" if free < 15 else "")},
        {"words": _("可用空间"), "value": attachments.size_words(disk.free), "unit": "", "tone": ""},
        {"words": _("数据库"), "value": {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[connection.vendor], "unit": "", "tone": ""},
    ]  # fmt: skip


def _plans() -> dict[str, Any]:
    known = {row.name: row for row in schedule.Schedule.objects.all()}
    rows = []
    for plan in schedule.PLANS.values():
        row = known.get(plan.name)
        last = cells.moment(row.last_run) if row and row.last_run else _("还没有")
        rows.append({"cells": [plan.words, plan.cron, last, cells.moment(row.next_run) if row else ""]})
    return frame.table((_("定时任务"), _("时间表"), _("上次"), _("下次")), rows)


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """The keys of programs within one's reach: whose, for what, until when."""
    who = frame.must(request, "kernel.token:view")
    rows = list(Token._base_manager.filter(_within(who)).select_related("user").order_by("revoked", "-id")[:500])
    organs = access.organ_names.ask({one.organ_id for one in rows})
    lines = [
        {"url": reverse("admin-key", args=[one.pk]),
         "cells": [one.name, one.user.name, organs.get(one.organ_id, ""), one.until.isoformat(), _standing(one)]}
        for one in rows
    ]  # fmt: skip
    table = frame.table(
        (_("用途"), _("所有者"), _("单位"), _("有效期至"), _("状态")), lines, empty=_("还没有人签发接口密钥。")
    )
    page = frame.heading(
        request, _("接口密钥"), _("程序凭密钥以所有者的身份办理；密钥原文只在签发时显示一次，系统不存。")
    )
    return render(request, "kernel/table.html", {"table": table, "page": page})


def _within(who: access.Actor) -> Q:
    return Token.visible(who, who.where("kernel.token:view")) or Q()


def _standing(one: Token) -> str:
    if one.revoked:
        return _("已注销")
    return _("已过期") if one.until < clock.today() else _("有效")


@require_http_methods(["GET", "POST"])
def key(request: HttpRequest, pk: int) -> HttpResponse:
    """One key: revoked with a reason."""
    who = frame.must(request, "kernel.token:view")
    one = Token._base_manager.select_related("user").filter(_within(who), pk=pk).first()
    if one is None:
        raise NotFound(_("没有找到这个密钥"))
    refusal = None
    if request.method == "POST":
        note = request.POST.get("note", "").strip()
        if note:
            tokens.revoke(one, by=who, note=note)
            messages.success(request, _("已注销密钥“%(name)s”，使用它的程序随即不能再办理。") % {"name": one.name})
            return HttpResponseRedirect(reverse("admin-keys"))
        refusal = Invalid(_("请写明理由"), why=_("这项操作的理由要记入账本。"), instead=_("填写理由后再提交。"))
    step = {
        "name": "revoke", "words": _("注销密钥"), "kind": "danger", "needs_note": True, "article": None, "fields": [], "url": request.path,
        "note": None, "note_words": _("理由"), "back_url": reverse("admin-keys"),
        "says": _("所有者：%(user)s；有效期至 %(until)s；%(state)s。注销不能撤回。") % {"user": one.user.name, "until": one.until, "state": _standing(one)},
    }  # fmt: skip
    page = frame.heading(request, one.name, "", up=(_("接口密钥"), reverse("admin-keys")))
    return render(
        request,
        "site/suspend.html",
        {"step": step, "form": None, "refusal": refusal, "page": page},
        status=422 if refusal else 200,
    )
