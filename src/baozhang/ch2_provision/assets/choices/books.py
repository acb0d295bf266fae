"""Kinds of voucher and of income, and the states of what is due."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class VoucherKind(TextChoices):
    """What a voucher is for."""

    TRANSFER_OUT = "transfer_out", _("调出")
    TRANSFER_IN = "transfer_in", _("调入")
    DEPRECIATION = "depreciation", _("计提折旧")
    ADDITION = "addition", _("新增资产")
    WRITE_OFF = "write_off", _("处置销账")
    SURPLUS = "surplus", _("盘盈入账")
    SHORTAGE = "shortage", _("盘亏核销")
    VALUE = "value", _("价值变动")
    INCOME = "income", _("收入上缴")
    REVERSAL = "reversal", _("冲销")
    OTHER = "other", _("其他")


class IncomeKind(TextChoices):
    """What brought an income (article 13, paragraph 5)."""

    RENT = "rent", _("出租收入")
    DISPOSAL = "disposal", _("处置收入")
    COMPENSATION = "compensation", _("赔偿收入")


class IncomeState(TextChoices):
    """Whether an income has reached the treasury."""

    DUE = "due", _("待缴")
    PAID = "paid", _("已缴")
    VOID = "void", _("不再应缴")


class RunState(TextChoices):
    """Whether a month's depreciation stands."""

    POSTED = "posted", _("已计提")
    REVERSED = "reversed", _("已冲销")
