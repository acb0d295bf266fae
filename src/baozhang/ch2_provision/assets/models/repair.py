"""Repair and upkeep: what was wrong, who mended it, what it cost (article 11, paragraph 2)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import UseState
from baozhang.ch2_provision.assets.choices.cases import RepairKind, RepairState
from baozhang.kernel.access import Actor, Organs
from baozhang.kernel.columns import day, money, pick, text
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .card import Card
from .own import seen


class Repair(Record):
    """One piece of work on one thing."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="repairs", verbose_name=_("单位"))
    card = models.ForeignKey(Card, models.PROTECT, related_name="repairs", verbose_name=_("资产卡片"))
    kind = models.CharField(_("类别"), max_length=10, choices=RepairKind.choices, default=RepairKind.REPAIR)
    reported_on = models.DateField(_("报修日期"))
    fault = models.CharField(_("故障或者内容"), max_length=200)
    reporter = text(_("报修人"), 40)
    vendor = text(_("承修单位"), 80)
    done_on = day(_("完成日期"))
    cost = money(_("费用"))
    invoice = text(_("发票号"), 60)
    result = text(_("结果"), 200)
    state = models.CharField(_("状态"), max_length=10, choices=RepairState.choices, default=RepairState.OPEN)
    was = pick(_("报修前使用状况"), UseState, editable=False)
    idle_since = day(_("报修前闲置起始日期"), editable=False)

    searched = ("card.number", "card.name", "fault", "vendor")
    loose = ("state", frozenset({RepairState.OPEN}))
    happened = frozenset({"reported_on", "done_on"})

    class Meta:
        verbose_name = _("维修保养")
        ordering = ("-reported_on", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(done_on__isnull=True) | Q(done_on__gte=F("reported_on")), name="repair_days",
                                   violation_error_message=_("完成日期早于报修日期")),
            models.CheckConstraint(condition=Q(cost__isnull=True) | Q(cost__gte=0), name="repair_cost",
                                   violation_error_message=_("费用不能为负数")),
            models.CheckConstraint(condition=Q(state="open") | Q(done_on__isnull=False), name="repair_done",
                                   violation_error_message=_("已完成的须有完成日期")),
            models.UniqueConstraint(fields=["card", "kind"], condition=Q(state="open"), name="repair_open_once",
                                    violation_error_message=_("这项资产已有同类维修保养正在进行")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.card}：{self.fault}"

    @classmethod
    def visible(cls, actor: Actor, organs: Organs) -> Q | None:
        """Staff see how it goes with what is in their own name."""
        mine = Q(card__keeper_id=actor.user_id) | Q(card__user_account_id=actor.user_id)
        return seen(actor, organs, cls.right("view"), mine)

    def derive(self) -> None:
        """What is noted with its end is done."""
        if not self.pk and self.done_on is not None and self.state == RepairState.OPEN:
            self.state = RepairState.DONE

    def faults(self) -> Iterable[Fault]:
        """Days in the wrong order, a negative cost, somebody else's card."""
        if self.done_on and self.reported_on and self.done_on < self.reported_on:
            yield Fault(gettext("完成日期早于报修日期"), "done_on", str(self.done_on), gettext("请核对两个日期"))
        if self.state == RepairState.OPEN and self.done_on is not None:
            yield Fault(
                gettext("尚未登记完成，不填完成日期"),
                "done_on",
                str(self.done_on),
                gettext("请办理“登记完成”，卡片随之恢复在用"),
            )
        if self.state != RepairState.OPEN and self.done_on is None:
            yield Fault(gettext("已完成的须有完成日期"), "done_on", "", gettext("请填写完成日期"))
        if self.cost is not None and self.cost < 0:
            yield Fault(gettext("费用不能为负数"), "cost", str(self.cost), gettext("请核对金额"))
        if self.card_id and self.organ_id and self.card.organ_id != self.organ_id:
            yield Fault(gettext("不是本单位的资产"), "card", str(self.card), gettext("请选择本单位的资产卡片"))
