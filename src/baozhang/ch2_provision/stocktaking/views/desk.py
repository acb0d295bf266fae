"""At the desk: how far a count is, room by room; its report before and after it goes out; the sheet for paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.stocktaking.choices import SCANNING, Outcome, Result
from baozhang.ch2_provision.stocktaking.models import Count, Line, Room, Scan, rights
from baozhang.ch2_provision.stocktaking.queries import books, standing
from baozhang.ch2_provision.stocktaking.wording import report
from baozhang.kernel import access, cells, clock
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import files, typeset
from baozhang.kernel.refusal import NotFound, Refused
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import details, frame, papers

DASH = mark_safe(cells.DASH)  # noqa: S308 -- a constant of ours
SHOWN = 300  # lines of one kind on the page
TONES = {Outcome.MISSING: "red", Outcome.MISPLACED: "amber", Outcome.MOVED: "blue", Outcome.OPEN: "plain"}


def _frozen(request: HttpRequest, resource: Resource, pk: int) -> tuple[Actor, Any]:
    who = frame.must_view(request, resource)
    who.must(Room.right("view"))
    count: Any = frame.row_of(resource, pk, "organ", "document")
    if count.frozen_at is None:
        raise Refused(
            _("账面还没有冻结"), why=_("方案批准后才有任务和进度。"), instead=_("请先报批方案，由单位负责人批准。")
        )
    frame.crumbs(request, resource, count)
    return who, count


@require_GET
def progress_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """How far it is: the rooms, what was not seen, what lies elsewhere, what several people saw differently."""
    who, count = _frozen(request, resource, pk)
    rows = standing.standings(count)
    rooms = list(standing.rooms_of(count))
    context = {
        "count": count, "progress": standing.progress(count), "rooms": _rooms(count, rooms), "sound": books.is_sound(count),
        "parts": [
            _part(rows, Outcome.MISSING, _("未见的"), _("还没有未见的资产。")),
            _part(rows, Outcome.MISPLACED, _("位置不符的"), _("还没有位置不符的资产。")),
            _part([one for one in rows if not one.line.kept], Outcome.OPEN, _("期间拆分出来、尚未盘到的"), _("没有。")),
            _unknown(count), _disputed(rows), _part(rows, Outcome.MOVED, _("期间已办变动、尚未见到的"), _("没有。")),
        ],
        "phone_url": reverse("stocktaking/counts:phone") if who.can(rights.SCAN, count.organ_id) else "",
        "page": frame.page(resource, _("盘点进度"), purpose=_("按房间看进展；没有盘到的不算盘亏，期间办理的变动自动并入")),
    }  # fmt: skip
    return render(request, "stocktaking/progress.html", context)


def _rooms(count: Count, rooms: list[Any]) -> dict[str, Any]:
    heads = (
        (_("地点"), "text"),
        (_("盘点人"), "text"),
        (_("账面"), "number"),
        (_("已盘"), "number"),
        (_("未见"), "number"),
        (_("进度"), "state"),
    )
    here = set(access.people_of.ask([count.organ_id], clock.today()))
    base = frame.list_url(BY_LABEL["stocktaking.room"])
    rows = []
    for room in rooms:
        done = room.done >= room.expected
        tone, words = ("green", _("盘完")) if done else ("blue", _("盘点中")) if room.done else ("plain", _("未开始"))
        rows.append({
            "url": f"{base}{room.pk}/",
            "cells": [str(room), _counter(room, here), room.expected, room.done, room.unseen or DASH,
                      format_html('<span class="state {}">{}</span>', tone, words)],
        })  # fmt: skip
    return {"columns": [{"words": words, "kind": kind} for words, kind in heads], "rows": rows, "title": _("房间")}


def _counter(room: Room, here: set[int]) -> Any:
    """Who counts a room; of somebody who has left meanwhile it says so, that the clerk may give it to another."""
    if room.counter_id is None or room.counter_id in here:
        return room.counter_name or DASH
    return format_html('{} <span class="state amber">{}</span>', room.counter_name, _("已离岗，请重新分派"))


def _part(rows: list[standing.Standing], outcome: str, title: str, empty: str) -> dict[str, Any]:
    found = [one for one in rows if one.outcome == outcome]
    keys = [one.line.card_id for one in found[:SHOWN]]
    there = set(
        Card._base_manager.filter(pk__in=keys).values_list("pk", flat=True)
    )  # some were merged into others since
    return {
        "title": title,
        "count": len(found),
        "empty": {"why": empty},
        **_table([_line(one, there) for one in found[:SHOWN]]),
    }


def _table(rows: list[dict[str, Any]]) -> dict[str, Any]:
    heads = (_("资产"), _("账面地点"), _("所见"), _("谁、何时"), _("结果"))
    return {"columns": [{"words": words, "kind": "text"} for words in heads], "rows": rows}


def _line(one: standing.Standing, there: set[int]) -> dict[str, Any]:
    scan = one.last
    seen = (scan.place or DASH) if scan is not None else DASH
    said = f"{scan.scanner_name} {_when(scan)}" if scan is not None else DASH
    state = format_html(
        '<span class="state {}">{}</span>', TONES.get(Outcome(one.outcome), "green"), Outcome(one.outcome).label
    )
    return {
        "url": frame.url_of(BY_LABEL["assets.card"], one.line.card_id) if one.line.card_id in there else "",
        "cells": [str(one.line), one.line.place or DASH, seen, said, state],
    }


def _when(scan: Scan | standing.Seen) -> str:
    return str(cells.moment(scan.scanned_at)) if scan.scanned_at is not None else ""


def _unknown(count: Count) -> dict[str, Any]:
    rows = []
    for scan in standing.unknowns(count):
        state = format_html('<span class="state blue">{}</span>', Result.UNKNOWN.label)
        url = frame.url_of(BY_LABEL["stocktaking.scan"], scan)
        rows.append({"url": url, "cells": [str(scan), _("账面没有"), scan.place or DASH, f"{scan.scanner_name} {_when(scan)}", state]})  # fmt: skip
    return {"title": _("账外物品"), "count": len(rows), "empty": {"why": _("没有发现账外物品。")}, **_table(rows)}


def _disputed(rows: list[standing.Standing]) -> dict[str, Any]:
    """Every scan of a thing that people saw differently, the one that counts first."""
    found = [one for one in rows if one.disputed]
    shown = []
    base = BY_LABEL["stocktaking.scan"]
    for one in found[:SHOWN]:
        for place, scan in enumerate(reversed(one.scans)):
            tone, words = ("green", _("以此为准")) if place == 0 else ("plain", _("保留"))
            said = f"{Result(scan.result).label} {scan.place}".strip()
            shown.append({
                "url": frame.url_of(base, scan.pk),
                "cells": [str(one.line), one.line.place or DASH, said, f"{scan.scanner_name} {_when(scan)}",
                          format_html('<span class="state {}">{}</span>', tone, words)],
            })  # fmt: skip
    return {
        "title": _("几人所记不同的"),
        "count": len(found),
        "empty": {"why": _("没有不一致的记录。")},
        **_table(shown),
    }


@require_GET
def report_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The report: as issued, or, before that, as it would be today, without a number and marked as a draft."""
    _who, count = _frozen(request, resource, pk)
    if count.document is not None:
        return papers.answer(files.read(count.document), str(count.document))
    draft = replace(report(count, day=clock.today()), security="草稿", seal_text="")
    return papers.answer(typeset.pdf(draft), f"草稿 {count.title}")


