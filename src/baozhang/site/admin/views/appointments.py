"""Appointing somebody, and ending an appointment; roles come from the list in code, each with what it may do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from baozhang.kernel import access, clock
from baozhang.kernel.forms import RecordForm, form_for, groups_of
from baozhang.kernel.numbers import whole
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Refused
from baozhang.kernel.resource import get
from baozhang.kernel.views import frame

SLUG = "organs/appointments"


def _roles() -> list[Any]:
    """Roles in two groups, each with its description."""
    groups: dict[bool, list[tuple[str, str]]] = {False: [], True: []}
    for role in access.ROLES.values():
        groups[role.admin].append((role.code, f"{role.words}：{role.description}"))
    return [(_("业务岗位"), groups[False]), (_("三员，须由不同人员担任，不得兼任业务岗位"), groups[True])]


@require_http_methods(["GET", "POST"])
def appoint(request: HttpRequest) -> HttpResponse:
    """A new appointment; stands in the place of the plain form."""
    resource = get(SLUG)
    who = frame.must_view(request, resource)
    who.must(resource.right("add"))
    initial: dict[str, Any] = {"since": clock.today()}
    for name in ("user", "organ"):
        if (named := whole(request.GET.get(name))) is not None:
            initial[name] = named
    if request.GET.get("role") in access.ROLES:
        initial["role"] = request.GET["role"]
    form = form_for(resource, by=who, data=request.POST or None, instance=resource.model(), initial=initial)
    form.fields["role"] = forms.ChoiceField(choices=_roles(), widget=forms.RadioSelect, label=_("角色"))
    form.fields["until"].help_text = _("不填为长期；到期自动失效，不用另外撤销。")
    return _answer(request, form, _("办理任职"), frame.list_url(resource), _("办理任职"))


@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The end of an appointment: its last day and why; nothing else of it can be changed, and it is never deleted."""
    resource = get(SLUG)
    who = frame.must_view(request, resource)
    record = frame.row_of(resource, pk, "user", "organ")
    who.must(resource.right("change"), record.organ_key())
    posted = whole(request.POST.get("version"))
    if posted is not None:
        record.version = posted
    form = form_for(resource, by=who, names=("until",), data=request.POST or None, instance=record)
    form.fields["until"].required = True
    form.initial["until"] = form.initial.get("until") or clock.today()
    form.fields["until"].help_text = _("当天仍有效，次日起失效。")
    form.fields["note"] = forms.CharField(
        label=_("理由"), max_length=200, help_text=_("记入账本，如调离、退休、岗位调整")
    )
    return _answer(
        request, form, _("结束任职：%(record)s") % {"record": record}, frame.url_of(resource, record), _("结束任职")
    )


def _answer(request: HttpRequest, form: RecordForm, title: str, back: str, words: str) -> HttpResponse:
    resource, who, refusal = get(SLUG), frame.actor(request), None
    if request.method == "POST" and form.is_valid():
        try:
            return _kept(request, form, who)
        except Forbidden:
            raise
        except Refused as error:
            refusal = error
            form.mark(error.faults)
    record = form.instance
    frame.crumbs(request, resource, record if record.pk else None)
    context = {
        "form": form, "form_groups": groups_of(form) if not record.pk else None, "refusal": refusal, "back_url": back,
        "save_words": words, "version": record.version if record.pk else "", "page": frame.page(resource, title, purpose=resource.purpose),
    }  # fmt: skip
    return render(request, "kernel/form.html", context, status=422 if request.method == "POST" else 200)


def _kept(request: HttpRequest, form: RecordForm, who: access.Actor) -> HttpResponse:
    record: Any = form.instance
    keep(record, by=who, note=form.cleaned_data.get("note", ""))
    messages.success(request, _("已保存：%(record)s") % {"record": record})
    return HttpResponseRedirect(frame.url_of(get(SLUG), record))
