"""What happens to the things between approval and hand-over: appraised, announced, wiped, their plates cancelled; the income."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.actions import income
from baozhang.ch2_provision.assets.choices import Disposal
from baozhang.ch2_provision.assets.choices.books import IncomeKind
from baozhang.ch2_provision.disposal.choices import AT_WORK, BRINGING, FREE, PRICED
from baozhang.ch2_provision.disposal.models import Case
from baozhang.ch2_provision.disposal.models.case import BOOK, EXECUTE, words_of
from baozhang.ch2_provision.disposal.queries.incomes import incomes_of
from baozhang.kernel import ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Fault, Invalid, Refused

APPRAISED = ledger.act("disposal.appraised", gettext_lazy("登记评估"))
WIPED = ledger.act("disposal.wiped", gettext_lazy("登记介质清除"))
CANCELLED = ledger.act("disposal.cancelled", gettext_lazy("登记号牌终端注销"))
BOOT = ledger.act("disposal.boot", gettext_lazy("登记补价和费用"))
EARNED = ledger.act("disposal.earned", gettext_lazy("登记应缴收入"))
FIELDS = {
    APPRAISED: ("appraiser", "appraised_value", "appraised_on"), WIPED: ("wiped_on", "wiped_how"),
    CANCELLED: ("cancelled_on", "cancelled_how"),
}  # fmt: skip
ARTICLE, INCOME = "第十三条第四款", "第十三条第五款"


def note(case: Case, act: str, values: Mapping[str, Any], *, by: Actor) -> None:
    """This will enter one of these facts on an approved case; all its fields are asked."""
    if case.state not in AT_WORK:
        raise Refused(
            _("现在不能%(act)s") % {"act": ledger.ACTS[act].words}, article=ARTICLE,
            why=_("当前状态为“%(state)s”，批准后、移交前才能登记。") % {"state": case.get_state_display()},
        )  # fmt: skip
    if act == APPRAISED and case.form not in PRICED:
        raise Refused(_("%(form)s不需要评估") % {"form": case.get_form_display()}, article=ARTICLE)
    missing = [name for name in FIELDS[act] if values.get(name) in (None, "")]
    if missing:
        faults = [Fault(_("必填"), name, column=words_of(name)) for name in missing]
        raise Invalid(_("请填写完整"), faults=faults, article=ARTICLE)
    for name in FIELDS[act]:
        setattr(case, name, values[name])
    keep(case, by=by, act=act, right=EXECUTE)


def pay_boot(case: Case, values: Mapping[str, Any], *, by: Actor) -> None:
    """This will enter what is paid on top in a swap, with its taxes and freight; it is a part of what comes in costs."""
    if case.form != Disposal.SWAP or case.state not in BRINGING:
        raise Refused(
            _("现在不能登记补价和费用"), article=ARTICLE,
            why=_("处置形式为“%(form)s”，状态为“%(state)s”。") % {"form": case.get_form_display(), "state": case.get_state_display()},
            instead=_("置换批准后、销账前登记。"),
        )  # fmt: skip
    if values.get("boot") is None or values["boot"] < 0:
        raise Invalid(_("请填写完整"), faults=[Fault(_("必填"), "boot", column=words_of("boot"))], article=ARTICLE)
    case.boot = values["boot"]
    keep(case, by=by, act=BOOT, right=BOOK)


def earn(case: Case, values: Mapping[str, Any], *, by: Actor) -> None:
    """This will enter what the disposal brought in, as a sum due to the treasury; nothing at all needs its reason."""
    amount, said, until = values.get("income"), str(values.get("income_note") or "").strip(), values.get("income_due")
    if case.state not in BRINGING or case.form in FREE:
        raise Refused(
            _("现在不能登记应缴收入"), article=INCOME,
            why=_("处置形式为“%(form)s”，状态为“%(state)s”。") % {"form": case.get_form_display(), "state": case.get_state_display()},
        )  # fmt: skip
    if incomes_of(case):
        raise Refused(
            _("应缴收入已经登记"), article=INCOME, why=_("一次处置的收入登记一次，按应缴金额缴库。"),
            instead=_("登记有误的，请先在“资产收入”中撤销未缴的那一笔。"),
        )  # fmt: skip
    lacking = [
        ("income", amount is None),
        ("income_due", bool(amount) and until is None),
        ("income_note", amount == 0 and not said),
    ]
    faults = [Fault(_("必填"), name, column=words_of(name)) for name, lacks in lacking if lacks]
    if faults:
        raise Invalid(
            _("请填写完整"),
            faults=faults,
            article=INCOME,
            instead=_("没有收入的填 0 并写明原因，例如回收企业确认无残值。"),
        )
    case.income, case.income_note, case.income_due = amount, said, until
    with transaction.atomic():
        keep(case, by=by, act=EARNED, right=BOOK)
        if amount and until is not None:
            kind = IncomeKind.COMPENSATION if case.form == Disposal.LOSS else IncomeKind.DISPOSAL
            income.due(
                case.organ, kind=kind, amount=amount, card=None, source=case, due_on=until, by=by, words=str(case), right=BOOK
            )  # fmt: skip