@require_GET
def sheet_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The lines of a count room by room, to be printed and ticked by hand where a phone is not allowed."""
    who, count = _frozen(request, resource, pk)
    if not who.can(rights.SCAN, count.organ_id):
        raise NotFound(_("没有找到这一页"))
    lines: dict[int, list[Line]] = {}
    for line in Line.objects.filter(count_id=count.pk).order_by("number"):
        lines.setdefault(line.room_id, []).append(line)
    rooms = [
        {"room": room, "lines": lines.get(room.pk, [])}
        for room in Room.objects.filter(count_id=count.pk).order_by("place", "custodian")
    ]
    context = {"count": count, "rooms": rooms, "page": frame.page(resource, _("盘点表：%(count)s") % {"count": count}, purpose=_("打印后逐室勾对；补录时在“盘点记录”中新增"))}  # fmt: skip
    return render(request, "stocktaking/sheet.html", context)


def _on_count(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """How far it is, beside the count's facts; the phone, where it may be used; old numbers that have no reader yet."""
    if resource.label != "stocktaking.count" or record.frozen_at is None or not who.can(Room.right("view")):
        return {}
    done = standing.progress(record)
    rows = [
        (_("已盘"), f"{done.done:,} / {done.lines:,}", f"（{done.percent}%）"), (_("房间"), f"{done.rooms_done:,} / {done.rooms:,}", ""),
        (_("账外物品"), f"{done.unknown:,}", ""), (_("清点结束后送达"), f"{done.late:,}" if done.late else "", ""),
    ]  # fmt: skip
    panel = {
        "title": _("盘点进度"),
        "rows": [{"words": words, "value": value, "unit": unit} for words, value, unit in rows if value],
    }
    made: dict[str, Any] = {"panels": [panel]}
    if record.state in SCANNING and who.can(rights.SCAN, record.organ_id):
        made["actions"] = [
            {"words": _("手机盘点"), "url": reverse("stocktaking/counts:phone"), "icon": "qr-code", "kind": ""}
        ]
    return made


details.EXTRAS.append(_on_count)
