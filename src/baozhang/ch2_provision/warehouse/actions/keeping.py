"""What a keeper does with a thing in stock: the finding at entry, places, repair, back to its owner (article 16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.warehouse.choices import EntryState, Grade, ItemState, Outcome
from baozhang.ch2_provision.warehouse.flows import stock
from baozhang.ch2_provision.warehouse.models import Item
from baozhang.kernel import access, clock, holds, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Invalid, Refused

KEEP = access.permission("warehouse.item:keep", gettext_lazy("保管公物仓物品"))
RELEASE = access.permission("warehouse.item:release", gettext_lazy("办理退仓"))
RECHECKED = ledger.act("warehouse.rechecked", gettext_lazy("登记复验"))
MOVED = ledger.act("warehouse.moved", gettext_lazy("移库"))
TO_REPAIR = ledger.act("warehouse.to_repair", gettext_lazy("送修"))
REPAIRED = ledger.act("warehouse.repaired", gettext_lazy("修复"))
LEFT = ledger.act("warehouse.left", gettext_lazy("退仓"))
ARTICLE = "第十六条第一款"
Values = dict[str, Any]


def _of_my_store(items: Sequence[Item], by: Actor, right: str) -> None:
    """The right reaches further than one's own warehouse, so that the owners' organs are within it; the act does not."""
    for item in items:
        if not by.can(right, item.authority_id) or (by.organ_id is not None and by.organ_id != item.authority_id):
            raise Forbidden(
                _("%(item)s 由%(authority)s管理") % {"item": item, "authority": item.authority}, article=ARTICLE,
                instead=_("请由该部门的公物仓管理员办理。"),
            )  # fmt: skip


def _in_state(item: Item, states: Sequence[str], what: str) -> None:
    if item.state not in states:
        raise Refused(
            what, article=ARTICLE, why=_("当前状态为“%(state)s”。") % {"state": item.get_state_display()},
            instead=_("请按当前状态办理。"),
        )  # fmt: skip


def _kept(items: Sequence[Item], *, by: Actor, act: str, note: str, right: str = KEEP) -> None:
    by_authority: dict[int, list[Item]] = {}
    for item in items:
        by_authority.setdefault(item.authority_id, []).append(item)
    for authority, rows in by_authority.items():
        keep(rows, by=by, act=act, note=note, right=right, where=authority, moves=stock.MOVES)


def recheck(
    items: Sequence[Item],
    *,
    outcome: str,
    grade: str = "",
    wiped: bool = False,
    by: Actor,
    note: str = "",
    **place: Any,
) -> int:
    """This will note what the keeper found of things that are being brought in."""
    _of_my_store(items, by, KEEP)
    if outcome not in Outcome.values:
        raise Invalid(_("请选择复验结论"))
    for item in items:
        _in_state(item, (ItemState.ENTERING,), _("%(item)s 不在复验环节") % {"item": item})
        if item.entry is None or item.entry.state != EntryState.DELIVERED:
            raise Refused(
                _("%(item)s 的实物尚未移交") % {"item": item}, article=ARTICLE, instead=_("请先由单位办理移交。")
            )
        if outcome == Outcome.FIT and (grade or item.grade) in (Grade.REPAIR, Grade.SPENT):
            raise Refused(_("成色“%(grade)s”不能合格入仓") % {"grade": Grade(grade or item.grade).label}, article=ARTICLE,
                          instead=_("请改填成色，或者改为入仓待修、退回、转处置。"))  # fmt: skip
        item.outcome, item.grade, item.wiped = outcome, grade or item.grade, wiped or item.wiped
        item.place = place.get("place") or item.place
        if place.get("custodian"):
            item.custodian = place["custodian"]
    _kept(items, by=by, act=RECHECKED, note=note)
    return len(items)


def relocate(items: Sequence[Item], *, values: Values, by: Actor, note: str = "") -> int:
    """This will move things to another place of their store, or into another keeper's hands."""
    _of_my_store(items, by, KEEP)
    for item in items:
        _in_state(
            item,
            (ItemState.STOCK, ItemState.REPAIR, ItemState.RESERVED),
            _("%(item)s 不在仓，不能移库") % {"item": item},
        )
        store, place = values.get("store"), values.get("place")
        if store is not None or place is not None:
            item.store = store or (place.store if place is not None else item.store)
            item.place = place
            item.keeping = "physical"
            item.holder_id = item.authority_id
        if values.get("custodian"):
            item.custodian = values["custodian"]
    _kept(items, by=by, act=MOVED, note=note)
    return len(items)


def send_to_repair(items: Sequence[Item], *, by: Actor, note: str = "") -> int:
    """This will take things that need repair out of what is free."""
    _of_my_store(items, by, KEEP)
    for item in items:
        _in_state(item, (ItemState.STOCK,), _("%(item)s 现在不能送修") % {"item": item})
        _free(item)
        item.state, item.grade = ItemState.REPAIR, Grade.REPAIR
    _kept(items, by=by, act=TO_REPAIR, note=note)
    return len(items)


def repaired(items: Sequence[Item], *, cost: Decimal, grade: str, by: Actor, note: str = "") -> int:
    """This will bring repaired things back into stock, with what it cost; one that is past repair goes to disposal."""
    _of_my_store(items, by, KEEP)
    if cost < 0:
        raise Invalid(_("维修费不能为负数"))
    for item in items:
        _in_state(item, (ItemState.REPAIR,), _("%(item)s 不在维修") % {"item": item})
        item.last_cost, item.repairs = cost, item.repairs + cost
        item.grade = grade or Grade.FAIR
        if grade == Grade.SPENT:
            _leave(item, ItemState.DISPOSAL, clock.today())
        elif grade == Grade.REPAIR:
            raise Refused(
                _("成色仍为待修，不能登记修复"),
                article=ARTICLE,
                instead=_("请改填修复后的成色；不能修复的填“无使用价值”。"),
            )
        else:
            item.state = ItemState.STOCK
    _kept(items, by=by, act=REPAIRED, note=note)
    return len(items)


def give_back(items: Sequence[Item], *, by: Actor, note: str) -> int:
    """This will let things leave the warehouse and go back to their owners, for a reason."""
    _of_my_store(items, by, RELEASE)
    for item in items:
        _in_state(item, (ItemState.STOCK, ItemState.REPAIR), _("%(item)s 现在不能退仓") % {"item": item})
        _free(item)
        _leave(item, ItemState.LEFT, clock.today())
        item.holder_id = item.organ_id
    _kept(items, by=by, act=LEFT, note=note, right=RELEASE)
    return len(items)


def _free(item: Item) -> None:
    held = holds.held(item.card.label, [item.card_id])
    if held:
        raise holds.refusal([(item.card, held[item.card_id])])


def _leave(item: Item, state: str, day: dt.date) -> None:
    item.state, item.left_on, item.store, item.place = state, day, None, None
