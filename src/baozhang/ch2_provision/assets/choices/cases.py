"""States and kinds of the cases about cards: handover, letting, change, repair."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class HandoverReason(TextChoices):
    """Why things are handed over."""

    LEAVES = "leaves", _("离职")
    MOVES = "moves", _("调离")
    RETIRES = "retires", _("退休")
    POST = "post", _("岗位变动")
    OTHER = "other", _("其他")


class HandoverState(TextChoices):
    """Where a handover stands."""

    DRAFT = "draft", _("草稿")
    GIVEN = "given", _("逐项签收中")
    SIGNED = "signed", _("待确认")
    CONFIRMED = "confirmed", _("已交接")
    CANCELLED = "cancelled", _("已撤销")


class Signature(TextChoices):
    """What the taker says of one thing."""

    OPEN = "open", _("待签收")
    RECEIVED = "received", _("已签收")
    MISSING = "missing", _("未见实物")


class LettingKind(TextChoices):
    """For money, or without (article 13, paragraph 3)."""

    LET = "let", _("出租")
    LEND = "lend", _("出借")


class LettingState(TextChoices):
    """Where a letting or lending stands."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待单位决策")
    DECIDED = "decided", _("待审核")
    APPROVED = "approved", _("待签合同")
    LIVE = "live", _("履行中")
    ENDED = "ended", _("已收回")
    REFUSED = "refused", _("不予同意")
    CANCELLED = "cancelled", _("已撤销")


class Period(TextChoices):
    """How often rent is due."""

    MONTH = "month", _("按月")
    QUARTER = "quarter", _("按季")
    HALF = "half", _("按半年")
    YEAR = "year", _("按年")
    ONCE = "once", _("一次付清")


MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF: 6, Period.YEAR: 12}


class ChangeKind(TextChoices):
    """What a change is about."""

    VALUE = "value", _("价值变动")
    CLASS = "class", _("重新分类")


class ChangeReason(TextChoices):
    """Why the value of a card changes; it decides the account on the other side."""

    REBUILT = "rebuilt", _("改建、扩建、大修增加")
    SETTLED = "settled", _("暂估转实际成本")
    REMOVED = "removed", _("部分拆除、毁损")
    CORRECTED = "corrected", _("差错更正")
    EDITION = "edition", _("分类标准换版")


class ChangeState(TextChoices):
    """Where a change stands."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待批准")
    APPROVED = "approved", _("待生效")
    DONE = "done", _("已生效")
    REFUSED = "refused", _("不予批准")
    CANCELLED = "cancelled", _("已撤销")


class RepairKind(TextChoices):
    """Why work is done on a thing (article 11, paragraph 2)."""

    REPAIR = "repair", _("维修")
    UPKEEP = "upkeep", _("保养")
    INSPECTION = "inspection", _("检测")


class RepairState(TextChoices):
    """Where the work stands."""

    OPEN = "open", _("进行中")
    DONE = "done", _("已完成")
    HOPELESS = "hopeless", _("无法修复")
