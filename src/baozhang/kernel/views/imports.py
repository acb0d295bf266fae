"""The screens of an import: drop the file, map the columns, look at the preview, commit, undo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baozhang.kernel import access, cells, clock, imports, jobs, routes, scope
from baozhang.kernel.accounts import User
from baozhang.kernel.border import columns_of
from baozhang.kernel.imports import ImportSession, State
from baozhang.kernel.refusal import NotFound, Refused
from baozhang.kernel.resource import Resource
from baozhang.kernel.sheets import writing
from baozhang.kernel.sheets.places import letters

from . import frame

INLINE = 400_000  # bytes; a smaller file is checked while the user waits
COLOURS = {State.UPLOADED: "blue", State.CHECKED: "amber", State.COMMITTED: "green", State.UNDONE: "plain"}


def _session(request: HttpRequest, resource: Resource, pk: int) -> ImportSession:
    who = frame.must_view(request, resource)
    found = ImportSession._base_manager.filter(pk=pk, slug=resource.slug).first()
    if found is None or not who.can(resource.right("import"), found.organ_id):
        raise NotFound(_("没有找到这次导入"))
    return found


def _url(session: ImportSession, name: str) -> str:
    return reverse(f"{session.slug}:{name}", args=[session.pk])


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
            session = imports.upload(resource, file, file.name or "", organ_id=who.organ_id, by=who)  # type: ignore[arg-type]
            return _next(session, who)
        except Refused as error:
            refusal = error
    frame.crumbs(request, resource)
    context = {
        "upload": _upload_words(resource, who),
        "refusal": refusal,
        "page": frame.page(resource, _("导入%(what)s") % {"what": resource.title}),
    }
    return render(request, "kernel/import_upload.html", context, status=422 if refusal else 200)


def _upload_words(resource: Resource, who: access.Actor) -> dict[str, Any]:
    recent = ImportSession._base_manager.filter(slug=resource.slug, organ_id=who.organ_id).order_by("-id")[:6]
    rows = [
        {"words": one.filename, "url": _url(one, "import-done" if one.state in (State.COMMITTED, State.UNDONE) else "import-check"),
         "when": cells.moment(one.kept_at) if one.kept_at else "", "result": _("新增 %(new)s，改动 %(changed)s，有问题 %(wrong)s") % {"new": one.new, "changed": one.changed, "wrong": one.wrong},
         "state": {"words": one.get_state_display(), "colour": COLOURS[State(one.state)]}}
        for one in recent
    ]  # fmt: skip
    return {
        "template_url": f"{frame.list_url(resource)}import/template.xlsx",
        "recent": rows,
        "limit_words": _("最大 64 MB、20 万行"),
    }


def _next(session: ImportSession, who: access.Actor) -> HttpResponse:
    with imports.opened(session) as workbook:
        try:
            sure = all(
                mapping.is_sure for _table, mapping in imports.tables(session, workbook, columns_of(session.resource))
            )
        except Refused:
            sure = False
    if not sure:
        return HttpResponseRedirect(_url(session, "import-map"))
    _check(session, who)
    return HttpResponseRedirect(_url(session, "import-check"))


def _check(session: ImportSession, who: access.Actor) -> None:
    """The check of a small file is done at once, that of a large one in the background."""
    if (session.folder / "file").stat().st_size <= INLINE:
        imports.preview(session, by=who)
        return
    jobs.ask("import-check", key=f"import-check-{session.pk}-{session.version}", title=session.filename, user_id=who.user_id,
             organ_id=session.organ_id, url=_url(session, "import-check"), session=session.pk)  # fmt: skip


@jobs.work("import-check")
def check_work(job: jobs.Job, session: int) -> dict[str, Any]:
    """The check of a large file."""
    return _as_user(job, session, imports.preview)


@jobs.work("import-commit")
def commit_work(job: jobs.Job, session: int) -> dict[str, Any]:
    """The writing of a large file."""
    return _as_user(job, session, imports.commit)


def _as_user(job: jobs.Job, pk: int, act: Any) -> dict[str, Any]:
    session = ImportSession._base_manager.get(pk=pk)
    who = access.actor_of(User._base_manager.get(pk=job.user_id), clock.today(), session.organ_id)
    with scope.within(who):
        act(session, by=who)
    return {"session": pk}


@require_http_methods(["GET", "POST"])
def mapping(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """Which column of the file is which field; the choice may be remembered for the layout."""
    session, who = _session(request, resource, pk), frame.actor(request)
    refusal = None
    if request.method == "POST":
        chosen = {
            int(name.removeprefix("column-")): value
            for name, value in request.POST.items()
            if name.startswith("column-") and value
        }
        heading = request.POST.get("heading", "")
        imports.choose(
            session,
            request.POST.get("sheet", ""),
            heading=int(heading) if heading.isdigit() else None,
            columns=chosen,
            remember=bool(request.POST.get("remember")),
        )
        try:
            _check(session, who)
            return HttpResponseRedirect(_url(session, "import-check"))
        except Refused as error:
            refusal = error
    frame.crumbs(request, resource)
    context = {
        "mapping": _mapping_words(request, session),
        "refusal": refusal,
        "page": frame.page(resource, _("核对列的对应")),
    }
    return render(request, "kernel/import_map.html", context)


def _mapping_words(request: HttpRequest, session: ImportSession) -> dict[str, Any]:
    columns = columns_of(session.resource)
    wanted = request.GET.get("sheet", "")
    with imports.opened(session) as workbook:
        sheets = [sheet for sheet in workbook.sheets if not sheet.is_empty]
        sheet = next((one for one in sheets if one.name == wanted), sheets[0])
        found = {t.sheet.name: (t, m) for t, m in _tables_or_none(session, workbook, columns)}
        asked = request.GET.get("heading", "")
        if asked.isdigit() or sheet.name not in found:
            layout = imports.layout_at(sheet, columns, int(asked) if asked.isdigit() else 1)
            proposed = imports.propose(layout, columns)
        else:
            layout, proposed = found[sheet.name][0].layout, found[sheet.name][1]
        head = sheet.head(layout.heading_row + 4)
        samples = [row for number, row in head if number >= layout.first_data_row][:3]
        lines = [
            {
                "value": number,
                "selected": number == layout.heading_row,
                "words": _("第 %(n)s 行：%(text)s")
                % {"n": number, "text": " ".join(str(c) for c in row if c not in (None, ""))[:40]},
            }
            for number, row in sheet.head(12)
        ]
        names = {column.name: column.heading for column in columns}
        return {
            "sheet": sheet.name, "heading": layout.heading_row, "heading_rows": lines, "fields": [{"key": c.name, "words": c.heading, "required": c.required} for c in columns],
            "sheets": [{"value": one.name, "words": one.name, "selected": one.name == sheet.name} for one in sheets],
            "missing": [names[name] for name in proposed.missing], "layout_words": "；".join(proposed.notes), "found_words": _("认出 %(n)s 列") % {"n": len(proposed.columns)},
            "back_url": f"{frame.list_url(session.resource)}import/",
            "columns": [{"index": h.index, "letter": letters(h.index), "heading": h.raw, "field": proposed.columns.get(h.index, ""),
                         "samples": [str(row[h.index]) for row in samples if h.index < len(row) and row[h.index] is not None],
                         "how": _("请核对") if proposed.confidence.get(h.index, 1) < 0.8 else ""} for h in layout.headings],
        }  # fmt: skip


def _tables_or_none(session: ImportSession, workbook: Any, columns: Any) -> list[Any]:
    try:
        return imports.tables(session, workbook, columns)
    except Refused:
        return []


@require_GET
def preview(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """What the file would do: new, changed, unchanged, wrong; every fault with its row, column, value and remedy."""
    session, found = _session(request, resource, pk), {}
    job = jobs.Job.objects.filter(key__startswith=f"import-check-{session.pk}-").order_by("-id").first()
    commit_job = jobs.Job.objects.filter(key=f"import-commit-{session.pk}").first()
    running = next((one for one in (commit_job, job) if one is not None and not one.over), None)
    if session.state == State.COMMITTED:
        return HttpResponseRedirect(_url(session, "import-done"))
    if running is None:
        found = _check_words(session)
    failed = next((one for one in (commit_job, job) if one is not None and one.state == jobs.State.FAILED), None)
    shown = running or failed
    context = {
        "check": found,
        "job": _job_words(shown) if shown else None,
        "page": frame.page(resource, _("核对导入内容：%(file)s") % {"file": session.filename}),
    }
    frame.crumbs(request, resource)
    return render(request, "kernel/import_check.html", context)


def _job_words(job: jobs.Job) -> dict[str, Any]:
    return {
        "done": job.state == jobs.State.DONE,
        "failed": job.state == jobs.State.FAILED,
        "words": job.title,
        "percent": 0,
        "error": job.error.splitlines()[0] if job.error else "",
    }


def _check_words(session: ImportSession) -> dict[str, Any]:
    kept, resource = imports.checked(session), session.resource
    counts = kept.get("counts", {"new": 0, "changed": 0, "unchanged": 0, "wrong": 0})
    faults, changes = kept.get("faults", []), kept.get("changes", [])
    columns = [
        {"words": resource.words_of(name), "kind": resource.kind_of(name)}
        for name in resource.columns[:6]
        if name not in resource.computed
    ]
    writable = not counts["wrong"] and (counts["new"] or counts["changed"])
    return {
        **counts, "skipped_words": "；".join(kept.get("notes", [])), "errors": faults[: imports.SHOWN],
        "errors_more": _("另有 %(n)s 处，见问题清单") % {"n": len(faults) - imports.SHOWN} if len(faults) > imports.SHOWN else "",
        "error_sheet_url": _url(session, "import-errors") if faults else "",
        "changes": [{**c, "url": frame.url_of(resource, c["pk"])} for c in changes],
        "news": {"columns": columns, "rows": [{"cells": row} for row in kept["news"]]} if kept.get("news") else None,
        "news_more": _("共新增 %(n)s 行，这里显示前 20 行") % {"n": counts["new"]} if counts["new"] > 20 else "",
        "nothing_words": _("文件与系统中的内容一致，没有需要写入的。") if not writable and not counts["wrong"] else "",
        "can_commit": bool(writable), "commit_url": _url(session, "import-commit"), "again_url": f"{frame.list_url(resource)}import/", "map_url": _url(session, "import-map"),
        "commit_words": _("确认写入 %(n)s 行") % {"n": counts["new"] + counts["changed"]},
        "why_not": _("还有 %(n)s 行有问题；全部改正后才能写入，一行也不会丢。") % {"n": counts["wrong"]} if counts["wrong"] else "",
    }  # fmt: skip


@require_POST
def commit(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """All or nothing."""
    session, who = _session(request, resource, pk), frame.actor(request)
    if (session.folder / "file").stat().st_size <= INLINE:
        imports.commit(session, by=who)
        return HttpResponseRedirect(_url(session, "import-done"))
    jobs.ask("import-commit", key=f"import-commit-{session.pk}", title=session.filename, user_id=who.user_id,
             organ_id=session.organ_id, url=_url(session, "import-check"), session=session.pk)  # fmt: skip
    return HttpResponseRedirect(_url(session, "import-check"))


@require_GET
def done(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """What was written, and the way back while nothing is built on it."""
    session = _session(request, resource, pk)
    if session.state == State.UNDONE:
        words = _("已撤销导入 %(file)s") % {"file": session.filename}
    else:
        words = _("已写入 %(file)s：新增 %(new)s 行，改动 %(changed)s 行，%(same)s 行没有变化") % {
            "file": session.filename,
            "new": session.new,
            "changed": session.changed,
            "same": session.unchanged,
        }
    context = {"done": {"words": words, "undone": session.state == State.UNDONE, "list_url": frame.list_url(resource), "undo_url": _url(session, "import-undo") if session.state == State.COMMITTED else "",
                        "undo_words": _("在这些记录又有新的办理之前，可以整批撤销。") if session.state == State.COMMITTED else ""}, "page": frame.page(resource, _("导入结果"))}  # fmt: skip
    frame.crumbs(request, resource)
    return render(request, "kernel/import_done.html", context)


@require_POST
def undo(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The whole import taken back."""
    session = imports.undo(_session(request, resource, pk), by=frame.actor(request))
    messages.success(
        request,
        _("已撤销：新增的 %(new)s 条已注销，改动的 %(changed)s 条已恢复原值")
        % {"new": session.new, "changed": session.changed},
    )
    return HttpResponseRedirect(_url(session, "import-done"))


