"""Proposals and applications to enter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.actions import offer_to_warehouse
from baozhang.ch2_provision.assets.choices import IDLE_STATES, UseState
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.resources import Cards
from baozhang.ch2_provision.warehouse.actions.proposing import accept_all
from baozhang.ch2_provision.warehouse.choices import ENTRY_COLOURS, PROPOSAL_COLOURS, ProposalState, Reason
from baozhang.ch2_provision.warehouse.flows import EntryFlow, ProposalFlow, entering
from baozhang.ch2_provision.warehouse.flows.proposals import ANSWER
from baozhang.ch2_provision.warehouse.models import Entry, Proposal
from baozhang.kernel import acts, clock
from baozhang.kernel.access import Actor
from baozhang.kernel.acts import Act, Done
from baozhang.kernel.refusal import Refused
from baozhang.kernel.resource import Computed, Group, Related, Resource, register
from baozhang.law.explain import figure_sentence


def _accept(proposals: Sequence[Proposal], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    rows = [one for one in proposals if one.state == ProposalState.OPEN]
    if not rows:
        raise Refused(_("所选建议都已答复"), article="第十五条第一款", instead=_("请筛选“待单位答复”的建议。"))
    entry = accept_all(rows, by=by)
    said = _("已同意 %(count)s 件入仓，入仓申请“%(entry)s”在待办中，补充内部决策后提交")
    return Done(said % {"count": len(rows), "entry": entry}, entry)


def _enter(cards: Sequence[Card], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    """Who offers a thing has applied for its entry: one draft for each agency, the first of which is opened."""
    kinds = {UseState.DEGRADED: Reason.LOW, UseState.DISPOSING: Reason.USEFUL}
    count = offer_to_warehouse(cards, by=by, note=note)
    by_organ: dict[int, list[Card]] = {}
    for card in cards:
        by_organ.setdefault(card.organ_id, []).append(card)
    reasons = {card.pk: kinds.get(UseState(card.use_state), Reason.IDLE) for card in cards}
    made = [entering.begin(mine, by=by, day=clock.today(), reasons=reasons) for mine in by_organ.values()]
    words = _("已提请 %(count)s 张卡片入仓，并起草入仓申请：补充内部决策和存放方式后提交") % {"count": count}
    return Done(words, made[0])


def _may_enter(card: Any) -> bool:
    return card.disposed is None and card.use_state in (*IDLE_STATES, UseState.DISPOSING)


acts.also(Cards, "offer", Act(
    gettext_lazy("提请入仓"), entering.ADD, _enter, article="第十五条第一款", icon="inbox-stack", shown=_may_enter,
))  # fmt: skip


def _lines(proposal: Any) -> str:
    return "\n".join(f"{name}：{value}" for name, value in proposal.facts.items() if value not in (None, ""))


@register
class Proposals(Resource):
    """What should enter, as the detectors see it."""

    model = Proposal
    slug = "warehouse/proposals"
    place = 14
    article = "第十五条第一款"
    chapter = "warehouse"
    icon = "light-bulb"
    purpose = gettext_lazy("系统按第十五条的六种情形从卡片中查出应入仓的资产；单位同意的转为入仓申请，不同意的写明理由")
    columns = ("sentence", "reason", "state", "organ", "value", "cited", "proposed_on")
    more_columns = ("card", "answered_on", "answer", "entry")
    groups = (
        Group(gettext_lazy("建议"), ("sentence", "reason", "cited", "card", "organ", "value", "origin", "proposed_on")),
        Group(gettext_lazy("依据"), ("fact_lines", "figure_lines")),
        Group(gettext_lazy("答复"), ("answer", "answered_on", "entry", "authority")),
    )
    computed = {
        "cited": Computed(gettext_lazy("条文"), lambda one: one.article, "law"),
        "fact_lines": Computed(gettext_lazy("事实"), _lines),
        "figure_lines": Computed(
            gettext_lazy("依据的标准"), lambda one: "\n".join(figure_sentence(each) for each in one.figures)
        ),
    }
    readonly = frozenset(
        {
            "sentence",
            "reason",
            "card",
            "organ",
            "value",
            "origin",
            "proposed_on",
            "answer",
            "answered_on",
            "entry",
            "authority",
        }
    )
    filters = ("state", "reason", "organ", "proposed_on")
    search = ("sentence", "card.number", "card.name", "organ.name")
    units = {"value": gettext_lazy("元")}
    key_facts = ("reason", "value", "organ")
    state = "state"
    colours = PROPOSAL_COLOURS
    flow = ProposalFlow
    importable = False
    addable = False
    follows = ("card",)
    leads = ("entry",)
    acts = {
        "accept": Act(gettext_lazy("同意入仓并申请"), ANSWER, _accept, article="第十五条第一款", icon="check", on_page=False),
    }  # fmt: skip


@register
class Entries(Resource):
    """Applications to enter."""

    model = Entry
    slug = "warehouse/entries"
    place = 16
    article = "第十五条第一款"
    chapter = "warehouse"
    goes_round = True  # each of its things has a life of its own
    icon = "inbox-stack"
    purpose = gettext_lazy("把资产放进公物仓：本单位审核、线上初审、移交实物、现场复验、入仓开凭证")
    columns = ("title", "organ", "state", "keeping", "store", "checked_on", "stored_on")
    more_columns = ("listing", "authority", "receipt")
    groups = (
        Group(gettext_lazy("申请"), ("title", "organ", "authority", "decision")),
        Group(gettext_lazy("存放"), ("keeping", "store", "listing")),
        Group(gettext_lazy("办结"), ("checked_on", "stored_on", "receipt")),
    )
    readonly = frozenset(
        {"title", "organ", "authority", "decision", "keeping", "store", "listing", "checked_on", "stored_on", "receipt"}
    )
    filters = ("state", "organ", "keeping", "store", "stored_on")
    search = ("title", "organ.name")
    key_facts = ("organ", "keeping", "stored_on")
    state = "state"
    colours = ENTRY_COLOURS
    flow = EntryFlow
    importable = False
    addable = False
    related = (Related("warehouse/items", "entry", gettext_lazy("列入的资产")),)
