"""0x0702: a driver puts his qualification card into the terminal, or takes it out. Who he is never leaves this file in clear."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from .bodies import text_of
from .framing import BadFrame
from .location import moment_of

IN, OUT = 1, 2


@dataclass(frozen=True, slots=True)
class CardEvent:
    """One event: when, in or out, how reading went, and a mark that is the same for the same driver."""

    time: bytes  # empty before 2013
    put_in: bool
    result: int  # 0: read
    holder: str  # a keyed digest of the certificate's number; empty where the card was not read

    @property
    def at(self) -> int | None:
        """Seconds since 1970; None where the digits are no time."""
        moment = moment_of(self.time) if self.time else None
        return None if moment is None else int(moment.timestamp())


def read(body: bytes, key: bytes) -> CardEvent:
    """The event in a body; `key` is the house's secret, without which the digest says nothing.

    Before 2013 a body is no event, but says who drives: name, number of the identity card, number of the certificate.
    """
    if len(body) < 7 or body[0] not in (IN, OUT) or not body[1:7].hex().isdigit():
        return _before_2013(body, key)
    put_in, result, holder = body[0] == IN, 0, ""
    if put_in:
        if len(body) < 9:
            raise BadFrame(f"0x0702: body of {len(body)} bytes")
        result = body[7]
        start = 9 + body[8]  # the name is passed over, never read
        if result == 0:
            holder = _holder(body[start : start + 20], key)
    return CardEvent(body[1:7], put_in, result, holder)


def _holder(number: bytes, key: bytes) -> str:
    text = text_of(number)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32] if text else ""


def _before_2013(body: bytes, key: bytes) -> CardEvent:
    """The layout of 2011: the certificate has 40 characters, with some makers 20; what is left tells which."""
    start = 1 + body[0] + 20 if body else 0  # name and identity card are passed over, never read
    for width in (40, 20):
        stop = start + width
        if body and stop < len(body) and stop + 1 + body[stop] == len(body):
            return CardEvent(b"", put_in=True, result=0, holder=_holder(body[start:stop], key))
    raise BadFrame("0x0702: this is no event of a driver's card")
