"""Income from assets that has not reached the treasury on its day (article 13, paragraph 5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices.books import IncomeState
from baozhang.ch2_provision.assets.models import Income
from baozhang.law.rules import Verdict, rule

from . import words


def candidates(day: dt.date, ground: Any) -> QuerySet[Income]:
    """These are the sums that were due before the day and are not paid in full."""
    return Income._base_manager.filter(state=IncomeState.DUE, due_on__lt=day)


@rule(article="第十三条第五款", subject="assets.income", since="2022-11-01", candidates=candidates)
def income_overdue(income: Income, law: Any) -> Verdict | None:
    """资产收入逾期未缴国库"""
    days = income.overdue(law.day)
    if not days or not law.in_force(income.due_on):
        return None
    sentence = _("%(income)s应于 %(due)s 缴库 %(amount)s，尚有 %(open)s 未缴，已超期 %(days)s 天") % {
        "income": income, "due": income.due_on, "amount": words.yuan(income.amount), "open": words.yuan(income.open), "days": days,
    }  # fmt: skip
    facts = {
        _("编号"): income.number, _("收入类别"): income.get_kind_display(),
        _("应缴日期"): income.due_on, _("应缴金额"): income.amount, _("已缴金额"): income.paid, _("超期天数"): days,
    }  # fmt: skip
    return Verdict(sentence, facts, income.open, _("向承租人或者受让人催收，及时全额缴入国库，并登记缴款书号。"))
