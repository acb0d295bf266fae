"""Findings and the patrols that made them (article 41, paragraph 2)."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.kernel import told
from baozhang.kernel.record import Record
from baozhang.law.explain import figure_sentence
from baozhang.law.rules import title_of

from .choices import LIVE, Review, RunState, Severity, State
from .orders import Order, OrderFinding  # noqa: F401 -- the app's other tables


class Run(Record):
    """One patrol: its day, its rules, and what it counted. What it did to findings is in their ledger."""

    day = models.DateField(_("巡查日期"))
    state = models.CharField(_("状态"), max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    started = models.DateTimeField(_("开始时间"))
    ended = models.DateTimeField(_("结束时间"), null=True, blank=True)
    rules = models.JSONField(_("规则"), default=list, blank=True)
    organs = models.JSONField(_("限定单位"), default=list, blank=True)
    new = models.PositiveIntegerField(_("新发现"), default=0)
    changed = models.PositiveIntegerField(_("有变化"), default=0)
    resolved = models.PositiveIntegerField(_("已消除"), default=0)
    standing = models.PositiveIntegerField(_("在册线索"), default=0)
    counts = models.JSONField(_("各规则计数"), default=dict, blank=True)
    unjudged = models.JSONField(_("待核实的标准"), default=dict, blank=True)
    errors = models.JSONField(_("规则出错"), default=dict, blank=True)

    scope_field = None

    class Meta:
        verbose_name = _("巡查")
        ordering = ("-started",)
        constraints = [
            models.CheckConstraint(condition=Q(state=RunState.RUNNING, ended__isnull=True) | ~Q(state=RunState.RUNNING) & Q(ended__isnull=False),
                                   name="run_ends", violation_error_message=_("结束的巡查须有结束时间")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.day}"

    @property
    def batch(self) -> str:
        """This is the name of the ledger entries that the patrol made."""
        return f"patrol-{self.pk}"


class Finding(Record):
    """What a rule found wrong with one record: sentence, article, facts, figures in force, sum, remedy."""

    rule = models.CharField(_("规则"), max_length=60)
    kind = models.CharField(_("对象类别"), max_length=64)
    subject_id = models.BigIntegerField(_("对象"))
    subject_name = models.CharField(_("对象名称"), max_length=200)
    subject_version = models.PositiveIntegerField(_("对象版本"))
    key = models.CharField(_("区分"), max_length=120, blank=True, default="")
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="findings", null=True, blank=True, verbose_name=_("单位")
    )
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.OPEN)
    severity = models.CharField(_("程度"), max_length=10, choices=Severity.choices)
    sentence = models.CharField(_("问题"), max_length=500)
    article = models.CharField(_("条文"), max_length=40)
    facts = models.JSONField(_("事实"), default=dict, blank=True)
    figures = models.JSONField(_("依据的标准"), default=list, blank=True)
    context = models.JSONField(_("判断时所见"), default=dict, blank=True)
    amount = models.DecimalField(_("涉及金额"), max_digits=18, decimal_places=2, null=True, blank=True)
    remedy = models.CharField(_("处理建议"), max_length=500, blank=True, default="")
    told = models.JSONField(
        _("原话"), default=dict, blank=True, editable=False
    )  # by message and values, for either language
    digest = models.CharField(_("摘要"), max_length=64)
    first_day = models.DateField(_("首次发现日期"))
    judged_on = models.DateField(_("判断日期"))
    last_day = models.DateField(
        _("最后发现日期"),
        null=True,
        blank=True,
        help_text=_("消除之前最后一次巡查仍发现的日期；在册线索以最近一次巡查为准"),
    )
    resolved_on = models.DateField(_("消除日期"), null=True, blank=True)
    evidence = models.JSONField(_("消除依据"), default=dict, blank=True)
    review = models.CharField(_("核查结论"), max_length=10, choices=Review.choices, blank=True, default="")
    review_note = models.CharField(_("核查说明"), max_length=300, blank=True, default="")
    reviewer = models.CharField(_("核查人"), max_length=60, blank=True, default="")
    reviewed_on = models.DateField(_("核查日期"), null=True, blank=True)

    searched = ("subject_name", "sentence")

    class Meta:
        verbose_name = _("风险线索")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["rule", "kind", "subject_id", "key"], condition=Q(state__in=LIVE), name="one_live_finding",
                                    violation_error_message=_("同一问题已有在册线索")),
            models.CheckConstraint(condition=Q(state=State.RESOLVED, resolved_on__isnull=False) | ~Q(state=State.RESOLVED) & Q(resolved_on__isnull=True),
                                   name="finding_resolved", violation_error_message=_("已消除的线索须有消除日期")),
            models.CheckConstraint(condition=~Q(state=State.FALSE_ALARM) | Q(review=Review.FALSE), name="false_alarm_is_reviewed",
                                   violation_error_message=_("误报须经核查认定")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "state", "-id"], name="finding_organ"),
            models.Index(fields=["kind", "subject_id"], name="finding_subject"),
            models.Index(fields=["state", "severity", "-id"], name="finding_state"),
        ]

    def __str__(self) -> str:
        return f"{self.title}：{self.subject_name}"[:200]

    @property
    def title(self) -> str:
        """This is the title of the rule."""
        return title_of(self.rule)

    @property
    def words(self) -> str:
        """This is the sentence in the reader's language; as it was kept where its parts were not."""
        return told.say(self.told["sentence"]) if self.told else self.sentence

    @property
    def advice(self) -> str:
        """This is the remedy in the reader's language."""
        return told.say(self.told["remedy"]) if self.told else self.remedy

    @property
    def fact_words(self) -> dict[str, Any]:
        """These are the facts in the reader's language."""
        if not self.told:
            return self.facts
        return told.pairs(self.told["facts"])

    @property
    def figure_sentences(self) -> list[str]:
        """These are the figures read, each in words with document and day."""
        return [figure_sentence(figure) for figure in self.figures]

    @property
    def subject(self) -> Any:
        """This is the record itself as it is now; None where it is gone or not in scope."""
        model: Any = apps.get_model(self.kind)
        return model.objects.filter(pk=self.subject_id).first()

    @property
    def live(self) -> bool:
        """This is true while the patrol still finds it."""
        return self.state in LIVE
