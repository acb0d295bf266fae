"""Handover: list, signature item by item, confirmation by the head; only then do the cards change hands (article 11)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.actions import custody
from baozhang.ch2_provision.assets.choices.cases import HandoverState as S
from baozhang.ch2_provision.assets.choices.cases import Signature
from baozhang.ch2_provision.assets.models import Handover, HandoverItem
from baozhang.kernel import access, holds
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.refusal import Refused

ARTICLE = "第十一条第二款"
OPEN = access.permission("assets.handover:open", gettext_lazy("办理保管交接"))
CONFIRM = access.permission("assets.handover:confirm", gettext_lazy("确认保管交接"))


class HandoverFlow(Flow):
    """交接: the clerk lists, takers sign, the clerk hands in, the head confirms."""

    model = Handover
    words = gettext_lazy("保管交接")
    article = ARTICLE
    initial = (S.DRAFT,)

    give = Step(
        gettext_lazy("列出清单，发起签收"), S.DRAFT, S.GIVEN, ":open", kind="primary", icon="clipboard-document-list",
        fields=("taker",), says=gettext_lazy("移交人名下的全部资产列入清单，签收完成以前不能另作他用。"),
    )  # fmt: skip
    edit = Step(
        gettext_lazy("修改"), S.DRAFT, S.DRAFT, ":open", todo=False, side=True, icon="pencil",
        fields=("leaver", "reason", "leaves_on", "taker", "remarks"), required=("leaver", "leaves_on"),
    )  # fmt: skip
    submit = Step(
        gettext_lazy("签收完毕，提请确认"), S.GIVEN, S.SIGNED, ":open", kind="primary", icon="paper-airplane", withdrawable=True,
    )  # fmt: skip
    confirm = Step(
        gettext_lazy("确认交接"), S.SIGNED, S.CONFIRMED, ":confirm", four_eyes=("submit",), kind="primary", icon="check",
        returnable=(S.GIVEN,), says=gettext_lazy("确认后卡片的保管人改为签收人；未见实物的仍在移交人名下，另行追查。"),
    )  # fmt: skip
    cancel = Step(
        gettext_lazy("撤销交接"), (S.DRAFT, S.GIVEN), S.CANCELLED, ":open", needs_note=True, todo=False, side=True, kind="danger",
    )  # fmt: skip


@HandoverFlow.give.effect
def _listed(case: Handover, *, by: Actor, day: dt.date) -> None:
    """All that is in his name, held for the case; without anything there is nothing to hand over."""
    custody.list_items(case, day=day, by=by, right=OPEN)


@HandoverFlow.submit.guard
def _all_signed(case: Handover) -> None:
    waiting = (
        HandoverItem._base_manager.filter(handover=case, signature=Signature.OPEN).select_related("card").order_by("id")
    )
    count = waiting.count()
    if count:
        names = "、".join(f"{item.card.number}（{item.taker or _('未定接收人')}）" for item in waiting[:5])
        raise Refused(
            _("还有 %(count)s 项没有签收") % {"count": count}, why=names, article=ARTICLE,
            instead=_("请接收人逐项签收；找不到实物的，由接收人记为“未见实物”。"),
        )  # fmt: skip


@HandoverFlow.confirm.effect
def _confirmed(case: Handover, *, by: Actor, day: dt.date) -> None:
    """What was received changes hands; what was not found stays in the leaver's name."""
    custody.settle(case, day=day, by=by, right=CONFIRM)


@HandoverFlow.cancel.effect
def _dropped(case: Handover) -> None:
    holds.release(case)
