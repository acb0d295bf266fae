"""Adding and changing a record, acts on one or many, hints while typing, saved views."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from baozhang.kernel import acts, asked, cells, holds, sent
from baozhang.kernel.forms import form_for, groups_of
from baozhang.kernel.listing import Listing
from baozhang.kernel.numbers import whole, wholes
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
    record.version = whole(request.POST.get("version")) or record.version
    return _form(request, resource, record, _("修改：%(record)s") % {"record": record})


def _form(request: HttpRequest, resource: Resource, record: Record, title: str) -> HttpResponse:
    who, refusal = frame.actor(request), None
    form = form_for(
        resource, by=who, data=request.POST or None, files=request.FILES or None, instance=record,
        initial={} if record.pk else _begun(request, resource, who),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        done, refusal = sent.attempt(request, lambda: _saved(request, resource, form))
        if done:
            return done
    frame.crumbs(request, resource, record if record.pk else None)
    back = frame.url_of(resource, record) if record.pk else frame.list_url(resource)
    context = {
        "form": form, "form_groups": groups_of(form), "refusal": refusal, "held": _held(resource, record), "version": record.version if record.pk else "",
        "hint_url": f"{frame.list_url(resource)}hints/" if resource.hints else "", "back_url": back,
        "save_more_words": "" if record.pk else _("保存并继续新增"), "page": frame.page(resource, title),
    }  # fmt: skip
    return render(request, "kernel/form.html", context, status=422 if request.method == "POST" else 200)


def _saved(request: HttpRequest, resource: Resource, form: Any) -> str:
    """This will keep what was filled in; where one goes from there."""
    kept = form.settle(by=frame.actor(request))
    messages.success(request, _("已保存：%(record)s") % {"record": kept})
    return _next(request, resource, kept)


def _begun(request: HttpRequest, resource: Resource, who: Any) -> dict[str, Any]:
    """What stands in a blank form: what its address says, else what the resource knows of whoever fills it in."""
    known = type(resource).begins(who) if resource.begins is not None else {}  # type: ignore[misc]
    return {**known, **{name: request.GET[name] for name in resource.fields if name in request.GET}}


def _held(resource: Resource, record: Record) -> Refused | None:
    """What keeps fields of a record as they are, said before anybody types; None where nothing does."""
    if record.pk and resource.closed(record):
        left = _("、").join(str(resource.words_of(name)) for name in resource.open_fields(record))
        fixed = record.fixed()
        if not left or fixed is None:
            why = cells.plain(resource, resource.state)(getattr(record, resource.state)) if resource.state else ""
            return Refused(_("这条记录不再修改"), why=why, instead=_("有差错的，另行登记更正，写明依据。"))
        return Refused(_("只能修改%(fields)s") % {"fields": left}, why=fixed.reason, instead=fixed.remedy)
    taken = holds.others([record]) if record.pk and record.guarded else []
    return holds.refusal(taken, {}) if taken else None


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
    """An act on the rows ticked, or on all that the list's address means; what it asks for is asked on a page between."""
    who = frame.must_view(request, resource)
    name, ids, everything = request.POST.get("act", ""), request.POST.getlist("id"), request.POST.get("everything", "")
    act = _act_of(resource, name)
    without = wholes(request.POST.getlist("without"))
    rows = Listing(resource, request.GET).chosen(ids, everything == "1").exclude(pk__in=without)
    _some(rows, ids)
    if act.answer is not None:
        who.must(act.permission)
        acts.as_many(act, rows.count())
        return act.answer(rows, by=who)
    form = asked.form_of(resource, act, who, rows, data=request.POST if request.POST.get("ready") else None)
    back = f"{frame.list_url(resource)}?{request.GET.urlencode()}"

    def ask(form: Any, refused: Refused | None = None) -> HttpResponse:
        held = [("act", name), ("everything", everything), *_each("id", ids), *_each("without", without)]
        step = {**_step(name, act, request, form), "back_url": back, "hidden": held}
        return _ask(request, resource, form, step, _counted(rows.count()), refused)

    if form is not None and not form.is_valid():
        return ask(form)
    chosen = list(rows)
    try:
        return sent.do(request, lambda: _acted(request, resource, name, chosen, form, back))
    except (Forbidden, NotFound):
        raise
    except Refused as refused:
        aside = [one.pk for one in refused.subjects if one.label == resource.label]
        if not 0 < len(aside) < len(chosen):
            if form is None:
                raise
            return ask(form, refused)
        return _without(request, refused, aside, len(chosen) - len(aside), back)


