"""What counts, scans and differences can be: value and words in one line, and what may be done with which difference."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    """How much a count takes in."""

    FULL = "full", _("全面盘点")
    PART = "part", _("抽查盘点")


class State(TextChoices):
    """Where a count stands."""

    DRAFT = "draft", _("拟订方案")
    SUBMITTED = "submitted", _("待批准")
    COUNTING = "counting", _("盘点中")
    JUDGING = "judging", _("核对差异")
    REPORTED = "reported", _("待单位审定")
    AGREED = "agreed", _("待机关事务管理部门审批")
    FINANCE = "finance", _("待财政部门审批")
    APPROVED = "approved", _("待调整账卡")
    ADJUSTED = "adjusted", _("待办结")
    CLOSED = "closed", _("已办结")
    CANCELLED = "cancelled", _("已撤销")


SCANNING = (State.COUNTING, State.JUDGING)  # scans count; later ones are kept beside
OPEN_STATES = (
    State.COUNTING, State.JUDGING, State.REPORTED, State.AGREED, State.FINANCE, State.APPROVED, State.ADJUSTED,
)  # fmt: skip


class Result(TextChoices):
    """What a scan says: the four ways in which a thing and its card can meet."""

    FOUND = "found", _("相符")
    MISPLACED = "misplaced", _("位置不符")
    MISSING = "missing", _("未见")
    UNKNOWN = "unknown", _("账外物品")


SEEN = (Result.FOUND, Result.MISPLACED)


class Condition(TextChoices):
    """What the thing is like."""

    GOOD = "good", _("完好在用")
    IDLE = "idle", _("闲置")
    REPAIR = "repair", _("待修")
    BROKEN = "broken", _("不能使用")


class Way(TextChoices):
    """How the thing was told."""

    CAMERA = "camera", _("扫码")
    TYPED = "typed", _("输入编号")
    PICKED = "picked", _("从清单点选")
    SELF = "self", _("本人自查")
    PAPER = "paper", _("纸表补录")
    DEVICE = "device", _("手持终端")


class Outcome(TextChoices):
    """What became of a line of the snapshot, scans and moves taken together."""

    FOUND = "found", _("相符")
    MISPLACED = "misplaced", _("位置不符")
    MISSING = "missing", _("未见")
    MOVED = "moved", _("期间已办变动")
    GONE = "gone", _("期间已离账")
    OPEN = "open", _("未盘")


class Kind(TextChoices):
    """The kinds of difference between books and things."""

    SHORTAGE = "shortage", _("盘亏")
    SURPLUS = "surplus", _("盘盈")
    PLACE = "place", _("存放地点不符")
    USER = "user", _("使用人不符")
    STATE = "state", _("使用状况不符")
    CONDITION = "condition", _("实物状况不符")


class Cause(TextChoices):
    """Why books and things differ."""

    LOST = "lost", _("丢失")
    STOLEN = "stolen", _("被盗")
    ENDED = "ended", _("已报废未销账")
    MOVED = "moved", _("变动未办手续")
    AWAY = "away", _("借出或送修未归")
    UNBOOKED = "unbooked", _("取得未入账")
    GIVEN = "given", _("受赠或调入未入账")
    MISTAKE = "mistake", _("登记差错")
    WEAR = "wear", _("使用损耗")
    OTHER = "other", _("其他")
    UNKNOWN = "unknown", _("原因待查")


class Handling(TextChoices):
    """What is to be done about a difference."""

    CORRECT = "correct", _("更正卡片")
    NEW_CARD = "new_card", _("补建卡片")
    LOST = "lost", _("转丢失待处置")
    KEEP = "keep", _("维持账面")
    RETURN = "return", _("非本单位资产，退还")
    DEBT = "debt", _("挂账续查")


_CARD = (Handling.CORRECT, Handling.KEEP, Handling.DEBT)
ALLOWED: dict[str, tuple[str, ...]] = {
    Kind.SHORTAGE: (Handling.LOST, Handling.KEEP, Handling.DEBT),
    Kind.SURPLUS: (Handling.NEW_CARD, Handling.RETURN, Handling.KEEP, Handling.DEBT),
    Kind.PLACE: _CARD,
    Kind.USER: _CARD,
    Kind.STATE: _CARD,
    Kind.CONDITION: _CARD,
}


class Settled(TextChoices):
    """Where a difference stands."""

    OPEN = "open", _("待说明")
    EXPLAINED = "explained", _("已说明")
    DONE = "done", _("已处理")
    DEBT = "debt", _("挂账")
    CARRIED = "carried", _("转下次盘点")
    DROPPED = "dropped", _("已消除")


UNSETTLED = (Settled.OPEN, Settled.EXPLAINED)
