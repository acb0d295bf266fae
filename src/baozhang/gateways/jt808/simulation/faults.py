"""What real terminals do wrong, done on purpose and at a known rate."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .box import Box

SHARE = 0.04  # of the reports are followed by one of the faults that were asked for
BLIND = (20.0, 60.0)  # seconds in a tunnel, by the terminal's own clock


class Fault(StrEnum):
    """The kinds, as the command names them."""

    HALF = "half"  # a frame in two pieces, or one whose end never comes
    GARBAGE = "garbage"  # bytes that are nothing, a wrong check byte, an illegal escape
    DUPLICATE = "duplicate"  # the same frame again
    LATE = "late"  # a tunnel: positions come later, as one batch
    RECONNECT = "reconnect"  # the line is cut, often in the middle of a frame
    CODE = "code"  # it comes back with a wrong code, and has to register again


async def commit(box: Box, writer: asyncio.StreamWriter) -> None:
    """This will now and then do something wrong; EOFError where it has cut its line."""
    if not box.faults or box.chance.random() >= SHARE:
        return
    fault = box.chance.choice(sorted(box.faults))
    box.count.misdeeds[fault] = box.count.misdeeds.get(fault, 0) + 1
    frame = box.last_frame()
    cut = box.chance.randrange(1, len(frame) - 1)
    if fault is Fault.HALF:
        writer.write(frame[:cut])
        await writer.drain()
        if box.chance.random() < 0.5:
            await asyncio.sleep(0.2)
            writer.write(frame[cut:])
    elif fault is Fault.GARBAGE:
        broken = bytearray(frame)
        broken[len(broken) // 2] ^= 0x15
        writer.write(
            box.chance.choice((box.chance.randbytes(40), bytes(broken), b"\x7e\x02\x00\x7d\x05\x7e", b"\x7e\x7e\x7e"))
        )
    elif fault is Fault.DUPLICATE:
        writer.write(frame + frame)
    elif fault is Fault.LATE:
        box.go_blind(box.chance.uniform(*BLIND))
    else:
        if fault is Fault.CODE:
            box.code = "not-the-code"
        writer.write(frame[:cut])
        await writer.drain()
        raise EOFError("it has cut its line")
