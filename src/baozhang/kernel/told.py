"""Sentences that are made once and kept, and can still be said in either language.

While `recording` lasts, the translations that Django hands out carry their message and its values within themselves:
between two private marks stand the message and what was put into it. Such texts may be joined, cut at their ends and put
into each other like any others. `heard` takes the marks out again: the words in the language of now, and beside them the
parts, plain data of which `say` makes the same sentence in the language of whoever reads.

A part is a piece of text, or a list: the message, and its values by name, each a number or parts again; `["zh", "en"]` under
the name `=` are words that a data file carries in both languages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Self

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, trans_real

_ON, _OFF, _NEXT, _CONTEXT, _BOTH = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_DJANGOS_CONTEXT = "\x04"
_SIGNS = {"；": "; ", "：": ": ", "，": ", ", "、": ", ", "。": ".", "（": " (", "）": ")", "\n": "\n", " ": " "}
_MARKS = re.compile(f"([{_ON}{_OFF}{_NEXT}])").split
_MARK = re.compile(f"[{_ON}-{_BOTH}]").search
_BARE = {ord(_ON): "", ord(_OFF): "", ord(_CONTEXT): "", ord(_NEXT): " ", ord(_BOTH): " "}
Parts = list[Any]
_now: ContextVar[Any] = ContextVar("language")
_NONE = object()


class _Active:
    """Where Django keeps the language of a thread, asked for with every word; its own place locks and asks three times as long."""

    __slots__ = ()

    @property
    def value(self) -> Any:
        """The language; AttributeError where none was set."""
        found = _now.get(_NONE)
        if found is _NONE:
            raise AttributeError("value")
        return found

    @value.setter
    def value(self, language: Any) -> None:
        _now.set(language)

    @value.deleter
    def value(self) -> None:
        _now.set(_NONE)


if (_set := getattr(trans_real._active, "value", None)) is not None:  # type: ignore[attr-defined]
    _now.set(_set)
_active: Any = _Active()
trans_real._active = _active  # type: ignore[attr-defined]


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
        return _remembered(message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The plural, which is the singular in Chinese; English words of both are written alike."""
        return self.gettext(plural)


@lru_cache(maxsize=8_192)
def _remembered(message: str) -> _Said:
    return _Said(f"{_ON}{message.replace(_DJANGOS_CONTEXT, _CONTEXT)}{_OFF}")


@lru_cache(maxsize=8)
def _recorder(language: str) -> _Recorder:
    return _Recorder(trans_real.translation(language))


class recording:  # noqa: N801 -- reads as a verb in `with`; a generator in its place takes as long as a short rule
    """This will make every translation of this thread remember itself, until it is `heard`."""

    __slots__ = ("_before",)

    def __enter__(self) -> None:
        self._before = _now.get(_NONE)
        if not isinstance(self._before, _Recorder):
            _now.set(_recorder(get_language() or settings.LANGUAGE_CODE))

    def __exit__(self, *_error: object) -> None:
        _now.set(self._before)


def is_recording() -> bool:
    """This is true while translations remember themselves."""
    return isinstance(_now.get(_NONE), _Recorder)


def gettext_now(message: str) -> str:
    """This is a message in the language of now, also within a recording."""
    return _words(message, _language())


@lru_cache(maxsize=8_192)
def _words(message: str, language: str) -> str:
    """A message in a language: a patrol says the same few hundred a hundred thousand times."""
    words = str(trans_real.translation(language).gettext(message)) if message and language else message
    return words.rpartition(_DJANGOS_CONTEXT)[2]


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
    """This is a text without its marks: `Heard` where it had any, else itself; what is no text stays what it is."""
    return hearer()(text)


def hearer() -> Callable[[Any], Any]:
    """This is `heard` in the language of now, for texts that may be heard later."""
    return _hearer(_language())


@lru_cache(maxsize=8)
def _hearer(language: str) -> Callable[[Any], Any]:
    def hear(text: Any) -> Any:
        if not isinstance(text, (str, Promise)):
            return text
        whole = str(text)
        if not _MARK(whole):
            return whole  # a name, a number: the same in every language
        if whole[0] == _ON and whole.find(_OFF) == len(whole) - 1 and _NEXT not in whole:
            return _message_alone(whole, language)
        parts = _parts(whole)
        return Heard(_say(parts, language), parts)

    return hear


