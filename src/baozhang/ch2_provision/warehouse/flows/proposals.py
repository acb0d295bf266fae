"""The path of a proposal: the agency answers, the authority looks at what was declined (article 15)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from baozhang.ch2_provision.warehouse.choices import ProposalState as S
from baozhang.ch2_provision.warehouse.models import Proposal
from baozhang.kernel import access, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.record import keep

from . import entering

ANSWER = access.permission("warehouse.proposal:answer", _("答复入仓建议"))
REVIEW = access.permission("warehouse.proposal:review", _("审核不同意入仓的理由"))
ANSWERED = ledger.act("warehouse.answered", _("答复入仓建议"))
ARTICLE = "第十五条第一款"


def authority(record: Proposal) -> int:
    """The authority that reviews."""
    return record.authority_id


class ProposalFlow(Flow):
    """From the proposal to an entry, or to a reason that the authority accepts."""

    model = Proposal
    article = ARTICLE

    accept = Step(_("同意入仓"), S.OPEN, S.ACCEPTED, ":answer", kind="primary", icon="check",
                  makes=lambda proposal: proposal.entry,
                  says=_("同意后生成入仓申请草稿，这件资产随即不能另作处置。"))  # fmt: skip
    decline = Step(_("不同意入仓"), S.OPEN, S.DECLINED, ":answer", side=True, todo=False, fields=("answer",), required=("answer",),
                   says=_("理由由机关事务管理部门审核；不认可的，退回重新答复。"))  # fmt: skip
    excuse = Step(
        _("认可理由"), S.DECLINED, S.EXCUSED, ":review", where=authority, four_eyes=("decline",), kind="primary"
    )
    insist = Step(_("不予认可，请重新答复"), S.DECLINED, S.OPEN, ":review", where=authority, four_eyes=("decline",), needs_note=True,
                  side=True, within="warehouse.answer_days")  # fmt: skip
    vanish = Step(_("情形消除"), (S.OPEN, S.DECLINED, S.EXCUSED), S.GONE, ":review", where=authority, todo=False, side=True,
                  needs_note=True, along=_("每日入仓检测发现情形消除时，由系统撤下。"))  # fmt: skip

    @classmethod
    def title(cls, record: Proposal) -> str:
        """What a task about it is called."""
        return str(record)


@ProposalFlow.accept.effect
def _accepted(proposal: Proposal, *, by: Actor, day: dt.date) -> None:
    """An application is begun, unless the answer to many has begun one for all."""
    if proposal.entry is None:
        found = entering.begin([proposal.card], by=by, day=day, reasons={proposal.card_id: proposal.reason},
                               words={proposal.card_id: proposal.sentence})  # fmt: skip
        proposal.entry = found
    proposal.answered_on = day
    keep(proposal, by=by, act=ANSWERED, right=ANSWER)


@ProposalFlow.decline.effect
def _declined(proposal: Proposal, *, by: Actor, day: dt.date) -> None:
    """The day of the answer."""
    proposal.answered_on = day
    keep(proposal, by=by, act=ANSWERED, right=ANSWER)
