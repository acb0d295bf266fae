"""One card in the warehouse, and the same as the catalogue shows it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import Category
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.choices import (
    ENDED,
    LIVE,
    STANDING,
    Grade,
    ItemState,
    Keeping,
    Listing,
    Outcome,
    Reason,
)
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .entry import Entry
from .sides import authorities_of, of_sides
from .store import Place, Store


class Item(Record):
    """One card while it is in the warehouse: ownership stays with the card's organ, custody is here."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="items", verbose_name=_("权属单位"))
    authority = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("公物仓管理部门"))
    card = models.ForeignKey(Card, models.PROTECT, related_name="items", verbose_name=_("资产卡片"))
    entry = models.ForeignKey(
        Entry, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("入仓申请")
    )
    reason = models.CharField(_("入仓情形"), max_length=8, choices=Reason.choices)
    state = models.CharField(_("在仓状态"), max_length=10, choices=ItemState.choices, default=ItemState.ENTERING)
    number = models.CharField(_("资产编号"), max_length=60, blank=True, default="")
    name = models.CharField(_("物品名称"), max_length=120)
    category = models.CharField(_("物品大类"), max_length=12, choices=Category.choices, blank=True, default="")
    kind = models.CharField(_("配置标准项目"), max_length=32, blank=True, default="", editable=False)
    model = models.CharField(_("规格型号"), max_length=120, blank=True, default="")
    quantity = models.DecimalField(_("数量"), max_digits=14, decimal_places=2, default=Decimal(1))
    unit = models.CharField(_("计量单位"), max_length=20, blank=True, default="")
    value = models.DecimalField(_("入仓原值"), max_digits=16, decimal_places=2)
    bought = models.DateField(_("购置日期"), null=True, blank=True)
    grade = models.CharField(_("成色"), max_length=8, choices=Grade.choices, default=Grade.GOOD)
    keeping = models.CharField(_("存放方式"), max_length=10, choices=Keeping.choices, default=Keeping.VIRTUAL,
                               help_text=_("虚拟仓的实物留在原单位，被申领前仍可使用"))  # fmt: skip
    store = models.ForeignKey(
        Store, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("所在仓库")
    )
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("所在库位")
    )
    holder = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("现在何处"),
        help_text=_("实际占有使用的单位；权属不因此改变"),
    )  # fmt: skip
    custodian = models.CharField(_("现保管人"), max_length=40, blank=True, default="")
    listing = models.CharField(_("公示范围"), max_length=8, choices=Listing.choices, default=Listing.LEVEL)
    wiped = models.BooleanField(_("存储介质已清除"), default=False)
    outcome = models.CharField(_("复验结论"), max_length=10, choices=Outcome.choices, blank=True, default="")
    words = models.CharField(_("物品说明"), max_length=200, blank=True, default="")
    last_cost = models.DecimalField(_("本次维修费"), max_digits=16, decimal_places=2, default=Decimal(0))
    repairs = models.DecimalField(_("累计维修费"), max_digits=16, decimal_places=2, default=Decimal(0))
    entered_on = models.DateField(_("入仓日期"), null=True, blank=True)
    left_on = models.DateField(_("离仓日期"), null=True, blank=True)

    searched = ("name", "model", "number", "organ.name")
    called = ()
    stepped = {"state": frozenset()}

    class Meta:
        app_label = "warehouse"
        verbose_name = _("公物仓物品")
        constraints = [
            models.UniqueConstraint(fields=["card"], condition=Q(state__in=LIVE), name="item_once",
                                    violation_error_message=_("这张卡片已在公物仓中或正在办理入仓")),
            models.CheckConstraint(condition=Q(state__in=ENDED, left_on__isnull=False) | ~Q(state__in=ENDED) & Q(left_on__isnull=True),
                                   name="item_left", violation_error_message=_("离开公物仓的物品须有离仓日期")),
            models.CheckConstraint(condition=~Q(state__in=STANDING) | Q(entered_on__isnull=False), name="item_entered",
                                   violation_error_message=_("在仓物品须有入仓日期")),
            models.CheckConstraint(condition=Q(place__isnull=True) | Q(store__isnull=False), name="item_place_in_store",
                                   violation_error_message=_("填写库位须同时填写仓库")),
            models.CheckConstraint(condition=Q(keeping="physical") | Q(store__isnull=True), name="item_virtual_has_no_store",
                                   violation_error_message=_("虚拟仓物品不填写仓库")),
            models.CheckConstraint(condition=~Q(keeping="physical") | ~Q(state__in=STANDING) | Q(store__isnull=False),
                                   name="item_physical_has_store", violation_error_message=_("实体仓物品须填写仓库")),
            models.CheckConstraint(condition=Q(repairs__gte=0), name="item_repairs", violation_error_message=_("维修费不能为负数")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["authority", "state", "-id"], name="item_authority"),
            models.Index(fields=["organ", "state"], name="item_organ"),
            models.Index(fields=["kind", "state"], name="item_kind", condition=~Q(kind="")),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """The owner's own, and those of the warehouse that the actor's authority keeps."""
        return of_sides(organs, "organ_id", "authority_id")

    @property
    def physical(self) -> bool:
        """True where it lies in a store."""
        return self.keeping == Keeping.PHYSICAL

    @property
    def giver_id(self) -> int:
        """The organ that hands it out: the store's authority, or the owner where it stayed on site."""
        return self.authority_id if self.physical else self.organ_id

    def faults(self) -> Iterable[Any]:
        """A place within the store, a store of the same authority."""
        if self.place is not None and self.place.store_id != self.store_id:
            yield Fault(_("库位不在所填仓库内"), "place", str(self.place))
        if self.store is not None and self.store.organ_id != self.authority_id:
            yield Fault(_("仓库不属于本级公物仓"), "store", str(self.store))
        if self.keeping == Keeping.VIRTUAL and self.store is not None:
            yield Fault(_("虚拟仓物品不填写仓库"), "store", str(self.store))


class Offer(Item):
    """An item as every agency of its listing may see it: what it is and how to get it, and nothing else of its owner."""

    scope_field = None

    class Meta:
        app_label = "warehouse"
        proxy = True
        verbose_name = _("公物仓目录")

    def __str__(self) -> str:
        return f"{self.name} {self.model}".strip()

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """What is in stock and listed for the actor's organ: own, of the own level, or of the whole city."""
        shown = Q(state__in=(ItemState.STOCK, ItemState.RESERVED))
        if organs is None:
            return shown
        if not organs:
            return Q(pk__in=[])
        own = sorted({holding.organ_id for holding in actor.holdings})
        level = Q(listing=Listing.LEVEL, authority_id__in=authorities_of(actor))
        return shown & (Q(listing=Listing.CITY) | level | Q(organ_id__in=own))
