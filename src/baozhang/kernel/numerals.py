"""Numbers in Chinese words: 第二十三条 in the law, 贰拾万 and 三台 in a ledger. Read exactly, or not at all.

Every reading is written back and compared, so that what two people would read as two numbers (一万五, 二三) is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

_PLACES = ("", "十", "百", "千")
_DIGITS = "零一二三四五六七八九"
_PLAIN = str.maketrans(
    "〇○壹弌贰貳弍叁參叄弎肆伍陆陸柒捌玖拾佰仟萬億", "零零一一二二二三三三三四五六六七八九十百千万亿"
)
SIGNS = frozenset(
    "零〇○一二三四五六七八九十百千万亿两壹贰貳叁參叄肆伍陆陸柒捌玖拾佰仟萬億"
)  # what a number is written with
_TWO = re.compile("(?<![十零])两(?=[百千万亿])|^两$")  # 两百, 两台; twelve is no 十两
_GROUPS = ((10**8, "亿"), (10**4, "万"), (1, ""))
MOST = 10**12
_DIGIT = "[一二三四五六七八九]"
_WORDS = "".join(sorted(SIGNS))
_IN_WORDS = re.compile(
    rf"([\d{_WORDS}OoＯｏ]{{4}})\s*年\s*([\d{_WORDS}]{{1,3}})\s*月(?:\s*([\d{_WORDS}]{{1,4}})\s*[日号])?(?=$|[\s\d上下中早晚凌清傍])"
)
_MONEY = re.compile(rf"(?:([^元]+)元|(?=[^元]*[角分]))(?:零?({_DIGIT})角)?(?:零?({_DIGIT})分)?")


def numeral(value: int) -> str:
    """This is a whole number in Chinese numerals, 1 to below a million million; ValueError outside that range."""
    if not 1 <= value < MOST:
        raise ValueError(f"no numeral for {value}")
    words, skipped = "", False
    for size, unit in _GROUPS:
        group, value = divmod(value, size)
        if group:
            words += ("零" if words and (skipped or group < 1000) else "") + _group(group) + unit
        skipped = bool(words) and not group
    return words.removeprefix("一") if words.startswith("一十") else words  # 十二, not 一十二


def _group(value: int) -> str:
    """Four places at most, each skipped run of them one 零."""
    words, skipped = "", False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit:
            words += ("零" if skipped else "") + _DIGITS[digit] + _PLACES[place]
        skipped = bool(words) and not digit
    return words


def number(text: str) -> int:
    """This is the whole number that Chinese numerals stand for, of every day or of bankers; ValueError where they are none."""
    plain = _TWO.sub("二", text.strip().translate(_PLAIN))
    value = _sum(plain)
    if not plain or value == 0 or plain not in _spellings(value):
        raise ValueError(f"{text!r} is no Chinese numeral")
    return value


def _sum(plain: str) -> int:
    """What the signs come to, read loosely; the spelling is compared afterwards."""
    total = group = digit = 0
    for sign in plain:
        if sign in _DIGITS:
            digit = _DIGITS.index(sign)
        elif sign in ("万", "亿"):
            total, group, digit = total + (group + digit) * (10**4 if sign == "万" else 10**8), 0, 0
        elif sign in _PLACES:
            group, digit = group + (digit or 1) * 10 ** _PLACES.index(sign), 0
        else:
            return 0
    return total + group + digit


def _spellings(value: int) -> Iterator[str]:
    """The right spellings: 十二 or 一十二; behind a ten thousand that ends in nought 零 may stand before thousands (十万零五千)."""
    if not 1 <= value < MOST:
        return
    words = numeral(value)
    for spelt in (words, re.sub("(?<=[十百千]万)(?=[一二三四五六七八九]千)", "零", words)):
        yield spelt
        if spelt.startswith("十"):
            yield f"一{spelt}"


def money_said(text: str) -> Decimal | None:
    """The sum in yuan that a text says in words, cents and all (伍仟元整, 贰拾万元, 壹佰元零伍分); None where it says none.

    A number without 元 is none: its unit stands elsewhere.
    """
    plain = text.strip().translate(_PLAIN).replace("圆", "元").removeprefix("人民币")
    found = _MONEY.fullmatch(re.sub("(?<=[元角分])[整正]$", "", plain))
    if found is None:
        return None
    yuan, dimes, cents = found.groups()
    try:
        whole = 0 if yuan in (None, "零") else number(yuan)
    except ValueError:
        return None
    return Decimal(whole) + Decimal(_DIGITS.index(dimes or "零")) / 10 + Decimal(_DIGITS.index(cents or "零")) / 100


def year_said(text: str) -> int | None:
    """The year that four digits in words say (二〇二三, 贰零贰叁); None where they are no four digits."""
    plain = text.strip().translate(_PLAIN)
    if len(plain) != 4 or any(sign not in _DIGITS for sign in plain):
        return None
    return int("".join(str(_DIGITS.index(sign)) for sign in plain))


def day_number(text: str) -> int | None:
    """The number of a month or of a day of a month in words: 十二, 二十一, on a cheque 零叁 and 零壹拾; None where it is none."""
    plain = text.strip().translate(_PLAIN)
    plain = plain.removeprefix("零") if re.fullmatch(f"零(?:{_DIGIT}|{_DIGIT}十)", plain) else plain
    try:
        return number(plain)
    except ValueError:
        return None


def in_digits(text: str) -> str:
    """A text whose day is written in words (二〇二三年三月五日) with that day in digits; any other as it is.

    The letter O between the digits of a year is the nought that keyboards lack. 廿五, 初五 and 正月 may be of the moon: they stay.
    """
    found = None if text.isascii() else _IN_WORDS.match(text)
    if found is None:
        return text
    year, month, day = found.groups()
    said = int(year) if year.isdigit() else year_said(re.sub("[OoＯｏ]", "〇", year))
    parts = [part if part.isdigit() else day_number(part) for part in (month, day) if part]
    if said is None or None in parts:
        return text
    rest = f"{parts[1]}日" if day else ""
    return f"{said}年{parts[0]}月{rest}{text[found.end() :]}"
