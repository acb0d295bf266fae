"""Chinese numerals as articles count: 第二十三条 is 23."""

_DIGITS = "零一二三四五六七八九"
_UNITS = ((1000, "千"), (100, "百"), (10, "十"))


def numeral(value: int) -> str:
    """This is a whole number from 1 to 9999 in Chinese numerals; ValueError outside that range."""
    if not 1 <= value <= 9999:
        raise ValueError(f"no numeral for {value}")
    words, rest, skipped = "", value, False
    for size, unit in _UNITS:
        digit, rest = divmod(rest, size)
        if digit:
            words += ("零" if skipped else "") + _DIGITS[digit] + unit
            skipped = False
        else:
            skipped = bool(words)
    if rest:
        words += ("零" if skipped else "") + _DIGITS[rest]
    # Ten to nineteen drop the leading one: 十二, not 一十二.
    return words[1:] if words.startswith("一十") else words


def number(text: str) -> int:
    """This is the whole number that Chinese numerals stand for (1 to 9999); ValueError where they are none."""
    value, digit = 0, 0
    plain = text.strip().replace("〇", "零")
    for sign in plain:
        if sign in _DIGITS:
            digit = _DIGITS.index(sign)
            continue
        size = next((size for size, unit in _UNITS if unit == sign), None)
        if size is None:
            raise ValueError(f"{text!r} is no Chinese numeral")
        value, digit = value + (digit or 1) * size, 0
    value += digit
    # Reading back catches what a loose reader would let through, such as 二三 or 十百.
    if not plain or value == 0 or numeral(value) not in (plain, plain[1:] if plain.startswith("一十") else plain):
        raise ValueError(f"{text!r} is no Chinese numeral")
    return value
