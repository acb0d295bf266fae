"""What was delivered and counted, and the cards that were made of it at once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card, Voucher
from baozhang.kernel.columns import text
from baozhang.kernel.record import Record

from .purchase import Purchase, PurchaseLine, money


class Delivery(Record):
    """One delivery, counted by another person than the buyer; a purchase may have several."""

    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="deliveries", verbose_name=_("采购"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("采购单位"), db_index=False
    )
    day = models.DateField(_("验收日期"))
    counter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("验收人"), db_index=False
    )
    quantity = models.PositiveIntegerField(_("验收数量"))
    amount = money(_("验收金额"))
    invoice = text(_("发票号"), 60)
    note = text(_("验收意见"), 200)
    voucher = models.ForeignKey(
        Voucher, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("记账凭证"), db_index=False
    )

    searched = ("invoice", "purchase.number")
    loose = ("", frozenset())

    class Meta:
        app_label = "procurement"
        verbose_name = _("验收")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1, amount__gte=0), name="delivery_sums", violation_error_message=_("验收数量应大于零")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organ", "-id"], name="purchase_delivery_organ")]

    def __str__(self) -> str:
        return gettext("%(day)s 验收 %(n)s 件") % {"day": self.day, "n": self.quantity}


class DeliveredCard(Record):
    """A card that was made of a delivery: the joint between purchase and card."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="cards", verbose_name=_("验收"))
    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("采购单位"), db_index=False
    )
    line = models.ForeignKey(PurchaseLine, models.PROTECT, related_name="cards", verbose_name=_("采购明细"))
    card = models.OneToOneField(Card, models.PROTECT, related_name="delivered", verbose_name=_("资产卡片"))

    searched = ("card.number", "card.name")

    class Meta:
        app_label = "procurement"
        verbose_name = _("验收建卡")
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.card)
