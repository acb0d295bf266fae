"""The screens of a flow: the drawn path and the buttons on a detail page, and the page of a step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from baozhang.kernel import access, acts, addresses, clock, flow
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import offering
from baozhang.kernel.flow.plan import Plan
from baozhang.kernel.forms import RecordForm, form_for
from baozhang.kernel.numbers import whole
from baozhang.kernel.programs import more
from baozhang.kernel.refusal import Forbidden, NotFound, Refused
from baozhang.kernel.resource import BY_LABEL, Resource

from . import details, frame

SOON = 3  # days


def plan_of(resource: Resource) -> Plan | None:
    """The flow of a resource's records, if they have one."""
    return flow.flow_of(resource.model)


def _on_detail(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """The path and the buttons; a dialog for each button that may be pressed."""
    if plan_of(resource) is None:
        return {}
    line = [{**item, "when": item["when"] or "", "due": item["due"] or ""} for item in flow.path_of(record, who)]
    seen = (
        f"{frame.url_of(resource, record)}opened/"
        if flow.todo(who).filter(kind=record.label, record_id=record.pk, seen_at=None).exists()
        else ""
    )
    return {
        "path": line,
        "notices": [_nobody(task) for task in flow.stranded_of(record)],
        "seen_url": seen,
        "steps": [_words(resource, record, button, who) for button in flow.buttons_of(record, who)],
    }


def _nobody(task: flow.Task) -> dict[str, Any]:
    """A step that waits for nobody says so to whoever waits for it."""
    organ = access.organ_names.ask({task.organ_id} if task.organ_id else set()).get(task.organ_id or 0, "")
    words = _("“%(step)s”现在没有人可以办理：%(organ)s没有人担任有此权限的角色，请联系系统管理员办理任职。")
    return {"tone": "red", "words": words % {"step": task.words, "organ": organ}}


def _words(resource: Resource, record: Any, button: offering.Button, who: Actor, form: Any = None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": button.name, "words": button.words, "kind": button.kind, "icon": button.icon, "needs_note": button.needs_note,
        "says": button.says, "article": frame.law(button.article) if button.article else None, "version": button.version,
        "url": f"{frame.url_of(resource, record)}steps/{button.name}/", "refused": button.refused,
    }  # fmt: skip
    if not button.refused and (button.fields or button.asks):
        if form is None:  # on the page of the record the forms of several steps stand beside each other
            form = _form(resource, record, button, who)
            form.auto_id = f"id_{button.name}_%s"
        made["fields"] = list(form)
    return made


def _form(resource: Resource, record: Any, button: offering.Button, who: Actor, data: Any = None) -> forms.BaseForm:
    """What a button asks for: fields of the record, or people and states."""
    form: forms.BaseForm
    if button.fields:
        form = form_for(resource, by=who, names=button.fields, instance=record, data=data)
        for name in button.required:
            form.fields[name].required = True
        return form
    form = forms.Form(data=data)
    for ask in button.asks:
        form.fields[ask.name] = _asked(resource, record, ask, button, who)
    return form


def _asked(resource: Resource, record: Any, ask: offering.Ask, button: offering.Button, who: Actor) -> forms.Field:
    plan = plan_of(resource)
    if ask.kind == "flag":
        return forms.ChoiceField(
            label=ask.words, choices=[("1", _("同意")), ("0", _("不同意"))], widget=forms.RadioSelect
        )
    if ask.kind in ("user", "users") and plan is not None:
        people = offering.candidates(plan, record, button.verb, who)
        kind = forms.MultipleChoiceField if ask.kind == "users" else forms.ChoiceField
        return kind(label=ask.words, choices=people)
    if ask.kind == "parties" and plan is not None:
        choices = offering.parties(plan, record, who)
        said = _("送单位，由其中有会签权限的人员办理；送个人，由本人办理")
        return forms.MultipleChoiceField(
            label=ask.words, choices=choices, widget=forms.CheckboxSelectMultiple, help_text=said
        )
    return forms.ChoiceField(label=ask.words, choices=list(ask.options))


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, resource: Resource, pk: int, name: str) -> HttpResponse:
    """One step on one page; afterwards one stands at the record, or where it was."""
    who = frame.must_view(request, resource)
    record, plan = frame.row_of(resource, pk), plan_of(resource)
    button = next((one for one in flow.buttons_of(record, who) if one.name == name), None) if plan else None
    if button is None and request.method == "POST" and flow.done_with(record, request.POST.get("key", ""), who):
        return HttpResponseRedirect(frame.url_of(resource, record))
    if plan is None or button is None:
        raise Forbidden(
            _("现在不能办理这一步"),
            why=_("它不属于您，或记录已不在这个环节。"),
            instead=_("请返回记录页查看当前环节。"),
        )
    form = _form(resource, record, button, who, request.POST or None) if button.fields or button.asks else None
    refused: Refused | None = None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            return _done(request, resource, plan, button, form, pk)
        except (Forbidden, NotFound):
            raise
        except Refused as error:
            if form is None:
                raise
            refused = error
            if isinstance(form, RecordForm):
                form.mark(error.faults)
    frame.crumbs(request, resource, record)
    context = {"step": {**_words(resource, record, button, who, form), "back_url": frame.url_of(resource, record), "note_value": request.POST.get("note", "")}, "form": form or forms.Form(),
               "page": frame.page_of_step(resource, {"words": button.words, "article": button.article}, str(record)),
               "refusal": refused}  # fmt: skip
    return render(request, "kernel/step.html", context, status=422 if request.method == "POST" else 200)


