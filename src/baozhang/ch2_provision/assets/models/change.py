"""Changes of a card's value or class, with the day from which they hold and the head's approval (article 13, paragraph 2)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import Edition
from baozhang.ch2_provision.assets.choices.cases import ChangeKind, ChangeReason, ChangeState
from baozhang.ch2_provision.assets.choices.classes import tidy
from baozhang.kernel.columns import money, pick, text
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .card import Card
from .voucher import Voucher


class Change(Record):
    """One change of one card, before and after."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="card_changes", verbose_name=_("单位"))
    card = models.ForeignKey(Card, models.PROTECT, related_name="changes", verbose_name=_("资产卡片"))
    kind = models.CharField(_("变动"), max_length=8, choices=ChangeKind.choices)
    reason = models.CharField(_("原因"), max_length=10, choices=ChangeReason.choices)
    effective = models.DateField(_("生效日期"))
    value = money(_("变动后原值"))
    life_months = models.PositiveIntegerField(
        _("变动后折旧年限（月）"), null=True, blank=True, help_text=_("自生效月份起的剩余月数；不变的留空")
    )
    class_code = text(_("变动后分类代码"), 20, help_text=_("分类标准换版的可留空，按已核实的分类对照填写"))
    edition = pick(_("变动后分类版本"), Edition)
    grounds = models.CharField(_("依据"), max_length=200, help_text=_("决算批复、评估报告、更正说明等文件"))
    value_before = money(_("变动前原值"), editable=False)
    class_before = text(_("变动前分类"), 120, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=ChangeState.choices, default=ChangeState.DRAFT)
    voucher = models.ForeignKey(
        Voucher, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("记账凭证"), editable=False
    )

    searched = ("card.number", "card.name", "grounds")
    loose = ("state", frozenset({"draft"}))

    class Meta:
        verbose_name = _("资产变动")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(kind="value", value__isnull=False, class_code="") | Q(kind="class", value__isnull=True) & ~Q(class_code=""),
                                   name="change_of_one", violation_error_message=_("价值变动填变动后原值，重新分类填变动后分类")),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__gte=0), name="change_value",
                                   violation_error_message=_("原值不能为负数")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["effective"], name="change_waiting", condition=Q(state="approved"))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.card}"

    def derive(self) -> None:
        """This will put the code into its one spelling; one left open at a change of edition is the one that took the old one's place."""
        self.class_code = tidy(self.class_code) if self.class_code else self._successor()
        if self.class_code and not self.edition and self.reason == ChangeReason.EDITION:
            self.edition = Edition.NEW

    def _successor(self) -> str:
        """The code of the next edition, where this gives way to it and the table knows it for sure; nothing is guessed."""
        asked = self.kind == ChangeKind.CLASS and self.reason == ChangeReason.EDITION and self.card_id
        if not asked or self.card.edition != Edition.OLD:
            return ""
        pairs = ClassPair._base_manager.filter(old_code=self.card.class_code, verified=True)
        return pairs.values_list("new_code", flat=True).first() or ""

    def faults(self) -> Iterable[Fault]:
        """A value without a value, a class without its edition, somebody else's card."""
        if self.kind == ChangeKind.VALUE and (self.value is None or self.class_code):
            yield Fault(gettext("价值变动填变动后原值，不填分类"), "value", "", gettext("请填写变动后原值"))
        if self.kind == ChangeKind.CLASS and (not self.class_code or not self.edition or self.value is not None):
            yield Fault(
                gettext("重新分类填变动后分类代码和版本，不填原值"),
                "class_code",
                self.class_code,
                gettext("请填写代码和版本"),
            )
        if self.kind == ChangeKind.VALUE and self.card_id and self.card.acquired and self.effective is not None:
            if self.effective < self.card.acquired:
                yield self.fault_of(
                    "effective", gettext("生效日期早于取得日期 %(day)s") % {"day": self.card.acquired}, self.effective
                )
        if self.card_id and self.organ_id and self.card.organ_id != self.organ_id:
            yield Fault(gettext("不是本单位的资产"), "card", str(self.card), gettext("请选择本单位的资产卡片"))


class ClassPair(Record):
    """One class of the edition of 2010 and the class of the edition of 2022 that took its place."""

    old_code = models.CharField(_("2010 版代码"), max_length=20)
    new_code = models.CharField(_("2022 版代码"), max_length=20)
    name = models.CharField(_("名称"), max_length=80)
    verified = models.BooleanField(_("已核实"), default=False, help_text=_("未对照标准原文的，只供参考"))

    scope_field = None
    natural = ("old_code",)
    searched = ("old_code", "new_code", "name")

    class Meta:
        verbose_name = _("分类对照")
        ordering = ("old_code",)
        constraints = [models.UniqueConstraint(fields=["old_code"], name="class_pair_once", violation_error_message=_("已有这个代码的对照"))]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.old_code} → {self.new_code}"

    def derive(self) -> None:
        """This will put both codes into their one spelling."""
        self.old_code, self.new_code = tidy(self.old_code), tidy(self.new_code)
