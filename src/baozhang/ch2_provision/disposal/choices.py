"""How a disposal case stands, which way it goes, and what papers it needs: value, words and colour."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from baozhang.ch2_provision.assets.choices import Category, Disposal

FORMS = [(form.value, form.label) for form in Disposal if form != Disposal.OTHER]
FREE = (Disposal.TRANSFER, Disposal.DONATION)  # nothing is paid for these
PRICED = (
    Disposal.SALE,
    Disposal.SWAP,
)  # appraised and announced before they are carried out (国务院令第738号第三十六条)
RENEWALS = (
    Disposal.SCRAPPING,
    Disposal.SALE,
    Disposal.DONATION,
    Disposal.SWAP,
)  # what article 12 allows only after its years


class State(TextChoices):
    """Where a case stands."""

    DRAFT = "draft", _("草稿")
    DECIDING = "deciding", _("待内部决策")
    SCREENING = "screening", _("待公物仓筛选")
    REVIEWING = "reviewing", _("待审核")
    SIGNING = "signing", _("待批准")
    FINANCE = "finance", _("待财政审核")
    CONSENT = "consent", _("待财政批准")
    EXECUTING = "executing", _("待执行")
    NOTICE = "notice", _("公告中")
    HANDED = "handed", _("待签收")
    RECEIVED = "received", _("待销账")
    CLOSED = "closed", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤销")
    REFUSED = "refused", _("不予批准")
    WAREHOUSED = "warehoused", _("已全部入仓")
    REVOKED = "revoked", _("批复已撤销")


COLOURS = {
    State.DRAFT: "plain", State.DECIDING: "blue", State.SCREENING: "amber", State.REVIEWING: "blue", State.SIGNING: "blue",
    State.FINANCE: "blue", State.CONSENT: "blue", State.EXECUTING: "amber", State.NOTICE: "amber", State.HANDED: "amber",
    State.RECEIVED: "amber", State.CLOSED: "green", State.WITHDRAWN: "plain", State.REFUSED: "red",
    State.WAREHOUSED: "green", State.REVOKED: "red",
}  # fmt: skip
INSIDE = (State.DRAFT, State.DECIDING)  # the agency's own affair as yet
APPROVED = (State.EXECUTING, State.NOTICE, State.HANDED, State.RECEIVED, State.CLOSED)
AT_WORK = (State.EXECUTING, State.NOTICE)  # approved, and still with the agency
BRINGING = (State.EXECUTING, State.NOTICE, State.HANDED, State.RECEIVED)  # approved, and what a swap brings in may come
HOLDING = (
    State.DECIDING, State.SCREENING, State.REVIEWING, State.SIGNING, State.FINANCE, State.CONSENT, State.EXECUTING, State.NOTICE,
    State.HANDED, State.RECEIVED,
)  # fmt: skip
OVER = (State.CLOSED, State.WITHDRAWN, State.REFUSED, State.WAREHOUSED, State.REVOKED)


class Kind(TextChoices):
    """The kinds of thing for which limits are set; houses, land and vehicles have a way of their own."""

    GENERAL = "general", _("一般资产")
    HOUSE = "house", _("房屋")
    LAND = "land", _("土地")
    VEHICLE = "vehicle", _("车辆")


KIND_OF = {Category.HOUSE: Kind.HOUSE, Category.LAND: Kind.LAND, Category.VEHICLE: Kind.VEHICLE}
TITLED = (Kind.HOUSE, Kind.LAND, Kind.VEHICLE)


class Lane(TextChoices):
    """Who must agree: nobody (filed), the authority, or the authority and the finance department."""

    FILING = "filing", _("备案")
    AUTHORITY = "authority", _("机关事务审批")
    JOINT = "joint", _("机关事务和财政审批")


class Screen(TextChoices):
    """What the warehouse's screening came to for one thing."""

    CLEAR = "clear", _("无需入仓")
    ASKED = "asked", _("可入仓，待说明")
    EXPLAINED = "explained", _("已说明，待审核")
    ACCEPTED = "accepted", _("同意不入仓")


SCREEN_COLOURS = {Screen.CLEAR: "plain", Screen.ASKED: "red", Screen.EXPLAINED: "amber", Screen.ACCEPTED: "green"}


class Outcome(TextChoices):
    """How it ended for one thing."""

    DISPOSED = "disposed", _("已销账")
    WAREHOUSE = "warehouse", _("转入公物仓")


class PaperKind(TextChoices):
    """What a paper of a case proves."""

    MINUTES = "minutes", _("内部决策会议纪要")
    OPINION = "opinion", _("鉴定意见（损毁、技术淘汰）")
    CAUSE = "cause", _("损失原因和责任认定材料")
    TITLE = "title", _("权属证明")
    APPRAISAL = "appraisal", _("资产评估报告")
    NOTICE = "notice", _("公告截图或刊登证明")
    WIPING = "wiping", _("存储介质清除证明")
    CANCELLING = "cancelling", _("号牌和车载终端注销证明")
    SLIP = "slip", _("双方签字的移交单")
    OTHER = "other", _("其他材料")


# The last state in which a paper may still be taken off: beyond it, a step rests on it.
WANTED = {
    PaperKind.MINUTES: State.DECIDING, PaperKind.OPINION: State.DRAFT, PaperKind.CAUSE: State.DRAFT, PaperKind.TITLE: State.DRAFT,
    PaperKind.APPRAISAL: State.EXECUTING, PaperKind.NOTICE: State.NOTICE, PaperKind.WIPING: State.NOTICE,
    PaperKind.CANCELLING: State.NOTICE, PaperKind.SLIP: State.HANDED, PaperKind.OTHER: State.RECEIVED,
}  # fmt: skip
