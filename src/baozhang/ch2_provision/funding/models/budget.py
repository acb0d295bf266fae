"""An agency's operating budget, and its lines from quota to what is left of the grant (articles 8 and 9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import finance_of
from baozhang.ch2_provision.funding.choices import BUDGET_AT_WORK, CENTRAL, NEEDS, BudgetState, CostItem, Driver
from baozhang.kernel import access
from baozhang.kernel.access import Actor
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault, Forbidden

from .changing import settled
from .plan import PlanLine
from .round import PlanRound
from .site import Site

DRAFT = access.permission("funding.budget:draft", _("编制本单位预算"))
REVIEW = access.permission("funding.budget:review", _("审核单位预算"))
REPLY_FIELDS = {"granted", "reply_note"}
RUNNING = {"committed", "spent", "reported", "reported_on"}


class Budget(Record):
    """One application of an agency to the same-level finance department; a later one of the year adds to the first."""

    round = models.ForeignKey(PlanRound, models.PROTECT, related_name="budgets", verbose_name=_("编报轮次"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="budgets", verbose_name=_("单位"))
    finance = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="+",
        verbose_name=_("财政部门"),
        null=True,
        blank=True,
        editable=False,
    )
    code = models.CharField(_("预算编号"), max_length=40, unique=True, blank=True)
    name = models.CharField(_("预算名称"), max_length=120, blank=True, editable=False)
    year = models.PositiveSmallIntegerField(_("年度"), editable=False)
    edition = models.PositiveSmallIntegerField(
        _("批次"), default=1, help_text=_("年初预算为 1，年中追加的依次为 2、3……")
    )
    cause = models.CharField(_("追加理由"), max_length=500, blank=True, default="")
    decision = models.CharField(
        _("内部决策"), max_length=200, blank=True, default="", help_text=_("会议名称和纪要文号；纪要作为附件上传")
    )
    decided_on = models.DateField(_("决策日期"), null=True, blank=True)
    applied_on = models.DateField(_("申报日期"), null=True, blank=True)
    replied_on = models.DateField(_("批复日期"), null=True, blank=True)
    reply_number = models.CharField(_("批复文号"), max_length=60, blank=True, default="")
    state = models.CharField(_("状态"), max_length=10, choices=BudgetState.choices, default=BudgetState.DRAFT)

    natural = ("code",)
    of_living = True
    called = ("code", "name")
    searched = ("code", "name", "reply_number")
    stepped = {"state": frozenset({BudgetState.DRAFT})}
    loose = ("state", frozenset({BudgetState.DRAFT}))
    happened = frozenset({"decided_on"})

    class Meta:
        verbose_name = _("机关运行经费预算")
        ordering = ("-year", "organ", "edition")
        constraints = [
            models.UniqueConstraint(fields=["organ", "year", "edition"], name="budget_edition_once",
                                    violation_error_message=_("该单位该年度已有这一批预算")),
            models.UniqueConstraint(fields=["organ", "year"], condition=Q(state__in=BUDGET_AT_WORK), name="budget_one_at_work",
                                    violation_error_message=_("该单位该年度已有一批预算在办理，批复后才能再追加")),
            models.CheckConstraint(condition=Q(edition=1) | ~Q(cause=""), name="budget_cause",
                                   violation_error_message=_("追加预算须写明理由")),
            models.CheckConstraint(condition=Q(state__in=("draft", "deciding")) | Q(decided_on__isnull=False) & ~Q(decision=""),
                                   name="budget_decided", violation_error_message=_("申报前须经单位内部决策")),
            models.CheckConstraint(condition=~Q(state="closed") | Q(replied_on__isnull=False),
                                   name="budget_replied", violation_error_message=_("已关闭的预算须有批复日期")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "year", "state"], name="budget_of_organ")]

    def __str__(self) -> str:
        return self.name or self.code

    def derive(self) -> None:
        """This will take the year from the round, look up the finance department, and number the budget."""
        if self.round_id:
            self.year = self.round.year
        if self.organ_id and self.year and not self.code:
            self.code = f"B{self.year}-{self.organ.code}-{self.edition}"
        if self.organ_id and self.year and not self.name:
            more = f"（第{self.edition}批）" if self.edition > 1 else ""
            self.name = f"{self.organ.name}{self.year}年度机关运行经费预算{more}"
        if self.organ_id and not self.finance_id:
            self.finance = finance_of(self.organ)

    def faults(self) -> Iterable[Any]:
        """An addition in the year without its reason."""
        if self.edition and self.edition > 1 and not self.cause.strip():
            yield Fault(_("追加预算须写明理由"), "cause", column=str(_("追加理由")))

    def fixed(self) -> Fixed | None:
        """What is applied for, once the head decides: whose budget it is, of which year, and why it was added to."""
        if self.state == BudgetState.DRAFT:
            return None
        names = ("round", "organ", "edition", "cause")
        return Fixed(
            names,
            _now("“%(state)s”时不能修改") % {"state": self.get_state_display()},
            _now("请由财政部门驳回后修改，或者办理追加预算。"),
        )


class BudgetLine(Record):
    """One line: quota times driver or a need of the plan, what was asked, what was granted, and what became of it."""

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="lines", verbose_name=_("预算"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("单位"), editable=False)
    year = models.PositiveSmallIntegerField(_("年度"), editable=False)
    number = models.PositiveIntegerField(_("行号"), blank=True, help_text=_("不填自动编号；财政批复按行号对应"))
    item = models.CharField(_("支出科目"), max_length=8, choices=CostItem.choices)
    words = models.CharField(_("内容"), max_length=160)
    plan_line = models.ForeignKey(
        PlanLine, models.PROTECT, null=True, blank=True, related_name="budget_lines", verbose_name=_("计划事项"),
        help_text=_("新增资产、大中修、节能改造、后勤服务购买须对应已同意的计划事项（第九条）"),
    )  # fmt: skip
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="budget_lines", verbose_name=_("集中办公点"),
        help_text=_("集中办公点的维修、后勤、能源经费由机关事务管理部门编列（第八条第二款）"),
    )  # fmt: skip
    quota_key = models.CharField(_("定额项目"), max_length=80, blank=True, default="", editable=False)
    driver = models.CharField(
        _("计算基数类别"), max_length=10, choices=Driver.choices, blank=True, default="", editable=False
    )
    quota = models.DecimalField(_("支出定额"), max_digits=18, decimal_places=4, null=True, blank=True, editable=False)
    quota_source = models.CharField(_("定额来源"), max_length=300, blank=True, default="", editable=False)
    driver_value = models.DecimalField(_("计算基数"), max_digits=14, decimal_places=2, null=True, blank=True)
    driver_source = models.CharField(_("基数来源"), max_length=200, blank=True, default="")
    computed_amount = models.DecimalField(
        _("定额测算数"), max_digits=18, decimal_places=2, null=True, blank=True, editable=False
    )
    amount = models.DecimalField(_("申请数"), max_digits=18, decimal_places=2)
    reason = models.CharField(
        _("不按定额测算的理由"),
        max_length=300,
        blank=True,
        default="",
        help_text=_("定额待核实或没有定额时，写明按什么测算"),
    )
    apart = models.CharField(
        _("分散用房说明"),
        max_length=200,
        blank=True,
        default="",
        help_text=_("在集中办公点以外另有用房的，写明地址和面积"),
    )
    granted = models.DecimalField(_("批复数"), max_digits=18, decimal_places=2, null=True, blank=True)
    reply_note = models.CharField(_("批复意见"), max_length=300, blank=True, default="")
    committed = models.DecimalField(_("占用数"), max_digits=18, decimal_places=2, default=Decimal(0), editable=False)
    spent = models.DecimalField(_("实际支出"), max_digits=18, decimal_places=2, default=Decimal(0), editable=False)
    reported = models.DecimalField(
        _("财政账面支出"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("从财政预算管理系统取得的执行数"),
    )
    reported_on = models.DateField(_("账面截止日期"), null=True, blank=True)

    natural = ("budget_id", "number")
    part_of = ("budget",)
    numbered = "number"
    searched = ("words",)
    loose = ("budget.state", frozenset({BudgetState.DRAFT}))
    happened = frozenset({"reported_on"})

    class Meta:
        verbose_name = _("预算明细")
        ordering = ("budget", "number")
        constraints = [
            models.UniqueConstraint(fields=["budget", "number"], name="budgetline_number_once",
                                    violation_error_message=_("同一预算中行号不能重复")),
            models.UniqueConstraint(fields=["budget", "site", "item"], condition=Q(site__isnull=False), name="budgetline_site_once",
                                    violation_error_message=_("该集中办公点的这项经费已经编列，同一经费只编一次（第八条第二款）")),
            models.CheckConstraint(condition=Q(amount__gte=0), name="budgetline_amount",
                                   violation_error_message=_("申请数不能为负数")),
            models.CheckConstraint(condition=Q(granted__isnull=True) | Q(granted__gte=0, granted__lte=F("amount")),
                                   name="budgetline_granted", violation_error_message=_("批复数不能为负数，也不能多于申请数")),
            models.CheckConstraint(condition=Q(committed__gte=0, spent__gte=0), name="budgetline_running",
                                   violation_error_message=_("占用数和支出数不能为负数")),
            models.CheckConstraint(condition=Q(granted__isnull=True, committed=0, spent=0) | Q(granted__gte=F("committed") + F("spent")),
                                   name="budgetline_never_over", violation_error_message=_("占用和支出合计不能超过批复数（第八条第一款）")),
            models.CheckConstraint(condition=~Q(granted__gt=0) | ~Q(item__in=tuple(NEEDS)) | Q(plan_line__isnull=False),
                                   name="budgetline_planned", violation_error_message=_("没有计划事项的，不能批复（第九条）")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organ", "year", "item"], name="budgetline_of_organ"),
            models.Index(fields=["plan_line"], name="budgetline_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.number:03d} {self.words}" if self.number else self.words

    @property
    def remaining(self) -> Decimal:
        """What may still be promised: granted, less what is committed and what is spent."""
        return (self.granted or Decimal(0)) - self.committed - self.spent

    @property
    def needs_plan(self) -> bool:
        """True for the money of one of the four kinds of need (article 9)."""
        return self.item in NEEDS

    def organ_key(self) -> int | None:
        """The key of the agency, also before the line is kept."""
        return self.organ_id or (self.budget.organ_id if self.budget_id else None)

    def derive(self) -> None:
        """This will take agency and year from the budget, number the line, and multiply where there is a quota."""
        if self.budget_id:
            self.organ_id, self.year = self.budget.organ_id, self.budget.year
            if not self.number:
                last = BudgetLine._base_manager.filter(budget_id=self.budget_id).aggregate(n=Max("number"))["n"]
                self.number = (last or 0) + 1
        if isinstance(self.quota, Decimal) and isinstance(self.driver_value, Decimal):
            self.computed_amount = (self.quota * self.driver_value).quantize(Decimal("0.01"))
        elif not self.pk or self.budget.state == BudgetState.DRAFT:
            self.computed_amount = None

    @classmethod
    def together(cls, rows: Sequence[Any]) -> Iterable[tuple[int, Any]]:
        """The same cost of a site that is budgeted already, there or elsewhere (article 8, paragraph 2).

        A later budget of the year by the same body adds to it, with its cause; once in each.
        """
        met: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        sited = [(i, row) for i, row in enumerate(rows) if row.site_id and row.budget_id]
        if not sited:
            return
        kept = cls._base_manager.filter(site_id__in={row.site_id for _i, row in sited}).select_related("budget")
        for other in kept.exclude(pk__in=[row.pk for row in rows if row.pk]):
            met[other.year, other.site_id, other.item].append(other)
        for i, row in sited:
            others = met[row.year, row.site_id, row.item]
            again = [other for other in others if other.budget_id == row.budget_id or other.organ_id != row.organ_id]
            if again:
                yield i, _twice(row, again[0])
            others.append(row)

    def admits(self, by: Actor) -> None:
        """An agency writes what it asks for, finance what it replies; also where it comes in a sheet."""
        if by.system or not self.budget_id:
            return
        state = BudgetState(self.budget.state)
        if state in (BudgetState.APPLIED, BudgetState.REVIEWED):
            if self.budget.finance_id is None or not by.can(REVIEW, self.budget.finance_id):
                raise Forbidden(
                    _now("“%(state)s”的预算由财政部门填写批复数") % {"state": state.label},
                    article="第八条第一款",
                    instead=_now("需要修改申请的，请财政部门驳回后再改。"),
                )
        elif state == BudgetState.DRAFT and not by.can(DRAFT, self.budget.organ_id):
            raise Forbidden(
                _now("编制中的预算由本单位填写"), article="第八条第一款", instead=_now("申报后由财政部门填写批复数。")
            )

    def faults(self) -> Iterable[Any]:
        """A change that the state of the budget does not allow; a foreign plan line; money that cannot be promised."""
        if self.plan_line is not None and (self.plan_line.organ_id, self.plan_line.plan.year) != (
            self.organ_id,
            self.year,
        ):
            yield Fault(
                _("只能对应本单位同一年度的计划事项"), "plan_line", str(self.plan_line), column=str(_("计划事项"))
            )
        if self.site is not None:
            yield from self._wrong_site(self.site)
        if self.granted is not None and not 0 <= self.granted <= self.amount:
            yield Fault(_("批复数不能为负数，也不能多于申请数"), "granted", str(self.granted), column=str(_("批复数")))
        state = self.budget.state if self.budget_id else BudgetState.DRAFT
        if state in (BudgetState.DRAFT, BudgetState.DECIDING) and (
            self.granted is not None or self.reported is not None
        ):
            yield Fault(_("申报之前没有批复数"), "granted", str(self.granted), column=str(_("批复数")))

    def fixed(self) -> Fixed | None:
        """All but what the reply says of it and what is spent from it, once its budget has moved on."""
        state = BudgetState(self.budget.state) if self.budget_id else BudgetState.DRAFT
        if state == BudgetState.DRAFT:
            return None
        loose = {
            BudgetState.DECIDING: {"granted"}, BudgetState.APPLIED: REPLY_FIELDS, BudgetState.REVIEWED: REPLY_FIELDS,
            BudgetState.REPLIED: RUNNING, BudgetState.CLOSED: {"reported", "reported_on"},
        }.get(state, set())  # fmt: skip
        return settled(
            self, loose, state=state.label, remedy=_now("请由财政部门驳回后修改，或者办理追加预算。"), whole="budget"
        )

    def _wrong_site(self, site: Site) -> Iterable[Fault]:
        if self.item not in CENTRAL:
            yield Fault(
                _now("%(item)s不是集中办公点统一编列的经费") % {"item": CostItem(self.item).label}, "site", str(site),
                column=str(_("集中办公点")), remedy=_("请不填集中办公点"),
            )  # fmt: skip
        elif self.organ_id != site.organ_id:
            yield Fault(
                _now("%(site)s的%(item)s由%(organ)s编列（第八条第二款）")
                % {"site": site, "item": CostItem(self.item).label, "organ": site.organ},
                "site", str(site), column=str(_("集中办公点")), remedy=_("请删去这一行，由统一管理单位编列"),
            )  # fmt: skip


def _twice(row: BudgetLine, other: BudgetLine) -> Fault:
    """Who has the same cost of the same site already."""
    words = {
        "site": row.site, "item": CostItem(row.item).label, "budget": other.budget.name, "number": other.number or "",
        "year": row.year,
    }  # fmt: skip
    return Fault(
        _now("%(site)s %(year)s 年的%(item)s已在“%(budget)s”第 %(number)s 行编列，同一经费只编一次（第八条第二款）") % words,
        "site", str(row.site), column=str(_("集中办公点")), remedy=_now("请在原来那一行调整；批复后确需增加的，办理追加预算"),
    )  # fmt: skip
