"""What each field of a round and of its proposals is for, and who may do what with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.kernel import access
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Computed, Group, Related, Resource, register

from .choices import DECISION_COLOURS, ROUND_COLOURS, Decision, RoundState
from .models import Round, RoundLine
from .queries.candidates import in_order
from .rounds import CARRY, DECIDE, WORK_OUT, AllocationRoundFlow, decide


def _deciding(decision: Decision) -> Any:
    def run(records: Sequence[RoundLine], *, by: Actor, note: str, values: dict[str, Any]) -> str:
        count = decide(records, decision, by=by, note=note)
        return _("已决定 %(n)s 项：%(decision)s") % {"n": count, "decision": decision.label}

    return run


def _open(line: RoundLine) -> bool:
    """Lines are decided on while their round is."""
    return line.round.state == RoundState.PROPOSED


@register
class Rounds(Resource):
    """The rounds of allocation."""

    model = Round
    slug = "allocation/rounds"
    place = 14
    article = "第十二条第二款"
    chapter = "assets"
    icon = "scale"
    words = pgettext_lazy("list", "统筹平衡")
    purpose = gettext_lazy("对本级全部待答复需求和可用存量一次求解，逐项决定后同时执行；不按先来后到")
    columns = ("day", "organ", "state", "needs", "pieces", "stock", "matched", "carried_on")
    groups = (
        Group(gettext_lazy("统筹平衡"), ("organ", "day")),
        Group(
            gettext_lazy("测算结果"),
            ("needs", "pieces", "stock", "matched", "seconds"),
            when=lambda record: record.state != "draft",
        ),
        Group(gettext_lazy("执行情况"), ("carried_on",), when=lambda record: record.carried_on is not None),
    )
    readonly = frozenset({"needs", "pieces", "stock", "matched", "seconds", "carried_on"})
    filters = ("organ", "state", "day")
    units = {"needs": gettext_lazy("项"), "pieces": gettext_lazy("件"), "stock": gettext_lazy("件"), "matched": gettext_lazy("件"),
             "seconds": gettext_lazy("秒")}  # fmt: skip
    key_facts = ("needs", "pieces", "stock", "matched")
    state = "state"
    colours = ROUND_COLOURS
    flow = AllocationRoundFlow
    related = (Related("allocation/lines", "round"),)
    importable = False


@register
class RoundLines(Resource):
    """The proposals of a round."""

    model = RoundLine
    slug = "allocation/lines"
    article = "第十二条第二款"
    chapter = "assets"
    icon = "arrows-right-left"
    menu = False
    words = pgettext_lazy("list", "平衡建议")
    purpose = gettext_lazy("哪一件给哪一项需求、为什么；逐项或者成批采纳、不采纳")
    columns = ("need", "wanting", "card_name", "owner", "source", "grounds", "decision", "cost")
    more_columns = ("note", "round")
    groups = (
        Group(
            gettext_lazy("建议"), ("round", "organ", "need", "wanting", "card", "owner", "source", "grounds", "cost")
        ),
        Group(gettext_lazy("决定"), ("decision", "note")),
    )
    computed = {
        "wanting": Computed(gettext_lazy("需求单位"), lambda line: line.need.organ.name, needs=("need__organ",)),
        "owner": Computed(gettext_lazy("资产所属单位"), lambda line: line.card.organ.name, needs=("card__organ",)),
        "card_name": Computed(gettext_lazy("资产名称"), lambda line: line.card.name, needs=("card",)),
        "grounds": Computed(gettext_lazy("排序依据"), lambda line: "，".join(in_order(line.reasons))),
    }
    readonly = frozenset({"round", "organ", "need", "card", "source", "cost", "decision", "note"})
    filters = ("round", "decision", "source")
    search = ("need.name", "card.name")
    state = "decision"
    colours = DECISION_COLOURS
    acts = {
        "take": Act(
            gettext_lazy("采纳"),
            DECIDE,
            _deciding(Decision.ACCEPTED),
            article="第十二条第二款",
            icon="check",
            shown=_open,
        ),
        "leave": Act(
            gettext_lazy("不采纳"),
            DECIDE,
            _deciding(Decision.REJECTED),
            needs_note=True,
            article="第十二条第二款",
            icon="x-mark",
            shown=_open,
        ),
    }
    importable = False
    addable = False


_KINDS = ("allocation.round", "allocation.roundline")
_SEEN = [f"{name}:{verb}" for name in _KINDS for verb in ("view", "export")]
access.grant((roles.ASSET_OFFICER, roles.SUPPORT_HEAD, roles.AUDITOR, roles.SUPERVISOR), _SEEN, Reach.JURISDICTION)
access.grant(roles.ASSET_OFFICER, ["allocation.round:add", "allocation.round:change", WORK_OUT, DECIDE], Reach.OWN)
access.grant((roles.ASSET_OFFICER, roles.SUPPORT_HEAD), CARRY, Reach.JURISDICTION)
