"""An agency's annual support plan in its versions, and its lines (article 9)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.funding.choices import PLAN_AT_WORK, Grade, LineKind, LineState, Means, PlanState, Source
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault
from baozhang.law.items import item_choices

from .changing import money, settled
from .round import PlanRound

SAID = {"state", "agreed_quantity", "agreed_amount", "reason"}  # what the review says of a line


class Plan(Record):
    """One version of an agency's plan for a year; an amendment in the year is a version of its own."""

    round = models.ForeignKey(PlanRound, models.PROTECT, related_name="plans", verbose_name=_("编报轮次"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="plans", verbose_name=_("单位"))
    code = models.CharField(_("计划编号"), max_length=40, unique=True, blank=True)
    name = models.CharField(_("计划名称"), max_length=120, blank=True, editable=False)
    year = models.PositiveSmallIntegerField(_("年度"), editable=False)
    edition = models.PositiveSmallIntegerField(_("版本"), default=1)
    amends = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="amendments", verbose_name=_("调整自")
    )
    cause = models.CharField(_("调整理由"), max_length=500, blank=True, default="")
    decision = models.CharField(
        _("内部决策"), max_length=200, blank=True, default="", help_text=_("会议名称和纪要文号；纪要作为附件上传")
    )
    decided_on = models.DateField(_("决策日期"), null=True, blank=True)
    submitted_on = models.DateField(_("报送日期"), null=True, blank=True)
    agreed_on = models.DateField(_("审核同意日期"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=PlanState.choices, default=PlanState.DRAFT)

    natural = ("code",)
    of_living = True
    called = ("code", "name")
    searched = ("code", "name")
    stepped = {"state": frozenset({PlanState.DRAFT})}
    loose = ("state", frozenset({PlanState.DRAFT}))
    happened = frozenset({"decided_on"})

    class Meta:
        verbose_name = _("运行保障年度计划")
        ordering = ("-year", "organ", "-edition")
        constraints = [
            models.UniqueConstraint(fields=["organ", "year", "edition"], name="plan_edition_once",
                                    violation_error_message=_("该单位该年度已有这一版本")),
            models.UniqueConstraint(fields=["organ", "year"], condition=Q(state__in=PLAN_AT_WORK), name="plan_one_at_work",
                                    violation_error_message=_("该单位该年度已有一个版本在办理，办结后才能再调整（第九条）")),
            models.CheckConstraint(condition=Q(edition=1, amends__isnull=True) | Q(edition__gt=1, amends__isnull=False) & ~Q(cause=""),
                                   name="plan_amends", violation_error_message=_("调整版本须指明调整自哪一版本，并写明理由")),
            models.CheckConstraint(condition=Q(state__in=("draft", "deciding")) | Q(decided_on__isnull=False) & ~Q(decision=""),
                                   name="plan_decided", violation_error_message=_("报送前须经单位内部决策")),
            models.CheckConstraint(condition=~Q(state="superseded") | Q(agreed_on__isnull=False), name="plan_agreed",
                                   violation_error_message=_("被替代的计划须有同意日期")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "year", "state"], name="plan_of_organ")]

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def editable(self) -> bool:
        """True while its lines may be worked on."""
        return self.state == PlanState.DRAFT

    def derive(self) -> None:
        """This will take the year from the round, and number the plan."""
        if self.round_id:
            self.year = self.round.year
        if self.organ_id and self.year and not self.code:
            self.code = f"P{self.year}-{self.organ.code}-{self.edition}"
        if self.organ_id and self.year and not self.name:
            more = f"（第{self.edition}版）" if self.edition > 1 else ""
            self.name = f"{self.organ.name}{self.year}年度运行保障计划{more}"

    def faults(self) -> Iterable[Any]:
        """An amendment of something that is not the same agency's plan of the year."""
        if self.amends is not None and (self.amends.organ_id, self.amends.year) != (self.organ_id, self.year):
            yield Fault(_("只能调整本单位同一年度的计划"), "amends", str(self.amends), column=str(_("调整自")))


