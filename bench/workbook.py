"""The ledger workbook that the imports read: a title above, headings as offices write them, and nothing wrong in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel.sheets.writing import Page, write_xlsx

from . import ledgers

HEADINGS = {
    "number": "资产编号", "name": "资产名称", "class_code": "分类代码", "edition": "分类版本", "quantity": "数量", "unit": "计量单位",
    "value": "原值（元）", "acquisition": "取得方式", "acquired": "取得日期", "in_use_from": "投入使用日期", "booked": "入账日期",
    "voucher": "会计凭证号", "use_state": "使用状况", "department": "使用部门", "custodian": "保管人", "user": "使用人",
    "place": "存放地点", "brand": "品牌", "model": "规格型号", "serial": "序列号", "seller": "销售商",
}  # fmt: skip
CHOICES = ("edition", "acquisition", "use_state")


def write(place: Path, organ: int, rows: int, *, wrong_every: int = 0) -> Path:
    """Writes a workbook of so many cards; every so-manieth row has a wrong day and a sum that is no number."""
    words = {name: dict(Card._meta.get_field(name).flatchoices) for name in CHOICES}
    place.mkdir(exist_ok=True)
    path = place / f"ledger-{organ}.xlsx"
    write_xlsx(path, [Page("资产台账", list(HEADINGS.values()), _rows(organ, rows, words, wrong_every))])
    return path


def _rows(organ: int, rows: int, words: dict[str, Any], wrong_every: int) -> Iterator[list[Any]]:
    for place, card in enumerate(ledgers.cards(organ, rows, "某机关事务管理局")):
        row = [getattr(card, name) for name in HEADINGS]
        for name in CHOICES:
            index = list(HEADINGS).index(name)
            row[index] = str(words[name].get(row[index], "")) or None
        if card.use_state == "scrapped":
            row[list(HEADINGS).index("use_state")] = "待报废"
        if wrong_every and place % wrong_every == wrong_every - 1:
            row[list(HEADINGS).index("acquired")] = "二〇二五年春"
            row[list(HEADINGS).index("value")] = "约三千"
        yield row
