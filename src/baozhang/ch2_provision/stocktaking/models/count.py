"""A count of what an agency holds: its scope, its days, and the books as they were frozen (article 13, paragraph 2)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import Category
from baozhang.ch2_provision.stocktaking.choices import Scope, State
from baozhang.kernel import bulk
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

_BETWEEN = re.compile(r"[、,，;；\n]+")
LISTS = ("departments", "places", "categories")


def parts(text: str) -> list[str]:
    """These are the names in a text, however they are set apart."""
    return [part.strip() for part in _BETWEEN.split(text or "") if part.strip()]


class Count(Record):
    """One stock-taking of an agency, from the plan to the report."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="counts", verbose_name=_("盘点单位"))
    number = models.CharField(
        _("盘点编号"), max_length=40, unique=True, blank=True, default="", help_text=_("留空则自动编号")
    )
    title = models.CharField(_("盘点名称"), max_length=80)
    scope = models.CharField(_("盘点范围"), max_length=8, choices=Scope.choices, default=Scope.FULL)
    departments = models.CharField(
        _("限于部门"), max_length=300, blank=True, default="", help_text=_("抽查盘点时填写，多个用顿号分开；留空为全部")
    )
    places = models.CharField(
        _("限于地点"), max_length=300, blank=True, default="", help_text=_("存放地点的开头，如“三楼、B座”")
    )
    categories = models.CharField(
        _("限于大类"), max_length=120, blank=True, default="", help_text=_("资产大类，如“设备、家具和用具”")
    )
    begins = models.DateField(_("计划开始"))
    ends = models.DateField(_("计划结束"))
    led_by = models.CharField(_("负责人"), max_length=40)
    remarks = models.CharField(_("说明"), max_length=300, blank=True, default="")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)

    frozen_at = models.DateTimeField(_("账面冻结时间"), null=True, blank=True)
    frozen_lines = models.PositiveIntegerField(_("账面卡片数"), null=True, blank=True)
    frozen_value = models.DecimalField(_("账面原值"), max_digits=18, decimal_places=2, null=True, blank=True)
    frozen_digest = models.CharField(_("账面快照摘要"), max_length=64, blank=True, default="")
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="following", verbose_name=_("上次盘点")
    )
    counted_on = models.DateField(_("清点完成日期"), null=True, blank=True)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)
    document = models.ForeignKey(
        "kernel.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("盘点报告")
    )

    natural = ("number",)
    numbered = "number"
    called = ("number", "title")
    searched = ("number", "title", "organ.name", "led_by")
    loose = ("state", frozenset({"draft", "counting", "judging"}))

    class Meta:
        verbose_name = _("清查盘点")
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="count_has_number", violation_error_message=_("盘点须有编号")),
            models.CheckConstraint(condition=Q(ends__gte=F("begins")), name="count_period",
                                   violation_error_message=_("计划结束早于计划开始")),
            models.CheckConstraint(
                condition=~Q(scope=Scope.FULL) | Q(departments="", places="", categories=""), name="count_full_is_full",
                violation_error_message=_("全面盘点不限部门、地点和大类")),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True, frozen_digest="") | Q(frozen_at__isnull=False) & ~Q(frozen_digest=""),
                name="count_frozen_has_digest", violation_error_message=_("冻结的账面须有摘要")),
            models.CheckConstraint(
                condition=~Q(state__in=(State.DRAFT, State.SUBMITTED)) | Q(frozen_at__isnull=True), name="count_plan_not_frozen",
                violation_error_message=_("方案批准以前账面尚未冻结")),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, document__isnull=True) | Q(closed_on__isnull=False, document__isnull=False),
                name="count_closed_has_report", violation_error_message=_("办结的盘点须有办结日期和报告")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "state"], name="count_state")]

    def __str__(self) -> str:
        return self.title

    def derive(self) -> None:
        """This will give a new count the next number of its agency in the year."""
        if not self.number and self.organ_id and self.begins:
            bulk.take_turns(f"stocktaking numbers {self.organ_id}")
            head = f"{self.organ.code}-PD{self.begins.year}-"
            used = Count._base_manager.filter(number__startswith=head).values_list("number", flat=True)
            last = max((int(one.removeprefix(head)) for one in used if one.removeprefix(head).isdigit()), default=0)
            self.number = f"{head}{last + 1:02d}"

    def faults(self) -> Iterable[Fault]:
        """A full count with a narrower scope, a part without one, an unknown category, an end before the beginning."""
        narrowed = [name for name in LISTS if getattr(self, name)]
        if self.scope == Scope.FULL and narrowed:
            yield self.fault_of(
                narrowed[0],
                _("全面盘点不限部门、地点和大类"),
                getattr(self, narrowed[0]),
                _("改为抽查盘点，或清空范围"),
            )
        if self.scope == Scope.PART and not narrowed:
            yield self.fault_of(
                "places", _("抽查盘点要写明范围"), self.places, _("填写部门、地点或者大类，或改为全面盘点")
            )
        known = {str(label) for label in Category.labels} | set(Category.values)
        for word in parts(self.categories):
            if word not in known:
                yield self.fault_of(
                    "categories",
                    _("没有大类“%(word)s”") % {"word": word},
                    self.categories,
                    "、".join(map(str, Category.labels)),
                )
        if self.begins and self.ends and self.ends < self.begins:
            yield self.fault_of("ends", _("早于计划开始"), self.ends, _("请核对两个日期"))

    def fixed(self) -> Fixed | None:
        """What is counted, from the moment the plan is handed in: who agreed to it agreed to that."""
        if self.state == State.DRAFT:
            return None
        names = ("organ", "number", "begins", "scope", *LISTS)
        return Fixed(
            names,
            _("已提交的盘点方案不能改编号、范围和开始日期"),
            _("待批准的，撤回后修改；已经开始的，办结或者撤销后另行盘点"),
        )

    @property
    def category_codes(self) -> list[str]:
        """These are the categories that the scope names, as codes."""
        by_words = {str(choice.label): choice.value for choice in Category}
        return [by_words.get(word, word) for word in parts(self.categories)]
