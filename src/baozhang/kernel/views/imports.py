"""The screens of an import: drop the file, map the columns, look at the preview, commit, undo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baozhang.kernel import access, addresses, corrections, import_jobs, imports
from baozhang.kernel.imports import ImportSession, State
from baozhang.kernel.numbers import whole
from baozhang.kernel.refusal import NotFound, Refused
from baozhang.kernel.resource import Resource
from baozhang.kernel.sheet_columns import columns_of
from baozhang.kernel.sheets import writing
from baozhang.kernel.sheets.reading import open_workbook

from . import frame, import_words
from .import_words import url


def _session(request: HttpRequest, resource: Resource, pk: int) -> ImportSession:
    who = frame.must_view(request, resource)
    found = ImportSession._base_manager.filter(pk=pk, slug=resource.slug).first()
    if found is None or not who.can(resource.right("import"), found.organ_id):
        raise NotFound(_("没有找到这次导入"))
    return found


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The file comes in; a layout that is known goes straight to the check."""
    who = frame.must_view(request, resource)
    who.must(resource.right("import"))
    refusal = None
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None or who.organ_id is None:
                raise Refused(_("没有选取文件"), instead=_("请拖入或选取一个台账文件。"))
            return _taken(resource, file, who)
        except Refused as error:
            refusal = error
    frame.crumbs(request, resource)
    title = _("导入%(what)s") % {"what": resource.title}
    context = {"upload": import_words.start(resource, who), "refusal": refusal, "page": frame.page(resource, title)}
    return render(request, "kernel/import_upload.html", context, status=422 if refusal else 200)


def _taken(resource: Resource, file: Any, who: access.Actor) -> HttpResponse:
    """A sheet of wrong rows goes back to the import that it came from, every other file begins a new one."""
    with open_workbook(file, file.name or "") as workbook:
        known = corrections.named(workbook)
    if known is None:
        return _next(imports.upload(resource, file, file.name or "", organ_id=who.organ_id or 0, by=who), who)
    session = ImportSession._base_manager.filter(pk=known, slug=resource.slug).first()
    if session is None or not who.can(resource.right("import"), session.organ_id):
        raise NotFound(
            _("没有找到这些行所属的导入（%(no)s）") % {"no": known},
            instead=_("请删去表中最后一列“%(column)s”，作为新文件导入。") % {"column": corrections.heading(known)},
        )
    session = imports.correct(session, file, file.name or "", by=who)
    import_jobs.check(session, by=who, url=url(session, "import-check"))
    return HttpResponseRedirect(url(session, "import-check"))


def _next(session: ImportSession, who: access.Actor) -> HttpResponse:
    with imports.opened(session) as workbook:
        try:
            found = imports.tables(session, workbook, columns_of(session.resource))
            sure = all(mapping.is_sure for _table, mapping in found)
        except Refused:
            sure = False
    if not sure:
        return HttpResponseRedirect(url(session, "import-map"))
    import_jobs.check(session, by=who, url=url(session, "import-check"))
    return HttpResponseRedirect(url(session, "import-check"))


