"""A crowd at the door: floods of strangers, made-up addresses, more lines than files; honest terminals notice nothing."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

import pytest

from baozhang.ch2_provision.vehicles import actions
from baozhang.ch2_provision.vehicles.models import Stranger
from baozhang.gateways.jt808 import answers, door, session, talk
from baozhang.kernel import ledger
from tests.gateways.jt808 import encoding
from tests.gateways.jt808.simulator import Box, connect
from tests.gateways.jt808.test_gateway import PHONE, Enter, fixes, inside, run, stored

pytestmark = [pytest.mark.real_clock, pytest.mark.usefixtures("db")]


def test_a_hundred_strangers_cost_a_handful_of_questions(entered: Enter, monkeypatch: Any) -> None:
    entered(PHONE)
    asked: list[int] = []

    def counted(phones: Any) -> Any:
        asked.append(len(phones))
        return actions.terminals.entered(phones)

    monkeypatch.setattr(actions, "entered", counted)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        strangers = [await connect(Box(f"177{n:08d}"), port) for n in range(100)]
        found = await asyncio.gather(*(one.register() for one in strangers), box.say(0x0200, fixes(1)[0].body()))
        assert found == [answers.Entry.NO_TERMINAL] * 100 + [0]

    run(story)
    assert sum(asked) == 102 and len(asked) < 12
    assert Stranger.objects.count() == 100 and stored() == 1


def test_where_too_many_wait_nobody_is_answered_and_nobody_is_put_out(entered: Enter, monkeypatch: Any) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        monkeypatch.setattr(door, "MOST_WAITING", 0)
        box = await connect(Box(PHONE), port)
        box.send(0x0100, encoding.registration("沪A00001"))
        await asyncio.sleep(0.2)
        assert not box.heard and not box.closed.is_set()
        monkeypatch.setattr(door, "MOST_WAITING", 10)
        assert await box.register() == 0

    run(story)


def test_who_registers_for_ever_is_put_out_and_the_ledger_is_not_filled(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await connect(Box(PHONE), port)
        async with asyncio.timeout(10):  # long before it would be closed for silence
            while not box.closed.is_set():
                box.send(0x0100, encoding.registration("沪A00001"))
                await asyncio.sleep(0.001)

    run(story)
    assert ledger.Entry.objects.filter(act=actions.REGISTER).count() <= talk.MOST_REFUSED + talk.MOST_AT_ONCE


def test_made_up_addresses_are_forgotten_and_touch_nobody(entered: Enter, monkeypatch: Any) -> None:
    entered(PHONE)
    monkeypatch.setattr(session, "MOST_STRANGERS", 20)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = Box(PHONE)
        await connect(box, udp_port, udp=True)
        await box.enter()
        for _ in range(60):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as liar:
                for number, body in ((0x0003, b""), (0x0200, fixes(2)[1].body()), (0x0102, b"guess")):
                    liar.sendto(encoding.message(number, PHONE, 1, body), ("127.0.0.1", udp_port))
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.1)
        assert len(gateway.sessions.all) <= 21
        assert await box.say(0x0200, fixes(1)[0].body()) == 0
        box.transport.close()

    run(story)
    assert stored() == 1


def test_where_no_more_files_may_be_open_strangers_make_room_for_terminals(entered: Enter, caplog: Any) -> None:
    entered(PHONE)
    entered("13800138001", "沪A00002")

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        gateway.most_lines = 2
        first, mute = await inside(port), await connect(Box("1"), port)
        second = await inside(port, "13800138001", plate="沪A00002")
        await mute.ended()
        late = await connect(Box("2"), port)
        await late.ended()
        assert await first.say(0x0002) == await second.say(0x0002) == 0
        gateway.look()
        assert "1 lines were turned away" in caplog.text

    run(story)


def test_a_broken_terminal_does_not_fill_the_log(entered: Enter, caplog: Any) -> None:
    entered(PHONE)
    caplog.set_level(logging.INFO, "baozhang.gateway")

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        for _ in range(20):
            assert await box.say(0x0200, b"short") == answers.Result.WRONG

    run(story)
    assert caplog.text.count("position too short") == talk.MOST_TOLD