def _done(
    request: HttpRequest, resource: Resource, plan: Plan, button: offering.Button, form: Any, pk: int
) -> HttpResponse:
    who, record = frame.actor(request), frame.row_of(resource, pk)
    data: dict[str, Any] = dict(form.cleaned_data) if form is not None else {}
    if isinstance(form, RecordForm):
        data = {name: form.cleaned_data[name] for name in button.fields}
    data["note"] = request.POST.get("note", "")
    flow.perform(
        plan,
        button.name,
        record,
        by=who,
        data=data,
        version=whole(request.POST.get("version")),
        key=request.POST.get("key", ""),
    )
    messages.success(request, frame.leading(_told(plan, button, record), who))
    return HttpResponseRedirect(frame.left_at(resource, record))


def _told(plan: Plan, button: offering.Button, record: Any) -> str:
    """What was done, and what came of it that goes on from here."""
    said = _("已办理：%(step)s，%(record)s") % {"step": button.words, "record": record}
    makes = plan.steps[button.name].makes if button.name in plan.steps else None
    after = type(record)._base_manager.filter(pk=record.pk).first() if makes is not None else None
    made = makes(after) if makes is not None and after is not None else None
    if made is None:
        return said
    return acts.Done(_("%(said)s。接着办理：%(made)s") % {"said": said, "made": made}, made)


@require_POST
def opened(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """This will note that a holder of the task has opened the record, after which the step before is not withdrawn."""
    flow.opened(frame.row_of(resource, pk), by=frame.must_view(request, resource))
    return HttpResponse(status=204)


def _routes(resource: Resource) -> list[URLPattern]:
    if plan_of(resource) is None:
        return []
    return [
        path("<int:pk>/steps/<slug:name>/", addresses.bound(step, resource), name="step"),
        path("<int:pk>/opened/", addresses.bound(opened, resource), name="opened"),
    ]


def waiting(who: Actor) -> dict[str, Any]:
    """The to-do list as the workbench shows it: by deadline, grouped by kind."""
    groups: dict[str, dict[str, Any]] = {}
    tasks = list(flow.todo(who)[:200])
    for task in tasks:
        group = groups.setdefault(task.flow, {"words": task.plan.words, "items": []})
        left = task.days_left(clock.today())
        group["items"].append(
            {
                "title": task.title,
                "url": url_of_task(task),
                "organ": "",
                "from": task.sender_name,
                "step": task.words,
                **due_words(left, task.unverified),
            }
        )
    return {"groups": list(groups.values()), "count": len(tasks), "empty": {"why": _("没有待办事项。")}}


def due_words(left: int | None, unverified: bool = False) -> dict[str, str]:
    """Days left as words and tone."""
    if left is None:
        return {"due_words": _("期限待核实") if unverified else "", "tone": ""}
    if left < 0:
        return {"due_words": _("已超期 %(n)s 天") % {"n": -left}, "tone": "red"}
    return {"due_words": _("还剩 %(n)s 天") % {"n": left}, "tone": "amber" if left <= SOON else ""}


def url_of_task(task: Any) -> str:
    """Where a task is done: the page of its record."""
    resource = BY_LABEL.get(task.kind)
    return frame.url_of(resource, task.record_id) if resource else ""


details.EXTRAS.append(_on_detail)
addresses.MORE.append(_routes)
more("baozhang.kernel.api.steps.addresses")
