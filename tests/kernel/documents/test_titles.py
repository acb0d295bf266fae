"""Titles break into even lines between words."""

from __future__ import annotations

import itertools

import pytest

from baozhang.kernel.documents.official import title_lines
from baozhang.kernel.documents.titles import TITLE_WIDTH, balanced, width


def test_a_short_title_keeps_one_line() -> None:
    assert balanced("关于商请提供办公用房权属资料的函") == ["关于商请提供办公用房权属资料的函"]


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        (
            "关于责令限期整改办公用房超标准使用问题的通知",
            ["关于责令限期整改办公用房", "超标准使用问题的通知"],
        ),
        (
            "关于印发《云间区党政机关公务用车管理办法（试行）》的通知",
            ["关于印发《云间区党政机关", "公务用车管理办法（试行）》的通知"],
        ),
        (
            "云间区机关事务管理局关于开展2026年度全区行政事业单位国有资产清查盘点工作的通知",
            ["云间区机关事务管理局关于开展", "2026年度全区行政事业单位", "国有资产清查盘点工作的通知"],
        ),
    ],
)
def test_words_stay_whole(title: str, lines: list[str]) -> None:
    assert balanced(title) == lines


def test_a_hundred_characters_keep_all_and_fit() -> None:
    title = "关于进一步规范办公用房配置使用和维修改造管理、清理腾退超标准面积以及盘活闲置国有资产的通知" * 3
    title = title[:100]
    lines = balanced(title)
    assert "".join(lines) == title
    assert max(map(width, lines)) <= TITLE_WIDTH
    assert len(lines) == 6
    assert max(map(width, lines)) - min(map(width, lines)) <= 6


@pytest.mark.slow
def test_a_break_never_hangs_punctuation_or_cuts_a_number() -> None:
    for end in range(20, 90):
        title = ("关于2026年度（上半年）、《管理办法》的2025至2030年规划，" * 4)[:end]
        lines = balanced(title)
        assert squeezed(lines) == squeezed([title])
        for before, after in itertools.pairwise(lines):
            assert after[0] not in "，、）》"
            assert before[-1] not in "（《"
            assert not (before[-1].isdigit() and after[0].isdigit())


def squeezed(lines: list[str]) -> str:
    """This is the text of all lines without spaces, which a break swallows."""
    return "".join("".join(lines).split())


def test_one_endless_word_still_breaks() -> None:
    lines = balanced("A" * 200)
    assert "".join(lines) == "A" * 200
    assert max(map(width, lines)) <= TITLE_WIDTH


def test_the_author_may_fix_the_breaks() -> None:
    assert title_lines("关于某事\n的通知") == ["关于某事", "的通知"]
