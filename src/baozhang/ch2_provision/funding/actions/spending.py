"""Promising, paying and letting go out of a line of a budget; the line is locked, and the database says it once more.

Fifty who ask at the same moment come one after the other; each sees what the one before has left. The check constraint
`budgetline_never_over` holds even where somebody forgets the lock.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.funding.choices import BudgetState, CommitState
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, Commitment, Payment
from baozhang.ch2_provision.funding.models.changing import money
from baozhang.ch2_provision.funding.queries.plans import standing_line
from baozhang.kernel import access, clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record, keep
from baozhang.kernel.refusal import Fault, Invalid, NotFound, Refused
from baozhang.kernel.turns import in_turn

COMMIT = access.permission("funding.budgetline:commit", gettext_lazy("占用和支出本单位预算"))
COMMITTED = ledger.act("funding.committed", gettext_lazy("占用预算"))
SETTLED = ledger.act("funding.settled", gettext_lazy("登记支出"))
RELEASED = ledger.act("funding.released", gettext_lazy("释放占用"))
CENT = Decimal("0.01")
MOST = Decimal(10) ** 16  # what the columns of sums hold
ARTICLE = "第八条第一款"


def commit(
    line: BudgetLine, amount: Decimal | int, *, case: Record, by: Actor, words: str = "", day: dt.date | None = None, right: str = COMMIT
) -> Commitment:  # fmt: skip
    """This will promise a sum out of a line to a case; asked again by the same case, the sum becomes the new one.

    Raises Refused with the figures where the line has not that much left, or its budget is not in force. `case` must be
    kept already; `right` is the permission asked in the line's agency, where the caller has one of his own.
    """
    wanted = _sum(amount)
    with transaction.atomic():
        held = locked(line)
        _in_force(held)
        _in_its_year(held, day or clock.today())
        mine = _open(held, case)
        grown = wanted - (mine.amount if mine is not None else Decimal(0))
        if grown > 0:
            _not_over(held, day or clock.today())
            _still_planned(held)
        if grown > held.remaining:
            raise _too_much(held, grown)
        if mine is not None and wanted < mine.settled:
            raise Refused(
                _("占用不能少于已支付的 %(paid)s 元") % {"paid": money(mine.settled)},
                article=ARTICLE,
                instead=_("请核对金额。"),
            )
        held.committed += grown
        keep(held, by=by, act=COMMITTED, note=words, right=right)
        row = mine or Commitment(
            line=held, case_kind=case.label, case_id=case.pk, amount=wanted, day=day or clock.today()
        )
        row.amount, row.words = wanted, (words or row.words or str(case))[:160]
        keep(row, by=by, act=COMMITTED, right=right)
        _hand_back(line, held)
        return row


def settle(
    line: BudgetLine, amount: Decimal | int, *, case: Record, by: Actor, final: bool = False, words: str = "",
    day: dt.date | None = None, right: str = COMMIT,
) -> Payment:  # fmt: skip
    """This will pay a sum out of what a case has promised; `final` lets go of the rest.

    Raises Refused where the case has promised less than is paid: the promise is raised first, and the line decides.
    """
    paid = _sum(amount)
    with transaction.atomic():
        held = locked(line)
        mine = _must_be_open(held, case)
        _in_its_year(held, day or clock.today())
        if paid > mine.left:
            raise Refused(
                _("支付 %(paid)s 元，多于占用 %(left)s 元") % {"paid": money(paid), "left": money(mine.left)}, article=ARTICLE,
                why=_("“%(words)s”占用 %(amount)s 元，已支付 %(settled)s 元。")
                % {"words": mine.words, "amount": money(mine.amount), "settled": money(mine.settled)},
                instead=_("请先增加占用；预算不足的，办理预算调整。"),
                facts={_("本次支付"): paid, _("占用余额"): mine.left, _("预算余额"): held.remaining},
            )  # fmt: skip
        mine.settled += paid
        gone = mine.left if final else Decimal(0)
        held.committed -= paid + gone
        held.spent += paid
        keep(held, by=by, act=SETTLED, note=words, right=right)
        _let_go(mine, gone, CommitState.SETTLED)
        keep(mine, by=by, act=SETTLED, right=right)
        payment = Payment(commitment=mine, amount=paid, words=words[:160], day=day or clock.today())
        keep(payment, by=by, act=SETTLED, right=right)
        _hand_back(line, held)
        return payment


def release(line: BudgetLine, *, case: Record, by: Actor, note: str = "", right: str = COMMIT) -> Decimal:
    """This will let go of what a case has promised and not paid; returns how much that was."""
    with transaction.atomic():
        held = locked(line)
        mine = _must_be_open(held, case)
        gone = mine.left
        held.committed -= gone
        keep(held, by=by, act=RELEASED, note=note, right=right)
        _let_go(mine, gone, CommitState.RELEASED)
        keep(mine, by=by, act=RELEASED, note=note, right=right)
        _hand_back(line, held)
        return gone


def spend(line: BudgetLine, amount: Decimal | int, *, by: Actor, words: str, day: dt.date | None = None) -> Payment:
    """This will promise and pay at once, for what has no case of its own: a bill for water, a refund of travel."""
    with transaction.atomic():
        _not_again(locked(line), _sum(amount), words[:160], day or clock.today())
        commit(line, amount, case=line, by=by, words=words, day=day)
        return settle(line, amount, case=line, by=by, final=True, words=words, day=day)


def _not_again(held: BudgetLine, amount: Decimal, words: str, day: dt.date) -> None:
    """The same voucher is paid once: a request that is sent again, a second tap, a page that stayed open."""
    if Payment._base_manager.filter(line=held, day=day, amount=amount, words=words).exists():
        raise Refused(
            _("这笔支出已经登记，没有重复登记"), why=_("%(day)s 已有“%(words)s”%(amount)s 元。") % {"day": day, "words": words, "amount": money(amount)},
            article=ARTICLE, instead=_("核对下方已登记的支出；确属另一笔的，写明各自的凭证号。"),
        )  # fmt: skip


def _sum(amount: Decimal | int) -> Decimal:
    found = Decimal(amount)
    if not found.is_finite() or not 0 < found < MOST or found != found.quantize(CENT):
        raise Invalid(_("金额有误"), why=_("金额须大于零，最多两位小数。"), instead=_("请改正后再提交。"))
    return found.quantize(CENT)


def locked(line: BudgetLine) -> BudgetLine:
    """This is the line as it stands, locked after its budget until the transaction ends; NotFound where it is gone."""
    in_turn(Budget, [line.budget_id])
    held = (
        BudgetLine._base_manager.select_for_update(of=("self",), no_key=True)
        .select_related("budget", "plan_line__plan")
        .filter(pk=line.pk)
        .first()
    )
    if held is None:
        raise NotFound(_("预算明细不存在或已撤销"), instead=_("请返回列表刷新后再办理。"))
    return held


def _hand_back(line: BudgetLine, held: BudgetLine) -> None:
    """This will let the caller's own object show what has been kept."""
    line.__dict__.update({name: value for name, value in held.__dict__.items() if name != "_state"})