class PlanLine(Record):
    """One need in a plan: what, how much, why, with its evidence, and what the authority said of it."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="lines", verbose_name=_("计划"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("单位"), editable=False)
    number = models.PositiveIntegerField(_("行号"), blank=True, help_text=_("不填自动编号"))
    code = models.CharField(_("事项编号"), max_length=50, unique=True, editable=False)
    kind = models.CharField(_("事项类别"), max_length=10, choices=LineKind.choices)
    grade = models.CharField(_("维修等级"), max_length=8, choices=Grade.choices, blank=True, default="")
    means = models.CharField(_("取得方式"), max_length=8, choices=Means.choices, blank=True, default="")
    title = models.CharField(_("事项名称"), max_length=120)
    item = models.CharField(
        _("标准项目"),
        max_length=40,
        choices=item_choices,
        blank=True,
        default="",
        help_text=_("配置标准中的项目；没有的不选"),
    )
    unit = models.CharField(_("计量单位"), max_length=10, blank=True, default="")
    quantity = models.DecimalField(_("数量"), max_digits=12, decimal_places=2, default=Decimal(1))
    unit_price = models.DecimalField(_("单价"), max_digits=18, decimal_places=2)
    amount = models.DecimalField(_("申报金额"), max_digits=18, decimal_places=2, editable=False)
    purpose = models.CharField(_("用途和理由"), max_length=500)
    evidence = models.TextField(
        _("依据"),
        max_length=4000,
        blank=True,
        default="",
        help_text=_("存量核对、标准缺口、公物仓匹配、房屋状况、能源审计等；材料作为附件上传"),
    )
    stock = models.DecimalField(_("现有数量"), max_digits=12, decimal_places=2, null=True, blank=True)
    allowed = models.DecimalField(_("标准数量"), max_digits=12, decimal_places=2, null=True, blank=True)
    last_amount = models.DecimalField(
        _("上年同项金额"), max_digits=18, decimal_places=2, null=True, blank=True, editable=False
    )
    source = models.CharField(_("来源"), max_length=10, choices=Source.choices, default=Source.MANUAL, editable=False)
    former = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("上一版本的事项"),
        editable=False,
    )
    root = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followers",
        verbose_name=_("最初的事项"),
        editable=False,
    )
    change_note = models.CharField(
        _("调整说明"), max_length=300, blank=True, default="", help_text=_("调整版本中与上一版本不同的，写明为什么")
    )
    state = models.CharField(_("审核结果"), max_length=10, choices=LineState.choices, default=LineState.PENDING)
    agreed_quantity = models.DecimalField(_("核定数量"), max_digits=12, decimal_places=2, null=True, blank=True)
    agreed_amount = models.DecimalField(_("核定金额"), max_digits=18, decimal_places=2, null=True, blank=True)
    reason = models.CharField(_("审核意见"), max_length=500, blank=True, default="")

    natural = ("plan_id", "number")
    part_of = ("plan",)
    numbered = "number"
    called = ("code", "title")
    searched = ("code", "title", "purpose")
    stepped = {"state": frozenset({LineState.PENDING})}
    loose = ("plan.state", frozenset({PlanState.DRAFT}))

    class Meta:
        verbose_name = _("计划事项")
        ordering = ("plan", "number")
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="planline_number_once",
                                    violation_error_message=_("同一计划中行号不能重复")),
            models.CheckConstraint(condition=Q(quantity__gt=0, unit_price__gte=0, amount__gte=0), name="planline_sums",
                                   violation_error_message=_("数量须大于零，单价不能为负数")),
            models.CheckConstraint(condition=Q(kind=LineKind.REPAIR) & ~Q(grade="") | ~Q(kind=LineKind.REPAIR) & Q(grade=""),
                                   name="planline_grade", violation_error_message=_("办公用房维修须写明大修或中修，其他事项不填")),
            models.CheckConstraint(condition=Q(state=LineState.PENDING, agreed_amount__isnull=True)
                                   | Q(state__in=(LineState.REFUSED, LineState.WITHDRAWN), agreed_amount=0)
                                   | Q(state=LineState.AGREED, agreed_amount=F("amount"))
                                   | Q(state=LineState.REDUCED, agreed_amount__lt=F("amount"), agreed_amount__gt=0),
                                   name="planline_agreed", violation_error_message=_("核定金额与审核结果不符：核减应少于申报、大于零，不同意为零")),
            models.CheckConstraint(condition=~Q(state__in=(LineState.REDUCED, LineState.REFUSED, LineState.WITHDRAWN)) | ~Q(reason=""),
                                   name="planline_reason", violation_error_message=_("核减、不同意和撤销须写明理由")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "kind"], name="planline_of_organ"),
            models.Index(fields=["root"], name="planline_root"),
        ]

    def __str__(self) -> str:
        return f"{self.number:03d} {self.title}" if self.number else self.title

    @property
    def gap(self) -> Decimal | None:
        """What is short of the standard; None where one of the two is not known."""
        return None if self.stock is None or self.allowed is None else self.allowed - self.stock

    @property
    def root_key(self) -> int:
        """The key of the line as it stood in the first version that had it."""
        return self.root_id or self.pk

    def organ_key(self) -> int | None:
        """The key of the agency, also before the line is kept."""
        return self.organ_id or (self.plan.organ_id if self.plan_id else None)

    def derive(self) -> None:
        """This will take the agency from the plan, number the line, and multiply."""
        if self.plan_id:
            self.organ_id = self.plan.organ_id
            if not self.number:
                last = PlanLine._base_manager.filter(plan_id=self.plan_id).aggregate(n=Max("number"))["n"]
                self.number = (last or 0) + 1
            self.code = f"{self.plan.code}-{self.number:03d}"
        if isinstance(self.quantity, Decimal) and isinstance(self.unit_price, Decimal):
            self.amount = (self.quantity * self.unit_price).quantize(Decimal("0.01"))
        if self.state == LineState.AGREED:
            self.agreed_quantity, self.agreed_amount = self.quantity, self.amount
        elif self.state in (LineState.REFUSED, LineState.WITHDRAWN):
            self.agreed_quantity, self.agreed_amount = Decimal(0), Decimal(0)
        elif self.state == LineState.PENDING:
            self.agreed_quantity = self.agreed_amount = None

    def faults(self) -> Iterable[Any]:
        """A repair without its grade, or a change after the plan has moved on."""
        if (self.kind == LineKind.REPAIR) != bool(self.grade):
            yield Fault(_("办公用房维修须写明大修或中修，其他事项不填"), "grade", self.grade, column=str(_("维修等级")))
        if self.state == LineState.REDUCED and (self.agreed_amount is None or not 0 < self.agreed_amount < self.amount):
            yield Fault(
                _("核减后的金额应少于申报金额 %(amount)s 元，并且大于零") % {"amount": money(self.amount)}, "agreed_amount",
                str(self.agreed_amount or ""), column=str(_("核定金额")), remedy=_("一件也不同意的，办理“不同意”。"),
            )  # fmt: skip

    def fixed(self) -> Fixed | None:
        """All but what the review says of it, once its plan has moved on."""
        if not self.plan_id or self.plan.editable:
            return None
        remedy = _now("请撤回或由审核人驳回后修改；已同意的，办理年度调整。")
        return settled(self, SAID, state=self.plan.get_state_display(), remedy=remedy, whole="plan")
