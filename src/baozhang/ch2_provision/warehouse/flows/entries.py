"""The path in: draft, unit head, online check, hand-over, re-check on the spot, in stock with a receipt (articles 14, 15)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.warehouse.choices import EntryState as S
from baozhang.ch2_provision.warehouse.choices import Grade, ItemState, Keeping, Outcome
from baozhang.ch2_provision.warehouse.models import Entry, Item
from baozhang.kernel import access, holds, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import issuing
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from . import papers, stock
from .stock import ARTICLE, carries_data

for _name, _words in (
    ("submit", gettext_lazy("提交入仓申请")), ("agree", gettext_lazy("审核本单位入仓申请")), ("check", gettext_lazy("初审入仓申请")),
    ("deliver", gettext_lazy("移交入仓实物")), ("receive", gettext_lazy("复验并接收入仓")),
):  # fmt: skip
    access.permission(f"warehouse.entry:{_name}", _words)
RECEIVE = "warehouse.entry:receive"
STORED = ledger.act("warehouse.stored", gettext_lazy("复验入仓"))
NOT_STORED = ledger.act("warehouse.not_stored", gettext_lazy("未予入仓"))
SET = ledger.act("warehouse.entry_set", gettext_lazy("确定存放和公示范围"))


def authority(record: Entry) -> int:
    """The authority of the same level, looked up when the application was begun."""
    return record.authority_id


class EntryFlow(Flow):
    """报送、审核、初审、移交、复验、入仓."""

    model = Entry
    article = "第十五条第一款"

    submit = Step(gettext_lazy("提交本单位审核"), S.DRAFT, S.SUBMITTED, ":submit", kind="primary", icon="paper-airplane",
                  fields=("title", "keeping", "store", "listing", "decision"), required=("title", "decision"),
                  says=gettext_lazy("写明内部决策；实体入仓的选择送交的仓库，虚拟入仓的实物留在本单位，被申领前仍可使用。"))  # fmt: skip
    agree = Step(gettext_lazy("同意报送"), S.SUBMITTED, S.AGREED, ":agree", four_eyes=("submit",), returnable=(S.DRAFT,), kind="primary",
                 within="warehouse.entry_days")  # fmt: skip
    check = Step(gettext_lazy("初审通过"), S.AGREED, S.CHECKED, ":check", where=authority, four_eyes=("submit", "agree"),
                 returnable=(S.DRAFT,), kind="primary", within="warehouse.entry_days")  # fmt: skip
    deliver = Step(gettext_lazy("移交实物"), S.CHECKED, S.DELIVERED, ":deliver", kind="primary", within="warehouse.entry_days",
                   says=gettext_lazy("虚拟入仓的，实物留在原处，由公物仓管理员到场查验。"))  # fmt: skip
    receive = Step(gettext_lazy("复验接收"), S.DELIVERED, S.STORED, ":receive", where=authority, four_eyes=("deliver", "check"),
                   returnable=(S.CHECKED,), kind="primary", icon="check",
                   says=gettext_lazy("逐件登记复验结论后接收；接收时开具入仓凭证。"))  # fmt: skip
    refuse = Step(gettext_lazy("不予入仓"), (S.AGREED, S.DELIVERED), S.REFUSED, ":check", where=authority, needs_note=True, todo=False,
                  side=True, kind="danger")  # fmt: skip
    cancel = Step(gettext_lazy("撤回申请"), (S.DRAFT, S.CHECKED), S.CANCELLED, ":submit", needs_note=True, todo=False, side=True,
                  kind="danger")  # fmt: skip


def lines(entry: Entry) -> list[Item]:
    """The items of an application."""
    return list(Item._base_manager.filter(entry=entry).select_related("card", "place", "store").order_by("pk"))


@EntryFlow.submit.guard
@EntryFlow.agree.guard
def _has_lines(entry: Entry) -> None:
    """Something is applied for."""
    if not Item._base_manager.filter(entry=entry, state=ItemState.ENTERING).exists():
        raise Refused(_("申请没有列入资产"), article=ARTICLE, instead=_("请先列入资产，或者撤回这份申请。"))


@EntryFlow.submit.effect
def _submitted(entry: Entry, *, by: Actor) -> None:
    """Where things will be kept and how far they are shown is said once, for all of them."""
    if entry.keeping == Keeping.PHYSICAL and entry.store is None:
        raise Refused(
            _("实体入仓须选择送交的仓库"), article=EntryFlow.article, instead=_("请选择仓库，或者改为虚拟入仓。")
        )
    if entry.keeping == Keeping.VIRTUAL and entry.store is not None:
        raise Refused(_("虚拟入仓不填写仓库"), article=EntryFlow.article, instead=_("请清空仓库，或者改为实体入仓。"))
    items = lines(entry)
    for item in items:
        item.keeping, item.listing, item.store = entry.keeping, entry.listing, entry.store
    keep(items, by=by, act=SET, right="warehouse.entry:submit")


@EntryFlow.check.effect
def _checked(entry: Entry, *, by: Actor, day: dt.date) -> None:
    """The day of the online check."""
    entry.checked_on = day
    keep(entry, by=by, act=SET, right="warehouse.entry:check", where=entry.authority_id)


@EntryFlow.receive.guard
def _all_looked_at(entry: Entry) -> None:
    """Each thing has its finding, computers are wiped, and the receipt can be numbered."""
    items = [item for item in lines(entry) if item.state == ItemState.ENTERING]
    open_ = [item for item in items if not item.outcome]
    if open_:
        raise Refused(
            _("还有 %(count)s 件没有登记复验结论") % {"count": len(open_)}, article=EntryFlow.article,
            why="、".join(str(item) for item in open_[:3]), instead=_("请在物品页逐件“登记复验”。"),
        )  # fmt: skip
    full = [item for item in items if carries_data(item.card) and not item.wiped and item.outcome != Outcome.BACK]
    if full:
        raise Refused(
            _("%(item)s 的存储介质尚未清除") % {"item": full[0]}, article="第十六条第一款",
            why=_("计算机入仓前须清除存储介质中的数据，共 %(count)s 件未确认。") % {"count": len(full)},
            instead=_("请先清除数据，或者把复验结论改为退回单位。"),
        )  # fmt: skip
    if not entry.authority.document_word.strip():
        raise Refused(
            _("%(organ)s尚未登记机关代字，不能开具凭证") % {"organ": entry.authority}, article=EntryFlow.article,
            instead=_("请同级机关事务管理部门负责人先在单位登记中填写机关代字。"),
        )  # fmt: skip


@EntryFlow.receive.effect
def _stored(entry: Entry, *, by: Actor, day: dt.date) -> None:
    """Each thing goes where its finding says; what is in stock is free; the receipt is issued."""
    where = entry.authority_id
    items = [item for item in lines(entry) if item.state == ItemState.ENTERING]
    states = {
        Outcome.FIT: ItemState.STOCK, Outcome.REPAIR: ItemState.REPAIR, Outcome.BACK: ItemState.REFUSED,
        Outcome.DISPOSAL: ItemState.DISPOSAL,
    }  # fmt: skip
    for outcome, state in states.items():
        rows = [item for item in items if item.outcome == outcome]
        for item in rows:
            _settle(item, state, day)
        keep(rows, by=by, act=STORED, right=RECEIVE, where=where, moves=stock.MOVES)
    holds.release(entry)
    paper = papers.receipt(entry, items, day=day)
    entry.receipt = issuing.issue(
        paper,
        organ=where,
        word=entry.authority.document_word.strip(),
        addressees=[entry.organ_id],
        about=entry,
        by=by,
        right=RECEIVE,
    )
    keep(entry, by=by, act=STORED, right=RECEIVE, where=where)


def _settle(item: Item, state: str, day: dt.date) -> None:
    item.state = state
    if state in (ItemState.STOCK, ItemState.REPAIR):
        item.entered_on = day
        item.holder_id = item.authority_id if item.physical else item.organ_id
        if state == ItemState.REPAIR:
            item.grade = Grade.REPAIR
        return
    item.left_on, item.store, item.place = day, None, None


@EntryFlow.receive.guard
def _sides(entry: Entry) -> None:
    """Things in a store have their store."""
    if entry.keeping == Keeping.PHYSICAL and entry.store is None:
        raise Refused(_("实体入仓须选择送交的仓库"), article=EntryFlow.article)


@EntryFlow.refuse.effect
@EntryFlow.cancel.effect
def _not_stored(entry: Entry, *, by: Actor, day: dt.date, note: str, step: object) -> None:
    """The things stay where they are and are free again."""
    name = getattr(step, "name", "")
    right, where = (
        ("warehouse.entry:check", entry.authority_id)
        if name == "refuse"
        else ("warehouse.entry:submit", entry.organ_id)
    )
    items = [item for item in lines(entry) if item.state == ItemState.ENTERING]
    stock.move(
        items,
        ItemState.REFUSED,
        by=by,
        act=NOT_STORED,
        right=right,
        where=where,
        day=day,
        note=note,
        store=None,
        place=None,
    )
    holds.release(entry)
