"""The cards of a case, and its papers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import UseState
from baozhang.ch2_provision.disposal.choices import Outcome, PaperKind, Screen
from baozhang.kernel import access
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record

from .case import Case


def of_seen_cases(actor: Actor) -> Q | None:
    """The condition that a row's case is in the actor's sight."""
    condition = Case.visible(actor, actor.where(Case.right("view")))
    return None if condition is None else Q(case__in=Case._base_manager.filter(condition).order_by().values("pk"))


class Line(Record):
    """One card in one case: what it was, what the warehouse's screening said, how it ended."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="lines", verbose_name=_("处置办件"), db_index=False)
    card = models.ForeignKey("assets.Card", models.PROTECT, related_name="disposal_lines", verbose_name=_("资产卡片"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False, verbose_name=_("单位"))
    value = models.DecimalField(_("原值"), max_digits=16, decimal_places=2, default=Decimal(0))
    usable_until = models.DateField(_("年限期满日"), null=True, blank=True)
    early = models.BooleanField(_("未满年限"), default=False)
    computer = models.BooleanField(_("须清除介质"), default=False)
    screen = models.CharField(_("公物仓筛选"), max_length=10, choices=Screen.choices, blank=True, default="")
    screen_says = models.CharField(_("可入仓的理由"), max_length=300, blank=True, default="")
    keep_out = models.CharField(_("不入仓的说明"), max_length=300, blank=True, default="")
    was = models.CharField(_("原使用状况"), max_length=12, choices=UseState.choices, blank=True, default="")
    proposal = models.ForeignKey(
        "warehouse.Proposal",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("入仓建议"),
        editable=False,
    )
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome.choices, blank=True, default="")
    ended_on = models.DateField(_("结果日期"), null=True, blank=True)

    natural = ("case_id", "card_id")
    part_of = ("case",)
    loose = ("case.state", frozenset({"draft", "deciding", "screening"}))

    class Meta:
        app_label = "disposal"
        verbose_name = _("处置明细")
        constraints = [
            models.UniqueConstraint(fields=["case", "card"], name="disposal_line_once", violation_error_message=_("这张卡片已在本办件中")),
            models.UniqueConstraint(fields=["card"], condition=Q(outcome=Outcome.DISPOSED), name="disposal_card_ends_once",
                                    violation_error_message=_("这张卡片已经处置销账")),
            models.CheckConstraint(condition=Q(outcome="", ended_on__isnull=True) | ~Q(outcome="") & Q(ended_on__isnull=False),
                                   name="disposal_line_ends", violation_error_message=_("结果须有日期")),
            models.CheckConstraint(condition=~Q(screen__in=(Screen.EXPLAINED, Screen.ACCEPTED)) | ~Q(keep_out=""),
                                   name="disposal_line_explained", violation_error_message=_("不入仓须有说明")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "-id"], name="disposal_line_organ"),
        ]

    def __str__(self) -> str:
        return str(self.card)

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """Those of the cases in sight."""
        return of_seen_cases(actor)


class Paper(Record):
    """What a file of a case proves: the step that needs it asks for its kind."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="papers", verbose_name=_("处置办件"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False, verbose_name=_("单位"))
    kind = models.CharField(_("材料种类"), max_length=12, choices=PaperKind.choices)
    attachment = models.ForeignKey("kernel.Attachment", models.PROTECT, related_name="+", verbose_name=_("附件"))

    natural = ("case_id", "kind", "attachment_id")

    class Meta:
        app_label = "disposal"
        verbose_name = _("处置材料")
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "attachment"], name="disposal_paper_once",
                                    violation_error_message=_("这份材料已经登记")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.attachment)

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """Those of the cases in sight."""
        return of_seen_cases(actor)


def _declare(model: type[Record], words: dict[str, Any]) -> None:
    for verb, said in words.items():
        access.permission(model.right(verb), said)


_declare(
    Paper,
    {"view": _("查看处置材料"), "add": _("登记处置材料"), "change": _("修改处置材料"), "remove": _("移除处置材料")},
)
EXPLAIN = access.permission("disposal.line:explain", _("说明拟处置资产不入仓的理由"))
ACCEPT = access.permission("disposal.line:accept", _("同意拟处置资产不入仓"))
STORE = access.permission("disposal.line:store", _("把拟处置资产转入公物仓"))