def _in_force(held: BudgetLine) -> None:
    if held.budget.state != BudgetState.REPLIED:
        raise Refused(
            _("%(line)s还不能使用") % {"line": held},
            why=_("所在预算的状态为“%(state)s”。") % {"state": held.budget.get_state_display()},
            article=ARTICLE, instead=_("预算经财政部门批复后、关闭前才能使用。"),
        )  # fmt: skip


def _in_its_year(held: BudgetLine, day: dt.date) -> None:
    """The money of a year is there from its first day; a purchase may be prepared before, as far as its check.

    Nothing is promised earlier either: whoever signs on a promise owes the money before anybody has it to spend.
    """
    year, today = held.budget.year, clock.today()
    if day > today:
        raise Invalid(
            _("日期晚于今天 %(today)s") % {"today": today}, why=_("预算按实际发生的日期占用和支出。"), article=ARTICLE,
            instead=_("请填写实际日期。"), faults=[Fault(_("晚于今天 %(today)s") % {"today": today}, "day", str(day), _("请核对年份"))],
        )  # fmt: skip
    if day < dt.date(year, 1, 1):
        raise Refused(
            _("%(year)s 年度的预算还不能使用") % {"year": year},
            why=_("预算年度自 %(year)s 年 1 月 1 日开始，这一笔是 %(day)s。") % {"year": year, "day": day},
            article=ARTICLE, instead=_("采购可以先立项、内部决策，到年初再核对占用；年内必须支付的，从当年预算列支或办理追加预算。"),
            facts={_("预算年度"): year, _("日期"): day},
        )  # fmt: skip


