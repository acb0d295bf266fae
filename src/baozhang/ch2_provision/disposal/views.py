"""Screens that are more than a resource: what a case still lacks, and its papers by kind."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from baozhang.ch2_provision.assets.models import Income, Voucher
from baozhang.kernel import cells, clock, sent
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import files, typeset
from baozhang.kernel.refusal import Invalid, Refused
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import details, frame, papers

from .actions.papers import file_paper
from .choices import OVER, PaperKind, State
from .flows import CaseFlow
from .hooks import issuer_of
from .models import Case, Paper
from .models.case import ATTACH
from .queries.assessing import lines_of
from .queries.needs import NEXT, Need, missing
from .wording import paper


def _step_of(case: Case) -> str:
    """The name of the step before which a case stands and that wants something."""
    return NEXT.get(State(case.state), "") if case.state != State.EXECUTING or case.form != "loss" else "book_loss"


def _notices(case: Case, base: str, who: Actor) -> list[dict[str, Any]]:
    step = _step_of(case)
    if not step:
        return []
    words = CaseFlow.plan.steps[step].words
    may = who.can(ATTACH, case.organ_id)
    return [_notice(need, words, base, may, case.pk) for need in missing(case, step, clock.today())]


def _notice(need: Need, step: Any, base: str, may: bool, pk: int) -> dict[str, Any]:
    said = _("“%(step)s”之前：%(need)s（%(article)s）。%(instead)s") % {
        "step": step, "need": need.words, "article": need.article, "instead": need.instead,
    }  # fmt: skip
    made: dict[str, Any] = {"tone": "amber", "words": said}
    if need.paper and may:
        made |= {"url": f"{base}papers/?kind={need.paper}", "url_words": _("上传")}
    if need.income:
        made |= {"url": f"{frame.list_url(BY_LABEL['assets.income'])}{need.income}/", "url_words": _("登记缴库")}
    if need.swap:
        made |= {"url": f"{frame.list_url(BY_LABEL['disposal.incoming'])}?case={pk}", "url_words": _("换入资产")}
    if need.lines:
        made |= {"url": f"{lines_url(pk)}&screen=asked&screen=explained", "url_words": _("查看这些卡片")}
    return made


def lines_url(pk: int) -> str:
    """Where the cards of a case are listed, page by page."""
    return f"{frame.list_url(BY_LABEL['disposal.line'])}?case={pk}"


def _early(case: Case) -> list[dict[str, Any]]:
    """Those who decide see at once that something would go before its years, and why."""
    if case.state in OVER:
        return []
    return _too_young(case) + _consented(case)


def _consented(case: Case) -> list[dict[str, Any]]:
    """Why nobody asks for an opinion on a vehicle that goes before its years: its renewal was approved as an early one."""
    rows = case.lines.filter(early=False, outcome="").exclude(card__early_consent="").select_related("card")[:3]
    words = _("%(card)s 已批准提前更新（%(consent)s），未满年限的不另附鉴定意见（第二十二条）。")
    return [
        {"tone": "blue", "words": words % {"card": row.card, "consent": row.card.early_consent}, "url": ""}
        for row in rows
    ]


def _too_young(case: Case) -> list[dict[str, Any]]:
    if not case.early:
        return []
    said = _("%(n)d 张卡片未达到最低使用年限（第十二条第一款）。%(why)s") % {
        "n": case.early, "why": case.early_reason or _("还没有写明理由。"),
    }  # fmt: skip
    return [{"tone": "red", "words": said, "url": f"{lines_url(case.pk)}&early=true", "url_words": _("查看这些卡片")}]


def _on_case(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """What is still missing, on top of the page; and the papers by what they prove."""
    if resource.label != "disposal.case":
        return {}
    base = frame.url_of(resource, record)
    rows = [{"words": one.get_kind_display(), "value": _link(one, base)} for one in _papers(record)]
    made: dict[str, Any] = {"notices": _early(record) + _notices(record, base, who)}
    made["actions"] = [{"words": _("处置明细"), "url": lines_url(record.pk), "icon": "list-bullet", "kind": ""}]
    made["panels"] = [{"title": _("材料"), "rows": rows}] if rows else []
    if money := _money(record, who):
        made["panels"].append({"title": _("缴库和凭证"), "rows": money})
    return made


def _money(case: Case, who: Actor) -> list[dict[str, Any]]:
    """What the case owes and paid, its vouchers and those of its payments: one opens them from here."""
    own = Q(source_kind=case.label, source_id=case.pk)
    dues = Income._base_manager.filter(own).order_by("pk")
    found: list[Any] = list(dues) if who.can(Income.right("view"), case.organ_id) else []
    if who.can(Voucher.right("view"), case.organ_id):
        paid = Q(source_kind=Income._meta.label_lower, source_id__in=dues.order_by().values("pk"))
        found += Voucher._base_manager.filter(own | paid).order_by("pk")
    return [
        {
            "words": str(one._meta.verbose_name),
            "value": format_html('<a href="{}">{}</a>', frame.url_of(BY_LABEL[one.label], one), one),
            "wide": True,
        }
        for one in found
    ]


def _papers(case: Case) -> list[Any]:
    rows = Paper._base_manager.filter(case_id=case.pk, attachment__removed=False)
    return list(rows.select_related("attachment").order_by("kind", "pk"))


def _link(filed: Any, base: str) -> SafeString:
    return format_html('<a href="{}attachments/{}/">{}</a>', base, filed.attachment_id, filed.attachment.name)


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
    step = _step_of(case)
    wanted = [need for need in missing(case, step, clock.today()) if need.paper] if step else []
    meant = request.GET.get("kind") or next((need.paper for need in wanted), "")
    form = PaperForm(request.POST or None, request.FILES or None, initial={"kind": meant})
    if request.method == "POST":
        who.must(ATTACH, case.organ_id)
        return sent.do(request, lambda: _filed(request, resource, case, form, who))
    frame.crumbs(request, resource, case)
    context = {
        "case": case, "form": form, "may": may, "table": _table(case, frame.url_of(resource, case)),
        "wanted": [{"words": need.words, "article": frame.law(need.article)} for need in wanted],
        "page": frame.page(resource, _("材料：%(case)s") % {"case": case}, purpose=_("每份材料写明证明什么；缺少的会挡住下一步")),
    }  # fmt: skip
    return render(request, "disposal/papers.html", context)


def _filed(request: HttpRequest, resource: Resource, case: Case, form: PaperForm, who: Actor) -> str:
    if not form.is_valid():
        raise Invalid(_("请选择材料种类和文件"), instead=_("选择后再上传。"))
    file = form.cleaned_data["file"]
    paper = file_paper(case, form.cleaned_data["kind"], file, file.name, by=who)
    messages.success(request, _("已登记材料：%(kind)s，%(name)s") % {"kind": paper.get_kind_display(), "name": paper})
    return frame.url_of(resource, case)


def _table(case: Case, base: str) -> dict[str, Any]:
    words = (_("材料种类"), _("文件"), _("上传人"), _("上传时间"))
    rows = [
        {"url": f"{base}attachments/{one.attachment_id}/",
         "cells": [one.get_kind_display(), one.attachment.name, one.attachment.by_name, cells.moment(one.attachment.at)]}
        for one in _papers(case)
    ]  # fmt: skip
    return {"columns": [{"words": word, "kind": "text"} for word in words], "rows": rows}


@require_GET
def reply_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The reply or receipt as it was issued; before that, as it would be, without a number and marked as a draft."""
    frame.must_view(request, resource)
    case: Any = frame.row_of(resource, pk, "organ", "receiver", "document")
    if case.document is not None:
        return papers.answer(files.read(case.document), str(case.document))
    if not case.lane:
        raise Refused(
            _("还没有批复"),
            why=_("提交内部决策后才能确定由谁批准。"),
            article=resource.article,
            instead=_("请先提交。"),
        )
    issuer, also, _right = issuer_of(case)
    content = paper(case, lines_of(case), issuer=issuer, also=also, day=clock.today())
    return papers.answer(typeset.pdf(content), _("草稿 %(title)s") % {"title": content.title})


details.EXTRAS.append(_on_case)
