"""Heading words as people write them, brought to one spelling; what stood in brackets is kept as hints."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, NamedTuple

_BRACKETS = str.maketrans("〔〕【】[]{}〈〉", "()()()()()")
_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x1f\x7f*※★]+")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_OPEN_BRACKET = re.compile(r"\(([^()]*)$")
_NUMBERED = re.compile(r"^\d{1,2}[.、](?=\D)")
_EDITION = re.compile(
    r"(?<!\d)((?:19|20)\d{2})年?(?=国标|版|标准|修订)|GB/?T?\d+(?:\.\d+)?-((?:19|20)\d{2})(?!\d)", re.I
)
_UNITS = frozenset(
    "元 百元 千元 万元 百万元 亿元 m2 平米 平方米 平方 亩 公顷 % ‰ 年 月 日 天 升 l kg 千克 公斤 吨 台 个 辆 件 套 间 人 "
    "km 公里 千米 里程 kwh 千瓦时 度 万千瓦时 吉焦 gj 立方米 m3 吨标准煤 千克标准煤".split()
)
_TAIL_UNIT = re.compile(r"^(.+?)[/:,;，]([^/:,;，]+)$")
# 单位：万元; 单位：平方米、万元; 金额单位为万元; （人民币万元）. A rate (元/月) is no unit of amounts.
_MONEY_UNIT = re.compile(
    r"(?:单\s*位\s*[:为]?\s*(?:[^\s:;)/]*?[、,])?|\()(?:均为)?(?:人民币)?(元|百元|千元|万元|百万元|亿元)(?=$|[\s)、,;。和及])"
)


class Words(NamedTuple):
    """This is one heading brought to one spelling; `full` still has the brackets, `hints` are what stood in them."""

    words: str
    full: str
    hints: tuple[str, ...]
    unit: str
    edition: str


def _flat(raw: Any) -> str:
    text = unicodedata.normalize("NFKC", str(raw)).translate(_BRACKETS)
    return _NUMBERED.sub("", _UNSEEN.sub("", text)).strip(":;,.").casefold()


@lru_cache(maxsize=20_000)
def heading_words(raw: str) -> Words:
    """This is the heading split into words, hints, unit and edition (2010国标码 gives the edition 2010)."""
    full = _flat(raw)
    words, hints = full, []
    for _round in range(4):
        found = _IN_BRACKETS.findall(words)
        if not found:
            break
        hints.extend(found)
        words = _IN_BRACKETS.sub("", words)
    if tail := _OPEN_BRACKET.search(words):
        hints.append(tail.group(1))
        words = words[: tail.start()]
    if not words and hints:
        words = hints.pop(0)
    return _with_unit(words.strip(":;,."), full, tuple(hint for hint in hints if hint))


def _with_unit(words: str, full: str, hints: tuple[str, ...]) -> Words:
    unit = next((word for hint in hints if (word := hint.removeprefix("单位").strip(":")) in _UNITS), "")
    if not unit and (tail := _TAIL_UNIT.match(words)) and tail.group(2) in _UNITS:
        words, unit = tail.group(1), tail.group(2)
    edition = ""
    if found := _EDITION.search(full):
        edition = found.group(1) or found.group(2)
        # A year written before the words without brackets (2010国标码) must not hide the words themselves.
        words = re.sub(rf"^{edition}年?版?(?=\D{{2,}})", "", words) or words
    return Words(words, full, hints, unit, edition)


def money_unit_above(cells: list[Any]) -> str:
    """This is the unit of amounts that a row above the headings states (单位：万元), or an empty text."""
    for cell in cells:
        if isinstance(cell, str):
            if found := _MONEY_UNIT.search(unicodedata.normalize("NFKC", cell)):
                return found.group(1)
    return ""
