"""What the notice of a month says: each vehicle that may be named, the others by class. Papers are Chinese in every language."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.utils import translation

from baozhang.ch2_provision.running.choices import WITHHELD
from baozhang.ch2_provision.running.models import Account, Review
from baozhang.kernel.documents.model import Block, Column, Kind, OfficialDocument, Para, Table
from baozhang.kernel.documents.numbering import blank

LANGUAGE = "zh-hans"
_HEADS = (
    "里程（公里）",
    "加油充电（元）",
    "通行停车（元）",
    "保险（元）",
    "维修检验（元）",
    "其他（元）",
    "合计（元）",
)


def named(account: Account) -> bool:
    """True for a vehicle that may be named in public: not secret, not of a class of which only sums are published."""
    return not account.vehicle.confidential and account.vehicle.use not in WITHHELD


def notice(review: Review, rows: Sequence[Account], *, day: dt.date) -> OfficialDocument:
    """This is the notice of a month, not yet numbered; what is confidential is in none of its sums."""
    with translation.override(LANGUAGE):
        organ = review.organ
        open_rows = [one for one in rows if not one.vehicle.confidential]
        total = sum((one.total for one in open_rows), Decimal(0))
        km = sum(one.km for one in open_rows)
        said = (
            f"根据机关运行保障条例第二十三条第一款的规定，现将{organ.name}{review.year}年{review.month}月公务用车单车核算情况公示如下："
            f"列入公示的公务用车{len(open_rows)}辆，行驶{km:,}公里，运行费用{total:,.2f}元（不含折旧）。"
        )
        return OfficialDocument(
            issuer_name=organ.name, kind=Kind.NOTICE, number=blank(organ.document_word, day.year),
            title=f"关于{review.year}年{review.month}月公务用车单车核算情况的公示", issue_date=day, draft=True, seal_text=organ.name, print_org=organ.name,
            blocks=[Para(said), *_tables(open_rows), Para("执法执勤、特种专业技术、机要通信用车只公布合计，涉密车辆依法不予公开。")],
        )  # fmt: skip


def _tables(rows: Sequence[Account]) -> list[Block]:
    lines = [(one.vehicle.plate, *_sums([one])) for one in rows if named(one)]
    groups: dict[str, list[Account]] = defaultdict(list)
    for one in rows:
        if not named(one):
            groups[one.vehicle.get_use_display()].append(one)
    lines += [(f"{words}（{len(held)}辆）", *_sums(held)) for words, held in sorted(groups.items())]
    columns = [Column("车辆"), *(Column(words, "right") for words in _HEADS)]
    return [Table(columns, lines)] if lines else [Para("本月没有可以逐车公布的车辆。")]


def _sums(rows: Sequence[Account]) -> tuple[int, *tuple[Decimal, ...]]:
    names = ("energy", "road", "insurance", "upkeep", "other", "total")
    return (sum(one.km for one in rows), *(sum((getattr(one, name) for one in rows), Decimal(0)) for name in names))
