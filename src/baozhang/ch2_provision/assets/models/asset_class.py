"""The classes of GB/T 14885, each in its edition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from baozhang.ch2_provision.assets.choices import Category, Edition, synonyms
from baozhang.ch2_provision.assets.choices.classes import category_of, stem, tidy
from baozhang.kernel.columns import pick
from baozhang.kernel.record import Record


class AssetClass(Record):
    """One class of GB/T 14885 in one edition: its name, its place in the tree, its main category."""

    edition = models.CharField(_("分类版本"), max_length=4, choices=Edition.choices)
    code = models.CharField(_("分类代码"), max_length=20)
    name = models.CharField(_("分类名称"), max_length=80)
    path = models.CharField(
        _("路径"),
        max_length=20,
        editable=False,
        default="",
        blank=True,
        help_text=_("代码去掉末尾的零，是下级代码的开头"),
    )
    category = pick(_("资产大类"), Category)
    verified = models.BooleanField(_("已核实"), default=False, help_text=_("未对照标准原文的，只供参考"))

    scope_field = None
    natural = ("edition", "code")
    called = ("code",)
    searched = ("code", "name")
    synonyms: ClassVar[Mapping[str, Mapping[str, Any]]] = synonyms.CLASS

    class Meta:
        verbose_name = _("资产分类")
        ordering = ("edition", "code")
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="asset_class_once",
                                               violation_error_message=_("这一版已有同样的分类代码"))]  # fmt: skip
        indexes = [models.Index(fields=["code"], name="asset_class_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def derive(self) -> None:
        """This will set the path, and the category where none is said from the nearest known class above."""
        self.code = tidy(self.code)
        self.path = stem(self.code)
        self.category = self.category or category_of(self.edition, self.code)
