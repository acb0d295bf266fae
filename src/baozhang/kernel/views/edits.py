"""Adding and changing a record, acts on one or many, hints while typing, saved views."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from baozhang.kernel import acts
from baozhang.kernel.forms import form_for, groups_of
from baozhang.kernel.listing import Listing
from baozhang.kernel.record import Record, keep
from baozhang.kernel.refusal import Forbidden, Invalid, NotFound, Refused
from baozhang.kernel.resource import Resource
from baozhang.kernel.views_saved import SavedView

from . import frame


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, resource: Resource) -> HttpResponse:
    """A new record."""
    who = frame.must_view(request, resource)
    if not resource.addable:
        raise NotFound(_("没有找到这一页"))
    who.must(resource.right("add"))
    return _form(request, resource, resource.model(), _("新增%(what)s") % {"what": resource.model._meta.verbose_name})


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """Changes to a record; a version that somebody else has overtaken is refused, and nothing typed is lost."""
    who = frame.must_view(request, resource)
    record = frame.row_of(resource, pk)
    who.must(resource.right("change"), record.organ_key())
    posted = request.POST.get("version", "")
    if posted.isdigit():
        record.version = int(posted)
    return _form(request, resource, record, _("修改：%(record)s") % {"record": record})


def _form(request: HttpRequest, resource: Resource, record: Record, title: str) -> HttpResponse:
    who, refusal = frame.actor(request), None
    form = form_for(resource, by=who, data=request.POST or None, files=request.FILES or None, instance=record)
    if request.method == "POST" and form.is_valid():
        try:
            kept = form.settle(by=who)
        except Forbidden:
            raise
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("已保存：%(record)s") % {"record": kept})
            return HttpResponseRedirect(_next(request, resource, kept))
    frame.crumbs(request, resource, record if record.pk else None)
    back = frame.url_of(resource, record) if record.pk else frame.list_url(resource)
    context = {
        "form": form, "form_groups": groups_of(form), "refusal": refusal, "version": record.version if record.pk else "",
        "hint_url": f"{frame.list_url(resource)}hints/" if resource.hints else "", "back_url": back,
        "save_more_words": "" if record.pk else _("保存并继续新增"), "page": frame.page(resource, title),
    }  # fmt: skip
    return render(request, "kernel/form.html", context, status=422 if request.method == "POST" else 200)


def _next(request: HttpRequest, resource: Resource, record: Record) -> str:
    return f"{frame.list_url(resource)}add/" if request.POST.get("more") else frame.url_of(resource, record)


@require_POST
def hints(request: HttpRequest, resource: Resource) -> HttpResponse:
    """What the law says of the values typed so far; nothing is kept."""
    who = frame.must_view(request, resource)
    found: list[dict[str, Any]] = []
    if resource.hints is not None:
        form = form_for(resource, by=who, data=request.POST, instance=resource.model())
        form.is_valid()
        record = form.instance
        for name, value in form.cleaned_data.items():
            if not name.startswith("x_"):
                setattr(record, name, value)
        found = [{**hint, "article": frame.law(hint["article"])} for hint in type(resource).hints(record, who)]  # type: ignore[misc]
    return render(request, "kernel/_hints.html", {"hints": found})


@require_POST
def act_many(request: HttpRequest, resource: Resource) -> HttpResponse:
    """An act on the rows ticked, or on all that the list's address means."""
    who = frame.must_view(request, resource)
    name = request.POST.get("act", "")
    listing = Listing(resource, request.GET)
    rows = listing.chosen(request.POST.getlist("id"), request.POST.get("everything") == "1")
    said = acts.perform(
        resource, name, list(rows), by=who, note=request.POST.get("note", ""), values=_values(resource, name, request)
    )
    messages.success(request, said)
    return HttpResponseRedirect(f"{frame.list_url(resource)}?{request.GET.urlencode()}")


def _values(resource: Resource, name: str, request: HttpRequest) -> dict[str, Any]:
    act = resource.acts.get(name)
    if act is None or not act.fields:
        return {}
    form = form_for(resource, by=frame.actor(request), names=act.fields, data=request.POST)
    if not form.is_valid():
        raise Invalid(
            _("内容有误"),
            why="；".join(f"{form[n].label}：{errors[0]}" for n, errors in form.errors.items() if n in form.fields),
        )
    return dict(form.cleaned_data)


@require_http_methods(["GET", "POST"])
def act_one(request: HttpRequest, resource: Resource, pk: int, name: str) -> HttpResponse:
    """An act on one record, with the fields and the reason that it asks for."""
    who = frame.must_view(request, resource)
    record = frame.row_of(resource, pk)
    act = resource.acts.get(name)
    if act is None:
        raise NotFound(_("没有这项操作"))
    who.must(act.permission, record.organ_key())
    form = (
        form_for(resource, by=who, names=act.fields, instance=record, data=request.POST or None) if act.fields else None
    )
    if request.method == "POST" and (form is None or form.is_valid()):
        values = dict(form.cleaned_data) if form is not None else {}
        fresh = frame.row_of(resource, pk)
        messages.success(
            request, acts.perform(resource, name, [fresh], by=who, note=request.POST.get("note", ""), values=values)
        )
        return HttpResponseRedirect(frame.url_of(resource, fresh))
    frame.crumbs(request, resource, record)
    step = {
        "name": name, "words": act.words, "kind": "primary", "needs_note": act.needs_note, "note": act.needs_note or None,
        "article": frame.law(act.article) if act.article else None, "fields": list(form) if form is not None else [],
        "url": request.path, "back_url": frame.url_of(resource, record),
    }  # fmt: skip
    return render(
        request,
        "kernel/step.html",
        {"step": step, "form": form, "page": frame.page(resource, f"{act.words}：{record}")},
    )


@require_POST
def save_view(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The list's present address under a name."""
    who = frame.must_view(request, resource)
    name, query = request.POST.get("name", "").strip()[:30], request.POST.get("state", "")[:2000]
    if not name:
        raise Invalid(_("请填写视图名称"))
    found = SavedView._base_manager.filter(slug=resource.slug, name=name, user_key=who.person).first()
    view = found or SavedView(slug=resource.slug, name=name, user_key=who.person, organ_key_of=who.organ_id)
    view.query, view.shared = query, request.POST.get("shared") == "1"
    keep(view, by=who, right=resource.right("view"))
    messages.success(request, _("已保存视图“%(name)s”") % {"name": name})
    return HttpResponseRedirect(f"{frame.list_url(resource)}?{query}")
