"""What the detectors propose, and the application by which an agency brings things in (article 15)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.choices import (
    PROPOSAL_LIVE,
    EntryState,
    Keeping,
    Listing,
    Origin,
    ProposalState,
    Reason,
)
from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record

from .sides import of_sides
from .store import Store


class Entry(Record):
    """An agency's application to bring things into the warehouse, one or many."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="entries", verbose_name=_("申请单位"))
    authority = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("公物仓管理部门"))
    title = models.CharField(_("申请事项"), max_length=100)
    keeping = models.CharField(_("存放方式"), max_length=10, choices=Keeping.choices, default=Keeping.VIRTUAL)
    store = models.ForeignKey(
        Store, models.PROTECT, null=True, blank=True, related_name="entries", verbose_name=_("送交仓库")
    )
    listing = models.CharField(_("公示范围"), max_length=8, choices=Listing.choices, default=Listing.LEVEL)
    decision = models.CharField(
        _("内部决策"), max_length=200, blank=True, default="", help_text=_("会议名称、日期或审批单号")
    )
    state = models.CharField(_("办理状态"), max_length=10, choices=EntryState.choices, default=EntryState.DRAFT)
    checked_on = models.DateField(_("初审日期"), null=True, blank=True)
    stored_on = models.DateField(_("办结日期"), null=True, blank=True)
    receipt = models.ForeignKey(
        "kernel.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("入仓凭证")
    )

    searched = ("title", "organ.name")
    loose = ("state", frozenset({"draft"}))

    class Meta:
        app_label = "warehouse"
        verbose_name = _("入仓申请")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="stored", stored_on__isnull=False) | ~Q(state="stored") & Q(stored_on__isnull=True),
                name="entry_stored", violation_error_message=_("办结的入仓申请须有办结日期")),
            models.CheckConstraint(condition=Q(keeping="physical") | Q(store__isnull=True), name="entry_virtual",
                                   violation_error_message=_("虚拟入仓不填写仓库")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "state"], name="entry_organ")]

    def derive(self) -> None:
        """This will set the day on which it came to its end."""
        if self.state == EntryState.STORED and self.stored_on is None:
            self.stored_on = clock.today()

    def __str__(self) -> str:
        return self.title

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """The applicant's, and those that the actor's authority decides."""
        return of_sides(organs, "organ_id", "authority_id")


class Proposal(Record):
    """What a detector says should enter, with the item of article 15 and the facts; the agency answers."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="proposals", verbose_name=_("单位"))
    authority = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("公物仓管理部门"))
    card = models.ForeignKey(Card, models.PROTECT, related_name="proposals", verbose_name=_("资产卡片"))
    reason = models.CharField(_("应入仓情形"), max_length=8, choices=Reason.choices)
    article = models.CharField(_("依据条文"), max_length=40)
    sentence = models.CharField(_("提请理由"), max_length=500)
    facts = models.JSONField(_("所据事实"), default=dict, blank=True)
    figures = models.JSONField(_("所据标准"), default=list, blank=True)
    value = models.DecimalField(_("资产原值"), max_digits=16, decimal_places=2)
    state = models.CharField(_("答复状态"), max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    origin = models.CharField(_("提出来源"), max_length=10, choices=Origin.choices, default=Origin.DETECTED)
    proposed_on = models.DateField(_("提出日期"))
    answer = models.CharField(_("不同意的理由"), max_length=300, blank=True, default="",
                              help_text=_("写明本单位还要怎样使用、何时使用，或者不适宜入仓的事实"))  # fmt: skip
    answered_on = models.DateField(_("答复日期"), null=True, blank=True)
    entry = models.ForeignKey(
        Entry, models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name=_("入仓申请")
    )

    searched = ("sentence", "card.number", "card.name", "organ.name")
    loose = ("state", frozenset({"open"}))

    class Meta:
        app_label = "warehouse"
        verbose_name = _("入仓建议")
        constraints = [
            models.UniqueConstraint(fields=["card", "reason"], condition=Q(state__in=PROPOSAL_LIVE), name="proposal_once",
                                    violation_error_message=_("这张卡片已有同样情形的入仓建议")),
            models.CheckConstraint(condition=~Q(state__in=("declined", "excused")) | ~Q(answer=""), name="proposal_declined_has_reason",
                                   violation_error_message=_("不同意入仓须写明理由")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "state"], name="proposal_organ"),
            models.Index(fields=["state", "proposed_on"], name="proposal_state"),
        ]

    def __str__(self) -> str:
        return self.sentence[:80]

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """The agency's, and those that the actor's authority reviews."""
        return of_sides(organs, "organ_id", "authority_id")
