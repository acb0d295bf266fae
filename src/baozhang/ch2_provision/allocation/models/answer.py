"""What stock could offer when it was asked: the record without which nothing may be bought (article 12, paragraph 2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.allocation.choices import Looked, Verdict
from baozhang.kernel.columns import text
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .need import Need


class Answer(Record):
    """One answer that ended without enough stock: the candidates looked at, the moment, the standing, reason and review."""

    need = models.ForeignKey(Need, models.PROTECT, related_name="answers", verbose_name=_("配置需求"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("需求单位"), db_index=False
    )
    kind = models.CharField(_("结论"), max_length=10, choices=Looked.choices)
    at = models.DateTimeField(_("查找时间"))
    day = models.DateField(_("查找日期"))
    looked = models.PositiveIntegerField(
        _("查到的候选"), default=0, help_text=_("当时可用的候选总数，含没有逐一列出的")
    )
    candidates = models.JSONField(_("候选清单"), default=list, blank=True)
    standing = models.JSONField(_("标准和存量"), default=dict, blank=True)
    accepted = models.PositiveIntegerField(_("已从存量落实"), default=0)
    left = models.PositiveIntegerField(_("尚缺数量"))
    reason = text(_("不适用的理由"), 500)
    verdict = models.CharField(_("复核结论"), max_length=10, choices=Verdict.choices, default=Verdict.OPEN)
    opinion = text(_("复核意见"), 500)
    reviewer = text(_("复核人"), 60)
    reviewed_on = models.DateField(_("复核日期"), null=True, blank=True)

    searched = ("need.name", "reason")
    loose = ("", frozenset())

    class Meta:
        app_label = "allocation"
        verbose_name = _("存量查找记录")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(left__gte=1), name="answer_left", violation_error_message=_("没有尚缺的数量")),
            models.CheckConstraint(condition=~Q(kind=Looked.DECLINED) | ~Q(reason=""), name="answer_reason",
                                   violation_error_message=_("有候选而不用的，须写明理由")),
            models.CheckConstraint(
                condition=~Q(verdict__in=(Verdict.AGREED, Verdict.INSISTED)) | Q(reviewed_on__isnull=False) & ~Q(reviewer=""),
                name="answer_reviewed", violation_error_message=_("复核须有复核人和日期")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "-id"], name="answer_organ")]

    def __str__(self) -> str:
        return gettext("%(need)s：%(kind)s") % {"need": self.need, "kind": self.get_kind_display()}

    @property
    def opens(self) -> bool:
        """This is true where the record lets the rest be bought, built or rented."""
        return self.verdict in (Verdict.NOT_NEEDED, Verdict.AGREED)

    def faults(self) -> Iterable[Any]:
        """A decline without its reason."""
        if self.kind == Looked.DECLINED and not self.reason.strip():
            yield Fault(gettext("有候选而不用的，须写明理由"), "reason", column=gettext("不适用的理由"))
