"""What somebody saw: one scan, made on a phone perhaps hours before it arrives, and kept once however often it is sent."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.stocktaking.choices import OPEN_STATES, SCANNING, Condition, Result, Way
from baozhang.kernel import clock
from baozhang.kernel.fixed import Fixed
from baozhang.kernel.past import PastKey
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault

from .count import Count
from .line import Line, Room

_LABEL = re.compile(r"/assets/cards/(\d+)/?")


def card_key(code: str) -> int | None:
    """This is the key of the card that a label's code opens; None where it is no such label."""
    found = _LABEL.search(code)
    return int(found.group(1)) if found and len(found.group(1)) < 18 else None


def code_of(code: str) -> Q:
    """The condition that a line is the one that a code names: its label's address, or its number."""
    key = card_key(code)
    return Q(card_id=key) if key is not None else Q(number=code.strip())


def fresh_key() -> str:
    """This is a new key of a scan that no phone has given one."""
    return str(uuid.uuid4())


class Scan(Record):
    """One thing seen, or not seen, by one person at one moment; corrected by a later scan, never changed."""

    organ = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("盘点单位"))
    count = models.ForeignKey(Count, models.PROTECT, related_name="scans", verbose_name=_("清查盘点"))
    room = models.ForeignKey(
        Room, models.PROTECT, null=True, blank=True, related_name="scans", verbose_name=_("盘点任务")
    )
    line = models.ForeignKey(
        Line, models.PROTECT, null=True, blank=True, related_name="scans", verbose_name=_("账面快照")
    )
    card = PastKey(
        Card, null=True, blank=True, related_name="scans", verbose_name=_("资产卡片"), binds=Q(count__state__in=OPEN_STATES), whole="count"
    )  # fmt: skip
    key = models.CharField(_("扫描编号"), max_length=36, default=fresh_key, help_text=_("由手机生成，重复发送只记一次"))
    code = models.CharField(
        _("标签内容"), max_length=200, blank=True, default="", help_text=_("扫到的二维码或者输入的编号")
    )
    result = models.CharField(_("结果"), max_length=10, choices=Result.choices)
    condition = models.CharField(
        _("实物状况"), max_length=8, choices=Condition.choices, blank=True, default=Condition.GOOD
    )
    place = models.CharField(_("所见地点"), max_length=120, blank=True, default="")
    user = models.CharField(_("所见使用人"), max_length=40, blank=True, default="")
    quantity = models.DecimalField(_("所见数量"), max_digits=14, decimal_places=2, null=True, blank=True)
    name = models.CharField(_("物品名称"), max_length=120, blank=True, default="", help_text=_("账外物品写明是什么"))
    note = models.CharField(_("备注"), max_length=300, blank=True, default="")
    way = models.CharField(_("方式"), max_length=8, choices=Way.choices, default=Way.PAPER)
    scanned_at = models.DateTimeField(_("盘点时间"), null=True, blank=True)
    received_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    device = models.CharField(_("设备"), max_length=36, blank=True, default="")
    scanner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("盘点人")
    )
    scanner_name = models.CharField(_("盘点人姓名"), max_length=100, blank=True, default="")
    late = models.BooleanField(_("清点结束后送达"), default=False)

    searched = ("code", "name", "place", "scanner_name")
    loose = ("count.state", frozenset({"counting", "judging"}))

    class Meta:
        verbose_name = _("盘点记录")
        constraints = [
            models.UniqueConstraint(fields=["key"], name="scan_once", violation_error_message=_("这条盘点记录已经收到")),
            models.CheckConstraint(
                condition=~Q(result=Result.UNKNOWN) | Q(line__isnull=True), name="scan_unknown_has_no_line",
                violation_error_message=_("账外物品不对应账面")),
            models.CheckConstraint(
                condition=Q(result=Result.UNKNOWN) | Q(line__isnull=False) | Q(card__isnull=False), name="scan_names_a_card",
                violation_error_message=_("账面上没有这个编号")),
            models.CheckConstraint(condition=Q(quantity__isnull=True) | Q(quantity__gte=0), name="scan_quantity",
                                   violation_error_message=_("数量不能为负数")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["count", "line", "scanned_at"], name="scan_last"),
            models.Index(fields=["count", "id"], name="scan_of_count"),
        ]

    def __str__(self) -> str:
        return self.name or self.code or f"{self.get_result_display()} · {self.scanner_name or self.key}"

    def derive(self) -> None:
        """This will set the moments that nobody has said, and find what a code typed in names."""
        if not self.pk and self.line_id is None and self.card_id is None and self.code and self.count_id:
            self._match()
        self.received_at = self.received_at or clock.now()
        if self.scanned_at is None or self.scanned_at > self.received_at:
            self.scanned_at = self.received_at

    def _match(self) -> None:
        """One row from a form or a program; a phone's many are matched at once (`actions.syncing`)."""
        self.line = (
            Line.objects.filter(count_id=self.count_id).filter(code_of(self.code)).select_related("card").first()
        )
        if self.line is not None:
            self.card = self.line.card
            if self.result == Result.UNKNOWN:
                self.result = Result.FOUND
            if self.result == Result.FOUND and self.place and self.place.strip() != self.line.place.strip():
                self.result = Result.MISPLACED
        if self.room_id is None and self.place:
            self.room = Room._base_manager.filter(count_id=self.count_id, place=self.place).first()

    def faults(self) -> Iterable[Fault]:
        """An unknown thing without a name; a room of another count."""
        if self.result == Result.UNKNOWN and not (self.name or self.code):
            yield self.fault_of("name", _("请写明是什么物品"), self.name, _("例如：台式计算机"))
        if not self.pk and self.result != Result.UNKNOWN and self.card_id is None:
            yield self.fault_of("code", _("账面上没有这个编号"), self.code, _("核对编号；确无卡片的，结果选“账外物品”"))
        if not self.pk and not self.late and self.count.state not in SCANNING:
            yield self.fault_of("count", _("这次盘点不在清点中"), self.count, _("在清点开始以后、报审以前登记"))
        if self.count.organ_id != self.organ_id or (self.room is not None and self.room.count_id != self.count_id):
            yield self.fault_of("count", _("这次盘点不是该单位的"), self.count, _("请从本单位的盘点中选择"))

    def fixed(self) -> Fixed | None:
        """What a scan said: it is never said otherwise, there is a later one."""
        return Fixed(_FIXED, _("盘点记录不能修改"), _("看错了就再盘一次，以后一次为准"))


_FIXED = (
    "count_id", "room_id", "line_id", "card_id", "key", "code", "result", "condition", "place", "user", "quantity",
    "name", "note", "way", "scanned_at", "device", "scanner_id",
)  # fmt: skip
