"""Vouchers and income: what is for whom, and who may do what with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.assets.actions import income, vouchers
from baozhang.ch2_provision.assets.choices.books import IncomeState
from baozhang.ch2_provision.assets.models import Income, Voucher, VoucherLine
from baozhang.kernel import access, clock
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Computed, Group, Related, Resource, register

PAY = access.permission(income.PAY, gettext_lazy("登记收入缴库"))
REVERSE = access.permission("assets.voucher:reverse", gettext_lazy("冲销凭证"))


def _reverse(rows: Sequence[Voucher], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    made = [vouchers.put_right(row, day=clock.today(), by=by, note=note, right=REVERSE) for row in rows]
    return _("已冲销，冲销凭证 %(numbers)s") % {"numbers": "、".join(one.number for one in made)}


def _pay(rows: Sequence[Income], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    for row in rows:
        income.pay(
            row, day=values.get("paid_on") or clock.today(), receipt=values.get("receipt") or "", treasury=values.get("treasury") or "",
            amount=values.get("paid"), by=by,
        )  # fmt: skip
    return _("已登记 %(count)s 笔缴库") % {"count": len(rows)}


def _void(rows: Sequence[Income], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    for row in rows:
        income.void(row, by=by, note=note)
    return _("已撤销 %(count)s 笔应缴收入") % {"count": len(rows)}


@register
class Vouchers(Resource):
    """The vouchers."""

    model = Voucher
    slug = "assets/vouchers"
    place = 59
    article = "第十三条第二款"
    chapter = "assets"
    icon = "document-text"
    words = gettext_lazy("记账凭证")
    purpose = gettext_lazy("划转、折旧、处置、价值变动和收入上缴自动生成的凭证；借贷相等，只能冲销，不能修改")
    columns = ("number", "day", "kind", "words", "debit", "credit", "organ")
    groups = (Group(gettext_lazy("凭证"), ("organ", "number", "day", "kind", "words", "debit", "credit", "reverses")),)
    readonly = frozenset({"organ", "number", "day", "kind", "words", "debit", "credit", "reverses"})
    filters = ("organ", "kind", "day")
    search = ("number", "words")
    sorts = ("day",)
    order = "-day"
    units = {"debit": gettext_lazy("元"), "credit": gettext_lazy("元")}
    key_facts = ("number", "day", "debit")
    related = (Related("assets/voucher-lines", "voucher", gettext_lazy("分录")),)
    importable = False
    addable = False
    acts = {
        "reverse": Act(gettext_lazy("冲销"), REVERSE, _reverse, many=False, needs_note=True, article="第十三条第二款",
                       icon="arrow-uturn-left", shown=lambda row: row.reverses_id is None),
    }  # fmt: skip


@register
class VoucherLines(Resource):
    """The lines of vouchers."""

    model = VoucherLine
    slug = "assets/voucher-lines"
    article = "第十三条第二款"
    chapter = "assets"
    icon = "bars-3"
    menu = False
    words = gettext_lazy("凭证分录")
    purpose = gettext_lazy("每张凭证的科目、金额和资产卡片")
    columns = ("place", "account", "account_name", "proof", "detail", "debit", "credit", "card")
    more_columns = ("voucher",)
    groups = (
        Group(
            gettext_lazy("分录"),
            ("organ", "voucher", "place", "account", "account_name", "proof", "detail", "debit", "credit", "card"),
        ),
    )
    readonly = frozenset({"organ", "voucher", "place", "account", "account_name", "detail", "debit", "credit", "card"})
    computed = {
        "proof": Computed(gettext_lazy("科目核实"), lambda row: "" if row.checked else _("待核实")),
    }
    filters = ("organ", "account")
    search = ("account", "account_name")
    order = "id"
    units = {"debit": gettext_lazy("元"), "credit": gettext_lazy("元")}
    importable = False
    addable = False


def _open(row: Income) -> Any:
    return row.open


def _late(row: Income) -> str:
    days = row.overdue(clock.today())
    return _("已超期 %(days)s 天") % {"days": days} if days else ""


@register
class Incomes(Resource):
    """Income from assets."""

    model = Income
    slug = "assets/incomes"
    place = 60
    article = "第十三条第五款"
    chapter = "assets"
    icon = "banknotes"
    words = gettext_lazy("资产收入")
    purpose = gettext_lazy("出租、处置和赔偿收入属于政府非税收入，应缴多少、已缴多少、是否超期")
    columns = ("number", "kind", "words", "amount", "due_on", "paid", "open", "late", "state", "organ")
    more_columns = ("card", "paid_on", "receipt", "treasury")
    groups = (
        Group(gettext_lazy("应缴"), ("organ", "number", "kind", "words", "card", "amount", "due_on")),
        Group(gettext_lazy("缴库"), ("state", "paid", "open", "paid_on", "receipt", "treasury")),
    )
    readonly = frozenset({"organ", "number", "kind", "words", "card", "amount", "due_on", "state", "paid", "paid_on", "receipt", "treasury"})  # fmt: skip
    computed = {
        "open": Computed(gettext_lazy("未缴金额"), _open, "money", gettext_lazy("元")),
        "late": Computed(gettext_lazy("超期"), _late),
    }
    filters = ("organ", "kind", "state", "due_on", "card")
    search = ("number", "words", "receipt")
    sorts = ("due_on",)
    order = "-due_on"
    units = {"amount": gettext_lazy("元"), "paid": gettext_lazy("元")}
    key_facts = ("number", "state", "amount", "due_on")
    state = "state"
    colours = {IncomeState.DUE: "amber", IncomeState.PAID: "green", IncomeState.VOID: "plain"}
    importable = False
    addable = False
    acts = {
        "pay": Act(gettext_lazy("登记缴库"), PAY, _pay, ("paid", "receipt", "paid_on", "treasury"), required=("receipt", "paid_on"), many=False,
                   article="第十三条第五款", icon="banknotes", shown=lambda row: row.state == IncomeState.DUE,
                   begins=lambda row: {"paid": row.open, "paid_on": clock.today()}),
        "void": Act(gettext_lazy("撤销应缴收入"), PAY, _void, many=False, needs_note=True, article="第十三条第五款", icon="x-mark",
                    shown=lambda row: row.state == IncomeState.DUE and not row.paid),
    }  # fmt: skip


_KEPT = ("assets.voucher", "assets.voucherline", "assets.income")
_LOOK = [f"{name}:{verb}" for name in _KEPT for verb in ("view", "export")]
access.grant((roles.ASSET_CLERK, roles.ACCOUNTANT, roles.HEAD), _LOOK, Reach.OWN)
access.grant(roles.READERS, _LOOK, Reach.BELOW)
access.grant(
    (roles.ASSET_CLERK, roles.ACCOUNTANT), ["assets.voucher:add", "assets.voucherline:add", "assets.income:add"], Reach.OWN
)  # fmt: skip
access.grant(roles.ACCOUNTANT, [PAY, REVERSE], Reach.OWN)
