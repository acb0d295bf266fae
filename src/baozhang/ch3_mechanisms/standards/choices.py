"""States of a standard, what a re-examination concludes, and how figures are grouped: value and words in one line."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a standard stands."""

    DRAFT = "draft", _("草案")
    SUBMITTED = "submitted", _("待批准发布")
    RETURNED = "returned", _("退回修改")
    PUBLISHED = "published", _("已发布")
    SUPERSEDED = "superseded", _("已被替代")
    REJECTED = "rejected", _("不予发布")


EDITABLE = (State.DRAFT, State.RETURNED)
ISSUED = (State.PUBLISHED, State.SUPERSEDED)
COLOURS = {
    State.DRAFT: "plain", State.SUBMITTED: "amber", State.RETURNED: "amber", State.PUBLISHED: "green",
    State.SUPERSEDED: "plain", State.REJECTED: "red",
}  # fmt: skip


class Conclusion(TextChoices):
    """What a re-examination says of a standard (article 37)."""

    STANDS = "stands", _("继续有效")
    REVISE = "revise", _("需要修订")
    ABOLISH = "abolish", _("建议废止")


class ReviewState(TextChoices):
    """Where the review of a quota stands whose reference price has drifted (article 7)."""

    OPEN = "open", _("待复核")
    KEPT = "kept", _("维持定额")
    REVISE = "revise", _("修订定额")


REVIEW_COLOURS = {ReviewState.OPEN: "amber", ReviewState.KEPT: "green", ReviewState.REVISE: "blue"}
EXPENDITURE = "funding.quota."  # figures of this folder are money: physical quota times reference price
SPENDING, SERVICE = "funding.spending.", "services.standard."

# Where figures of the catalogue stand on the screen, by the folder of their key; others stand under 其他.
FAMILIES = {
    "assets.quantity": _("数量"),
    "assets.price": _("价格"),
    "assets.years": _("使用年限"),
    "assets.vehicle": _("公务用车"),
    "assets": _("资产管理"),
    "services.standard": _("服务标准"),
    "funding.quota": _("支出定额"),
    "funding.spending": _("开支标准"),
    "warehouse": _("公物仓"),
    "services": _("服务"),
    "supervision": _("监督"),
}


def family(key: str) -> str:
    """This is the folder under which a figure stands on the screen; empty for 其他."""
    folder = key.rpartition(".")[0]
    return folder if folder in FAMILIES else ""
