"""The path of a risk warning or order: draft, sign, receive, answer, re-check, close or again (article 41)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import authority_above
from baozhang.kernel import access, ledger, told
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import issuing
from baozhang.kernel.flow import Party, Rectification, Step
from baozhang.kernel.flow.limits import calendar, deadline
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from . import settling
from .choices import LIVE, Result, State
from .choices import OrderState as S
from .orders import DRAFT, ISSUE, RECHECK, Order
from .recheck import Checked, items_of, recheck
from .referring import refer_case
from .wording import paper

NUMBERED = ledger.act("warnings.numbered", gettext_lazy("编号印发"))
AGAIN = ledger.act("warnings.again", gettext_lazy("重定期限"))
CLOSED = ledger.act("warnings.closed", gettext_lazy("办结"))
OVERSEE = access.permission("warnings.order:oversee", gettext_lazy("督办下级超期的整改"))
access.permission("warnings.order:receive", gettext_lazy("签收预警和整改通知"))
access.permission("warnings.order:answer", gettext_lazy("起草整改反馈"))
access.permission("warnings.order:reply", gettext_lazy("审定整改反馈"))
access.permission("warnings.order:attach", gettext_lazy("上传整改佐证材料"))
AT_WORK = (S.ISSUED, S.ORDERED, S.ANSWERED, S.REPLIED, S.AGAIN)


def issuer(order: Order) -> int:
    """This is the authority that was looked up when the draft was written."""
    return order.issuer_id


def above(order: Order) -> Organization | None:
    """This is the authority above the one that orders; it sees what is left undone."""
    return authority_above(order.issuer)


def figure_of(order: Order) -> str:
    """This is the key of the figure that says how long an agency has."""
    return "supervision.rectify_days" if order.is_order else "supervision.warning_days"


def limit(order: Order, day: dt.date) -> dt.date | str:
    """This is the time to put it right: the day set by hand while it lies ahead, else the figure in force."""
    if order.set_due is not None and order.set_due > day:
        return order.set_due
    return figure_of(order)


def left(order: Order, day: dt.date) -> dt.date | str | None:
    """This is the same deadline on the further way of an order that has gone out."""
    return None if order.issued_on is None else order.due or limit(order, day)


class OrderFlow(Rectification):
    """责令整改 with its draft, its signature by a second person, its receipt, and the agency's own approval."""

    model = Order
    words = gettext_lazy("预警和整改通知")
    article = "第四十一条第二款"
    escalate = Party(OVERSEE, where=above, words=gettext_lazy("上级机关事务管理部门"))
    returned_within = staticmethod(left)

    submit = Step(
        gettext_lazy("送签"),
        S.DRAFT,
        S.SUBMITTED,
        ":draft",
        where=issuer,
        withdrawable=True,
        kind="primary",
        icon="paper-airplane",
    )
    edit = Step(
        gettext_lazy("修改文稿"), S.DRAFT, S.DRAFT, ":draft", where=issuer, todo=False, side=True, icon="pencil",
        fields=("title", "demand", "violation", "set_due", "set_due_reason"), required=("title", "demand"),
    )  # fmt: skip
    issue = Rectification.issue.but(
        words=gettext_lazy("签发"), source=S.SUBMITTED, target=S.ISSUED, where=issuer, four_eyes=("submit",), within=limit,
        returnable=(S.DRAFT,), says=gettext_lazy("签发后编号、生成 PDF 公文并送达被监督单位。"),
    )  # fmt: skip
    receive = Step(gettext_lazy("签收"), S.ISSUED, S.ORDERED, within=left, kind="primary", icon="inbox")
    answer = Step(
        gettext_lazy("起草反馈"), (S.ORDERED, S.AGAIN), S.ANSWERED, within=left, withdrawable=True, kind="primary", icon="pencil-square",
        fields=("reply",), required=("reply",), says=gettext_lazy("写明整改情况，佐证材料作为附件上传，再由单位负责人审定。"),
    )  # fmt: skip
    reply = Rectification.reply.but(
        words=gettext_lazy("审定反馈"), source=S.ANSWERED, four_eyes=("answer",), needs_note=False, returnable=(S.ORDERED, S.AGAIN),
    )  # fmt: skip
    close = Rectification.close.but(
        where=issuer, four_eyes=("issue", "answer", "reply"), fields=("overrule",),
        says=gettext_lazy("系统将按规则逐项复查；仍有问题的，应责令再次整改。"),
    )  # fmt: skip
    again = Rectification.again.but(
        where=issuer, four_eyes=("answer", "reply"), within=limit, fields=("set_due", "set_due_reason"),
        article="第四十一条第二款",
    )  # fmt: skip
    revoke = Rectification.revoke.but(words=gettext_lazy("撤销文书"), source=AT_WORK, where=issuer)
    discard = Step(
        gettext_lazy("作废文稿"),
        S.DRAFT,
        S.REVOKED,
        ":draft",
        where=issuer,
        needs_note=True,
        todo=False,
        side=True,
        kind="danger",
    )
    refer = Step(
        gettext_lazy("移送"), (S.ORDERED, S.REPLIED, S.AGAIN), S.REFERRED, ":issue", "第四十四条", where=issuer, needs_note=True,
        todo=False, side=True, kind="danger", fields=("violation",), required=("violation",),
        says=gettext_lazy("依法应当追究责任的，连同证据材料移送有关机关；意见栏写明移送的事实和理由。"),
    )  # fmt: skip

    @classmethod
    def title(cls, record: Order) -> str:
        """What a task about it is called."""
        return f"{record.get_kind_display()}：{record.title}（{record.organ}）"


