"""An item of stock chosen for a need, held for it until it is handed over, let go, or the time runs out."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.allocation.choices import STANDING, MatchState, Source
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.models import Reservation
from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.columns import text
from baozhang.kernel.record import Record
from baozhang.kernel.scope import organ_condition

from .need import Need


class Match(Record):
    """One card chosen for a need; its owner and the agency that needs it both see it."""

    need = models.ForeignKey(Need, models.PROTECT, related_name="matches", verbose_name=_("配置需求"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("需求单位"), db_index=False
    )
    owner = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("资产所属单位"), db_index=False
    )
    card = models.ForeignKey(Card, models.PROTECT, related_name="matches", verbose_name=_("资产"))
    source = models.CharField(_("来源"), max_length=10, choices=Source.choices)
    quantity = models.DecimalField(_("数量"), max_digits=14, decimal_places=2, default=Decimal(1))
    reasons = models.JSONField(_("排序依据"), default=dict, blank=True)
    until = models.DateField(_("预留至"))
    state = models.CharField(_("状态"), max_length=10, choices=MatchState.choices, default=MatchState.RESERVED)
    reservation = models.OneToOneField(
        Reservation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("公物仓预留"),
        help_text=_("来自公物仓的，随出仓申领办理"),
    )  # fmt: skip
    new_card = models.ForeignKey(
        Card, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承接卡片"), db_index=False
    )
    said = text(_("不同意调出的理由"), 300)
    done_on = models.DateField(_("交接日期"), null=True, blank=True)

    searched = ("card.name", "card.number", "need.name")
    part_of = ("need",)
    loose = ("state", frozenset({"reserved", "asked"}))

    class Meta:
        app_label = "allocation"
        verbose_name = _("存量落实")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["card"], condition=Q(state__in=STANDING), name="match_card_once",
                                    violation_error_message=_("这件资产已经为另一项需求预留")),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="match_quantity", violation_error_message=_("数量应大于零")),
            models.CheckConstraint(condition=Q(state=MatchState.DONE, done_on__isnull=False) | ~Q(state=MatchState.DONE) & Q(done_on__isnull=True),
                                   name="match_done", violation_error_message=_("已交接的须有交接日期")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "state", "-id"], name="match_organ"),
            models.Index(fields=["owner", "state", "-id"], name="match_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.card.name}（{self.get_source_display()}）"

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """What is chosen for, or taken from, an organ within reach."""
        mine, theirs = organ_condition("organ_id", organs), organ_condition("owner_id", organs)
        return None if mine is None or theirs is None else mine | theirs

    def derive(self) -> None:
        """This will date the handover."""
        if self.state == MatchState.DONE and self.done_on is None:
            self.done_on = clock.today()
