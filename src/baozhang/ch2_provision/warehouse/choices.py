"""Kinds, conditions and states of what is in the warehouse and of what moves it: value, words and colour in one line."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Reason(TextChoices):
    """The six kinds of asset that must enter (article 15)."""

    IDLE = "idle", _("闲置资产")
    LOW = "low", _("低效运行或者超标准配置的资产")
    USEFUL = "useful", _("待处置中仍有使用价值的资产")
    FREED = "freed", _("机关撤销、合并、改制腾出的资产")
    EVENT = "event", _("会议、活动、临时机构购置的资产")
    SHARED = "shared", _("其他可以共享共用的资产")


ITEM_OF = {
    Reason.IDLE: "第十五条第一款第一项", Reason.LOW: "第十五条第一款第二项", Reason.USEFUL: "第十五条第一款第三项",
    Reason.FREED: "第十五条第一款第四项", Reason.EVENT: "第十五条第一款第五项", Reason.SHARED: "第十五条第一款第六项",
}  # fmt: skip


class StoreState(TextChoices):
    """Whether a store takes things in."""

    OPEN = "open", _("启用")
    CLOSED = "closed", _("停用")


class Keeping(TextChoices):
    """Where a thing stays while it is in the warehouse."""

    PHYSICAL = "physical", _("实体仓")
    VIRTUAL = "virtual", _("虚拟仓")


class Listing(TextChoices):
    """How far a thing is shown in the catalogue; chosen at entry."""

    UNIT = "unit", _("本单位")
    LEVEL = "level", _("本级各机关")
    CITY = "city", _("全市各级机关")


class Grade(TextChoices):
    """The condition of a thing."""

    NEW = "new", _("全新")
    GOOD = "good", _("完好")
    FAIR = "fair", _("可用")
    REPAIR = "repair", _("待修")
    SPENT = "spent", _("无使用价值")


class Outcome(TextChoices):
    """What the keeper says of a thing that is brought in."""

    FIT = "fit", _("合格入仓")
    REPAIR = "repair", _("入仓待修")
    BACK = "back", _("退回单位")
    DISPOSAL = "disposal", _("转处置")


class ItemState(TextChoices):
    """Where a thing of the warehouse stands."""

    ENTERING = "entering", _("入仓办理中")
    STOCK = "stock", _("在仓可用")
    REPAIR = "repair", _("在仓待修")
    RESERVED = "reserved", _("已预留")
    OUT = "out", _("出仓在用")
    LEFT = "left", _("已退仓")
    TITLED = "titled", _("已划转")
    DISPOSAL = "disposal", _("已转处置")
    LOST = "lost", _("已灭失")
    REFUSED = "refused", _("未入仓")


STANDING = (ItemState.STOCK, ItemState.REPAIR, ItemState.RESERVED, ItemState.OUT)
LIVE = (ItemState.ENTERING, *STANDING)  # a card is in the warehouse once
ENDED = (ItemState.LEFT, ItemState.TITLED, ItemState.DISPOSAL, ItemState.LOST, ItemState.REFUSED)
ITEM_COLOURS = {
    ItemState.ENTERING: "plain", ItemState.STOCK: "green", ItemState.REPAIR: "amber", ItemState.RESERVED: "blue",
    ItemState.OUT: "blue", ItemState.LOST: "red", ItemState.DISPOSAL: "amber",
}  # fmt: skip


class Standing(TextChoices):
    """What becomes of a house that its agency does not need (article 16, paragraph 2)."""

    IDLE = "idle", _("闲置，尚未入仓")
    OFFERED = "offered", _("在仓，可以调配")
    USED = "used", _("已预留或者调配使用")
    LET = "let", _("出租出借")


STANDING_COLOURS = {Standing.IDLE: "red", Standing.OFFERED: "amber", Standing.USED: "green", Standing.LET: "blue"}


class ProposalState(TextChoices):
    """Where a proposal to enter stands."""

    OPEN = "open", _("待单位答复")
    ACCEPTED = "accepted", _("同意入仓")
    DECLINED = "declined", _("不同意待审核")
    EXCUSED = "excused", _("认可暂不入仓")
    GONE = "gone", _("情形已消除")


class Origin(TextChoices):
    """Who says that a thing should enter."""

    DETECTED = "detected", _("自动检测")
    SCREENED = "screened", _("处置筛选")


PROPOSAL_LIVE = (ProposalState.OPEN, ProposalState.DECLINED, ProposalState.EXCUSED)
PROPOSAL_COLOURS = {
    ProposalState.OPEN: "amber", ProposalState.ACCEPTED: "green", ProposalState.DECLINED: "blue",
    ProposalState.EXCUSED: "plain", ProposalState.GONE: "plain",
}  # fmt: skip


class EntryState(TextChoices):
    """Where an application to enter stands."""

    DRAFT = "draft", _("入仓申请草稿")
    SUBMITTED = "submitted", _("待单位负责人审核")
    AGREED = "agreed", _("待线上初审")
    CHECKED = "checked", _("待移交实物")
    DELIVERED = "delivered", _("待现场复验")
    STORED = "stored", _("已办结入仓")
    REFUSED = "refused", _("未予入仓")
    CANCELLED = "cancelled", _("已撤回申请")


ENTRY_COLOURS = {
    EntryState.SUBMITTED: "blue", EntryState.AGREED: "blue", EntryState.CHECKED: "amber", EntryState.DELIVERED: "amber",
    EntryState.STORED: "green", EntryState.REFUSED: "red",
}  # fmt: skip


class Mode(TextChoices):
    """How a thing leaves the warehouse."""

    LOAN = "loan", _("限期借用")
    USE = "use", _("调剂使用")
    TRANSFER = "transfer", _("无偿划转产权")


class ExitState(TextChoices):
    """Where a reservation and what follows from it stand."""

    RESERVED = "reserved", _("已预留待提交")
    SUBMITTED = "submitted", _("待本单位审核")
    AGREED = "agreed", _("待出仓审批")
    FINANCE = "finance", _("待财政部门审批")
    APPROVED = "approved", _("待备货清点")
    PICKED = "picked", _("待交付")
    HANDED = "handed", _("待领用方签收")
    DONE = "done", _("交接完成")
    EMERGENCY = "emergency", _("应急先行待补手续")
    PAPERS = "papers", _("补办手续待确认")
    EXPIRED = "expired", _("保留到期未领")
    EXPLAINED = "explained", _("到期已说明")
    CANCELLED = "cancelled", _("已取消预留")
    REFUSED = "refused", _("不予出仓")


EXIT_WAITING = (
    ExitState.RESERVED, ExitState.SUBMITTED, ExitState.AGREED, ExitState.FINANCE, ExitState.APPROVED, ExitState.PICKED,
    ExitState.HANDED,
)  # fmt: skip
EXIT_COLOURS = {
    ExitState.RESERVED: "amber", ExitState.SUBMITTED: "blue", ExitState.AGREED: "blue", ExitState.FINANCE: "blue",
    ExitState.APPROVED: "amber", ExitState.PICKED: "amber", ExitState.HANDED: "amber", ExitState.DONE: "green",
    ExitState.EMERGENCY: "red", ExitState.PAPERS: "blue", ExitState.EXPIRED: "red", ExitState.REFUSED: "red",
}  # fmt: skip


class LineState(TextChoices):
    """Where one reserved thing stands."""

    HELD = "held", _("保留中")
    GIVEN = "given", _("已交付")
    ENDED = "ended", _("已释放")


class LoanState(TextChoices):
    """Where a loan or an allocated use stands."""

    OPEN = "open", _("使用中")
    EXTENDING = "extending", _("续借待批")
    BACK = "back", _("待验收归还")
    CLOSED = "closed", _("已全部归还")


LOAN_OPEN = (LoanState.OPEN, LoanState.EXTENDING, LoanState.BACK)
LOAN_COLOURS = {
    LoanState.OPEN: "blue",
    LoanState.EXTENDING: "amber",
    LoanState.BACK: "amber",
    LoanState.CLOSED: "green",
}


class ThingState(TextChoices):
    """Where one thing on loan stands."""

    OUT = "out", _("领用中")
    BACK = "back", _("交还待验收")
    FINE = "fine", _("完好归还")
    REPAIR = "repair", _("归还送修")
    LIABLE = "liable", _("损坏或丢失待定责")
    SETTLED = "settled", _("已定责处理")


THING_OPEN = (ThingState.OUT, ThingState.BACK, ThingState.LIABLE)
THING_COLOURS = {
    ThingState.OUT: "blue", ThingState.BACK: "amber", ThingState.FINE: "green", ThingState.REPAIR: "amber",
    ThingState.LIABLE: "red", ThingState.SETTLED: "plain",
}  # fmt: skip


class Harm(TextChoices):
    """What happened to a thing that does not come back as it went."""

    DAMAGED = "damaged", _("损坏")
    LOST = "lost", _("遗失")


class EventKind(TextChoices):
    """What a pooled bill of items is for (article 15, item 5)."""

    MEETING = "meeting", _("重大会议")
    EVENT = "event", _("大型活动")
    BODY = "body", _("临时机构")


class EventState(TextChoices):
    """Where an event stands."""

    OPEN = "open", _("筹办或举办中")
    CLOSED = "closed", _("物品已清退")


EVENT_COLOURS = {EventState.OPEN: "blue", EventState.CLOSED: "green"}


class AlarmState(TextChoices):
    """Whether emergency supply is switched on."""

    ON = "on", _("应急状态")
    OFF = "off", _("应急已解除")
