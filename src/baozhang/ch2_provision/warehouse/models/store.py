"""Physical stores with their places, and the classes of asset that are to be shared (articles 14 and 16)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.warehouse.choices import StoreState
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault
from baozhang.kernel.scope import organ_condition

from .sides import authorities_of


class Store(Record):
    """A place of the support authority in which things lie until they are wanted."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="stores", verbose_name=_("管理单位"))
    code = models.CharField(_("仓库编号"), max_length=20)
    name = models.CharField(_("仓库名称"), max_length=60)
    address = models.CharField(_("仓库地址"), max_length=120, blank=True, default="")
    keeper = models.CharField(_("仓库负责人"), max_length=40, blank=True, default="")
    hours = models.CharField(_("收发时间"), max_length=60, blank=True, default="")
    state = models.CharField(_("启停状态"), max_length=8, choices=StoreState.choices, default=StoreState.OPEN)

    natural = ("organ_id", "code")
    called = ("code", "name")
    searched = ("code", "name")

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """One's own stores, and those of one's own level, so that an agency can say where it will bring its things."""
        own = organ_condition("organ_id", organs)
        return own if own is None or not organs else own | Q(organ_id__in=authorities_of(actor))

    class Meta:
        app_label = "warehouse"
        verbose_name = _("公物仓仓库")
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "code"], name="store_once", violation_error_message=_("已有同样编号的仓库")
            )
        ]

    def __str__(self) -> str:
        return self.name


class Place(Record):
    """A shelf, bay or yard within a store."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("管理单位"))
    store = models.ForeignKey(Store, models.PROTECT, related_name="places", verbose_name=_("所在仓库"))
    code = models.CharField(_("库位编号"), max_length=20)
    note = models.CharField(_("库位说明"), max_length=80, blank=True, default="")

    natural = ("organ_id", "store_id", "code")
    called = ("code",)
    searched = ("code", "store.name")

    class Meta:
        app_label = "warehouse"
        verbose_name = _("库位")
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "store", "code"],
                name="place_once",
                violation_error_message=_("该仓库已有同样编号的库位"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.code}"

    def faults(self) -> Iterable[Fault]:
        """A place lies in a store of the same authority."""
        if self.store_id and self.organ_id and self.store.organ_id != self.organ_id:
            yield Fault(_("所选仓库不属于该管理单位"), "store", str(self.store))


class SharedClass(Record):
    """A class of asset that the authority lists as shared (article 14, paragraph 2: the catalogue of shared assets)."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("管理单位"))
    class_code = models.CharField(
        _("分类代码开头"), max_length=20, help_text=_("GB/T 14885 代码，填写前几位即包括其下各类")
    )
    words = models.CharField(_("共享资产名称"), max_length=60)
    since = models.DateField(_("列入日期"))
    until = models.DateField(_("停止日期"), null=True, blank=True)
    basis = models.CharField(_("列入依据"), max_length=120, blank=True, default="")

    natural = ("organ_id", "class_code", "since")
    searched = ("class_code", "words")

    class Meta:
        app_label = "warehouse"
        verbose_name = _("共享共用资产目录")
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "class_code", "since"], name="shared_once", violation_error_message=_("该分类已列入目录")
            ),
            models.CheckConstraint(
                condition=~Q(class_code=""), name="shared_code", violation_error_message=_("请填写分类代码")
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")), name="shared_period",
                violation_error_message=_("停止日期早于列入日期"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.class_code} {self.words}"

    def faults(self) -> Iterable[Any]:
        """An end lies behind the beginning, and a code has digits."""
        if self.until is not None and self.since is not None and self.until < self.since:
            yield Fault(_("停止日期早于列入日期"), "until", str(self.until))
        if not self.class_code.strip():
            yield Fault(_("请填写分类代码"), "class_code")