@require_http_methods(["GET", "POST"])
def mapping(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """Which column of the file is which field; the choice may be remembered for the layout."""
    session, refusal = _session(request, resource, pk), None
    if request.method == "POST":
        try:
            _choose(request, session)
            import_jobs.check(session, by=frame.actor(request), url=url(session, "import-check"))
            return HttpResponseRedirect(url(session, "import-check"))
        except Refused as error:
            refusal = error
    frame.crumbs(request, resource)
    words = import_words.pairing(session, request.GET.get("sheet", ""), request.GET.get("heading", ""))
    context = {"mapping": words, "refusal": refusal, "page": frame.page(resource, _("核对列的对应"))}
    return render(request, "kernel/import_map.html", context, status=422 if refusal else 200)


def _choose(request: HttpRequest, session: ImportSession) -> None:
    start = "column-"
    named = ((whole(k.removeprefix(start)), str(v)) for k, v in request.POST.items() if k.startswith(start) and v)
    chosen = {place: name for place, name in named if place is not None}
    heading, sheet = request.POST.get("heading", ""), request.POST.get("sheet", "")
    row = whole(heading)
    imports.choose(session, sheet, heading=row, columns=chosen, remember=bool(request.POST.get("remember")))


@require_GET
def preview(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """What the file would do: new, changed, unchanged, wrong; every fault with its row, column, value and remedy."""
    session = _session(request, resource, pk)
    if session.state == State.COMMITTED:
        return HttpResponseRedirect(url(session, "import-done"))
    job = import_jobs.latest(session)
    shown = job if job is not None and (not job.over or job.error) else None
    title = _("核对导入内容：%(file)s") % {"file": session.filename}
    context: dict[str, Any] = {
        "check": {} if shown else import_words.check(session), "job": shown.shown() if shown else None,
        "page": frame.page(resource, title),
    }  # fmt: skip
    frame.crumbs(request, resource)
    return render(request, "kernel/import_check.html", context)


@require_POST
def commit(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """All or nothing."""
    session = _session(request, resource, pk)
    done_now = import_jobs.commit(session, by=frame.actor(request), url=url(session, "import-check"))
    return HttpResponseRedirect(url(session, "import-done" if done_now else "import-check"))


@require_GET
def done(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """What was written, and the way back while nothing is built on it."""
    session = _session(request, resource, pk)
    frame.crumbs(request, resource)
    context = {"done": import_words.done(session), "page": frame.page(resource, _("导入结果"))}
    return render(request, "kernel/import_done.html", context)


@require_POST
def undo(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The whole import taken back."""
    session = imports.undo(_session(request, resource, pk), by=frame.actor(request))
    said = _("已撤销：新增的 %(new)s 条已注销，改动的 %(changed)s 条已恢复原值")
    messages.success(request, said % {"new": session.new, "changed": session.changed})
    return HttpResponseRedirect(url(session, "import-done"))


@require_GET
def errors(request: HttpRequest, resource: Resource, pk: int) -> StreamingHttpResponse:
    """All faults as a sheet, one a line."""
    session = _session(request, resource, pk)
    headings = [_("工作表"), _("行"), _("列"), _("填的是"), _("问题"), _("怎样改")]
    lines = imports.lines(imports.checked(session).get("faults", []))
    answer = StreamingHttpResponse(writing.write_csv(lines, headings), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="errors-{session.pk}.csv"'
    return answer


@require_GET
def wrong_rows(request: HttpRequest, resource: Resource, pk: int) -> FileResponse:
    """The wrong rows as they were handed in, to be mended and dropped again."""
    session = _session(request, resource, pk)
    name = _("%(file)s 待改正.xlsx") % {"file": session.filename.rsplit(".", 1)[0]}
    return FileResponse(imports.wrong_rows(session), as_attachment=True, filename=name)


@require_GET
def template(request: HttpRequest, resource: Resource) -> FileResponse:
    """An empty form to fill."""
    frame.must_view(request, resource).must(resource.right("import"))
    return FileResponse(
        writing.template_xlsx(columns_of(resource)), as_attachment=True, filename=f"{resource.title}.xlsx"
    )


PAGES = (("map/", mapping, "map"), ("check/", preview, "check"), ("commit/", commit, "commit"), ("done/", done, "done"),
         ("undo/", undo, "undo"), ("errors.csv", errors, "errors"),
         ("wrong.xlsx", wrong_rows, "wrong"))  # fmt: skip


def _routes(resource: Resource) -> list[URLPattern]:
    if not (resource.importable and resource.fields):
        return []
    made: list[tuple[str, Any, str]] = [
        ("import/", upload, "import"),
        ("import/template.xlsx", template, "import-template"),
    ]
    made += [(f"import/<int:pk>/{end}", view, f"import-{name}") for end, view, name in PAGES]
    return [path(route, addresses.bound(view, resource), name=name) for route, view, name in made]


addresses.MORE.append(_routes)
