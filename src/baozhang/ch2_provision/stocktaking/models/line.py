"""The books as they were frozen: one line a card; and the rooms in which the lines are to be found."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import Category, UseState
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.stocktaking.choices import OPEN_STATES
from baozhang.kernel.past import PastKey
from baozhang.kernel.record import Record

from .count import Count


class Room(Record):
    """One task of a count: a room; or a custodian, for what no room is known of."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("盘点单位"))
    count = models.ForeignKey(Count, models.PROTECT, related_name="rooms", verbose_name=_("清查盘点"))
    place = models.CharField(_("地点"), max_length=120, blank=True, default="")
    custodian = models.CharField(
        _("保管人"), max_length=40, blank=True, default="", help_text=_("没有登记地点的资产，按保管人寻找")
    )
    expected = models.PositiveIntegerField(_("账面件数"), default=0)
    counter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("盘点人"),
    )  # fmt: skip
    counter_name = models.CharField(
        _("盘点人姓名"),
        max_length=40,
        blank=True,
        default="",
        help_text=_("本单位人员的姓名或者登录名；留空由资产管理员盘点"),
    )

    searched = ("place", "custodian")

    class Meta:
        verbose_name = _("盘点任务")
        constraints = [
            models.UniqueConstraint(fields=["count", "place", "custodian"], name="count_room_once"),
            models.CheckConstraint(
                condition=models.Q(place="") | models.Q(custodian=""), name="room_or_custodian",
                violation_error_message=_("任务按地点或者按保管人划分"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.place or (
            _now("%(name)s 名下（未登记地点）") % {"name": self.custodian}
            if self.custodian
            else _now("未登记地点和保管人")
        )


class Line(models.Model):
    """One card as the books had it at the moment of freezing; never changed, its digest stands in the count's ledger."""

    count = models.ForeignKey(Count, models.PROTECT, related_name="lines")
    room = models.ForeignKey(Room, models.PROTECT, related_name="lines")
    card = PastKey(Card, related_name="+", binds=Q(count__state__in=OPEN_STATES), whole="count")
    card_version = models.PositiveIntegerField()
    number = models.CharField(_("资产编号"), max_length=60)
    name = models.CharField(_("资产名称"), max_length=120)
    model = models.CharField(_("规格型号"), max_length=120, blank=True)
    category = models.CharField(_("资产大类"), max_length=12, choices=Category.choices, blank=True)
    quantity = models.DecimalField(_("数量"), max_digits=14, decimal_places=2)
    unit = models.CharField(_("计量单位"), max_length=20, blank=True)
    value = models.DecimalField(_("原值"), max_digits=16, decimal_places=2)
    department = models.CharField(_("使用部门"), max_length=60, blank=True)
    place = models.CharField(_("存放地点"), max_length=120, blank=True)
    custodian = models.CharField(_("保管人"), max_length=40, blank=True)
    user = models.CharField(_("使用人"), max_length=40, blank=True)
    use_state = models.CharField(_("使用状况"), max_length=12, choices=UseState.choices)

    FROZEN: ClassVar[tuple[str, ...]] = (
        "card_version", "number", "name", "model", "category", "quantity", "unit", "value", "department", "place",
        "custodian", "user", "use_state",
    )  # fmt: skip

    class Meta:
        verbose_name = _("账面快照")
        constraints = [models.UniqueConstraint(fields=["count", "card"], name="line_card_once")]
        indexes = [
            models.Index(fields=["room"], name="count_line_room"),
            models.Index(fields=["count", "number"], name="count_line_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def kept(self) -> bool:
        """False for a part that was split off since: it stands in no snapshot."""
        return bool(self.pk)