def _acted(request: HttpRequest, resource: Resource, name: str, rows: list[Any], form: Any, after: str) -> str:
    """This will do an act and say so; where one goes from there."""
    who, values = frame.actor(request), dict(form.cleaned_data) if form is not None else {}
    said = acts.perform(resource, name, rows, by=who, note=request.POST.get("note", ""), values=values)
    messages.success(request, frame.leading(said, who))
    return after


def _some(rows: Any, ids: list[str]) -> None:
    """Rows that were ticked and are not in sight do not exist, here as on every other page."""
    if ids and not rows.exists():
        raise NotFound(_("记录不存在或不在您的范围内"), instead=_("请返回列表刷新后再办理。"))


def _each(name: str, values: Iterable[Any]) -> list[tuple[str, str]]:
    return [(name, str(one)) for one in values]


def _counted(count: int) -> str:
    return ngettext("%(count)s 条记录", "%(count)s 条记录", count) % {"count": f"{count:,}"}


def _without(request: HttpRequest, refused: Refused, aside: list[int], left: int, back: str) -> HttpResponse:
    """The refusal, and the same act once more on the others."""
    given = [(name, one) for name, held in request.POST.lists() for one in held if name != "csrfmiddlewaretoken"]
    rest = {
        "words": _("略过这 %(aside)s 项，办理其余 %(left)s 项") % {"aside": len(aside), "left": left},
        "url": request.get_full_path(), "hidden": [*given, *(("without", one) for one in aside)],
    }  # fmt: skip
    context = {"refusal": refused, "page": {"title": str(refused.what)}, "rest": rest, "back_url": back}
    return render(request, "kernel/refusal.html", context, status=refused.status)


def _act_of(resource: Resource, name: str) -> acts.Act:
    if name not in resource.acts:
        raise NotFound(_("没有这项操作"))
    return cast("acts.Act", resource.acts[name])


def _step(
    name: str, act: acts.Act, request: HttpRequest, form: Any, began: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "name": name, "words": act.words, "says": str(act.says), "kind": "primary", "needs_note": act.needs_note, "note": act.needs_note or None, "note_words": act.note_words,
        "article": frame.law(act.article) if act.article else None, "fields": list(form) if form is not None else [],
        "url": request.get_full_path(), "note_value": request.POST.get("note", (began or {}).get("note", "")), "ready": True,
    }  # fmt: skip


def _ask(
    request: HttpRequest, resource: Resource, form: Any, step: dict[str, Any], what: str, refused: Refused | None = None
) -> HttpResponse:  # fmt: skip
    """The page that asks; a refusal stands above what was typed, so that none of it is lost."""
    frame.crumbs(request, resource)
    if refused is not None and form is not None:
        form.mark(refused.faults)
    context = {"step": step, "form": form, "page": frame.page_of_step(resource, step, what), "refusal": refused}
    status = refused.status if refused is not None else 422 if form is not None and form.errors else 200
    return render(request, "kernel/step.html", context, status=status)


@require_http_methods(["GET", "POST"])
def act_one(request: HttpRequest, resource: Resource, pk: int, name: str) -> HttpResponse:
    """An act on one record, with the fields and the reason that it asks for."""
    who = frame.must_view(request, resource)
    record = frame.row_of(resource, pk)
    act = _act_of(resource, name)
    who.must(act.permission, record.organ_key())
    if act.answer is not None:
        return act.answer(resource.model.objects.filter(pk=pk), by=who)
    began = act.begins(record) if act.begins is not None else None
    form = asked.form_of(resource, act, who, [record], data=request.POST or None, instance=record, initial=began)
    if request.method == "POST" and (form is None or form.is_valid()):

        def work() -> str:
            _acted(request, resource, name, [frame.row_of(resource, pk)], form, "")
            return frame.left_at(resource, record)

        try:
            return sent.do(request, work)
        except (Forbidden, NotFound):
            raise
        except Refused as refused:
            if form is None:
                raise
            step = {**_step(name, act, request, form, began), "back_url": frame.url_of(resource, record)}
            return _ask(request, resource, form, step, str(record), refused)
    step = {**_step(name, act, request, form, began), "back_url": frame.url_of(resource, record)}
    return _ask(request, resource, form, step, str(record))


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