@OrderFlow.submit.guard
@OrderFlow.issue.guard
def _can_go_out(order: Order, *, day: dt.date) -> None:
    """A finding that is gone or false is not ordered; a day set by hand lies ahead and is a working day."""
    items = items_of(order)
    dead = [item for item in items if item.finding.state not in LIVE or item.finding.state == State.FALSE_ALARM]
    if not items:
        raise Refused(_("文书没有列入任何线索"), instead=_("请作废文稿，重新从线索起草。"))
    if dead:
        names = "、".join(f"{item.finding}（{item.finding.get_state_display()}）" for item in dead[:3])
        raise Refused(
            _("有 %(n)d 条线索已不能列入") % {"n": len(dead)}, why=names, article=OrderFlow.article,
            instead=_("请在文稿中“移出已消除的线索”后再送签。"),
        )  # fmt: skip
    if order.set_due is not None:
        _sound_day(order.set_due, day)


@OrderFlow.issue.guard
def _can_be_numbered(order: Order) -> None:
    """An authority without a document word cannot number anything."""
    if not order.issuer.document_word.strip():
        raise Refused(
            _("%(organ)s尚未登记机关代字，不能编号") % {"organ": order.issuer}, article=OrderFlow.article,
            instead=_("请同级机关事务管理部门负责人先在单位登记中填写机关代字。"),
        )  # fmt: skip


def _sound_day(due: dt.date, day: dt.date) -> None:
    days = calendar.ask()
    if due <= day:
        raise Refused(_("期限 %(due)s 不晚于今天") % {"due": due}, article=OrderFlow.article, instead=_("请另定期限。"))
    if not days.is_working(due):
        following = days.add_working_days(due, 0).day
        raise Refused(
            _("期限 %(due)s 不是工作日") % {"due": due}, why=_("期限的最后一日不落在休息日。"), article=OrderFlow.article,
            instead=_("可定为 %(day)s。") % {"day": following},
        )  # fmt: skip


@OrderFlow.issue.effect
def _issued(order: Order, *, by: Actor, day: dt.date) -> None:
    """The paper with its number; the findings are dealt with; the deadline is kept."""
    items = items_of(order)
    found = deadline(limit, order, day)
    content = paper(order, [item.finding for item in items], day=day, due=found.due)
    document = issuing.issue(
        content, organ=order.issuer_id, word=order.issuer.document_word.strip(), addressees=[order.organ_id], about=order, by=by, right=ISSUE,
    )  # fmt: skip
    order.document, order.number, order.issued_on = document, document.number, day
    order.due, order.provisional = found.due, found.provisional
    keep(order, by=by, act=NUMBERED, right=ISSUE, where=order.issuer_id)
    settling.go_out(order, items, by=by)


@OrderFlow.close.guard
def _really_gone(order: Order, *, day: dt.date, values: dict[str, Any]) -> None:
    """What still stands is not closed, except for a reason that is kept (article 41, paragraph 2: follow up)."""
    if str(values.get("overrule") or "").strip():
        return
    standing = [one for one in recheck(items_of(order), day) if one.result != Result.GONE]
    if standing:
        raise Refused(
            _("复查发现还有 %(n)d 项没有整改到位，不能销号") % {"n": len(standing)},
            why="；".join(_said(one) for one in standing[:5]), article=OrderFlow.article,
            instead=_("请责令再次整改；确有理由的，填写“仍予销号的理由”。"),
            facts={_("复查线索"): len(standing)},
        )  # fmt: skip


def _said(one: Checked) -> str:
    return told.say(one.parts) or _("%(finding)s：规则无法判断") % {"finding": one.item.finding}


@OrderFlow.close.effect
def _closed(order: Order, *, by: Actor, day: dt.date) -> None:
    """Each finding gets its result; those that are gone are resolved with evidence."""
    results = recheck(items_of(order), day)
    settling.checked(order, results, day, live=False, by=by)
    settling.clear(order, results, day, by=by)
    order.closed_on = day
    keep(order, by=by, act=CLOSED, right=RECHECK, where=order.issuer_id)


@OrderFlow.again.effect
def _ordered_again(order: Order, *, by: Actor, day: dt.date, values: dict[str, Any]) -> None:
    """A new deadline from today, and what the re-check found."""
    if values.get("set_due") and order.set_due is not None:
        _sound_day(order.set_due, day)
    found = deadline(limit, order, day)
    order.due, order.provisional, order.round = found.due, found.provisional, order.round + 1
    keep(order, by=by, act=AGAIN, right=RECHECK, where=order.issuer_id)
    settling.checked(order, recheck(items_of(order), day), day, live=True, by=by)


@OrderFlow.revoke.effect
def _revoked(order: Order, *, by: Actor, day: dt.date, note: str) -> None:
    """The paper no longer holds; the findings are open again."""
    if order.document is not None:
        issuing.revoke(order.document, reason=note, by=by, right=ISSUE)
    settling.let_go(order, right=ISSUE, by=by, note=note)
    order.closed_on = day
    keep(order, by=by, act=CLOSED, right=ISSUE, where=order.issuer_id)


@OrderFlow.discard.effect
def _discarded(order: Order, *, by: Actor, note: str) -> None:
    """The findings may be taken up by another draft."""
    settling.let_go(order, right=DRAFT, by=by, note=note)


@OrderFlow.refer.effect
def _referred(order: Order, *, by: Actor, day: dt.date, note: str) -> None:
    """The case with its evidence goes to those who may hold somebody liable."""
    order.referral = refer_case(order, items_of(order), day=day, reason=note, by=by)
    order.closed_on = day
    keep(order, by=by, act=CLOSED, right=ISSUE, where=order.issuer_id)
    settling.end(order, right=ISSUE, by=by, note=note)
