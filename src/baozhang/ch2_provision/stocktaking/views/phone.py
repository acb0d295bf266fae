"""The phone: a page that works without a network, what it takes along, and where it brings its scans."""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from baozhang.ch2_provision.stocktaking.actions import syncing
from baozhang.ch2_provision.stocktaking.choices import SCANNING
from baozhang.ch2_provision.stocktaking.models import Count, Scan, rights
from baozhang.ch2_provision.stocktaking.queries import phone as takings
from baozhang.kernel import addresses, attachments, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.programs import more
from baozhang.kernel.refusal import Invalid, NotFound, Refused
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import frame

from .phone_words import words

MODULES = ("dom", "store", "sync", "camera", "lists", "sheets", "truth")  # what phone.js imports; kept with the page


def may_count(who: Actor) -> Actor:
    """Somebody who may count, in his agency or what lies with him; Forbidden where he may not."""
    if not who.can(rights.SCAN):
        who.must(rights.MINE)
    return who


@require_GET
@ensure_csrf_cookie
def page(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The page of the phone: it has nothing of anybody in it, so that it may be kept on the phone."""
    may_count(frame.actor(request))
    modules = [static(f"stocktaking/{name}.js") for name in MODULES]
    return render(request, "stocktaking/phone.html", {"words": words(), "modules": modules})


@require_GET
def worker(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The script that keeps the page for times without a network; its address decides which pages it may serve."""
    del resource
    found = finders.find("stocktaking/worker.js")
    if not isinstance(found, str):
        raise NotFound(_("没有找到这一页"))
    with open(found, encoding="utf-8") as file:  # noqa: PTH123 -- a static file of our own
        response = HttpResponse(file.read(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
@ensure_csrf_cookie
def data(request: HttpRequest, resource: Resource) -> HttpResponse:
    """What a phone takes along."""
    del resource
    response = JsonResponse(
        takings.take_along(may_count(frame.actor(request))),
        json_dumps_params={"ensure_ascii": False, "separators": (",", ":")},
    )
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def sync(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Scans come in; what others have told since goes out."""
    del resource
    from .messages import read  # what reads a message is heavy, and few processes ever do

    given = read(request.body)
    who = may_count(frame.actor(request))
    if given.who is not None and given.who != who.user_id:
        raise Refused(
            _("手机上已换人登录"),
            why=_("待上传的记录是另一个人盘的。"),
            instead=_("请由本人登录后上传；记录都在手机里。"),
        )
    return JsonResponse(synced(given, who), json_dumps_params={"ensure_ascii": False})


def synced(given: Any, who: Actor) -> dict[str, Any]:
    """This will take in what a phone brought, and tells what has been told since; `given` is a SyncIn."""
    receipt = syncing.receive([one.sighting() for one in given.scans], by=who, device=given.device, said_now=given.now)
    news = []
    for count in Count.objects.filter(pk__in=list(given.since)) if given.since else ():
        full = who.can(rights.SCAN, count.organ_id)
        lines = None if full else list(takings.lines_for(count, who).values_list("pk", flat=True))
        told, last = takings.told_since(count, given.since[count.pk], lines)
        news.append({"id": count.pk, "told": told, "last": last, "open": count.state in SCANNING})
    return {
        "accepted": receipt.accepted, "known": receipt.known, "late": receipt.late, "refused": receipt.refused, "counts": news,
    }  # fmt: skip


@require_POST
def photo(request: HttpRequest, resource: Resource) -> HttpResponse:
    """A picture of a scan that has come in already; the same picture sent again is there already."""
    del resource
    who = may_count(frame.actor(request))
    file = request.FILES.get("file")
    scan: Any = _own_scan(who, request.POST.get("key", ""))
    if file is None:
        raise Invalid(_("没有选取文件"), instead=_("请重新拍照。"))
    made = attachments.attach(scan, file, file.name or "photo.jpg", by=who)
    return JsonResponse({"id": made.pk, "scan": scan.pk})


def _own_scan(who: Actor, key: str) -> Scan:
    """The scan of a key: one's own, or any in the agency for whoever counts there."""
    scan = Scan._base_manager.filter(key=key).first()
    if scan is None or not (
        who.can(rights.SCAN, scan.organ_id) or (scan.scanner_id == who.user_id and who.can(rights.MINE, scan.organ_id))
    ):
        raise NotFound(_("没有找到这条盘点记录"), instead=_("请先同步盘点记录，再上传照片。"))
    return scan


addresses.give(Count, ("phone/", page, "phone"), ("phone/worker.js", worker, "phone-worker"), ("phone/data.json", data, "phone-data"),
               ("phone/sync", sync, "phone-sync"), ("phone/photo", photo, "phone-photo"))  # fmt: skip
more("baozhang.ch2_provision.stocktaking.views.programs.addresses")
shell.entry("assets", gettext_lazy("手机盘点"), "stocktaking/counts:phone", rights.MINE, order=17)
