"""What is still missing before each step, each thing with its article: the same list refuses the step and stands on the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import Disposal
from baozhang.ch2_provision.disposal.choices import FREE, PRICED, TITLED, Kind, PaperKind, State
from baozhang.ch2_provision.disposal.models import Case, Paper
from baozhang.ch2_provision.disposal.models.case import words_of

from .incomes import incomes_of, unpaid
from .swapping import cost_of, incoming_of

DECISION = "第十三条第四款"
BOOKS = "第十三条第二款"
INCOME = "第十三条第五款"
WAREHOUSE = "第十五条第一款第三项"
YEARS = "第十二条第一款"
TITLES = "第十三条第一款"
PLATES = "第二十三条第一款"
# Before which step a case in a state stands next.
NEXT = {
    State.DRAFT: "submit", State.DECIDING: "decide", State.SCREENING: "screened",
    State.EXECUTING: "hand_over", State.NOTICE: "hand_over", State.HANDED: "slip", State.RECEIVED: "write_off",
}  # fmt: skip


@dataclass(frozen=True)
class Need:
    """One thing that is missing: what, by which article, how it is mended, and the paper that would do it."""

    words: str
    article: str
    instead: str
    paper: str = ""
    lines: bool = False  # it is mended among the cards of the case
    income: int | None = None  # the sum that has to be paid
    swap: bool = False  # it is mended among what a swap brings in


@dataclass
class Facts:
    """What the needs look at beside the case: the kinds of paper that it has."""

    day: dt.date
    papers: set[str] = field(default_factory=set)


def facts_of(case: Case, day: dt.date) -> Facts:
    """The facts of a case in one query."""
    rows = Paper._base_manager.filter(case_id=case.pk, attachment__removed=False)
    return Facts(day, set(rows.order_by().values_list("kind", flat=True)))


def announced(case: Case) -> bool:
    """True where the disposal must be announced in public: what is sold or swapped."""
    return case.form in PRICED


def wiped(case: Case) -> bool:
    """True where storage must be wiped: computers that leave the agency."""
    return case.computers > 0 and case.form != Disposal.LOSS


def missing(case: Case, step: str, day: dt.date, facts: Facts | None = None) -> list[Need]:
    """What a step still wants, in the order in which one would go about it."""
    found = facts or facts_of(case, day)
    return list(NEEDS[step](case, found)) if step in NEEDS else []


def _paper(kind: PaperKind, article: str, facts: Facts) -> Iterator[Need]:
    if kind not in facts.papers:
        yield Need(_("缺少材料：%(paper)s") % {"paper": kind.label}, article, _("请在“材料”中选择种类并上传。"), kind)


def _field(value: Any, words: Any, article: str) -> Iterator[Need]:
    if value in (None, ""):
        yield Need(_("没有填写：%(field)s") % {"field": words}, article, _("请在“修改办件”中填写。"))


def _to_submit(case: Case, facts: Facts) -> Iterator[Need]:
    if not case.count:
        yield Need(_("没有列入资产卡片"), DECISION, _("请在资产卡片列表中勾选，点“拟处置”。"))
    yield from _field(case.reason, words_of("reason"), DECISION)
    if case.form in FREE:
        yield from _field(case.receiver_name, words_of("receiver_name"), DECISION)
    if case.form == Disposal.LOSS:
        yield from _field(case.cause, words_of("cause"), DECISION)
        yield from _field(case.liable, words_of("liable"), DECISION)
        yield from _paper(PaperKind.CAUSE, DECISION, facts)
    if case.early:
        if not case.early_reason:
            words = _("%(n)d 张卡片未达到最低使用年限：%(which)s") % {"n": case.early, "which": _too_young(case)}
            vehicle = _("公务用车因安全等原因提前更新的，先办理车辆配备更新，批准后不再另附鉴定意见（第二十二条）。")
            more = vehicle if case.kind == Kind.VEHICLE else ""
            yield Need(words, YEARS, _("请移出这些卡片继续使用；损毁且不能修复的，写明理由并附鉴定意见。") + more)
        yield from _paper(PaperKind.OPINION, YEARS, facts)
    if case.kind in TITLED:
        yield from _paper(PaperKind.TITLE, TITLES, facts)


def _too_young(case: Case) -> str:
    """Which cards, and the day on which the years of each are over; the first three."""
    rows = case.lines.filter(early=True).select_related("card").order_by("usable_until", "pk")[:3]
    words = [_("%(card)s 到 %(day)s 期满") % {"card": row.card, "day": row.usable_until} for row in rows]
    return "、".join(words) + (_("等") if case.early > len(words) else "")


def _to_decide(case: Case, facts: Facts) -> Iterator[Need]:
    yield from _paper(PaperKind.MINUTES, DECISION, facts)


def _to_screen(case: Case, facts: Facts) -> Iterator[Need]:
    if not case.count:
        yield Need(_("全部卡片已转入公物仓"), WAREHOUSE, _("请办理“全部入仓，终结办件”。"))
    if case.flagged:
        words = _("%(n)d 张卡片仍有使用价值，应当入仓或者说明理由") % {"n": case.flagged}
        yield Need(
            words,
            WAREHOUSE,
            _("请在处置明细中办理“转入公物仓”；不入仓的由处置单位说明，再由筛选人员审核。"),
            lines=True,
        )


def _to_publish(case: Case, facts: Facts) -> Iterator[Need]:
    if case.form in PRICED:
        if case.appraised_value is None:
            yield Need(_("没有登记评估结果"), DECISION, _("请办理“登记评估”。"))
        yield from _paper(PaperKind.APPRAISAL, DECISION, facts)


def _to_hand_over(case: Case, facts: Facts) -> Iterator[Need]:
    yield from _to_publish(case, facts)
    if announced(case):
        if case.state != State.NOTICE:
            yield Need(_("没有公告"), DECISION, _("请办理“发布公告”。"))
        elif case.notice_until is not None and facts.day <= case.notice_until:
            words = _("公告期未满，截止 %(day)s") % {"day": case.notice_until}
            yield Need(words, DECISION, _("请在公告截止后再移交。"))
    if wiped(case):
        if case.wiped_on is None:
            words = _("%(n)d 台计算机类设备没有登记存储介质清除") % {"n": case.computers}
            yield Need(words, DECISION, _("请办理“登记介质清除”。"))
        yield from _paper(PaperKind.WIPING, DECISION, facts)
    if case.kind == Kind.VEHICLE:
        if case.cancelled_on is None:
            yield Need(_("没有登记号牌和车载终端注销"), PLATES, _("请办理“登记号牌终端注销”。"))
        yield from _paper(PaperKind.CANCELLING, PLATES, facts)


def _to_sign_slip(case: Case, facts: Facts) -> Iterator[Need]:
    if case.receiver_id is None:
        yield from _paper(PaperKind.SLIP, DECISION, facts)


def _to_write_off(case: Case, facts: Facts) -> Iterator[Need]:
    if case.form in FREE:
        return
    if case.income is None:
        yield Need(_("没有登记应缴收入"), INCOME, _("请办理“登记应缴收入”；没有收入的填 0 并写明原因。"))
    elif case.income and not incomes_of(case):
        yield Need(_("登记的应缴收入已经撤销"), INCOME, _("请重新办理“登记应缴收入”。"))
    elif rest := unpaid(case):
        words = _("处置收入还有 %(rest)s 元没有缴库") % {"rest": f"{rest:,.2f}"}
        open_ = next((one.pk for one in incomes_of(case) if one.open), None)
        yield Need(words, INCOME, _("请在“资产收入”中登记缴库，缴清后才能办结。"), income=open_)
    if case.form == Disposal.SWAP:
        yield from _to_bring_in(case)


def _to_bring_in(case: Case) -> Iterator[Need]:
    """What comes in stands in the books with what was given for it, to the cent."""
    rows, cost = incoming_of(case), cost_of(case)
    worth = sum((row.value for row in rows), Decimal(0))
    if not rows:
        yield Need(_("没有登记换入资产"), BOOKS, _("请在“换入资产”中逐项登记，销账时一并建卡入账。"), swap=True)
    elif worth != cost:
        words = _("换入资产入账成本合计 %(worth)s 元，应为 %(cost)s 元") % {
            "worth": f"{worth:,.2f}",
            "cost": f"{cost:,.2f}",
        }
        said = _(
            "评估值 %(value)s 元，加支付的补价和相关费用 %(boot)s 元，减收到的差价 %(income)s 元；请改正换入资产，或者登记补价。"
        )
        sums = {"value": case.appraised_value or 0, "boot": case.boot or 0, "income": case.income or 0}
        yield Need(words, BOOKS, said % {name: f"{amount:,.2f}" for name, amount in sums.items()}, swap=True)


NEEDS: dict[str, Callable[[Case, Facts], Iterator[Need]]] = {
    "submit": _to_submit, "decide": _to_decide, "screened": _to_screen, "publish": _to_publish,
    "hand_over": _to_hand_over, "slip": _to_sign_slip,
    "write_off": _to_write_off, "book_loss": _to_write_off,
}  # fmt: skip
