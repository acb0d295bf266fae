"""A standard: a set of figures that an authority issues from a day (articles 7 and 12)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Jurisdiction, Organization
from baozhang.ch3_mechanisms.standards.choices import EDITABLE, ISSUED, State
from baozhang.kernel import clock
from baozhang.kernel.plain import differing
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

# What may still change in a row, by the state in which it is kept; the database's triggers say the same once more.
_LOOSE = {
    State.SUBMITTED: {"state", "issued_on", "issued_at"},
    State.PUBLISHED: {"state", "valid_to", "document"},
}


class Standard(Record):
    """A set of figures with its issuing authority, document and day; once published it is replaced, never changed."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="standards", verbose_name=_("发布机关"))
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="standards", verbose_name=_("适用区划"), editable=False
    )
    title = models.CharField(
        _("标准名称"), max_length=100, help_text=_("写明年份或版次，如“通用办公设备配置标准（2026年版）”")
    )
    document = models.CharField(_("发文字号"), max_length=60, blank=True, editable=False)
    source = models.CharField(
        _("制定依据"), max_length=200, blank=True, help_text=_("上位标准、市场价格调查或会议纪要")
    )
    valid_from = models.DateField(_("施行日期"), help_text=_("此日之前的事实仍按原标准判断"))
    valid_to = models.DateField(_("失效日期"), null=True, blank=True, help_text=_("没有期限的不填"))
    review_due = models.DateField(
        _("复审日期"), null=True, blank=True, help_text=_("到期未复审的，由巡查提示（第三十七条）")
    )
    note = models.TextField(_("说明"), blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    issued_on = models.DateField(_("发布日期"), null=True, blank=True, editable=False)
    issued_at = models.DateTimeField(_("发布时间"), null=True, blank=True, editable=False, db_index=True)

    natural = ("title", "organ_id")
    called = ("title",)
    searched = ("title", "document", "source")
    stepped = {"state": frozenset({State.DRAFT})}
    loose = ("state", frozenset({"draft", "returned"}))

    class Meta:
        verbose_name = _("配置标准")
        ordering = ("-valid_from", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "title"],
                name="standard_once",
                violation_error_message=_("已有同名的标准，新的版次请在名称中写明年份"),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="standard_period",
                violation_error_message=_("失效日期早于施行日期"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ISSUED) | Q(issued_on__isnull=False, issued_at__isnull=False),
                name="standard_issued",
                violation_error_message=_("已发布的标准须有发布日期"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def visible(cls, actor: Any, organs: frozenset[int] | None) -> Q | None:
        """What is published is seen by all who may look at standards; a draft by its own authority."""
        return (
            None if organs is None else Q(state__in=ISSUED) | Q(organ_id__in=sorted(organs)) if organs else Q(pk__in=[])
        )

    @property
    def editable(self) -> bool:
        """This is true while the draft may be worked on."""
        return self.state in EDITABLE

    @property
    def issued(self) -> bool:
        """This is true once it has been published."""
        return self.state in ISSUED

    @property
    def place(self) -> str:
        """This is the path of the jurisdiction (310000/310117) that the standard is for."""
        return self.jurisdiction.path.rstrip("/")

    def derive(self) -> None:
        """This will set the jurisdiction from the issuing authority, and the moment of publication."""
        if self.organ_id:
            self.jurisdiction_id = self.organ.jurisdiction_id
        if self.state == State.PUBLISHED and self.issued_at is None:
            self.issued_on, self.issued_at = clock.today(), clock.now()

    def faults(self) -> Iterable[Any]:
        """A change to what has been submitted or published."""
        stored = Standard._base_manager.filter(pk=self.pk).values_list("state", flat=True).first() if self.pk else None
        if stored is None or stored in EDITABLE:
            return
        for field in differing(self, _LOOSE.get(State(stored), ())):
            yield Fault(
                _("“%(state)s”的标准不能修改") % {"state": State(stored).label},
                field.name,
                column=str(field.verbose_name),
                remedy=str(_("请起草新版本，自新的日期起施行。")),
            )