@require_GET
def errors(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """All faults as a sheet."""
    session = _session(request, resource, pk)
    stream = writing.write_csv(
        imports.lines(imports.checked(session).get("faults", [])),
        [_("工作表"), _("行"), _("列"), _("填的是"), _("问题"), _("怎样改")],
    )
    response = HttpResponse(b"".join(stream), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="errors-{session.pk}.csv"'
    return response


@require_GET
def template(request: HttpRequest, resource: Resource) -> FileResponse:
    """An empty form to fill."""
    frame.must_view(request, resource).must(resource.right("import"))
    return FileResponse(
        writing.template_xlsx(columns_of(resource)), as_attachment=True, filename=f"{resource.title}.xlsx"
    )


def _routes(resource: Resource) -> list[URLPattern]:
    if not (resource.importable and resource.fields):
        return []
    made = [("import/", upload, "import"), ("import/template.xlsx", template, "import-template")]
    made += [(f"import/<int:pk>/{end}", view, f"import-{name}") for end, view, name in (
        ("map/", mapping, "map"), ("check/", preview, "check"), ("commit/", commit, "commit"),
        ("done/", done, "done"), ("undo/", undo, "undo"), ("errors.csv", errors, "errors"))]  # fmt: skip
    return [path(route, routes.bound(view, resource), name=name) for route, view, name in made]


routes.MORE.append(_routes)
