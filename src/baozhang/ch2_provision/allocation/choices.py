"""How a need, what was chosen for it, and a round stand: value and words in one line."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from baozhang.ch2_provision.funding.choices import Means

__all__ = [
    "ALIVE",
    "COVERING",
    "DECISION_COLOURS",
    "MATCH_COLOURS",
    "NEED_COLOURS",
    "ROUND_COLOURS",
    "STANDING",
    "WAITING",
    "Decision",
    "Looked",
    "MatchState",
    "Means",
    "NeedState",
    "RoundState",
    "Source",
    "Verdict",
]  # fmt: skip


class NeedState(TextChoices):
    """Where a need stands on its way to an answer."""

    DRAFT = "draft", _("草稿")
    EXCEPTION = "exception", _("超标准待批")
    OPEN = "open", _("待答复")
    DECLINED = "declined", _("不适用待复核")
    INSISTED = "insisted", _("坚持调剂")
    UNMATCHED = "unmatched", _("无可调剂")
    PLANNED = "planned", _("已列计划")
    MATCHED = "matched", _("已落实存量")
    MET = "met", _("已满足")
    WITHDRAWN = "withdrawn", _("已撤销")


class Source(TextChoices):
    """Where a candidate comes from, in the order in which the law wants it (articles 12 and 14)."""

    OWN = "own", _("本单位闲置")
    WAREHOUSE = "warehouse", _("公物仓")
    OTHERS = "others", _("其他单位闲置")


class MatchState(TextChoices):
    """How an item chosen for a need stands."""

    RESERVED = "reserved", _("已预留")
    ASKED = "asked", _("待同意调出")
    AGREED = "agreed", _("同意调出")
    OBJECTED = "objected", _("不同意调出")
    DONE = "done", _("已交接")
    RELEASED = "released", _("已放弃")
    LAPSED = "lapsed", _("预留到期")


class Looked(TextChoices):
    """Why stock did not answer a need."""

    NONE = "none", _("没有可调剂的资产")
    DECLINED = "declined", _("有候选，本单位认为不适用")


class Verdict(TextChoices):
    """What the authority says of a decline."""

    OPEN = "open", _("待复核")
    NOT_NEEDED = "plain", _("无候选，无须复核")
    AGREED = "agreed", _("同意不适用")
    INSISTED = "insisted", _("坚持调剂")


class RoundState(TextChoices):
    """Where a round of allocation stands."""

    DRAFT = "draft", _("待测算")
    PROPOSED = "proposed", _("逐项决定中")
    DECIDED = "decided", _("待执行")
    CARRIED = "carried", _("已执行")
    VOID = "void", _("已作废")


class Decision(TextChoices):
    """What an officer decides of a proposed line."""

    OPEN = "open", _("待决定")
    ACCEPTED = "accepted", _("采纳")
    REJECTED = "rejected", _("不采纳")


WAITING = (NeedState.OPEN, NeedState.INSISTED)  # stock may still answer it
ALIVE = (
    NeedState.EXCEPTION, NeedState.OPEN, NeedState.DECLINED, NeedState.INSISTED, NeedState.UNMATCHED, NeedState.PLANNED, NeedState.MATCHED,
)  # fmt: skip
STANDING = (
    MatchState.RESERVED,
    MatchState.ASKED,
    MatchState.AGREED,
    MatchState.OBJECTED,
)  # the item is held for the need
COVERING = (*STANDING, MatchState.DONE)
NEED_COLOURS = {
    NeedState.DRAFT: "plain", NeedState.EXCEPTION: "amber", NeedState.OPEN: "blue", NeedState.DECLINED: "amber",
    NeedState.INSISTED: "red", NeedState.UNMATCHED: "amber", NeedState.PLANNED: "blue", NeedState.MATCHED: "green",
    NeedState.MET: "green", NeedState.WITHDRAWN: "plain",
}  # fmt: skip
MATCH_COLOURS = {
    MatchState.RESERVED: "blue", MatchState.ASKED: "amber", MatchState.AGREED: "blue", MatchState.OBJECTED: "red", MatchState.DONE: "green",
    MatchState.RELEASED: "plain", MatchState.LAPSED: "amber",
}  # fmt: skip


ROUND_COLOURS = {
    RoundState.DRAFT: "plain", RoundState.PROPOSED: "amber", RoundState.DECIDED: "blue", RoundState.CARRIED: "green", RoundState.VOID: "plain",
}  # fmt: skip
DECISION_COLOURS = {Decision.OPEN: "amber", Decision.ACCEPTED: "green", Decision.REJECTED: "plain"}
