"""The files of a record: the panel on its page, adding, downloading, looking, removing; the same for programs."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baozhang.kernel import addresses, attachments, cells, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.attachments import Attachment
from baozhang.kernel.programs import more
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Invalid, NotFound, Refused
from baozhang.kernel.resource import Resource

from . import details, frame

# A file that came from outside runs nothing and reaches nothing, whatever it holds; pictures and PDF are shown all the same.
SHUT = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
THUMB = 300_000  # bytes; a larger picture is not loaded just for its small view


def takes_files(resource: Resource) -> bool:
    """True for business records; what the administrators keep has no files."""
    return resource.admin is False


def subject_of(request: HttpRequest, resource: Resource, pk: int, who: Actor) -> Record:
    """The record whose files are asked for; NotFound where it has none for this reader."""
    if not takes_files(resource) or shell.is_admin(who):
        raise NotFound(_("没有找到这一页"))
    return frame.row_of(resource, pk)


def file_of(subject: Record, key: int) -> Attachment:
    """A file of a record; NotFound where there is none."""
    found = attachments.of(subject).filter(pk=key).first()
    if found is None:
        raise NotFound(_("没有找到这个附件"), why=_("它不存在，或已被移除。"))
    return found


def panel(resource: Resource, subject: Any, who: Actor) -> dict[str, Any]:
    """What the detail page shows of a record's files; one query."""
    if not takes_files(resource) or shell.is_admin(who):
        return {}
    base = f"{frame.url_of(resource, subject)}attachments/"
    may = who.can(attachments.right_to_add(subject), subject.organ_key())
    rows = attachments.log_of(subject)
    off = may and bool(rows) and not attachments.rests(subject)
    made: dict[str, Any] = {
        "attachments": [_row(one, base, off and _sheds(subject, one)) for one in rows if not one.removed]
    }
    if rows:
        made["attach_log_url"] = base
    if may:
        made["attach_url"] = base
        made["attach_help"] = _("文档、表格、图片、PDF、OFD 等，每个不超过 %(limit)s") % {
            "limit": attachments.size_words(attachments.limit())
        }
    return made


def _sheds(subject: Record, one: Attachment) -> bool:
    """True where the record's own word lets a file off; only a few classes have one."""
    try:
        subject.sheds(one)
    except Refused:
        return False
    return True


def _row(one: Attachment, base: str, off: bool) -> dict[str, Any]:
    url, sort = f"{base}{one.pk}/", one.about
    row = {
        "name": one.name,
        "size": attachments.size_words(one.size),
        "url": url,
        "kind": sort.kind,
        "who": one.by_name,
        "when": cells.moment(one.at),
    }
    if sort.inline:
        row["preview_url"] = f"{url}preview/"
    if sort.inline and sort.kind == "image" and one.size <= THUMB:
        row["thumb_url"] = f"{url}preview/"
    if off:
        row["remove_url"] = f"{url}remove/"
    return row


@require_http_methods(["GET", "POST"])
def files(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """All files that the record has and had; files posted here are added, all or none."""
    who = frame.must_view(request, resource)
    subject = subject_of(request, resource, pk, who)
    if request.method == "POST":
        return _take(request, resource, subject, who)
    rows = [
        {"url": "" if one.removed else f"{request.path}{one.pk}/",
         "cells": [one.name, one.get_sort_display(), attachments.size_words(one.size), one.by_name, cells.moment(one.at),
                   _("已移除") if one.removed else _("在用"), one.digest]}
        for one in attachments.log_of(subject)
    ]  # fmt: skip
    words = (_("文件名"), _("类型"), _("大小"), _("上传人"), _("上传时间"), _("状态"), _("SM3 摘要"))
    table = {"columns": [{"words": word, "kind": "text"} for word in words], "rows": rows}
    frame.crumbs(request, resource, subject)
    purpose = _("附过的文件都在这里；移除的只留文件名和摘要，可据摘要核对手中的文件。")
    return render(
        request,
        "kernel/table.html",
        {
            "table": table,
            "page": frame.page(resource, _("附件记录：%(record)s") % {"record": subject}, purpose=purpose),
        },
    )


def _take(request: HttpRequest, resource: Resource, subject: Record, who: Actor) -> HttpResponse:
    given = request.FILES.getlist("file")
    if not given:
        raise Invalid(_("没有选取文件"), instead=_("请拖入或选取文件后再上传。"))
    made = attached(subject, given, who, request.POST.get("note", ""))
    messages.success(request, _("已添加附件：%(names)s") % {"names": "、".join(one.name for one in made)})
    return HttpResponseRedirect(frame.url_of(resource, subject))


def attached(subject: Record, given: list[Any], who: Actor, note: str, kind: str = "") -> list[Attachment]:
    """All or none: each file is looked at before the first is taken, and what cannot be taken takes the others with it."""
    for file in given:
        if (file.size or 0) > attachments.limit():
            raise attachments.too_large()
        attachments.recognized(file, file.name or "")
    with transaction.atomic():
        return [attachments.attach(subject, file, file.name or "", by=who, note=note, kind=kind) for file in given]


@require_GET
def download(request: HttpRequest, resource: Resource, pk: int, key: int) -> HttpResponse:
    """The file, to be saved."""
    who = frame.must_view(request, resource)
    return sent(file_of(subject_of(request, resource, pk, who), key), inline=False)


@require_GET
def preview(request: HttpRequest, resource: Resource, pk: int, key: int) -> HttpResponse:
    """The file, to be looked at; pictures and PDF only."""
    who = frame.must_view(request, resource)
    one = file_of(subject_of(request, resource, pk, who), key)
    if not one.about.inline:
        raise NotFound(_("这种文件不能预览"), instead=_("请下载后打开。"))
    return sent(one, inline=True)


def sent(one: Attachment, *, inline: bool) -> HttpResponse:
    """The file as an answer, to be looked at or saved; whoever asks has been let in already."""
    response = FileResponse(attachments.opened(one), content_type=one.about.mime)
    response["Content-Disposition"] = content_disposition_header(not inline, one.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SHUT
    response["Cache-Control"] = "private, max-age=600" if inline else "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response  # type: ignore[return-value]


@require_POST
def remove(request: HttpRequest, resource: Resource, pk: int, key: int) -> HttpResponse:
    """A file taken off the record; its name and digest stay."""
    who = frame.must_view(request, resource)
    subject = subject_of(request, resource, pk, who)
    one = file_of(subject, key)
    attachments.detach(one, subject, by=who, note=request.POST.get("note", ""))
    messages.success(request, _("已移除附件 %(name)s，账本中留有它的名称和摘要。") % {"name": one.name})
    return HttpResponseRedirect(frame.url_of(resource, subject))


def _addresses(resource: Resource) -> list[URLPattern]:
    if not takes_files(resource):
        return []
    views = (("", files, "attachments"), ("<int:key>/", download, "attachment"), ("<int:key>/preview/", preview, "attachment-preview"),
             ("<int:key>/remove/", remove, "attachment-remove"))  # fmt: skip
    return [
        path(f"<int:pk>/attachments/{end}", partial(view, resource=resource), name=name) for end, view, name in views
    ]


details.EXTRAS.append(panel)
addresses.MORE.append(_addresses)
more("baozhang.kernel.api.attachments.addresses")
