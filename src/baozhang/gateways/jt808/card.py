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

    time: bytes
    put_in: bool
    result: int  # 0: read
    holder: str  # a keyed digest of the certificate's number; empty where the card was not read

    @property
    def at(self) -> int | None:
        """Seconds since 1970; None where the digits are no time."""
        moment = moment_of(self.time)
        return None if moment is None else int(moment.timestamp())


def read(body: bytes, key: bytes) -> CardEvent:
    """The event in a body since 2013; `key` is the house's secret, without which the digest says nothing."""
    if len(body) < 7 or body[0] not in (IN, OUT):
        raise BadFrame("0x0702: this is no event of a driver's card")
    put_in, result, holder = body[0] == IN, 0, ""
    if put_in:
        if len(body) < 9:
            raise BadFrame(f"0x0702: body of {len(body)} bytes")
        result = body[7]
        start = 9 + body[8]  # the name is passed over, never read
        if result == 0:
            number = text_of(body[start : start + 20])
            holder = hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:32] if number else ""
    return CardEvent(body[1:7], put_in, result, holder)
