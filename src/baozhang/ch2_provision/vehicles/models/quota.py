"""How many vehicles of a class a unit may have, from a day on, by a document (article 22)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.vehicles.choices import QuotaClass, QuotaState
from baozhang.kernel.columns import day, text, whole
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault


class Quota(Record):
    """One approval: a unit, a class, a number, a document; in force from its day until the next one of the class."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="vehicle_quotas", verbose_name=_("单位"))
    klass = models.CharField(_("编制类别"), max_length=14, choices=QuotaClass.choices)
    asked = models.PositiveIntegerField(_("申请核定数"))
    reason = text(_("申请理由"), 300, help_text=_("机构职能、人员编制、工作任务等核定依据"))
    number = whole(_("核定数"))
    document = text(_("核定文号"), 80)
    since = day(_("起始日期"))
    decided_by = text(_("核定机关"), 80)
    state = models.CharField(_("状态"), max_length=10, choices=QuotaState.choices, default=QuotaState.DRAFT)
    remarks = text(_("备注"), 200)

    searched = ("document", "organ.name")
    of_living = True
    stepped: ClassVar[Mapping[str, frozenset[str]]] = {"state": frozenset({QuotaState.DRAFT})}

    class Meta:
        app_label = "vehicles"
        verbose_name = _("车辆编制")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["organ", "klass", "since"], condition=Q(state=QuotaState.APPROVED), name="quota_once",
                                    violation_error_message=_("这一类别已有同一天起始的核定")),
            models.CheckConstraint(
                condition=~Q(state=QuotaState.APPROVED) | Q(number__isnull=False, since__isnull=False) & ~Q(document=""),
                name="quota_decided", violation_error_message=_("核定须有核定数、起始日期和核定文号")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "klass", "-since"], name="quota_organ")]

    def __str__(self) -> str:
        return f"{self.organ} {self.get_klass_display()} {self.asked if self.number is None else self.number}"

    def fixed(self) -> Fixed | None:
        """Once decided, a quota is not rewritten: a change is a new approval."""
        if self.state != QuotaState.APPROVED:
            return None
        names = ("organ", "klass", "asked", "number", "since", "document")
        return Fixed(names, gettext("已核定的编制不能修改"), gettext("编制变化的，请另行申请核定"))


class QuotaSheet(Record):
    """One row of the table of quotas as offices keep it: a unit and its numbers side by side."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("单位"))
    document = text(_("核定文号"), 80)
    since = day(_("起始日期"))
    general = whole(_("一般公务用车编制数"))
    leader = whole(_("领导干部用车编制数"))
    enforcement = whole(_("执法执勤用车编制数"))
    special = whole(_("特种专业技术用车编制数"))
    other = whole(_("其他用车编制数"))
    issued = models.BooleanField(_("已据此核定"), default=False, editable=False)

    natural = ("organ_id", "document")
    searched = ("document", "organ.name")

    class Meta:
        app_label = "vehicles"
        verbose_name = _("车辆编制核定表")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["organ", "document"], name="quota_sheet_once",
                                    violation_error_message=_("这个单位已有同一文号的核定表")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "issued"], name="quota_sheet_organ")]

    COLUMNS: ClassVar[Mapping[str, QuotaClass]] = {
        "general": QuotaClass.GENERAL, "leader": QuotaClass.LEADER, "enforcement": QuotaClass.ENFORCEMENT,
        "special": QuotaClass.SPECIAL, "other": QuotaClass.OTHER,
    }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organ} {self.document}".strip()

    @property
    def numbers(self) -> dict[QuotaClass, int]:
        """What the row says, by class; columns left empty say nothing."""
        return {klass: value for name, klass in self.COLUMNS.items() if (value := getattr(self, name)) is not None}

    def faults(self) -> Iterable[Any]:
        """A row without any number; one that was issued and would be rewritten."""
        if not self.numbers:
            yield Fault(gettext("没有填写任何编制数"), "general", column=gettext("一般公务用车编制数"))
        if self.pk and self.issued:
            was = QuotaSheet._base_manager.filter(pk=self.pk, issued=True).values_list(
                "document", "since", *self.COLUMNS
            )
            row = was.first()
            if row is not None and row != tuple(getattr(self, name) for name in ("document", "since", *self.COLUMNS)):
                yield Fault(gettext("已据此核定，不能修改"), "document", self.document, column=gettext("核定文号"))
