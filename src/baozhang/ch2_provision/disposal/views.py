"""Screens that are more than a resource: what a case still lacks, and its papers by kind."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from baozhang.kernel import cells, clock
from baozhang.kernel.access import Actor
from baozhang.kernel.refusal import Invalid
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import details, frame

from .actions.papers import file_paper
from .choices import PaperKind, State
from .flows import CaseFlow
from .models import Case, Paper
from .models.case import ATTACH
from .queries.needs import NEXT, Need, missing


def _step_of(case: Case) -> str:
    """The name of the step before which a case stands and that wants something."""
    return NEXT.get(State(case.state), "") if case.state != State.EXECUTING or case.form != "loss" else "book_loss"


def _notices(case: Case, base: str, who: Actor) -> list[dict[str, Any]]:
    step = _step_of(case)
    if not step:
        return []
    words = CaseFlow.plan.steps[step].words
    may = who.can(ATTACH, case.organ_id)
    return [_notice(need, words, base, may) for need in missing(case, step, clock.today())]


def _notice(need: Need, step: Any, base: str, may: bool) -> dict[str, Any]:
    said = _("“%(step)s”之前：%(need)s（%(article)s）。%(instead)s") % {
        "step": step, "need": need.words, "article": need.article, "instead": need.instead,
    }  # fmt: skip
    made: dict[str, Any] = {"tone": "amber", "words": said}
    if need.paper and may:
        made |= {"url": f"{base}papers/?kind={need.paper}", "url_words": _("上传")}
    return made


def _on_case(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """What is still missing, on top of the page; and the papers by what they prove."""
    if resource.label != "disposal.case":
        return {}
    base = frame.url_of(resource, record)
    rows = [{"words": paper.get_kind_display(), "value": _link(paper, base)} for paper in _papers(record)]
    made: dict[str, Any] = {"notices": _notices(record, base, who)}
    if rows:
        made["panels"] = [{"title": _("材料"), "rows": rows}]
    return made


def _papers(case: Case) -> list[Any]:
    rows = Paper._base_manager.filter(case_id=case.pk, attachment__removed=False)
    return list(rows.select_related("attachment").order_by("kind", "pk"))


def _link(paper: Any, base: str) -> SafeString:
    return format_html('<a href="{}attachments/{}/">{}</a>', base, paper.attachment_id, paper.attachment.name)


class PaperForm(forms.Form):
    """A file and what it proves."""

    kind = forms.ChoiceField(choices=PaperKind.choices)
    file = forms.FileField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].label, self.fields["file"].label = _("材料种类"), _("文件")


@require_http_methods(["GET", "POST"])
def papers_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The papers of a case: what is wanted before the next step, what is there, and a form to add one."""
    who = frame.must_view(request, resource)
    case: Any = frame.row_of(resource, pk, "organ")
    may = who.can(ATTACH, case.organ_id)
    form = PaperForm(request.POST or None, request.FILES or None, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST":
        who.must(ATTACH, case.organ_id)
        if not form.is_valid():
            raise Invalid(_("请选择材料种类和文件"), instead=_("选择后再上传。"))
        file = form.cleaned_data["file"]
        paper = file_paper(case, form.cleaned_data["kind"], file, file.name, by=who)
        messages.success(
            request, _("已登记材料：%(kind)s，%(name)s") % {"kind": paper.get_kind_display(), "name": paper}
        )  # type: ignore[attr-defined]
        return HttpResponseRedirect(frame.url_of(resource, case))
    step = _step_of(case)
    wanted = [need for need in missing(case, step, clock.today()) if need.paper] if step else []
    frame.crumbs(request, resource, case)
    context = {
        "case": case, "form": form, "may": may, "table": _table(case, frame.url_of(resource, case)),
        "wanted": [{"words": need.words, "article": frame.law(need.article)} for need in wanted],
        "page": frame.page(resource, _("材料：%(case)s") % {"case": case}, purpose=_("每份材料写明证明什么；缺少的会挡住下一步")),
    }  # fmt: skip
    return render(request, "disposal/papers.html", context)


def _table(case: Case, base: str) -> dict[str, Any]:
    words = (_("材料种类"), _("文件"), _("上传人"), _("上传时间"))
    rows = [
        {"url": f"{base}attachments/{paper.attachment_id}/",
         "cells": [paper.get_kind_display(), paper.attachment.name, paper.attachment.by_name, cells.moment(paper.attachment.at)]}
        for paper in _papers(case)
    ]  # fmt: skip
    return {"columns": [{"words": word, "kind": "text"} for word in words], "rows": rows}


details.EXTRAS.append(_on_case)