@lru_cache(maxsize=4_096)
def _message_alone(whole: str, language: str) -> Heard:
    """A message without values, such as the name of a fact."""
    parts = _parts(whole)
    return Heard(_say(parts, language), parts)


def parts_of(text: Any) -> Any:
    """These are the parts of a heard text; of anything else, itself."""
    return text.parts if isinstance(text, Heard) else text


def plain(text: Any) -> str:
    """This is a text in the language of now, marked or not; for whatever must not show a mark (an error, a log)."""
    whole = str(text)
    return say(_parts(whole)) if _MARK(whole) else whole


def _parts(text: str) -> Parts:
    """The pieces of a marked text. A mark without its end was cut off: what is left of it is text."""
    pieces = _MARKS(text)
    found: Parts = []
    into = found
    begun: list[list[Parts]] = []  # of each message without its end: what it belongs into, and its segments so far
    outermost = (0, 0)
    for at, piece in enumerate(pieces):
        if piece == _ON:
            outermost = outermost if begun else (at, len(found))
            segment: Parts = []
            begun.append([into, segment])
            into = segment
        elif piece == _OFF:
            if begun:
                into, *segments = begun.pop()
                into.append(_message(segments))
        elif piece == _NEXT and begun:
            into = []
            begun[-1].append(into)
        elif piece:
            into.append(piece)
    if begun:
        start, kept = outermost
        found[kept:] = ["".join(pieces[start:])]
    return _joined(found)


def _joined(parts: Parts) -> Parts:
    """Parts without stray marks, neighbouring texts as one."""
    found: Parts = []
    for part in parts:
        if not isinstance(part, str):
            found.append(part)
        elif (text := _bare(part)) and found and isinstance(found[-1], str):
            found[-1] += text
        elif text:
            found.append(text)
    return found


def _bare(text: str) -> str:
    return text.translate(_BARE) if _MARK(text) else text


def _message(segments: list[Parts]) -> list[Any]:
    message = "".join(one for one in segments[0] if isinstance(one, str))
    if _BOTH in message:
        zh, _mark, en = message.partition(_BOTH)
        return ["=", [zh, en]]
    message = message.replace(_CONTEXT, _DJANGOS_CONTEXT)
    if len(segments) < 3:
        return [message]
    return [message, {"".join(name): _read(value) for name, value in zip(segments[1::2], segments[2::2], strict=False)}]


def _read(value: Parts) -> Any:
    kind, rest = (value[0][0], value[0][1:]) if value and isinstance(value[0], str) else ("", "")
    if kind == "i":
        return int(rest)
    return float(rest) if kind == "f" else _joined([rest, *value[1:]] if rest else value[1:])


def say(parts: Any) -> str:
    """This is what parts say in the language of now; a message whose words do not fit its values is said in Chinese."""
    return parts if isinstance(parts, str) else _say(parts, _language())


def _say(parts: Parts, language: str) -> str:
    if not language.startswith("en"):
        return "".join([part if isinstance(part, str) else _one(part, language) for part in parts])
    return "".join([_between(part) if isinstance(part, str) else _one(part, language) for part in parts])


def _between(text: str) -> str:
    """What stood between messages: signs alone become those of English, a name or number stays what it is."""
    return "".join(_SIGNS[sign] for sign in text) if text and set(text) <= _SIGNS.keys() else text


def pairs(kept: Any) -> dict[str, Any]:
    """These are facts by name in the language of now; a value is parts, or plain data."""
    return {say(name): say(value) if isinstance(value, list) else value for name, value in kept}


def _one(part: list[Any], language: str) -> str:
    """One message with its values."""
    message = part[0]
    if message == "=":
        zh, en = part[1]
        return str(en if en and language.startswith("en") else zh)
    words = _words(message, language)
    if len(part) == 1:
        return words
    values = {name: _say(value, language) if isinstance(value, list) else value for name, value in part[1].items()}
    try:
        return words % values
    except (KeyError, TypeError, ValueError):
        return str(message.rpartition(_DJANGOS_CONTEXT)[2] % values)


def _language() -> str:
    return get_language() or ""
