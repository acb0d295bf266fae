"""Parts that people have in a matter, how tasks end, and the states of the four stock shapes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Part(TextChoices):
    """The part that the holder of a task has in the matter."""

    MAIN = "main", _("主办")
    HANDED = "handed", _("转办")
    COUNTERSIGN = "countersign", _("会签")
    ADDED = "added", _("加签")


RESPONSIBLE = (Part.MAIN, Part.HANDED)
OPINIONS = (Part.COUNTERSIGN, Part.ADDED)


class End(TextChoices):
    """How a task ended where no step of the flow ended it (then its outcome is the step's name)."""

    AGREED = "+agreed", _("同意")
    DISAGREED = "+disagreed", _("不同意")
    RETURNED = "+returned", _("驳回")
    HANDED = "+handed", _("转办他人")
    WITHDRAWN = "+withdrawn", _("被撤回")
    DROPPED = "+dropped", _("撤销征求")
    OVERTAKEN = "+overtaken", _("已由他人办结")
    REMOVED = "+removed", _("记录已撤销")
    DONE = "+done", _("已随其他办件办结")


class ReviewState(TextChoices):
    """The states of a review 报审批退."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审核")
    AUDITED = "audited", _("待批准")
    APPROVED = "approved", _("已批准")
    RETURNED = "returned", _("已退回")
    REJECTED = "rejected", _("不予批准")


class FilingState(TextChoices):
    """The states of a filing 备案."""

    DRAFT = "draft", _("待报送")
    FILED = "filed", _("待接收")
    RECEIVED = "received", _("已备案")
    RETURNED = "returned", _("待补正")


class RectificationState(TextChoices):
    """The states of an order to put something right 责令整改."""

    DRAFT = "draft", _("拟稿")
    ORDERED = "ordered", _("整改中")
    REPLIED = "replied", _("待复查")
    AGAIN = "again", _("再次整改中")
    CLOSED = "closed", _("已销号")
    REVOKED = "revoked", _("已撤销")


class ReportState(TextChoices):
    """The states of a report by anybody 举报."""

    RECEIVED = "received", _("待受理")
    ACCEPTED = "accepted", _("调查中")
    INVESTIGATED = "investigated", _("待答复")
    ANSWERED = "answered", _("已答复")
    DECLINED = "declined", _("不予受理")
    TRANSFERRED = "transferred", _("已移送")
