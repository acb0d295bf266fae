"""The path of a loan: in use, extended within the limit, handed in, all back (articles 14 and 16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import authority_above
from baozhang.ch2_provision.warehouse.choices import THING_OPEN, Mode
from baozhang.ch2_provision.warehouse.choices import LoanState as S
from baozhang.ch2_provision.warehouse.models import Loan, Thing
from baozhang.ch2_provision.warehouse.queries.competence import set_number
from baozhang.kernel import access, ledger, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Party, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

for _name, _words in (
    ("hand_in", gettext_lazy("交还公物仓资产")), ("extend", gettext_lazy("申请续借")), ("allow", gettext_lazy("审批续借")),
    ("special", gettext_lazy("特批续借")), ("inspect", gettext_lazy("验收归还的资产")),
    ("close", gettext_lazy("结清")), ("oversee", gettext_lazy("督办下级逾期的借用")),
):  # fmt: skip
    access.permission(f"warehouse.loan:{_name}", _words)
EXTENDED = ledger.act("warehouse.extended", gettext_lazy("续借"))
EXTENSIONS, LOAN_DAYS = "warehouse.loan_extensions", "warehouse.loan_days"
ARTICLE = "第十四条第二款"
RETURN = "第十六条第一款"


def authority(record: Loan) -> int:
    """The authority that decided on the exit."""
    return record.authority_id


def giver(record: Loan) -> int:
    """The organ that handed out takes back."""
    return record.giver_id


def above(record: Loan) -> Organization | None:
    """The authority above."""
    return authority_above(record.authority)


def due_of(record: Loan, day: dt.date) -> dt.date | None:
    """The day by which all is to be back."""
    return record.due


def extended_to(record: Loan, day: dt.date) -> dt.date | None:
    """The day by which all is to be back once an extension is approved."""
    return record.wanted or record.due


class LoanFlow(Flow):
    """使用、续借、交还、验收."""

    model = Loan
    article = RETURN
    escalate = Party("warehouse.loan:oversee", where=above, words=gettext_lazy("上级机关事务管理部门"))
    term = staticmethod(due_of)

    hand_in = Step(gettext_lazy("全部交还"), S.OPEN, S.BACK, ":hand_in", kind="primary", icon="inbox",
                   says=gettext_lazy("把仍在使用的各件一并交还，由交付方逐件验收；部分归还的，在借用物品中逐件办理。"))  # fmt: skip
    extend = Step(gettext_lazy("申请续借"), S.OPEN, S.EXTENDING, ":extend", ARTICLE, todo=False, side=True, withdrawable=True,
                  fields=("wanted", "wanted_why"), required=("wanted", "wanted_why"), within=due_of)  # fmt: skip
    allow = Step(gettext_lazy("同意续借"), S.EXTENDING, S.OPEN, ":allow", ARTICLE, where=authority, four_eyes=("extend",), side=True,
                 kind="primary", within=extended_to)  # fmt: skip
    special = Step(gettext_lazy("负责人特批续借"), S.EXTENDING, S.OPEN, ":special", ARTICLE, where=authority, four_eyes=("extend",),
                   side=True, needs_note=True, within=extended_to)  # fmt: skip
    deny = Step(gettext_lazy("不同意续借"), S.EXTENDING, S.OPEN, ":allow", ARTICLE, where=authority, side=True, todo=False,
                needs_note=True, kind="danger", within=due_of)  # fmt: skip
    dated = Step(
        gettext_lazy("应还日期随活动或者手续变更"),
        S.OPEN,
        S.OPEN,
        ":close",
        where=giver,
        todo=False,
        side=True,
        within=due_of,
        along=gettext_lazy("活动改期或者补办手续时，应还日期随之变更。"),
    )
    close = Step(gettext_lazy("结清"), (S.OPEN, S.EXTENDING, S.BACK), S.CLOSED, ":close", where=giver, todo=False,
                 shown=lambda loan: not things_of(loan, *THING_OPEN))  # fmt: skip

    @classmethod
    def title(cls, record: Loan) -> str:
        """What a task about it is called."""
        return f"{record.organ}：{record}"


def things_of(loan: Loan, *states: str) -> list[Thing]:
    """The things of a loan, in some states."""
    rows = Thing._base_manager.filter(loan=loan).select_related("item__card", "card")
    return list((rows.filter(state__in=states) if states else rows).order_by("pk"))


def fall_due(loan: Loan, day: dt.date | None, *, by: Actor, act: str, right: str, where: int) -> None:
    """This will set the last day of a loan, and that of the task to bring it back, as another case has moved it."""
    loan.due = day
    keep(loan, by=by, act=act, right=right, where=where)
    if loan.state == S.OPEN:
        with scope.everything("应还日期变更") as system:  # it follows from the other case, whoever decided that
            LoanFlow.take("dated", loan, by=system)


@LoanFlow.close.guard
def _all_back(loan: Loan) -> None:
    """A part that is back never closes the whole."""
    left = len(things_of(loan, *THING_OPEN))
    if left:
        raise Refused(
            _("还有 %(left)s 件没有归还或者没有定责，不能结清") % {"left": left},
            article=RETURN,
            instead=_("请逐件验收、定责后再结清。"),
        )


@LoanFlow.extend.guard
def _may_be_extended(loan: Loan, *, day: dt.date) -> None:
    """Only a loan has a term, and only so many extensions; what is tied to an event ends with it."""
    if loan.mode != Mode.LOAN:
        raise Refused(_("调剂使用没有期限，不需要续借"), article=ARTICLE)
    if loan.event_id is not None:
        raise Refused(
            _("会议活动借用的物品到活动结束日一并归还，不能续借"),
            article="第十五条第一款第五项",
            instead=_("活动延期的，在活动结束前于活动页面办理“活动改期”；已经结束的，先归还，确需使用的另行申请借用。"),
        )
    most = set_number(EXTENSIONS, day, loan.authority_id)
    if most is not None and loan.extensions >= most:
        raise Refused(
            _("已续借 %(n)s 次，达到上限") % {"n": loan.extensions}, article=ARTICLE, why=_("续借次数上限 %(most)s 次。") % {"most": most},
            instead=_("请按期归还；长期需要的，申请调剂使用。"), facts={_("已续借次数"): loan.extensions, _("续借次数上限"): most},
        )  # fmt: skip


def _must_be_later(loan: Loan, wanted: dt.date | None, day: dt.date, instead: str) -> None:
    """An extension ends after the loan would, and not in the past."""
    if wanted is None or loan.due is None or wanted <= loan.due or wanted < day:
        raise Refused(
            _("续借日期须晚于应还日期 %(due)s，且不早于今天") % {"due": loan.due}, article=ARTICLE, instead=instead
        )


@LoanFlow.extend.guard
def _to_a_later_day(loan: Loan, *, day: dt.date, values: Mapping[str, Any]) -> None:
    """Whoever asks is told at once, not when others have read it."""
    if values:
        _must_be_later(loan, values.get("wanted"), day, _("请另填归还日期。"))


@LoanFlow.allow.guard
def _limit_is_known(loan: Loan, *, day: dt.date) -> None:
    """While nobody has set a limit, the head of the authority decides each time."""
    if set_number(EXTENSIONS, day, loan.authority_id) is None:
        raise Refused(
            _("续借次数的标准待核实，须由负责人特批"), article=ARTICLE, why=_("没有核实过的上限可以对照。"),
            instead=_("请由机关事务管理部门负责人办理“负责人特批续借”。"),
        )  # fmt: skip


@LoanFlow.special.guard
def _limit_is_unknown(loan: Loan, *, day: dt.date) -> None:
    """Where there is a limit it holds for everybody."""
    if set_number(EXTENSIONS, day, loan.authority_id) is not None:
        raise Refused(_("续借次数已有标准，不需要特批"), article=ARTICLE, instead=_("请办理“同意续借”。"))


@LoanFlow.allow.effect
@LoanFlow.special.effect
def _extended(loan: Loan, *, by: Actor, day: dt.date, step: Step) -> None:
    """The new last day: later than the last, not past already, and within the longest loan counted from the last."""
    _must_be_later(loan, loan.wanted, day, _("请不同意续借，由申请人另填。"))
    assert loan.wanted is not None
    assert loan.due is not None
    most = set_number(LOAN_DAYS, day, loan.authority_id)
    if most is not None and (loan.wanted - loan.due).days > most:
        raise Refused(
            _("续借 %(days)s 天，超过最长借用期限") % {"days": (loan.wanted - loan.due).days}, article=ARTICLE,
            why=_("公物仓资产最长借用 %(most)s 天。") % {"most": most}, instead=_("请缩短续借期限。"),
        )  # fmt: skip
    late = (day - loan.due).days
    note = (
        _("逾期 %(days)s 天后续借") % {"days": late} if late > 0 else ""
    )  # the new day would else wipe out that it was late
    loan.due, loan.extensions, loan.wanted, loan.wanted_why = loan.wanted, loan.extensions + 1, None, ""
    keep(loan, by=by, act=EXTENDED, note=note, right=step.permission, where=loan.authority_id)
