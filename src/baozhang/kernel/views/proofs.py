"""The proof of one ledger entry: its hash, its place in the record's chain, and the way up to the sealed root of its day."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from baozhang.kernel import addresses, cells, ledger, seals
from baozhang.kernel.ledger import Entry
from baozhang.kernel.refusal import NotFound
from baozhang.kernel.resource import Resource
from baozhang.kernel.sayings import sentences

from . import frame


def _entry(request: HttpRequest, resource: Resource, pk: int, seq: int) -> tuple[Any, Entry]:
    who = frame.must_view(request, resource)
    record = frame.row_of(resource, pk)
    entry = ledger.history(resource.label, pk).filter(seq=seq).first()
    if entry is None or seq < record.told_from(who):
        raise NotFound(_("账本中没有这一条"))
    return record, entry


@require_GET
def proof(request: HttpRequest, resource: Resource, pk: int, seq: int) -> HttpResponse:
    """One entry and its proof, with the way to check it without this system."""
    record, entry = _entry(request, resource, pk, seq)
    shown = words_of(entry, body=True)
    shown["sentence"] = sentences(resource, [entry])[0]
    shown["download_url"] = f"{frame.url_of(resource, pk)}proof/{seq}/proof.json"
    frame.crumbs(request, resource, record)
    purpose = _("证明这条记录当时就是这样记的，此后没有被改动。")
    title = _("存证：%(record)s 第 %(seq)s 条") % {"record": record, "seq": seq}
    return render(request, "kernel/proof.html", {"proof": shown, "page": frame.page(resource, title, purpose=purpose)})


@require_GET
def download(request: HttpRequest, resource: Resource, pk: int, seq: int) -> HttpResponse:
    """The proof of the record's history up to now, as far as the reader is told it, for a program to check."""
    record, entry = _entry(request, resource, pk, seq)
    told = seals.prove(entry.kind, entry.record_id, since=record.told_from(frame.actor(request)))
    return as_file(told, f"proof-{resource.label}-{pk}.json")


def as_file(proved: dict[str, Any], name: str) -> HttpResponse:
    """A proof as a JSON file to save."""
    response = JsonResponse(proved, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def words_of(entry: Entry, *, body: bool) -> dict[str, Any]:
    """What the page of a proof shows; without `body` the content stays with those who may read the record."""
    line = seals.prove(entry.kind, entry.record_id, entry.seq)["entries"][0]
    last = ledger.history(entry.kind, entry.record_id).order_by("-seq").values_list("seq", flat=True).first()
    shown: dict[str, Any] = {
        "seq": entry.seq, "last": last, "at": cells.moment(entry.at), "by": entry.by_name, "organ": entry.by_organ,
        "prev": line["prev"], "hash": line["hash"], "sound": line["sound"], "body": line["body"] if body else "",
        "day": line.get("day", ""), "path": line.get("path", []), "root": line.get("root", ""), "seal": line.get("seal", {}),
        "sealed": line.get("sealed"), "leaf": ledger.sm3(b"\0" + bytes(entry.hash)).hex(),
    }  # fmt: skip
    if shown["sealed"] is False or not shown["sound"]:
        shown["state"] = {"words": _("与账本不符"), "colour": "red"}
    elif shown["sealed"]:
        shown["state"] = {"words": _("已封账，相符"), "colour": "green"}
    else:
        shown["state"] = {"words": _("相符，当天尚未封账"), "colour": "amber"}
    return shown


def _addresses(resource: Resource) -> list[URLPattern]:
    place = "<int:pk>/proof/<int:seq>/"
    return [
        path(place, partial(proof, resource=resource), name="proof"),
        path(f"{place}proof.json", partial(download, resource=resource), name="proof-file"),
    ]


addresses.MORE.append(_addresses)
