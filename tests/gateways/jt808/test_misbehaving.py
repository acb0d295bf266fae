"""Terminals that misbehave: what they hold is bounded, they leave no ghost behind, and they say nothing in others' names."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

import pytest
from django.db import OperationalError

from baozhang.ch2_provision.vehicles import actions
from baozhang.ch2_provision.vehicles.models import DoubtfulPosition, Stranger, TerminalHealth
from baozhang.gateways.jt808 import answers, bodies, parts, server, talk
from baozhang.gateways.jt808.header import Message
from baozhang.gateways.jt808.server import Options
from tests.gateways.jt808 import encoding
from tests.gateways.jt808.simulator import Box, connect
from tests.gateways.jt808.test_gateway import NOW, PHONE, Enter, fixes, inside, run, stored

pytestmark = [pytest.mark.real_clock, pytest.mark.usefixtures("db")]
OTHER = "13800138001"


def test_two_terminals_at_once_on_one_line_leave_no_ghost(entered: Enter) -> None:
    entered(PHONE)
    entered(OTHER, "沪A00002")

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        first, other = Box(PHONE), Box(OTHER, plate="沪A00002")
        for box in (first, other):
            await connect(box, port)
            assert await box.register() == 0
        line = await connect(Box(PHONE), port)
        line.send_raw(b"".join(
            encoding.message(0x0102, box.phone, serial, encoding.authentication(box.code))
            for serial, box in ((1, first), (2, other))
        ))  # fmt: skip
        assert await line.answered(1) == 0
        assert [*gateway.sessions.by_terminal] == [PHONE]
        line.transport.close()
        await line.ended()
        await first.say(0x0002)  # the gateway has had its turn
        assert not gateway.sessions.by_terminal

    run(story)


def test_a_line_that_ends_before_its_answer_has_no_wrong_code(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        for _ in range(5):
            hasty = await connect(Box(PHONE), port)
            hasty.send(0x0102, encoding.authentication(box.code))
            hasty.transport.close()
        await asyncio.sleep(0.2)
        assert len(gateway.sessions.by_terminal) <= 1 and not gateway.talk.visits

    run(story)
    assert not Stranger.objects.exists()


def test_who_has_not_shown_who_he_is_does_not_stay_by_talking(entered: Enter) -> None:
    """A byte now and then, or the time asked for again and again: neither keeps a stranger's line, nor a terminal's."""
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box, dripping, asking = await inside(port), await connect(Box("1"), port), await connect(Box("2"), port)
        for one in gateway.sessions.all:
            one.heard -= 100
        dripping.send_raw(b"\x7e\x01")
        asking.send(0x0004)
        box.send(0x0002)
        await asking.wait(0x8004)
        gateway.look()
        await dripping.ended()
        await asking.ended()
        assert not box.closed.is_set()
        for one in gateway.sessions.all:
            one.heard -= 1000
        box.send_raw(b"noise" + encoding.message(0x0002, PHONE, 7)[:9])
        await asyncio.sleep(0.1)
        gateway.look()
        await box.ended()

    run(story)


def test_packages_of_strangers_and_packages_without_bytes_are_few(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box, stranger = await inside(port), await connect(Box("1"), port)
        for start in range(0, 9000, 3):
            box.send_raw(encoding.message(0x0704, PHONE, start, b"", part=(2000, 1)))
        for package in range(1, 60):
            stranger.send_raw(encoding.message(0x0100, "1", package, bytes(1000), part=(2000, package)))
        assert await box.say(0x0002) == 0
        stranger.send(0x0004)
        await stranger.wait(0x8004)
        held = {one.terminal: one.parts for one in gateway.sessions.all}
        assert len(held[PHONE].wholes) <= parts.MOST_WHOLES
        assert held["1"].size <= parts.MOST_OF_STRANGER
        assert gateway.sessions.room.taken == held[PHONE].size
        assert gateway.sessions.outside.taken == held["1"].size
        stranger.transport.close()
        box.transport.close()
        await box.ended()
        await stranger.ended()
        await asyncio.sleep(0.05)
        assert gateway.sessions.room.taken == gateway.sessions.outside.taken == 0

    run(story)


def test_all_terminals_together_hold_so_many_packages_and_no_more(entered: Enter, monkeypatch: Any) -> None:
    monkeypatch.setattr(parts, "MOST_OF_ALL", 5_000)
    entered(PHONE)
    entered(OTHER, "沪A00002")

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        hoarder, box = await inside(port), await inside(port, OTHER, plate="沪A00002")
        for package in range(1, 20):
            hoarder.send_raw(encoding.message(0x0801, PHONE, package, bytes(1000), part=(20, package)))
        assert await hoarder.say(0x0002) == 0 and 4_000 < gateway.sessions.room.taken <= 5_000
        wires = encoding.parts(0x0704, OTHER, 500, encoding.batch(fixes(30), 1), size=300)
        for wire in wires:
            box.send_raw(wire)
        assert await box.say(0x0002) == 0
        assert not [one for one in box.heard if one.id == 0x8001]  # there is no room yet, so nothing of it is answered
        hoarder.transport.close()
        await hoarder.ended()
        for wire in wires:
            box.send_raw(wire)
        assert await box.answered(500) == 0

    run(story)
    assert stored() == 30


def test_a_terminal_gone_mad_is_refused_before_others_are(entered: Enter, monkeypatch: Any) -> None:
    monkeypatch.setattr(talk, "MOST_OF_ONE", 40 * 1_000)
    entered(PHONE)
    entered(OTHER, "沪A00002")

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        mad, box = await inside(port), await inside(port, OTHER, plate="沪A00002")
        mad.send_raw(b"".join(encoding.message(0x0200, PHONE, 100 + n, fix.body()) for n, fix in enumerate(fixes(200))))
        assert await box.say(0x0200, fixes(1)[0].body()) == 0
        results = [await mad.answered(100 + n) for n in range(200)]
        assert {*results[:30]} == {0} and results[-1] == answers.Result.FAILED
        assert await mad.say(0x0200, fixes(1)[0].body()) == 0  # as soon as what was taken is on the disk

    run(story)


def test_clocks_that_jump_and_numbers_as_large_as_they_go_harm_nobody(entered: Enter) -> None:
    entered(PHONE)
    body = fixes(1)[0].body()
    times = ["000101000000", "801231235959", "991231235959", "260230101010", "aabbccddeeff", "000000000000"]
    most = b"\x01\x04" + b"\xff" * 4 + b"\x02\x02\xff\xff\x31\x01\xff\x30\x01\xff"
    said = [body[:22] + bytes.fromhex(time) for time in times]
    said += [b"\xff" * 28, b"\xff" * 28 + most, b"\xff" * 4 + body[4:16] + b"\xff\xff" + body[18:] + most]
    said += [body[:4] + b"\xff\xff\xff\xf3" + body[8:] + b"\x01\xff\x00"]

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        serials = [box.send(0x0200, one) for one in said]  # in one batch: none takes the others with it
        assert [await box.answered(serial) for serial in serials] == [0] * len(said)

    run(story)
    assert (stored(), DoubtfulPosition.objects.count()) == (1, len(said) - 2)
    health = TerminalHealth.objects.get()
    assert (health.good, health.doubtful, health.at) == (2, 8, int(NOW.timestamp()))


def test_a_batch_with_broken_places_keeps_the_others(entered: Enter) -> None:
    entered(PHONE)
    good = [fix.body() for fix in fixes(4)]

    def batch(items: list[bytes], count: int | None = None) -> bytes:
        head = struct.pack(">HB", len(items) if count is None else count, 1)
        return head + b"".join(len(one).to_bytes(2, "big") + one for one in items)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        for broken in (
            batch([*good[:2], b"short", *good[2:]]), batch(good, 65_535), batch(good)[:-5], batch([]),
            batch([b""] * 30), b"", b"\x00", b"\x00\x02\x01\xff\xff" + good[0],
        ):  # fmt: skip
            assert await box.say(0x0704, broken) == answers.Result.WRONG
        assert await box.say(0x0704, batch(good)) == 0

    run(story)
    assert stored() == 4


def test_a_batch_that_counts_too_few_loses_none_that_it_is_answered_for(entered: Enter) -> None:
    entered(PHONE)
    good = [fix.body() for fix in fixes(9)]

    def batch(items: list[bytes], count: int, rest: bytes = b"") -> bytes:
        return struct.pack(">HB", count, 0) + b"".join(len(one).to_bytes(2, "big") + one for one in items) + rest

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        assert await box.say(0x0704, batch(good[:3], 1)) == 0
        assert await box.say(0x0704, batch(good[3:6], 0)) == 0
        assert await box.say(0x0704, batch(good[6:8], 1, b"\x00\x02no")) == 0, "what is no position was not declared"
        assert await box.say(0x0704, batch(good[8:], 1, b"\xff")) == 0

    run(story)
    assert stored() == 9


def test_a_plate_with_a_zero_byte_inside_is_written_down_without_it(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        assert await (await connect(Box(PHONE, plate="沪A\0\0B001"), port)).register() == 0
        stranger = await connect(Box("1", plate="沪\0B"), port)
        assert await stranger.register() == answers.Entry.NO_TERMINAL

    run(story)
    assert TerminalHealth.objects.get().told_plate == "沪AB001"
    assert Stranger.objects.get().told_plate == "沪B"
    body = struct.pack(">HH", 31, 115) + b"MA\0ER" + b"M1".ljust(8, b"\0") + b"DEV0001" + b"\x01" + b"A\0B"
    said = bodies.register(Message(0x0100, "1", 1, body))
    assert (said["manufacturer"], said["plate"]) == ("MAER", "AB")


def test_a_header_of_2019_with_bodies_of_2011_is_told_what_is_wrong(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port, edition=2019)
        for number, body in ((0x0100, encoding.registration("沪A00001", edition=2011)), (0x0102, box.code.encode())):
            assert await box.say(number, body) == answers.Result.WRONG
        assert await box.say(0x0200, fixes(1)[0].body()) == 0

    run(story)
    assert stored() == 1


def test_lines_that_open_and_close_at_once_leave_nothing(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        for n in range(200):
            with socket.socket() as line:
                line.connect(("127.0.0.1", port))
                if n % 2:
                    line.send(encoding.message(0x0102, PHONE, 1, b"guess"))
                if n % 3:
                    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if n % 20 == 0:
                await asyncio.sleep(0)
        assert await box.say(0x0200, fixes(1)[0].body()) == 0
        await asyncio.sleep(0.2)
        assert len(gateway.sessions.all) == gateway.lines == 1

    run(story, Options(wait=0.01))
    assert stored() == 1


def test_strangers_write_nothing_into_the_log(entered: Enter, caplog: pytest.LogCaptureFixture) -> None:
    """Three broken bodies of a session are told; whoever opens lines without end would fill the disk with three of each."""
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        for n in range(20):
            stranger = await connect(Box(str(n + 1)), port)
            assert await stranger.say(0x0100, b"none") == answers.Result.WRONG
        box = await inside(port)
        for _ in range(5):
            assert await box.say(0x0704, b"\x00") == answers.Result.WRONG

    with caplog.at_level("INFO", "baozhang.gateway"):
        run(story)
    assert len(caplog.records) == talk.MOST_TOLD and all(PHONE in one.getMessage() for one in caplog.records)


def test_a_database_that_is_away_is_not_told_once_for_each_who_knocks(
    entered: Enter, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any) -> None:
        raise OperationalError("the database is away")

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        monkeypatch.setattr(actions, "entered", away)
        monkeypatch.setattr(actions, "put_out", away)
        for n in range(10):
            stranger = await connect(Box(str(n + 1)), port)
            for serial in range(4):
                stranger.send(0x0102, encoding.authentication(f"guess {serial}"))
            await asyncio.sleep(0.05)
        monkeypatch.setattr(server, "RECHECK", 1)
        await asyncio.sleep(2.2)

    with caplog.at_level("INFO", "baozhang.gateway"):
        run(story)
    told = [one.getMessage() for one in caplog.records]
    assert sorted(told) == ["a message was not answered", "the look around failed"]


def test_one_that_sends_without_pause_leaves_the_others_their_turn(entered: Enter) -> None:
    entered(PHONE)
    entered(OTHER, "沪A00002")

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        mad, box = await inside(port), await inside(port, OTHER, plate="沪A00002")
        before, many = gateway.talk.messages, b"".join(encoding.message(0x0002, PHONE, n) for n in range(6_000))
        mad.send_raw(many)  # as much as the kernel takes waits there before anybody reads
        assert len(many) - mad.transport.get_write_buffer_size() > 60_000
        box.send_raw(encoding.message(0x0002, OTHER, 77))
        assert await box.answered(77) == 0
        assert gateway.talk.messages - before < 3_000
        mad.transport.abort()

    run(story)


def test_strangers_leave_terminals_the_room_for_their_packages(entered: Enter, monkeypatch: Any) -> None:
    """Each stranger holds little, but there may be tens of thousands of them."""
    monkeypatch.setattr(parts, "MOST_OF_ALL", 40_000)
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        crowd = [await connect(Box(str(n + 1)), port) for n in range(20)]
        for stranger in crowd:
            for package in (1, 2):
                stranger.send_raw(encoding.message(0x0100, stranger.phone, package, bytes(1000), part=(9, package)))
            stranger.send(0x0004)
            await stranger.wait(0x8004)
        box = await inside(port)
        wires = encoding.parts(0x0704, PHONE, 500, encoding.batch(fixes(30), 1), size=300)
        for wire in wires:
            box.send_raw(wire)
        assert await box.answered(500) == 0
        for stranger in crowd:
            stranger.transport.close()
            await stranger.ended()
        assert await box.say(0x0002) == 0
        assert gateway.sessions.room.taken == gateway.sessions.outside.taken == 0

    run(story)
    assert stored() == 30


def test_a_long_message_of_which_most_is_missing_is_asked_for_until_it_is_whole() -> None:
    """Until 2013 a question names 255 packages at most; as long as they come, there is a next question."""
    kept, count, at = parts.Parts(), 1_100, 0.0
    assert kept.add(Message(0x0801, "1", 0, b"x", packages=count, package=1), at) is None
    whole, asked = None, 0
    while whole is None:
        at += parts.PATIENCE
        ((_part, first, missing),) = kept.late(at)
        asked += 1
        for package in missing[:255]:
            again = Message(0x0801, "1", first + package - 1, b"x", packages=count, package=package)
            whole = kept.add(again, at) or whole
    assert asked == 5 and len(whole.body) == count
    kept.add(Message(0x0801, "1", 5_000, b"x", packages=2, package=1), at)
    for _time in range(parts.MOST_ASKED):
        at += parts.PATIENCE
        assert kept.late(at)
    assert not kept.late(at + parts.PATIENCE) and not kept.wholes and kept.size == 0
