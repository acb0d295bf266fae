"""Sentences that are made once and kept, and can still be said in either language.

While `recording` lasts, the translations that Django hands out carry their message and its values within themselves:
between two private marks stand the message and what was put into it. Such texts may be joined, cut at their ends and put
into each other like any others. `heard` takes the marks out again: the words in the language of now, and beside them the
parts, plain data of which `say` makes the same sentence in the language of whoever reads.

A part is a piece of text, or a list: the message, and its values by name, each a number or parts again; `["zh", "en"]` under
the name `=` are words that a data file carries in both languages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, trans_real

_ON, _OFF, _NEXT, _CONTEXT, _BOTH = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_DJANGOS_CONTEXT = "\x04"
_SIGNS = {"；": "; ", "：": ": ", "，": ", ", "、": ", ", "。": ".", "（": " (", "）": ")", "\n": "\n", " ": " "}
Parts = list[Any]
_active: Any = trans_real._active  # type: ignore[attr-defined]  # where Django keeps the language of a thread


class _Said(str):
    """A message that remembers itself; `%` puts the values into it without taking it away."""

    __slots__ = ()

    def __mod__(self, values: Any) -> str:
        if not isinstance(values, Mapping):
            return gettext_now(str.__str__(self)[1:-1].replace(_CONTEXT, _DJANGOS_CONTEXT)) % values
        inside = "".join(f"{_NEXT}{name}{_NEXT}{_value(value)}" for name, value in values.items())
        return _Said(str.__str__(self)[:-1] + inside + _OFF)

    def __str__(self) -> str:
        return self


def _value(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return f"s{value}"
    return f"{'i' if isinstance(value, int) else 'f'}{value!r}"


class _Recorder:
    """Stands in the place of a language: its messages remember themselves, all else is the language's own."""

    def __init__(self, language: Any) -> None:
        self._language = language

    def __getattr__(self, name: str) -> Any:
        return getattr(self._language, name)

    def gettext(self, message: str) -> str:
        """The message, remembered."""
        return _Said(f"{_ON}{message.replace(_DJANGOS_CONTEXT, _CONTEXT)}{_OFF}")

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The plural, which is the singular in Chinese; English words of both are written alike."""
        return self.gettext(plural)


@contextmanager
def recording() -> Iterator[None]:
    """This will make every translation of this thread remember itself, until it is `heard`."""
    before = getattr(_active, "value", None)
    if isinstance(before, _Recorder):
        yield
        return
    _active.value = _Recorder(trans_real.translation(get_language() or settings.LANGUAGE_CODE))
    try:
        yield
    finally:
        if before is None:
            translation.deactivate()
        else:
            _active.value = before


def is_recording() -> bool:
    """This is true while translations remember themselves."""
    return isinstance(getattr(_active, "value", None), _Recorder)


def gettext_now(message: str) -> str:
    """This is a message in the language of now, also within a recording."""
    active = getattr(_active, "value", None)
    if isinstance(active, _Recorder):
        return str(active._language.gettext(message)).rpartition(_DJANGOS_CONTEXT)[2]
    return gettext(message).rpartition(_DJANGOS_CONTEXT)[2] if message else ""


def both(zh: str, en: str) -> str:
    """These are words that a data file carries in both languages, as a text that remembers both."""
    return _Said(f"{_ON}{zh}{_BOTH}{en}{_OFF}")


class Heard(str):  # noqa: SLOT000 -- a text with parts needs a place for them
    """The words in the language in which they were heard; `parts` say them in any other."""

    parts: Parts

    def __new__(cls, words: str, parts: Parts) -> Self:
        """The words with their parts."""
        made = super().__new__(cls, words)
        made.parts = parts
        return made


def heard(text: Any) -> Any:
    """This is a text without its marks, as `Heard`; what is no text stays what it is."""
    if not isinstance(text, (str, Promise)):
        return text
    whole = str(text)
    parts = _parts(whole) if _ON in whole else [whole] if whole else []
    return Heard(say(parts), parts)


def parts_of(text: Any) -> Any:
    """These are the parts of a heard text; of anything else, itself."""
    return text.parts if isinstance(text, Heard) else text


def plain(text: Any) -> str:
    """This is a text in the language of now, marked or not; for whatever must not show a mark (an error, a log)."""
    whole = str(text)
    return say(_parts(whole)) if _ON in whole else whole


def _parts(text: str) -> Parts:
    """The pieces of a marked text. A mark without its end was cut off: what is left of it is text."""
    found: Parts = []
    at = 0
    while (start := text.find(_ON, at)) >= 0:
        end = _end(text, start)
        if start > at:
            found.append(text[at:start])
        if end < 0:
            found.append(_bare(text[start:]))
            return found
        found.append(_message(text[start + 1 : end]))
        at = end + 1
    if at < len(text):
        found.append(_bare(text[at:]))
    return found


def _bare(text: str) -> str:
    return "".join(" " if sign in (_NEXT, _BOTH) else sign for sign in text if sign not in (_ON, _OFF, _CONTEXT))


def _end(text: str, start: int) -> int:
    first = text.find(_OFF, start)
    if first < 0 or text.find(_ON, start + 1, first) < 0:
        return first  # nothing inside, as mostly
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == _ON) - (text[at] == _OFF)
        if depth == 0:
            return at
    return -1


def _message(inside: str) -> list[Any]:
    message, *rest = _split(inside)
    if _BOTH in message:
        zh, _mark, en = message.partition(_BOTH)
        return ["=", [zh, en]]
    values = {name: _read(value) for name, value in zip(rest[::2], rest[1::2], strict=False)}
    return (
        [message.replace(_CONTEXT, _DJANGOS_CONTEXT), values]
        if values
        else [message.replace(_CONTEXT, _DJANGOS_CONTEXT)]
    )


def _split(inside: str) -> list[str]:
    """The text between marks, parted where it is not within inner marks."""
    if _ON not in inside:
        return inside.split(_NEXT)
    pieces: list[str] = []
    piece: list[str] = []
    depth = 0
    for sign in inside:
        depth += (sign == _ON) - (sign == _OFF)
        if sign == _NEXT and depth == 0:
            pieces.append("".join(piece))
            piece = []
        else:
            piece.append(sign)
    return [*pieces, "".join(piece)]


def _read(value: str) -> Any:
    kind, text = value[:1], value[1:]
    if kind == "i":
        return int(text)
    return float(text) if kind == "f" else _parts(text)


def say(parts: Any) -> str:
    """This is what parts say in the language of now; a message whose words do not fit its values is said in Chinese."""
    if isinstance(parts, str):
        return parts
    english = _language().startswith("en")
    return "".join(
        _between(part) if english and isinstance(part, str) else part if isinstance(part, str) else _say(part)
        for part in parts
    )


def _between(text: str) -> str:
    """What stood between messages: signs alone become those of English, a name or number stays what it is."""
    return "".join(_SIGNS[sign] for sign in text) if text and set(text) <= _SIGNS.keys() else text


def pairs(kept: Any) -> dict[str, Any]:
    """These are facts by name in the language of now; a value is parts, or plain data."""
    return {say(name): say(value) if isinstance(value, list) else value for name, value in kept}


def _say(part: list[Any]) -> str:
    message = part[0]
    if message == "=":
        zh, en = part[1]
        return en if en and _language().startswith("en") else zh
    values = (
        {name: value if isinstance(value, (int, float)) else say(value) for name, value in part[1].items()}
        if len(part) > 1
        else {}
    )
    words = gettext_now(message)
    try:
        return words % values if len(part) > 1 else words
    except (KeyError, TypeError, ValueError):
        return message.rpartition(_DJANGOS_CONTEXT)[2] % values


def _language() -> str:
    return get_language() or ""
