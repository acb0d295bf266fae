"""Handover of what a person has when he leaves: every thing is signed for by who takes it, the head confirms (article 11)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices.cases import HandoverReason, HandoverState, Signature
from baozhang.kernel.access import Actor, Organs
from baozhang.kernel.columns import day, text
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .card import Card
from .own import seen


class Handover(Record):
    """One person hands over all that is in his name."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="handovers", verbose_name=_("单位"))
    leaver = models.CharField(_("移交人"), max_length=40, help_text=_("卡片上登记的保管人或使用人姓名"))
    leaver_account = models.ForeignKey(
        "kernel.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("移交人账号"),
        editable=False,
    )
    taker = text(_("接收人"), 40, help_text=_("全部由一人接收的填写；分给多人的，在清单上逐项填写"))
    reason = models.CharField(_("事由"), max_length=10, choices=HandoverReason.choices, default=HandoverReason.LEAVES)
    leaves_on = models.DateField(_("离岗日期"))
    state = models.CharField(_("状态"), max_length=10, choices=HandoverState.choices, default=HandoverState.DRAFT)
    confirmed_on = day(_("确认日期"))
    remarks = text(_("说明"), 300)

    searched = ("leaver", "taker")
    loose = ("state", frozenset({"draft"}))

    class Meta:
        verbose_name = _("保管交接")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=~Q(leaver=F("taker")), name="handover_two",
                                   violation_error_message=_("移交人与接收人不能是同一人")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.leaver} {self.get_reason_display()} {self.leaves_on}"

    @classmethod
    def visible(cls, actor: Actor, organs: Organs) -> Q | None:
        """Staff see the handovers in which they give or take."""
        mine = Q(leaver_account_id=actor.user_id) | Q(items__taker_account_id=actor.user_id)
        return seen(actor, organs, cls.right("view"), Q(pk__in=Handover._base_manager.filter(mine).values("pk")))

    def faults(self) -> Iterable[Fault]:
        """Nobody hands over to himself."""
        if self.taker and self.taker == self.leaver:
            yield Fault(gettext("移交人与接收人不能是同一人"), "taker", self.taker, gettext("请另选接收人"))


class HandoverItem(Record):
    """One thing on a handover: who takes it, and whether he has it."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="items", verbose_name=_("交接"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("单位"), editable=False)
    card = models.ForeignKey(Card, models.PROTECT, related_name="handover_items", verbose_name=_("资产卡片"))
    taker = text(_("接收人"), 40)
    taker_account = models.ForeignKey(
        "kernel.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("接收人账号"),
        editable=False,
    )
    place = text(_("存放地点"), 120, help_text=_("交接后的存放地点；不变的留空"))
    signature = models.CharField(_("签收"), max_length=10, choices=Signature.choices, default=Signature.OPEN)
    signed_on = day(_("签收日期"))
    remarks = text(_("说明"), 200)

    natural = ("handover_id", "card_id")
    part_of = ("handover",)
    searched = ("taker",)
    loose = ("signature", frozenset({"open"}))

    class Meta:
        verbose_name = _("交接清单")
        ordering = ("handover", "id")
        constraints = [
            models.UniqueConstraint(fields=["handover", "card"], name="handover_item_once",
                                    violation_error_message=_("清单上已有这张卡片")),
            models.CheckConstraint(condition=Q(signature="open", signed_on__isnull=True) | ~Q(signature="open") & Q(signed_on__isnull=False),
                                   name="handover_item_signed", violation_error_message=_("签收须有日期")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.card)

    @classmethod
    def visible(cls, actor: Actor, organs: Organs) -> Q | None:
        """Staff see what they give and what they take."""
        mine = Q(taker_account_id=actor.user_id) | Q(handover__leaver_account_id=actor.user_id)
        return seen(actor, organs, cls.right("view"), mine)
