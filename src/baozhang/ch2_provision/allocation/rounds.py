"""The path of a round: worked out, decided line by line, carried out all at once under holds."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import access, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused
from baozhang.kernel.turns import in_turn

from .choices import Decision
from .choices import RoundState as S
from .flows import ARTICLE
from .matching import accept, take_turns
from .models import Need, Round, RoundLine
from .queries.balance import Field, fields_of
from .queries.candidates import Terms
from .solving import Pair, assign_all

WORK_OUT = access.permission("allocation.round:work_out", gettext_lazy("测算统筹平衡"))
DECIDE = access.permission("allocation.round:decide", gettext_lazy("决定平衡建议"))
CARRY = access.permission("allocation.round:carry", gettext_lazy("执行统筹平衡"))
WORKED_OUT = ledger.act("allocation.worked_out", gettext_lazy("测算完成"))
DECIDED = ledger.act("allocation.decided", gettext_lazy("决定"))


class AllocationRoundFlow(Flow):
    """测算 → 逐项决定 → 执行."""

    model = Round
    words = gettext_lazy("统筹平衡")
    article = ARTICLE
    initial = (S.DRAFT,)

    work_out = Step(
        gettext_lazy("开始测算"), S.DRAFT, S.PROPOSED, ":work_out", kind="primary", icon="calculator",
        says=gettext_lazy("对本级全部待答复需求和可用存量一次求解：先满足最多件数，再使排序值之和最小；不按先来后到。"),
    )  # fmt: skip
    submit = Step(
        gettext_lazy("决定完毕"), S.PROPOSED, S.DECIDED, ":decide", kind="primary", icon="clipboard-document-check", withdrawable=True,
    )  # fmt: skip
    carry_out = Step(
        gettext_lazy("全部执行"), S.DECIDED, S.CARRIED, ":carry", four_eyes=("submit",), kind="primary", icon="play-circle", returnable=(S.PROPOSED,),
        says=gettext_lazy("采纳的各项同时预留，有一项不能预留则全部不执行。"),
    )  # fmt: skip
    scrap = Step(
        gettext_lazy("作废"), (S.DRAFT, S.PROPOSED, S.DECIDED), S.VOID, ":decide", needs_note=True, todo=False, side=True, kind="danger",
    )  # fmt: skip

    @classmethod
    def title(cls, record: Round) -> str:
        """What a task about it is called."""
        return str(record)


@AllocationRoundFlow.work_out.effect
def _work_out(record: Round, *, by: Actor) -> None:
    """The solver proposes; nothing is held yet."""
    begun = time.perf_counter()
    fields = fields_of(record.organ, record.day)
    pairs: dict[int, list[Pair]] = defaultdict(list)
    for pair in assign_all([(one.slots, one.things) for one in fields]):
        pairs[pair.need].append(pair)
    lines: list[RoundLine] = []
    for one in fields:
        lines += _lines(record, one, [pair for need in one.needs for pair in pairs[need.pk]])
    if lines:
        keep(lines, by=by, act=WORKED_OUT, right=WORK_OUT)
    record.needs = sum(len(one.needs) for one in fields)
    record.pieces = sum(len(one.slots) for one in fields)
    record.stock = len({thing.card for one in fields for thing in one.things})
    record.matched = len(lines)
    record.seconds = Decimal(str(round(time.perf_counter() - begun, 2)))
    keep(record, by=by, act=WORKED_OUT, right=WORK_OUT)


def _lines(record: Round, one: Field, pairs: Sequence[Pair]) -> list[RoundLine]:
    """The pairs with their grounds in words."""
    if not pairs:
        return []
    needs = {need.pk: need for need in one.needs}
    terms = Terms.of(one.needs[0], record.day)
    rows = terms.ordered(Card._base_manager.filter(pk__in=[pair.card for pair in pairs]))
    cards = {card.pk: card for card in rows}
    lines = []
    for pair in pairs:
        grounds = Terms(needs[pair.need], record.day, terms.moving).judged(cards[pair.card], pair.source).grounds
        lines.append(
            RoundLine(round=record, organ_id=record.organ_id, need=needs[pair.need], card=cards[pair.card], source=pair.source, cost=pair.cost,
                      reasons={ground.name: ground.words for ground in grounds if ground.words})
        )  # fmt: skip
    return lines


def decide(lines: Sequence[RoundLine], decision: Decision, *, by: Actor, note: str = "") -> int:
    """This will keep what an officer decides of proposed lines; who does not take one says why."""
    for record in Round._base_manager.filter(pk__in={line.round_id for line in lines}).exclude(state=S.PROPOSED):
        raise Refused(
            _("%(round)s 现在不能逐项决定") % {"round": record}, why=_("当前状态为“%(state)s”。") % {"state": S(record.state).label},
            article=ARTICLE, instead=_("待执行的，请先退回逐项决定。"),
        )  # fmt: skip
    for line in lines:
        line.decision, line.note = decision, note.strip() if decision == Decision.REJECTED else ""
    if decision == Decision.REJECTED and not note.strip():
        raise Invalid(_("不采纳须写明理由"), instead=_("填写理由后再提交。"))
    return keep(list(lines), by=by, act=DECIDED, note=note, right=DECIDE).changed


@AllocationRoundFlow.submit.guard
def _all_decided(record: Round) -> None:
    """Line by line means every line."""
    rows = RoundLine._base_manager.filter(round=record)
    counts = rows.aggregate(
        open=Count("pk", filter=Q(decision=Decision.OPEN)), taken=Count("pk", filter=Q(decision=Decision.ACCEPTED))
    )
    if counts["open"]:
        raise Refused(
            _("还有 %(n)s 项没有决定") % {"n": counts["open"]},
            article=ARTICLE,
            instead=_("请在建议清单中逐项或者成批采纳、不采纳。"),
        )
    if not counts["taken"]:
        raise Refused(_("没有采纳任何一项"), article=ARTICLE, instead=_("请作废这次统筹平衡，写明理由。"))


@AllocationRoundFlow.carry_out.effect
def _carry_out(record: Round, *, by: Actor) -> None:
    """All that was taken is held in one transaction, or nothing is."""
    wanted: dict[int, list[int]] = defaultdict(list)
    rows = RoundLine._base_manager.filter(round=record, decision=Decision.ACCEPTED).order_by("pk")
    for key, card in rows.values_list("need_id", "card_id"):
        wanted[key].append(card)
    failed: dict[str, str] = {}
    in_turn(
        Need, wanted
    )  # all needs, then all cards, each by their keys: nobody who answers one of them waits crosswise
    take_turns([card for cards in wanted.values() for card in cards])
    for need in Need._base_manager.filter(pk__in=list(wanted)).select_related("organ__jurisdiction").order_by("pk"):
        try:
            accept(need, wanted[need.pk], by=by, right=CARRY)
        except Refused as refused:
            failed[f"{len(failed) + 1}. {need}（{need.organ}）"] = f"{refused.what} {refused.why}".strip()
    if failed:
        raise Refused(
            _("有 %(n)s 项需求不能执行，全部没有执行") % {"n": len(failed)}, why="；".join(f"{need}：{why}" for need, why in list(failed.items())[:3]),
            article=ARTICLE, instead=_("请退回逐项决定，对这几项不予采纳后再执行。"), facts=failed,
        )  # fmt: skip
