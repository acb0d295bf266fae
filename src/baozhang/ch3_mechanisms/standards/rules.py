"""What the law watches of standards: a re-examination that is overdue (article 37)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from baozhang.law.rules import Verdict, rule

from .models import Standard
from .queries import due_for_review


def candidates(day: dt.date, ground: Any) -> QuerySet[Standard]:
    """These are the standards whose re-examination was due before the day."""
    del ground
    return due_for_review(day)


@rule(article="第三十七条", subject="standards.standard", since="2022-11-01", candidates=candidates, severity="notice")
def review_overdue(standard: Any, law: Any) -> Verdict:
    """标准到期未复审"""
    late = (law.day - standard.due).days
    sentence = _("《%(title)s》应于 %(due)s 前复审，已超期 %(late)s 天") % {
        "title": standard.title,
        "due": standard.due,
        "late": late,
    }
    facts = {
        _("标准名称"): standard.title,
        _("发文字号"): standard.document,
        _("复审日期"): standard.due,
        _("超期天数"): late,
    }
    return Verdict(sentence, facts, None, _("开展复审，登记结论和下次复审日期；需要修订的起草新版本。"))
