"""The workbench and the notices: what waits for me, what I did, what the law found in my organ, what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from baozhang.kernel import cells, clock, flow, ledger, notices, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.resource import BY_LABEL
from baozhang.kernel.rows import in_scope
from baozhang.kernel.sayings import sentences

from . import frame, steps

PARTS: list[Callable[[Actor], dict[str, Any]]] = []  # what upper floors add: tiles, findings, findings_url


@require_GET
def workbench(request: HttpRequest) -> HttpResponse:
    """Where each day starts."""
    who = frame.actor(request)
    context: dict[str, Any] = {
        "page": {
            "title": _("工作台"),
            "purpose": _("今天 %(day)s，%(organ)s") % {"day": clock.today(), "organ": who.organ_name},
        },
        "tiles": [],
    }
    if not shell.is_admin(who):
        context |= {"todo": {**steps.waiting(who), "url": ""}, "done_items": _done(who), "changes": _changes(who)}
    else:
        context["admin"] = True
    for part in PARTS:
        for key, value in part(who).items():
            context[key] = context[key] + value if key == "tiles" else value
    return render(request, "kernel/workbench.html", context)


def _done(who: Actor) -> list[dict[str, Any]]:
    return [
        {"title": t.title, "url": steps.url_of_task(t), "decision": t.outcome_words, "when": cells.moment(t.closed_at)}
        for t in flow.done(who)[:6]
        if t.closed_at
    ]


def _changes(who: Actor) -> list[dict[str, Any]]:
    """What others did with my organ's records since yesterday, newest first; of each record the last."""
    if who.organ_id is None:
        return []
    since = clock.today() - dt.timedelta(days=1)
    entries = ledger.Entry.objects.filter(day__gte=since, organ_id=who.organ_id, kind__in=_seen(who))
    others = entries.filter(by_id__isnull=False).exclude(by_id=who.user_id).order_by("-id")
    rows = _readable(others[:100], who)
    alike = [list(group) for _key, group in groupby(rows, key=lambda row: (row[0].by_id, row[0].act, row[0].kind, row[0].at))]  # fmt: skip
    return [_change(group, who) for group in alike[:8]]


def _change(group: list[tuple[ledger.Entry, Record]], who: Actor) -> dict[str, Any]:
    """What was done at once to one record, or to many of a kind, in one line."""
    (entry, record), resource = group[0], BY_LABEL[group[0][0].kind]
    noun = resource.model._meta.verbose_name
    if len(group) == 1:
        said, about = sentences(resource, [entry])[0], _("%(noun)s：%(record)s") % {"noun": noun, "record": record}
    else:
        act = ledger.ACTS[entry.act].words if entry.act in ledger.ACTS else entry.act
        words = {"who": entry.by_name, "act": act, "count": len(group), "noun": noun}
        said, about = _("%(who)s %(act)s：%(count)s 条%(noun)s") % words, ""
    url = frame.url_of(resource, record) if len(group) == 1 else frame.list_url(resource)
    organ = "" if entry.by_organ == who.organ_name else entry.by_organ
    return {"words": said[:120], "about": about[:80], "url": url, "when": cells.moment(entry.at), "who": organ}


def _readable(entries: Iterable[ledger.Entry], who: Actor) -> list[tuple[ledger.Entry, Record]]:
    """Those of records in scope, from where the actor may read their history, the last of each with its record; one query a class."""
    last = {(one.kind, one.record_id): one for one in sorted(entries, key=lambda one: one.id)}
    entries, wanted = sorted(last.values(), key=lambda one: -one.id), dict[str, set[int]]()
    for entry in entries:
        wanted.setdefault(entry.kind, set()).add(entry.record_id)
    found: dict[tuple[str, int], Record] = {}
    for kind, keys in wanted.items():
        resource = BY_LABEL[kind]
        rows = in_scope(resource.model, list(keys), resource.joins(resource.columns))
        found.update({(kind, pk): row for pk, row in rows.items()})
    known = ((one, found.get((one.kind, one.record_id))) for one in entries)
    return [(one, row) for one, row in known if row is not None and one.seq >= row.told_from(who)]


def _seen(who: Actor) -> list[str]:
    return [label for label, one in BY_LABEL.items() if one.menu and who.can(one.right("view"), who.organ_id)]


@require_http_methods(["GET", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """My notices, newest first; reading the page marks nothing, the button marks all."""
    who = frame.actor(request)
    if request.method == "POST":
        notices.mark_read(who.user_id or 0)
        return HttpResponseRedirect("/notices/")
    rows = [
        {
            "words": one.title,
            "body": one.body,
            "when": cells.moment(one.at),
            "read": one.read_at is not None,
            "url": _about(one),
        }
        for one in notices.of(who.user_id or 0)[:60]
    ]
    context = {
        "notices": rows,
        "page": {"title": _("通知"), "purpose": _("催办、退回、办结和任务进展")},
        "read_all_url": "/notices/",
    }
    return render(request, "kernel/notices.html", context)


def _about(one: notices.Notice) -> str:
    resource = BY_LABEL.get(one.kind)
    return frame.url_of(resource, one.record_id) if resource and one.record_id else ""


shell.FEEDS["notices"] = lambda who: notices.unread(who.user_id) if who.user_id else 0
shell.FEEDS["todo"] = lambda who: 0 if shell.is_admin(who) else sum(one.all for one in flow.counts(who).values())
