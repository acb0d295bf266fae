"""Standards that an authority issues, their lines, the trials of a draft, and re-examinations (articles 12 and 37)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Jurisdiction, Organization
from baozhang.kernel import clock
from baozhang.kernel.record import Record, kept_fields
from baozhang.kernel.refusal import Fault
from baozhang.law.catalogue import catalogue
from baozhang.law.figures import check_issued
from baozhang.law.figurespec import FigureError
from baozhang.law.issued import IssuedValue
from baozhang.law.rowwords import WHOLE, row_keys, row_words, written

from .choices import EDITABLE, ISSUED, Conclusion, State

# What may still change in a row, by the state in which it is kept; the database's triggers say the same once more.
_LOOSE = {
    State.SUBMITTED: {"state", "issued_on", "issued_at"},
    State.PUBLISHED: {"state", "valid_to", "document"},
}


def _differing(record: Record, loose: Iterable[str]) -> list[Any]:
    """The fields in which a record differs from its row in the database, but for those that may."""
    model: Any = type(record)
    stored = model._base_manager.filter(pk=record.pk).values(*kept_fields(model)).first() or {}
    changed = [name for name in stored if name not in loose and getattr(record, name) != stored[name]]
    return [field for field in model._meta.concrete_fields if field.attname in changed]


class Standard(Record):
    """A set of figures with its issuing authority, document and day; once published it is replaced, never changed."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="standards", verbose_name=_("发布机关"))
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="standards", verbose_name=_("适用区划"), editable=False
    )
    title = models.CharField(_("标准名称"), max_length=100, help_text=_("写明年份或版次，如“通用办公设备配置标准（2026年版）”"))
    document = models.CharField(_("发文字号"), max_length=60, blank=True, editable=False)
    source = models.CharField(_("制定依据"), max_length=200, blank=True, help_text=_("上位标准、市场价格调查或会议纪要"))
    valid_from = models.DateField(_("施行日期"), help_text=_("此日之前的事实仍按原标准判断"))
    valid_to = models.DateField(_("失效日期"), null=True, blank=True, help_text=_("没有期限的不填"))
    review_due = models.DateField(_("复审日期"), null=True, blank=True, help_text=_("到期未复审的，由巡查提示（第三十七条）"))
    note = models.TextField(_("说明"), blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    issued_on = models.DateField(_("发布日期"), null=True, blank=True, editable=False)
    issued_at = models.DateTimeField(_("发布时间"), null=True, blank=True, editable=False, db_index=True)

    natural = ("title", "organ_id")
    called = ("title",)
    searched = ("title", "document", "source")
    stepped = {"state": frozenset({State.DRAFT})}

    class Meta:
        verbose_name = _("配置标准")
        ordering = ("-valid_from", "-id")
        constraints = [
            models.UniqueConstraint(fields=["organ", "title"], name="standard_once",
                                    violation_error_message=_("已有同名的标准，新的版次请在名称中写明年份")),
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="standard_period",
                                   violation_error_message=_("失效日期早于施行日期")),
            models.CheckConstraint(condition=~Q(state__in=ISSUED) | Q(issued_on__isnull=False, issued_at__isnull=False),
                                   name="standard_issued", violation_error_message=_("已发布的标准须有发布日期")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @classmethod
    def visible(cls, actor: Any, organs: frozenset[int] | None) -> Q | None:
        """What is published is seen by all who may look at standards; a draft by its own authority."""
        return None if organs is None else Q(state__in=ISSUED) | Q(organ_id__in=sorted(organs)) if organs else Q(pk__in=[])

    @property
    def editable(self) -> bool:
        """This is true while the draft may be worked on."""
        return self.state in EDITABLE

    @property
    def issued(self) -> bool:
        """This is true once it has been published."""
        return self.state in ISSUED

    @property
    def place(self) -> str:
        """This is the path of the jurisdiction (310000/310117) that the standard is for."""
        return self.jurisdiction.path.rstrip("/")

    def derive(self) -> None:
        """This will set the jurisdiction from the issuing authority, and the moment of publication."""
        if self.organ_id:
            self.jurisdiction_id = self.organ.jurisdiction_id
        if self.state == State.PUBLISHED and self.issued_at is None:
            self.issued_on, self.issued_at = clock.today(), clock.now()

    def faults(self) -> Iterable[Any]:
        """A change to what has been submitted or published."""
        stored = Standard._base_manager.filter(pk=self.pk).values_list("state", flat=True).first() if self.pk else None
        if stored is None or stored in EDITABLE:
            return
        for field in _differing(self, _LOOSE.get(State(stored), ())):
            yield Fault(
                _("“%(state)s”的标准不能修改") % {"state": State(stored).label}, field.name, column=str(field.verbose_name),
                remedy=str(_("请起草新版本，自新的日期起施行。")),
            )  # fmt: skip


class StandardLine(Record):
    """One figure of a standard: its key, its row, the value; `slot` is 0 once published, else the draft's own key."""

    standard = models.ForeignKey(Standard, models.PROTECT, related_name="lines", verbose_name=_("标准"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("发布机关"), editable=False)
    key = models.CharField(_("项目"), max_length=80, help_text=_("参数目录中的名称或代号，如“台式计算机数量上限”"))
    row = models.CharField(_("档次"), max_length=160, blank=True, default=WHOLE, help_text=_("如“职级=司局级”；没有分档的填 *"))
    value = models.DecimalField(_("数值"), max_digits=18, decimal_places=4, null=True, blank=True)
    ends = models.BooleanField(_("终止"), default=False, help_text=_("自施行日期起不再限制，改由上级标准规定"))
    price_source = models.CharField(_("价格来源"), max_length=120, blank=True, help_text=_("参考市场价格的，写明来源"))
    price_day = models.DateField(_("价格日期"), null=True, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    place = models.CharField(_("适用范围"), max_length=60, editable=False)
    slot = models.BigIntegerField(default=0, editable=False)
    valid_from = models.DateField(_("施行日期"), editable=False)
    valid_to = models.DateField(_("失效日期"), null=True, blank=True, editable=False)

    natural = ("standard_id", "key", "row")
    searched = ("key", "note")
    exclusive_period = (("slot", "place", "key", "row"), "valid_from", "valid_to")

    class Meta:
        verbose_name = _("标准条目")
        ordering = ("standard", "key", "row")
        constraints = [
            models.UniqueConstraint(fields=["standard", "key", "row"], name="line_once", violation_error_message=_("同一项目、同一档次只能有一条")),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__gte=0), name="line_not_negative", violation_error_message=_("数值不能为负数")),
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="line_period", violation_error_message=_("失效日期早于施行日期")),
            models.CheckConstraint(condition=~Q(slot=0) | Q(ends=True, value__isnull=True) | Q(ends=False, value__isnull=False), name="line_says_something",
                                   violation_error_message=_("已发布的条目须有数值，或者写明终止")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["slot", "valid_from"], name="line_in_force")]

    def __str__(self) -> str:
        return f"{self.name}〔{self.row_shown}〕" if self.row_shown else self.name

    @classmethod
    def visible(cls, actor: Any, organs: frozenset[int] | None) -> Q | None:
        """As with the standard that it belongs to."""
        return None if organs is None else Q(slot=0) | Q(organ_id__in=sorted(organs)) if organs else Q(pk__in=[])

    def organ_key(self) -> int | None:
        """The key of the issuing authority, also before the line is kept."""
        return self.standard.organ_id if self.standard_id else None

    @property
    def name(self) -> str:
        """This is what the catalogue calls the figure."""
        figure = catalogue().get(self.key)
        return figure.name if figure else self.key

    @property
    def row_shown(self) -> str:
        """This is the row in words."""
        return row_words(part.split("=", 1) for part in self.row.split(";") if "=" in part)  # type: ignore[misc]

    @property
    def number(self) -> Any:
        """This is the value as figures are read: whole numbers as such, None where it ends or is not filled in."""
        if self.value is None:
            return None
        value = Decimal(self.value)
        return int(value) if value == value.to_integral_value() else value.normalize()

    def as_issued(self, *, since: Any = None) -> IssuedValue:
        """This is the line as the law reads it, from its own day or another; FigureError where the catalogue forbids it."""
        standard = self.standard
        document = f"{standard.organ.name}《{standard.title}》" + (f"（{standard.document}）" if standard.document else "")
        return IssuedValue(
            self.key, self.place or standard.place, self.number, since or self.valid_from or standard.valid_from,
            self.valid_to if since is None else None, row_keys(self.key, self.row), document,
        )  # fmt: skip

    def derive(self) -> None:
        """This will take organ, place, period and slot from the standard, and write key and row in their one form."""
        standard = self.standard
        self.organ_id, self.place = standard.organ_id, standard.place
        if standard.state not in ISSUED:
            self.slot, self.valid_from, self.valid_to = standard.pk or 0, standard.valid_from, standard.valid_to
        self.key, self.row = called(self.key), settled_row(called(self.key), self.row)

    def faults(self) -> Iterable[Any]:
        """An unknown figure or row, a value that the catalogue forbids, a change to what is no draft any more."""
        yield from self._wrong_value()
        if self.standard.state in EDITABLE:
            return
        if not self.pk:
            yield Fault(
                _("“%(state)s”的标准不能增加条目") % {"state": self.standard.get_state_display()}, "standard",  # type: ignore[attr-defined]
                column=str(_("标准")), remedy=str(_("请起草新版本，自新的日期起施行。")),
            )  # fmt: skip
            return
        for field in _differing(self, {"slot", "valid_from", "valid_to"}):
            yield Fault(
                _("“%(state)s”的标准不能修改") % {"state": self.standard.get_state_display()}, field.name,  # type: ignore[attr-defined]
                column=str(field.verbose_name), remedy=str(_("请起草新版本，自新的日期起施行。")),
            )  # fmt: skip

    def _wrong_value(self) -> Iterable[Any]:
        if self.ends and self.value is not None:
            yield Fault(_("终止的条目不能再有数值"), "value", str(self.value), column=str(_("数值")))
            return
        try:
            check_issued(self.as_issued())
        except FigureError as error:
            wrong = "key" if self.key not in catalogue() else "row" if "行键" in str(error.what) else "value"
            column = {"key": _("项目"), "row": _("档次"), "value": _("数值")}[wrong]
            yield Fault(str(error.what), wrong, getattr(self, wrong) or "", str(error.instead), column=str(column))


def called(word: str) -> str:
    """This is the key of the figure that a sheet calls by its key or title; the word itself where there is none."""
    word = word.strip()
    if word in catalogue():
        return word
    return next((key for key, figure in catalogue().items() if word in (figure.title, figure.title_en)), word)


def settled_row(key: str, row: str) -> str:
    """This is a row in its one form; as it was written where the figure has no such row, for `faults` to say so."""
    if key not in catalogue():
        return row or WHOLE
    try:
        return written(catalogue()[key].match(row_keys(key, row)))
    except FigureError:
        return row or WHOLE


class Trial(Record):
    """What a draft would have changed on live data on a day: counts and sums, no findings."""

    standard = models.ForeignKey(Standard, models.PROTECT, related_name="trials", verbose_name=_("标准"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("发布机关"), editable=False)
    day = models.DateField(_("判断日期"))
    assumed_from = models.DateField(_("假定施行日期"))
    made_at = models.DateTimeField(_("试算时间"))
    maker = models.CharField(_("试算人"), max_length=60)
    digest = models.CharField(_("草案摘要"), max_length=64)
    organs_now = models.PositiveIntegerField(_("现行超出单位"))
    organs_draft = models.PositiveIntegerField(_("草案超出单位"))
    amount_now = models.DecimalField(_("现行涉及金额"), max_digits=18, decimal_places=2)
    amount_draft = models.DecimalField(_("草案涉及金额"), max_digits=18, decimal_places=2)
    result = models.JSONField(_("分单位结果"), default=dict, blank=True)

    class Meta:
        verbose_name = _("试算")
        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        return f"{self.standard} {self.day}"

    def organ_key(self) -> int | None:
        """The key of the issuing authority, also before the trial is kept."""
        return self.standard.organ_id if self.standard_id else None

    def derive(self) -> None:
        """This will take the organ from the standard."""
        self.organ_id = self.standard.organ_id


class Reexamination(Record):
    """A look at a standard that is in force: does it stand, is it to be revised, when is the next (article 37)."""

    standard = models.ForeignKey(Standard, models.PROTECT, related_name="reexaminations", verbose_name=_("标准"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("发布机关"), editable=False)
    day = models.DateField(_("复审日期"))
    conclusion = models.CharField(_("复审结论"), max_length=10, choices=Conclusion.choices)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    next_due = models.DateField(_("下次复审日期"), null=True, blank=True)

    natural = ("standard_id", "day")

    class Meta:
        verbose_name = _("标准复审")
        ordering = ("-day",)
        constraints = [
            models.UniqueConstraint(fields=["standard", "day"], name="reexamination_once", violation_error_message=_("该标准当日已有复审记录")),
            models.CheckConstraint(condition=Q(next_due__isnull=True) | Q(next_due__gt=F("day")), name="reexamination_ahead",
                                   violation_error_message=_("下次复审日期应晚于本次")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.standard} {self.day}"

    def organ_key(self) -> int | None:
        """The key of the issuing authority, also before the row is kept."""
        return self.standard.organ_id if self.standard_id else None

    def derive(self) -> None:
        """This will take the organ from the standard."""
        self.organ_id = self.standard.organ_id

    def faults(self) -> Iterable[Any]:
        """A standard that is not in force has nothing to be re-examined."""
        if self.standard_id and self.standard.state != State.PUBLISHED:
            yield Fault(_("只有已发布、未被替代的标准需要复审"), "standard", str(self.standard), column=str(_("标准")))