def _not_over(held: BudgetLine, day: dt.date) -> None:
    """Nothing new is promised out of a year that is over; what was promised in it may still be paid until it is closed."""
    year = held.budget.year
    if day > dt.date(year, 12, 31):
        raise Refused(
            _("%(year)s 年度的预算已经到期") % {"year": year},
            why=_("预算年度至 %(year)s 年 12 月 31 日止，这一笔是 %(day)s。") % {"year": year, "day": day},
            article=ARTICLE, instead=_("请从当年预算列支；上年的结余由财政部门收回或按规定结转后，列入当年预算。"),
            facts={_("预算年度"): year, _("日期"): day},
        )  # fmt: skip


def _still_planned(held: BudgetLine) -> None:
    """The money of a need is promised while the plan that stands still has the need (article 9)."""
    if held.plan_line is not None and standing_line(held.plan_line) is None:
        raise Refused(
            _("%(line)s的计划事项已经撤销或者取消，不能再占用") % {"line": held}, why=_("计划事项：%(line)s。") % {"line": held.plan_line.title},
            article="第九条", instead=_("这笔预算由财政部门收回或者年终结转；确实需要的，先调整年度计划并经审核同意。"),
            facts={_("计划事项"): str(held.plan_line), _("批复数"): held.granted, _("余额"): held.remaining},
        )  # fmt: skip


def _open(held: BudgetLine, case: Record) -> Commitment | None:
    rows = Commitment._base_manager.select_for_update(of=("self",), no_key=True).filter(
        line=held, case_kind=case.label, case_id=case.pk, state=CommitState.OPEN
    )
    found: Commitment | None = rows.first()
    if found is not None:
        found.line = held
    return found


def _must_be_open(held: BudgetLine, case: Record) -> Commitment:
    found = _open(held, case)
    if found is None:
        raise Refused(
            _("没有可以支付或释放的占用"), why=_("%(case)s 没有占用“%(line)s”，或者已经结清。") % {"case": case, "line": held},
            article=ARTICLE, instead=_("请先占用预算。"),
        )  # fmt: skip
    return found


def _let_go(mine: Commitment, gone: Decimal, end: CommitState) -> None:
    mine.released += gone
    if not mine.left:
        mine.state = end


def _too_much(held: BudgetLine, grown: Decimal) -> Refused:
    over = grown - held.remaining
    return Refused(
        _("预算余额不足，还差 %(over)s 元") % {"over": money(over)},
        why=_("“%(line)s”批复 %(granted)s 元，已占用 %(committed)s 元，已支出 %(spent)s 元，余额 %(left)s 元；本次需要 %(wanted)s 元。")
        % {
            "line": held, "granted": money(held.granted or 0), "committed": money(held.committed), "spent": money(held.spent),
            "left": money(held.remaining), "wanted": money(grown),
        },
        article=ARTICLE, instead=_("请减少金额，释放不再需要的占用，或者办理追加预算。"),
        facts={_("批复数"): held.granted, _("占用数"): held.committed, _("实际支出"): held.spent, _("余额"): held.remaining, _("本次需要"): grown},
    )  # fmt: skip
