"""Official documents: the PDF for those who may see it, and the public page that says whether a paper is genuine."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from baozhang.kernel import clock, shell
from baozhang.kernel.documents import files, numbering
from baozhang.kernel.documents.payload import line
from baozhang.kernel.documents.register import Document, DocumentState
from baozhang.kernel.ledger import sm3
from baozhang.kernel.resource import Resource

from . import frame
from .attachments import SHUT

PER_MINUTE = 30  # questions from one address; a code has a hundred random bits, so this only spares the machine
LARGEST = 20 * 1024 * 1024  # bytes of a PDF that is compared
shell.public(gettext_lazy("公文核验"), "verify")
COLOURS = {DocumentState.VALID: "green", DocumentState.REVOKED: "red", DocumentState.REPLACED: "amber"}


@require_GET
def pdf(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The PDF of a document in the actor's scope, as it was issued."""
    frame.must_view(request, resource)
    document = frame.row_of(resource, pk)
    assert isinstance(document, Document)
    return answer(files.read(document), f"{document.number} {document.title}")


def answer(data: bytes, name: str) -> HttpResponse:
    """A PDF to be looked at in the browser and saved under a name."""
    response = HttpResponse(data, content_type="application/pdf")
    named = "".join("_" if char in '\\/:*?"<>|' else char for char in line(name)) + ".pdf"
    response["Content-Disposition"] = content_disposition_header(False, named) or "inline"
    response["Content-Security-Policy"] = SHUT
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def verify_any(request: HttpRequest) -> HttpResponse:
    """The public form: a code to look up, or a PDF to compare with the whole register."""
    if _too_often(request):
        return _page(request, {"busy": True}, 429)
    if request.method == "POST":
        return _compare_any(request)
    typed = request.GET.get("code", "").strip()
    if not typed:
        return _page(request, {})
    code = numbering.read(typed)
    return (
        HttpResponseRedirect(f"/public/verify/{code}/")
        if code
        else _page(request, {"unknown": True, "typed": typed[:60]}, 404)
    )


@never_cache
@require_http_methods(["GET", "POST"])
def verify_one(request: HttpRequest, code: str) -> HttpResponse:
    """The public page of one document: what it is and whether it holds, nothing of what it says."""
    if _too_often(request):
        return _page(request, {"busy": True}, 429)
    known = numbering.read(code)
    document = Document._base_manager.filter(code=known).first() if known else None
    if document is None:
        return _page(request, {"unknown": True, "typed": code[:60]}, 404)
    if request.method == "GET":
        return _page(request, {"document": _said(document)})
    digest, wrong = _digest(request)
    context = {"document": _said(document), "wrong": wrong, "compared": bool(digest), "same": digest == document.digest}
    return _page(request, context, 422 if wrong else 200)


def _compare_any(request: HttpRequest) -> HttpResponse:
    digest, wrong = _digest(request)
    if wrong:
        return _page(request, {"wrong": wrong}, 422)
    document = Document._base_manager.filter(digest=digest).first()
    if document is None:
        return _page(request, {"compared": True, "same": False}, 404)
    return _page(request, {"document": _said(document), "compared": True, "same": True})


def _digest(request: HttpRequest) -> tuple[str, str]:
    """The digest of the PDF handed in, or what is wrong with it."""
    file = request.FILES.get("file")
    if file is None:
        return "", _("请选择要比对的 PDF 文件。")
    if (file.size or 0) > LARGEST:
        return "", _("文件超过 20 MB，不是本平台制发的公文。")
    data = file.read()
    if not data.startswith(b"%PDF-"):
        return "", _("这不是 PDF 文件。请选择收到的公文原件，不要用照片或扫描件。")
    return sm3(data).hex(), ""


def _said(document: Document) -> dict[str, Any]:
    """What the public is told of a document."""
    rows = [
        (_("发文字号"), document.number), (_("标题"), document.title), (_("发文机关"), document.issuer_name),
        (_("成文日期"), document.day.isoformat()), (_("核验码"), numbering.shown(document.code)),
    ]  # fmt: skip
    if not document.valid:
        rows.append((_("失效日期"), document.ended_on.isoformat() if document.ended_on else ""))
    state = {"words": document.get_state_display(), "colour": COLOURS[DocumentState(document.state)]}
    return {
        "rows": rows,
        "digest": document.digest,
        "state": state,
        "valid": document.valid,
        "replaced": document.state == DocumentState.REPLACED,
    }


def _too_often(request: HttpRequest) -> bool:
    """True where an address has asked more than its share in this minute; counted in each process by itself."""
    key = f"verify:{request.META.get('REMOTE_ADDR', '')}:{clock.now():%H%M}"
    cache.add(key, 0, timeout=90)
    try:
        return int(cache.incr(key)) > PER_MINUTE
    except ValueError:  # it has just run out
        return False


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    page = {"title": _("公文核验"), "purpose": _("核对收到的公文是否由本平台制发、现在是否有效")}
    blank = {
        "document": None,
        "unknown": False,
        "busy": False,
        "wrong": "",
        "compared": False,
        "same": False,
        "typed": "",
    }
    response = render(request, "kernel/verify.html", {"page": page, **blank, **context}, status=status)
    if status == 429:
        response["Retry-After"] = "60"
    return response


def urlpatterns() -> list[URLPattern]:
    """The public addresses."""
    return [
        path("public/verify/", verify_any, name="verify"),
        path("public/verify/<str:code>/", verify_one, name="verify_one"),
    ]
