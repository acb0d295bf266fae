"""The pictures of the guides: who looks at which page, how wide; `make guides` takes them, docs/guides show them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs" / "guides"
PICTURES = ROOT / "build" / "guides"


@dataclass(frozen=True)
class Picture:
    """One picture: its name, who looks (nobody: an open page), the page, and what is added to the address of its first row."""

    name: str
    user: str
    page: str
    behind: str | None = None
    phone: bool = False
    click: str = ""  # a button whose answer is the picture


ALL = (
    Picture("head-workbench", "jiaoyu2", "/"),
    Picture("head-plan-lines", "jiaoyu2", "/funding/plans/?state=agreed", "lines/"),
    Picture("accountant-plan-lines", "kuaiji2", "/funding/plans/", "lines/"),
    Picture("accountant-workbook", "kuaiji2", "/funding/budgets/?state=replied", "workbook/"),
    Picture("accountant-spend", "kuaiji2", "/funding/budgetlines/?sort=-amount", "spend/"),
    Picture("plan-overview", "jihua", "/funding/plans/overview/"),
    Picture("answers", "zichan", "/allocation/answers/", ""),
    Picture("quota-trial", "caizheng", "/standards/standards/?state=draft", "try/", click="试算"),
    Picture("price-drift", "caizheng", "/standards/prices/drift/"),
    Picture("finance-workbook", "caizheng", "/funding/budgets/?state=applied", "workbook/"),
    Picture("count-rooms", "jiaoyu", "/stocktaking/counts/phone/", phone=True),
    Picture("count-room", "jiaoyu", "/stocktaking/counts/phone/", "", phone=True),
    Picture("law-map", "shenji", "/law/"),
    Picture("auditor-findings", "shenji", "/warnings/findings/"),
    Picture("chain", "shenji", "/procurement/purchases/?state=settled", "chain/"),
    Picture("dispatch-board", "diaodu", "/trips/board/"),
    Picture("my-slips", "jiashi", "/trips/mine/", phone=True),
    Picture("verify", "", "/public/verify/", phone=True),
)  # fmt: skip
