"""Custom fields: an office's own fields on a class of record, used in form, filter, sheet and API alike."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .fixed import Fixed
from .record import Record
from .refusal import Fault
from .statement import Statement

_KEY = re.compile(r"^[a-z][a-z0-9_]{0,30}$")


class Kind(models.TextChoices):
    """What a custom field may hold."""

    TEXT = "text", gettext_lazy("文字")
    NUMBER = "number", gettext_lazy("数值")
    DATE = "date", gettext_lazy("日期")
    CHOICE = "choice", gettext_lazy("选项")
    BOOL = "bool", gettext_lazy("是否")


def kinds() -> list[tuple[str, Any]]:
    """The classes of record that may have custom fields: those of business, by their label."""
    from .resource import BY_LABEL  # declarations stand above this room

    return [(label, one.title) for label, one in sorted(BY_LABEL.items()) if not one.admin and one.fields]


class CustomField(Record):
    """One field that an office adds to a class of record."""

    label_of = models.CharField(gettext_lazy("记录类别"), max_length=64, choices=kinds)
    key = models.CharField(
        gettext_lazy("字段代码"), max_length=32, help_text=gettext_lazy("小写字母开头，只含小写字母、数字和下划线")
    )
    words = models.CharField(gettext_lazy("字段名称"), max_length=40)
    kind = models.CharField(gettext_lazy("类型"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    choices_text = models.TextField(gettext_lazy("选项"), blank=True, help_text=gettext_lazy("每行一个"))
    required = models.BooleanField(gettext_lazy("必填"), default=False)
    filtered = models.BooleanField(gettext_lazy("可筛选"), default=True)
    retired = models.BooleanField(gettext_lazy("停用"), default=False)

    scope_field = None
    natural = ("label_of", "key")

    class Meta:
        app_label = "kernel"
        verbose_name = gettext_lazy("自定义字段")
        constraints = [
            models.UniqueConstraint(fields=["label_of", "key"], name="custom_field_once"),
            models.UniqueConstraint(fields=["label_of", "words"], name="custom_words_once"),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def column(self) -> str:
        """The name of its column in addresses, sheets and API."""
        return f"x_{self.key}"

    @property
    def options(self) -> list[str]:
        """The choices, one a line."""
        return [line.strip() for line in self.choices_text.splitlines() if line.strip()]

    def faults(self) -> Iterable[Fault]:
        """A key that is no key, a choice without options."""
        if not _KEY.match(self.key):
            yield Fault(
                _("字段代码应以小写字母开头，只含小写字母、数字和下划线"), "key", self.key, column=_("字段代码")
            )
        if self.kind == Kind.CHOICE and not self.options:
            yield Fault(_("请列出选项，每行一个"), "choices_text", column=_("选项"))

    def fixed(self) -> Fixed | None:
        """What says how the values that are filled in are read."""
        reason = _("记录类别、字段代码和类型不能再改：已填的内容会读不懂")
        return Fixed(("label_of", "key", "kind"), reason, _("请停用这个字段，另设一个新字段"))


def fields_for(label: str) -> list[CustomField]:
    """The custom fields in use on a class of record, in the order they were added."""
    return _IN_USE(label)


_IN_USE = Statement(lambda label: CustomField._base_manager.filter(label_of=label, retired=False).order_by("id"))


def read(custom: CustomField, raw: Any) -> Any:
    """A value of a custom field as JSON holds it; ValueError with a sentence where it does not fit."""
    if raw is None or str(raw).strip() == "":
        if custom.required:
            raise ValueError(_("必填"))
        return None
    text = str(raw).strip()
    if custom.kind == Kind.NUMBER:
        try:
            number = Decimal(text.replace(",", ""))
        except InvalidOperation:
            number = Decimal("nan")
        if not number.is_finite():
            raise ValueError(_("不是数值"))
        return str(number)
    if custom.kind == Kind.DATE:
        try:
            return dt.date.fromisoformat(text[:10]).isoformat()
        except ValueError:
            raise ValueError(_("不是日期，应写作 2026-03-05")) from None
    if custom.kind == Kind.BOOL:
        if text not in ("是", "否", "True", "False", "true", "false", "1", "0"):
            raise ValueError(_("应为“是”或“否”"))
        return text in ("是", "True", "true", "1")
    if custom.kind == Kind.CHOICE and text not in custom.options:
        raise ValueError(_("不在选项之内：%(options)s") % {"options": "、".join(custom.options)})
    return text


def merge(
    customs: Iterable[CustomField], values: Mapping[str, Any], extra: dict[str, Any]
) -> tuple[dict[str, Any], list[Fault]]:
    """The custom values with those given put in, and what is wrong with them."""
    merged, faults = dict(extra), []
    for custom in customs:
        if custom.column not in values:
            continue
        try:
            value = read(custom, values[custom.column])
        except ValueError as error:
            faults.append(Fault(str(error), custom.column, str(values[custom.column]), column=custom.words))
            continue
        if value is None:
            merged.pop(custom.key, None)
        else:
            merged[custom.key] = value
    return merged, faults
