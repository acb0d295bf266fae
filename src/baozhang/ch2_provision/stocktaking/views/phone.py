"""The phone: a page that works without a network, what it takes along, and where it brings its scans."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from baozhang.ch2_provision.stocktaking.actions import syncing
from baozhang.ch2_provision.stocktaking.choices import SCANNING, Condition, Way
from baozhang.ch2_provision.stocktaking.models import Count, Scan, rights
from baozhang.ch2_provision.stocktaking.queries import phone as takings
from baozhang.kernel import addresses, attachments, scope, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.api import build
from baozhang.kernel.refusal import Fault, Invalid, NotFound, Refused
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import frame

from .phone_words import words

MOST_FAULTS = 20
MODULES = ("dom", "store", "sync", "camera", "lists", "sheets", "truth")  # what phone.js imports; kept with the page


class ScanIn(BaseModel):
    """One scan as a phone or a handheld terminal sends it."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(max_length=36)
    count: int
    result: str = Field(max_length=10)
    at: dt.datetime
    code: str = Field("", max_length=400)
    line: int | None = None
    room: int | None = None
    condition: str = Field(Condition.GOOD, max_length=8)
    place: str = Field("", max_length=400)
    user: str = Field("", max_length=200)
    quantity: Decimal | None = Field(None, ge=0, max_digits=14, decimal_places=2)
    name: str = Field("", max_length=400)
    note: str = Field("", max_length=1000)
    way: str = Field(Way.CAMERA, max_length=8)

    def sighting(self) -> syncing.Sighting:
        """The same as the action takes it."""
        values = self.model_dump()
        at = values["at"]
        values["at"] = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
        return syncing.Sighting(**values)


class SyncIn(BaseModel):
    """What a phone brings: its clock, its name, its scans, and how much it has read of each count."""

    now: dt.datetime | None = None
    device: str = Field("", max_length=36)
    who: int | None = None  # whose scans they are; a phone on which somebody else has signed in since keeps them
    scans: list[ScanIn] = Field(default_factory=list, max_length=syncing.MOST)
    since: dict[int, int] = Field(default_factory=dict)


def _may(who: Actor) -> Actor:
    if not who.can(rights.SCAN):
        who.must(rights.MINE)
    return who


@require_GET
@ensure_csrf_cookie
def page(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The page of the phone: it has nothing of anybody in it, so that it may be kept on the phone."""
    _may(frame.actor(request))
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
        takings.take_along(_may(frame.actor(request))),
        json_dumps_params={"ensure_ascii": False, "separators": (",", ":")},
    )
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def sync(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Scans come in; what others have told since goes out."""
    del resource
    try:
        given = SyncIn.model_validate_json(request.body)
    except ValidationError as error:
        faults = [
            Fault(one["msg"], ".".join(map(str, one["loc"])), str(one.get("input", ""))[:80])
            for one in error.errors()[:MOST_FAULTS]
        ]
        raise Invalid(_("盘点记录的格式不对"), faults=faults) from error
    who = _may(frame.actor(request))
    if given.who is not None and given.who != who.user_id:
        raise Refused(
            _("手机上已换人登录"),
            why=_("待上传的记录是另一个人盘的。"),
            instead=_("请由本人登录后上传；记录都在手机里。"),
        )
    return JsonResponse(_synced(given, who), json_dumps_params={"ensure_ascii": False})


def _synced(given: SyncIn, who: Actor) -> dict[str, Any]:
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
    who = _may(frame.actor(request))
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


def _addresses(resource: Resource) -> list[URLPattern]:
    if resource.model is not Count:
        return []
    views = (("", page, "phone"), ("worker.js", worker, "phone-worker"), ("data.json", data, "phone-data"),
             ("sync", sync, "phone-sync"), ("photo", photo, "phone-photo"))  # fmt: skip
    return [path(f"phone/{end}", addresses.bound(view, resource), name=name) for end, view, name in views]


def _api(router: Router, resource: Resource) -> None:
    """The same for handheld terminals and RFID gates with a key of their own."""
    if resource.model is not Count:
        return

    @router.post("/sync", response=dict[str, Any], operation_id="stocktaking_sync")
    def receive(request: Any, body: SyncIn) -> Any:
        with scope.within(build.who(request)) as who:
            return _synced(body, _may(who))

    @router.get("/take-along", response=dict[str, Any], operation_id="stocktaking_take_along")
    def take_along(request: Any) -> Any:
        with scope.within(build.who(request)) as who:
            return takings.take_along(_may(who))


addresses.MORE.append(_addresses)
build.MORE.append(_api)
shell.entry("assets", gettext_lazy("手机盘点"), "stocktaking/counts:phone", rights.MINE, order=17)
