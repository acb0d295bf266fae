"""Where a long title breaks: lines of like length, whole words, nothing hanging (GB/T 9704-2012 7.3.1)."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import pairwise

# The type area is 156 mm wide and 2号 is 22 pt, so 20 characters fit; one less keeps the edges free.
TITLE_WIDTH = 19.0
CLOSING = "，。、；：！？）》〉」』】〕％%)]}!?:;,."
OPENING = "（《〈「『【〔([{"
# A break that is wrong but still better than a line beyond the edge.
LAST_RESORT = 1000.0
LINE_MORE = 100.0
CLINGING = "的和与及等之或年月日号级"
# Words that a title should not tear apart; a dictionary would be larger than all the rest of the typesetter.
WHOLE = (
    "机关事务管理局", "办公用房", "公务用车", "固定资产", "国有资产", "公共机构", "公物仓", "运行经费", "运行保障", "运行成本",
    "后勤服务", "节约能源", "能源资源", "政府采购", "整改通知书", "整改通知", "风险预警", "监督检查", "事业单位", "党政机关",
    "机关事务", "管理办法", "实施意见", "实施方案", "工作方案", "进一步", "通知书", "关于", "通知", "通报", "报告", "请示", "批复",
    "意见", "决定", "工作", "管理", "单位", "机关", "部门", "资产", "使用", "配置", "处置", "维修", "规范", "加强", "开展", "推进",
    "落实", "完善", "整改", "检查", "考核", "评价", "统计", "调查", "年度", "情况", "有关", "相关", "问题", "标准", "制度", "预算",
    "经费", "能耗", "能源", "节能", "闲置", "调剂", "清查", "盘点", "车辆", "设备", "家具", "服务", "保障", "安全", "应急", "超标准",
    "超面积", "超编制", "人民政府", "办公室", "办公厅", "委员会", "街道", "全区", "全市", "上半年", "下半年", "季度",
)  # fmt: skip


def width(text: str) -> float:
    """This is the width of a text in full characters: a wide one counts 1, a Latin one a half."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in text)


def _inside_words(text: str) -> set[int]:
    """This is the set of places that lie within a word of the list, the longest word at each place taken."""
    inside: set[int] = set()
    at = 0
    while at < len(text):
        word = next((word for word in WHOLE if text.startswith(word, at)), "")
        inside.update(range(at + 1, at + len(word)))
        at += max(len(word), 1)
    return inside


def _cost(text: str, at: int, inside: set[int]) -> float:
    """This is what a break before text[at] costs, in the same measure as a squared length error."""
    before, after = text[at - 1], text[at]
    if after in CLOSING or before in OPENING:
        return LAST_RESORT
    if before.isascii() and after.isascii() and before.isalnum() and after.isalnum():
        return LAST_RESORT
    cost = 0.0
    if at in inside:
        cost += 40
    if after in CLINGING:
        cost += 30
    if text[:at].count("《") > text[:at].count("》"):
        cost += 10
    if text.endswith("关于", 0, at):
        cost += 20
    if text.startswith("关于", at) or before in "的、》" or before == " ":
        cost -= 4
    return cost


def balanced(title: str, limit: float = TITLE_WIDTH) -> list[str]:
    """This is the title in as few lines of at most `limit` characters as it needs, as even as its words allow."""
    total = width(title)
    if total <= limit:
        return [title]
    inside = _inside_words(title)
    costs = [0.0] + [_cost(title, at, inside) for at in range(1, len(title))]
    fewest = int(-(-total // limit))
    tried = [_split(title, count, limit, total / count, costs) for count in range(fewest, fewest + 3)]
    # One line more is better than a broken number or a hanging comma, and worse than a torn word.
    cheapest = min(range(len(tried)), key=lambda more: tried[more][0] + more * LINE_MORE)
    return tried[cheapest][1]


def _split(title: str, count: int, limit: float, ideal: float, costs: list[float]) -> tuple[float, list[str]]:
    """This is the cheapest way to set the title in exactly `count` lines, and what it costs."""

    @cache
    def best(start: int, left: int) -> tuple[float, tuple[int, ...]]:
        if left == 1:
            rest = width(title[start:])
            return ((rest - ideal) ** 2, ()) if rest <= limit else (float("inf"), ())
        found: tuple[float, tuple[int, ...]] = (float("inf"), ())
        for at in range(start + 1, len(title)):
            wide = width(title[start:at])
            if wide > limit:
                break
            cost, breaks = best(at, left - 1)
            cost += (wide - ideal) ** 2 + costs[at]
            if cost < found[0]:
                found = (cost, (at, *breaks))
        return found

    cost, breaks = best(0, count)
    edges = [0, *breaks, len(title)]
    return cost, [title[a:b].strip() for a, b in pairwise(edges)]
