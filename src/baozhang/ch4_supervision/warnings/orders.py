"""Risk warnings and orders to rectify, and the findings that each is about (articles 41, paragraph 2, and 44)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import authority_above, authority_of
from baozhang.kernel import access, ledger, told
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault
from baozhang.kernel.scope import organ_condition

from .choices import OrderKind, OrderState, Result, Violation

DRAFT = access.permission("warnings.order:draft", _("起草预警和整改通知"))
ISSUE = access.permission("warnings.order:issue", _("签发预警和整改通知"))
RECHECK = access.permission("warnings.order:recheck", _("复查整改情况"))
SIGNED = "step:OrderFlow.issue"  # the ledger act of the signature


def issuer_of(organ: Organization) -> Organization | None:
    """This is the authority that orders an organ: of its own level, and above itself where it is that authority."""
    found = authority_of(organ)
    return (authority_above(organ) or found) if found is not None and found.pk == organ.pk else found


class Order(Record):
    """A risk warning or an order to rectify, from the draft to the re-check."""

    kind = models.CharField(_("类别"), max_length=10, choices=OrderKind.choices)
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="orders", verbose_name=_("被监督单位"))
    issuer = models.ForeignKey(Organization, models.PROTECT, related_name="issued_orders", verbose_name=_("发出单位"))
    title = models.CharField(_("标题"), max_length=100)
    demand = models.TextField(_("整改要求"), max_length=8000)
    set_due = models.DateField(
        _("人工确定的期限"), null=True, blank=True, help_text=_("按标准计算的期限不适用或尚未核实时填写，须为工作日")
    )
    set_due_reason = models.CharField(_("确定期限的理由"), max_length=200, blank=True, default="")
    violation = models.CharField(
        _("违规情形"),
        max_length=10,
        choices=Violation.choices,
        blank=True,
        default="",
        help_text=_("第四十四条列举的情形"),
    )
    state = models.CharField(_("状态"), max_length=10, choices=OrderState.choices, default=OrderState.DRAFT)
    issued_on = models.DateField(_("发出日期"), null=True, blank=True)
    due = models.DateField(_("期限"), null=True, blank=True)
    provisional = models.BooleanField(_("期限待节假日公布"), default=False)
    number = models.CharField(_("发文字号"), max_length=60, blank=True, default="")
    document = models.ForeignKey(
        "kernel.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("公文")
    )
    referral = models.ForeignKey(
        "kernel.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("移送函")
    )
    reply = models.TextField(
        _("整改情况"),
        max_length=8000,
        blank=True,
        default="",
        help_text=_("逐项写明怎样整改、结果如何；佐证材料作为附件上传"),
    )
    overrule = models.CharField(
        _("仍予销号的理由"), max_length=500, blank=True, default="", help_text=_("复查发现问题仍存在而予销号时填写")
    )
    round = models.PositiveSmallIntegerField(_("整改次数"), default=1)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)

    searched = ("number", "title", "organ.name")

    class Meta:
        app_label = "warnings"
        verbose_name = _("预警和整改通知")
        constraints = [
            models.CheckConstraint(condition=Q(set_due__isnull=True) | ~Q(set_due_reason=""), name="order_due_has_reason",
                                   violation_error_message=_("人工确定期限须写明理由")),
            models.CheckConstraint(condition=Q(issued_on__isnull=True, document__isnull=True, number="")
                                   | Q(issued_on__isnull=False, document__isnull=False) & ~Q(number=""),
                                   name="order_issued_has_number", violation_error_message=_("发出的文书须有发文字号和公文")),
            models.CheckConstraint(condition=~Q(state__in=("draft", "submitted")) | Q(issued_on__isnull=True), name="order_draft_not_issued",
                                   violation_error_message=_("拟稿中的文书尚未发出")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "state", "-id"], name="order_organ"),
            models.Index(fields=["issuer", "state", "-id"], name="order_issuer"),
            models.Index(fields=["due", "id"], name="order_due"),
        ]

    def __str__(self) -> str:
        return f"{self.number or self.get_kind_display()} {self.title}"

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """What was issued to an organ within reach, and all that the actor's own authority is at work on.

        A draft is seen by those alone who may draft, issue or re-check in the authority that writes it.
        """
        issued = Q(issued_on__isnull=False)
        seen = issued if organs is None else issued & Q(organ_id__in=sorted(organs))
        for right in (DRAFT, ISSUE, RECHECK):
            own = organ_condition("issuer_id", actor.where(right))
            if own is None:
                return None
            seen |= own
        return seen

    def told_from(self, actor: Actor) -> int:
        """This is where its history begins for an actor: for all but the issuing authority, with the signature."""
        if any(actor.can(right, self.issuer_id) for right in (DRAFT, ISSUE, RECHECK)):
            return 1
        signed = ledger.history(self.label, self.pk).filter(act=SIGNED).order_by("seq").first()
        return signed.seq if signed is not None else self.version + 1

    def derive(self) -> None:
        """This will look up the authority that orders; nobody chooses it."""
        if not self.issuer_id and self.organ_id:
            found = issuer_of(self.organ)
            if found is not None:
                self.issuer = found

    def faults(self) -> Iterable[Any]:
        """A deadline set by hand without its reason; an organ for which no authority is registered."""
        if self.set_due is not None and not self.set_due_reason.strip():
            yield Fault(_("请写明理由"), "set_due_reason", column=str(_("确定期限的理由")))
        if not self.issuer_id:
            yield Fault(_("登记中没有它的同级机关事务管理部门"), "organ", str(self.organ), column=str(_("被监督单位")))

    @property
    def is_order(self) -> bool:
        """This is true for an order to rectify, false for a risk warning."""
        return self.kind == OrderKind.ORDER


class OrderFinding(Record):
    """One finding in one order: what the order said of it, and what the re-check found."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="items", verbose_name=_("文书"))
    finding = models.ForeignKey("warnings.Finding", models.PROTECT, related_name="items", verbose_name=_("线索"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False, verbose_name=_("单位"))
    live = models.BooleanField(_("办理中"), default=True)
    sentence = models.CharField(_("发出时的问题"), max_length=500, blank=True, default="")
    article = models.CharField(_("条文"), max_length=40, blank=True, default="")
    amount = models.DecimalField(_("涉及金额"), max_digits=18, decimal_places=2, null=True, blank=True)
    result = models.CharField(_("复查结果"), max_length=10, choices=Result.choices, blank=True, default="")
    said = models.CharField(_("复查时的问题"), max_length=500, blank=True, default="")
    checked_on = models.DateField(_("复查日期"), null=True, blank=True)
    told = models.JSONField(_("原话"), default=dict, blank=True, editable=False)  # both by message and values

    natural = ("order_id", "finding_id")

    class Meta:
        app_label = "warnings"
        verbose_name = _("文书所列线索")
        constraints = [
            models.UniqueConstraint(fields=["order", "finding"], name="finding_once_in_order",
                                    violation_error_message=_("同一线索在一份文书中只列一次")),
            models.UniqueConstraint(fields=["finding"], condition=Q(live=True), name="finding_in_one_live_order",
                                    violation_error_message=_("线索已列入另一份办理中的文书")),
            models.CheckConstraint(condition=Q(result="") | Q(checked_on__isnull=False), name="order_finding_checked",
                                   violation_error_message=_("复查结果须有复查日期")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.sentence[:60] or str(self.finding_id)

    @property
    def words(self) -> str:
        """This is what the order said of it, in the reader's language; before it goes out, what the finding says now."""
        if not self.sentence:
            return str(self.finding.words)
        return told.say(self.told["sentence"]) if self.told.get("sentence") else self.sentence


for _verb, _words in {
    "view": _("查看文书所列线索"),
    "add": _("列入线索"),
    "change": _("更新文书所列线索"),
    "remove": _("移出线索"),
}.items():
    access.permission(OrderFinding.right(_verb), _words)
