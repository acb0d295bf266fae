"""One figure of a standard, and how people write its key and its row."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch3_mechanisms.standards.choices import EDITABLE, ISSUED
from baozhang.kernel.plain import differing
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault
from baozhang.law.catalogue import catalogue
from baozhang.law.figures import check_issued
from baozhang.law.figurespec import FigureError
from baozhang.law.issued import IssuedValue
from baozhang.law.rowwords import WHOLE, row_keys, row_words, written

from .standard import Standard


class StandardLine(Record):
    """One figure of a standard: its key, its row, the value; `slot` is 0 once published, else the draft's own key."""

    standard = models.ForeignKey(Standard, models.PROTECT, related_name="lines", verbose_name=_("标准"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("发布机关"), editable=False
    )
    key = models.CharField(_("项目"), max_length=80, help_text=_("参数目录中的名称或代号，如“台式计算机数量上限”"))
    row = models.CharField(
        _("档次"), max_length=160, blank=True, default=WHOLE, help_text=_("如“职级=司局级”；没有分档的填 *")
    )
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
    called = ("key",)
    searched = ("key", "note")
    exclusive_period = (("slot", "place", "key", "row"), "valid_from", "valid_to")
    loose = ("standard.state", frozenset({"draft", "returned"}))

    class Meta:
        verbose_name = _("标准条目")
        ordering = ("standard", "key", "row")
        constraints = [
            models.UniqueConstraint(
                fields=["standard", "key", "row"],
                name="line_once",
                violation_error_message=_("同一项目、同一档次只能有一条"),
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0),
                name="line_not_negative",
                violation_error_message=_("数值不能为负数"),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="line_period",
                violation_error_message=_("失效日期早于施行日期"),
            ),
            models.CheckConstraint(
                condition=~Q(slot=0) | Q(ends=True, value__isnull=True) | Q(ends=False, value__isnull=False),
                name="line_says_something",
                violation_error_message=_("已发布的条目须有数值，或者写明终止"),
            ),
        ]
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
    def row_parts(self) -> tuple[tuple[str, str], ...]:
        """This is the row as pairs of row key and value; empty for a figure without rows."""
        parts = (part.partition("=") for part in self.row.split(";"))
        return tuple((name, value) for name, equals, value in parts if equals)

    @property
    def row_shown(self) -> str:
        """This is the row in words."""
        return row_words(self.row_parts)

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
        document = f"{standard.organ.name}《{standard.title}》" + (
            f"（{standard.document}）" if standard.document else ""
        )
        return IssuedValue(
            self.key,
            self.place or standard.place,
            self.number,
            since or self.valid_from or standard.valid_from,
            self.valid_to if since is None else None,
            row_keys(self.key, self.row),
            document,
        )

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
                _("“%(state)s”的标准不能增加条目") % {"state": self.standard.get_state_display()},
                "standard",
                column=str(_("标准")),
                remedy=str(_("请起草新版本，自新的日期起施行。")),
            )
            return
        for field in differing(self, {"slot", "valid_from", "valid_to"}):
            yield Fault(
                _("“%(state)s”的标准不能修改") % {"state": self.standard.get_state_display()},
                field.name,
                column=str(field.verbose_name),
                remedy=str(_("请起草新版本，自新的日期起施行。")),
            )

    def _wrong_value(self) -> Iterable[Any]:
        if self.ends and self.value is not None:
            yield Fault(_("终止的条目不能再有数值"), "value", str(self.value), column=str(_("数值")))
            return
        value = Decimal(self.value or 0)
        if not value.is_finite() or value.adjusted() > 17:
            return  # no figure that the column holds: its field says so
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
