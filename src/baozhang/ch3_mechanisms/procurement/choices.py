"""How a purchase is made and how it stands: value, words and colour in one line."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Way(TextChoices):
    """How the supplier is found; what falls under public purchasing follows its law (article 36, paragraph 1)."""

    FRAMEWORK = "framework", _("框架协议采购")
    OPEN = "open", _("公开招标")
    COMPETITIVE = "competing", _("竞争性磋商或者谈判")
    INQUIRY = "inquiry", _("询价")
    SINGLE = "single", _("单一来源")
    DIRECT = "direct", _("限额以下自行采购")


class State(TextChoices):
    """Where a purchase stands."""

    DRAFT = "draft", _("采购拟稿")
    SUBMITTED = "submitted", _("待负责人审定")
    AGREED = "agreed", _("待主管部门核对")
    APPROVED = "approved", _("待签合同")
    CONTRACTED = "contracted", _("待验收")
    DELIVERED = "delivered", _("待结算")
    SETTLED = "settled", _("采购办结")
    CANCELLED = "cancelled", _("采购取消")


ALIVE = (State.SUBMITTED, State.AGREED, State.APPROVED, State.CONTRACTED, State.DELIVERED, State.SETTLED)
OVER = (State.DELIVERED, State.SETTLED)  # nothing more comes of it
COLOURS = {
    State.DRAFT: "plain", State.SUBMITTED: "amber", State.AGREED: "amber", State.APPROVED: "blue", State.CONTRACTED: "blue",
    State.DELIVERED: "blue", State.SETTLED: "green", State.CANCELLED: "plain",
}  # fmt: skip
