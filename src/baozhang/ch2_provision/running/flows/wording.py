"""What the notice of a month, and that of its correction, says: each vehicle that may be named, the others by class. Papers are Chinese in every language."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.utils import translation

from baozhang.ch2_provision.running.choices import WITHHELD, Figure
from baozhang.ch2_provision.running.models import Account, Correction, CorrectionLine, Review
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel.documents.model import Block, Column, Kind, OfficialDocument, Para, Table
from baozhang.kernel.documents.numbering import blank

LANGUAGE = "zh-hans"
WITHHOLDING = "执法执勤、特种专业技术、机要通信用车只公布合计，涉密车辆依法不予公开。"
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
    return not account.vehicle.confidential and not summed_only(account.vehicle)


def summed_only(vehicle: Vehicle) -> bool:
    """True for a class of which only sums are published, by the file or by the card that it follows."""
    return vehicle.use in WITHHELD or vehicle.card.vehicle_use in WITHHELD


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
            blocks=[Para(said), *_tables(open_rows), Para(WITHHOLDING)],
        )  # fmt: skip


def correction(
    made: Correction, lines: Sequence[CorrectionLine], rows: Sequence[Account], *, day: dt.date
) -> OfficialDocument:
    """This is the notice that puts a published month right: what was said, what is so, and the whole month as it is now."""
    with translation.override(LANGUAGE):
        organ, year, month = made.organ, made.review.year, made.review.month
        open_rows = [one for one in rows if not one.vehicle.confidential]
        was = made.corrected.number if made.corrected is not None else ""
        said = (
            f"根据机关运行保障条例第二十三条第一款的规定，现将{organ.name}{year}年{month}月公务用车单车核算情况公示（{was}）中的以下数字予以更正。"
            f"更正原因：{made.reason.rstrip('。')}。更正后，当月列入公示的公务用车{len(open_rows)}辆，行驶{sum(one.km for one in open_rows):,}公里，"
            f"运行费用{sum((one.total for one in open_rows), Decimal(0)):,.2f}元（不含折旧）。"
        )
        changed = [
            (who, str(figure.label), _figure(figure, old), _figure(figure, new))
            for who, figure, old, new in told(lines)
        ]
        columns = [Column("车辆"), Column("项目"), Column("原公示", "right"), Column("更正为", "right")]
        return OfficialDocument(
            issuer_name=organ.name, kind=Kind.NOTICE, number=blank(organ.document_word, day.year),
            title=f"关于更正{year}年{month}月公务用车单车核算情况公示的公告", issue_date=day, draft=True, seal_text=organ.name, print_org=organ.name,
            blocks=[Para(said), Table(columns, changed), Para("更正后的当月情况："), *_tables(open_rows), Para(WITHHOLDING)],
        )  # fmt: skip


def told(lines: Sequence[CorrectionLine]) -> list[tuple[str, Figure, Decimal, Decimal]]:
    """What of a correction may be told: (vehicle, figure, was, now); what is withheld is summed by class, and secret not at all."""
    found: list[tuple[str, Figure, Decimal, Decimal]] = []
    groups: dict[tuple[str, Figure], list[CorrectionLine]] = defaultdict(list)
    for one in lines:
        if one.vehicle.confidential:
            continue
        if summed_only(one.vehicle):
            groups[one.vehicle.get_use_display(), Figure(one.figure)].append(one)
        else:
            found.append((one.vehicle.plate, Figure(one.figure), one.was, one.now))
    for (words, figure), held in sorted(groups.items()):
        was, now = (sum((getattr(one, name) for one in held), Decimal(0)) for name in ("was", "now"))
        found.append((words, figure, was, now))
    return found


def _figure(figure: Figure, value: Decimal) -> str:
    return f"{value:,.0f}公里" if figure == Figure.KM else f"{value:,.2f}元"


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
