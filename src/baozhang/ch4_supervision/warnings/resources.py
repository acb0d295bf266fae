"""What each field of a finding and of a patrol is for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.kernel import access
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Computed, Group, Resource, register
from baozhang.law.articles import cite
from baozhang.law.rules import rules, title_of

from .actions import REVIEW, review
from .choices import COLOURS, Review, RunState
from .models import Finding, Run
from .ordering import FINDING_ACTS
from .views import FINDING_PAGES

access.permission(REVIEW, gettext_lazy("核查风险线索"))


def _judge(verdict: Review) -> Any:
    def run(records: Sequence[Finding], *, by: Actor, note: str, values: dict[str, Any]) -> str:
        count = review(records, verdict=verdict, note=note, by=by)
        return _("已核查 %(count)s 条线索：%(verdict)s") % {"count": count, "verdict": verdict.label}

    return run


def _kind_words(finding: Finding) -> str:
    return str(apps.get_model(finding.kind)._meta.verbose_name)


def _rules() -> list[tuple[str, str]]:
    """The rules that there are, each once, in the order of the articles that they rest on."""
    return list(
        {
            one.name: title_of(one.name)
            for one in sorted(rules(), key=lambda one: (cite(one.article).article, one.name))
        }.items()
    )


def _kinds() -> list[tuple[str, str]]:
    """The classes of record that rules look at."""
    return [(kind, str(apps.get_model(kind)._meta.verbose_name)) for kind in sorted({one.subject for one in rules()})]


@register
class Findings(Resource):
    """What the rules found."""

    model = Finding
    slug = "warnings/findings"
    article = "第四十一条第二款"
    chapter = "supervision"
    words = pgettext_lazy("list", "风险线索")
    icon = "exclamation-triangle"
    purpose = gettext_lazy("规则巡查发现的问题：哪一条、什么标准、什么事实、怎么办")
    columns = ("problem", "severity", "organ", "amount", "state", "cited", "first_day")
    more_columns = (
        "sentence",
        "rule_title",
        "subject_name",
        "article",
        "resolved_on",
        "review",
        "remedy",
        "kind_words",
        "kind",
        "facts",
        "reviewer",
        "reviewed_on",
    )
    groups = (
        Group(gettext_lazy("问题"), ("rule_title", "problem", "cited", "severity", "amount", "advice", "state")),
        Group(
            gettext_lazy("对象"),
            ("organ", "subject_name", "kind_words", "first_day", "judged_on", "last_day", "resolved_on"),
        ),
        Group(gettext_lazy("依据"), ("fact_lines", "figure_sentences")),
        Group(
            gettext_lazy("核查"),
            ("review", "review_note", "reviewer", "reviewed_on"),
            when=lambda finding: bool(finding.review),
        ),
        Group(gettext_lazy("消除"), ("evidence",), when=lambda finding: finding.resolved_on is not None),
    )
    computed = {
        "kind_words": Computed(gettext_lazy("对象类型"), _kind_words),
        "problem": Computed(gettext_lazy("问题"), lambda finding: finding.words),
        "advice": Computed(gettext_lazy("处理建议"), lambda finding: finding.advice),
        "fact_lines": Computed(
            gettext_lazy("事实"),
            lambda finding: "\n".join(
                f"{name}：{value}" for name, value in finding.fact_words.items() if value not in (None, "")
            ),
        ),
        "rule_title": Computed(gettext_lazy("规则"), lambda finding: finding.title),
        "cited": Computed(gettext_lazy("条文"), lambda finding: finding.article, "law"),
        "figure_sentences": Computed(gettext_lazy("依据的标准"), lambda finding: "\n".join(finding.figure_sentences)),
    }
    readonly = frozenset(
        {"sentence", "article", "severity", "amount", "remedy", "state", "organ", "subject_name", "kind", "first_day", "judged_on",
         "last_day", "resolved_on", "facts", "review", "review_note", "reviewer", "reviewed_on", "evidence"}
    )  # fmt: skip
    filters = ("organ", "state", "severity", "rule", "kind", "article", "review")
    offers: ClassVar[Any] = {"rule": _rules, "kind": _kinds}
    sorts = ("first_day", "amount")
    units = {"amount": gettext_lazy("元")}
    key_facts = ("severity", "amount", "state")
    state = "state"
    colours = COLOURS
    importable = False
    addable = False
    acts = {
        "true": Act(gettext_lazy("属实"), REVIEW, _judge(Review.TRUE), article="第四十一条第二款", icon="check"),
        "false": Act(
            gettext_lazy("误报"),
            REVIEW,
            _judge(Review.FALSE),
            needs_note=True,
            article="第四十一条第二款",
            icon="x-mark",
        ),
        "explained": Act(
            gettext_lazy("已说明"),
            REVIEW,
            _judge(Review.EXPLAINED),
            needs_note=True,
            article="第四十一条第二款",
            icon="chat-bubble-left-right",
        ),
        **FINDING_ACTS,
    }
    pages = FINDING_PAGES


@register
class Runs(Resource):
    """What each patrol counted."""

    model = Run
    slug = "warnings/runs"
    article = "第四十一条第二款"
    chapter = "supervision"
    words = pgettext_lazy("list", "巡查")
    icon = "signal"
    purpose = gettext_lazy("每次巡查的日期、各规则的计数，以及因标准待核实而没有判断的项目")
    columns = ("day", "state", "started", "ended", "new", "changed", "resolved", "standing")
    groups = (
        Group(gettext_lazy("巡查"), ("day", "state", "started", "ended")),
        Group(gettext_lazy("计数"), ("new", "changed", "resolved", "standing")),
        Group(gettext_lazy("没有判断"), ("unjudged", "errors")),
    )
    readonly = frozenset(
        {"day", "state", "started", "ended", "new", "changed", "resolved", "standing", "counts", "unjudged", "errors"}
    )
    filters = ("state",)
    sorts = ("day",)
    units = {name: gettext_lazy("条") for name in ("new", "changed", "resolved", "standing")}
    state = "state"
    colours = {RunState.RUNNING: "amber", RunState.DONE: "green", RunState.BROKEN: "red"}
    importable = False
    addable = False


_SEEN = ["warnings.finding:view", "warnings.finding:export"]
access.grant(roles.AGENCY, _SEEN, Reach.OWN)
access.grant((roles.SUPERVISOR, roles.STANDARDS_OFFICER, roles.FINANCE_OFFICER), _SEEN, Reach.JURISDICTION)
access.grant((roles.SUPPORT_HEAD, roles.AUDITOR), _SEEN, Reach.BELOW)
access.grant((roles.SUPERVISOR, roles.SUPPORT_HEAD), REVIEW, Reach.JURISDICTION)
access.grant((*roles.AUTHORITY, roles.AUDITOR), "warnings.run:view", Reach.OWN)
