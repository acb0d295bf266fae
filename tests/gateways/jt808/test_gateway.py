"""The gateway over real sockets: who comes in, what is answered to what, what is stored, and that nothing is lost."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.db import OperationalError

from baozhang.ch2_provision.vehicles import actions
from baozhang.ch2_provision.vehicles.choices import TerminalState
from baozhang.ch2_provision.vehicles.models import (
    CardEvent,
    DoubtfulPosition,
    MediaItem,
    RecentPosition,
    Stranger,
    Terminal,
    TerminalHealth,
)
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.gateways.jt808 import answers, commit, parts
from baozhang.gateways.jt808.server import Options
from baozhang.kernel import clock, scope
from tests.gateways.jt808 import encoding
from tests.gateways.jt808.encoding import Fix
from tests.gateways.jt808.simulator import Box, connect, running

pytestmark = [pytest.mark.real_clock, pytest.mark.usefixtures("db")]
PHONE = "13800138000"
NOW = clock.now().replace(microsecond=0)
Enter = Callable[..., Terminal]
stored = RecentPosition.objects.count


def fixes(count: int, *, start: dt.datetime = NOW, **more: Any) -> list[Fix]:
    return [Fix(start - dt.timedelta(seconds=10 * n), lon=121.4 + 0.001 * n, **more) for n in range(count)]


def run(story: Callable[..., Awaitable[None]], options: Options | None = None, **more: Any) -> None:
    """Tells a story at a running gateway."""

    async def tell() -> None:
        async with asyncio.timeout(60), running(options, **more) as (gateway, port, udp_port):
            await story(gateway, port, udp_port)

    asyncio.run(tell())


async def inside(port: int, phone: str = PHONE, **more: Any) -> Box:
    box = await connect(Box(phone, **more), port)
    await box.enter()
    return box


@pytest.mark.parametrize("edition", [2011, 2013, 2019])
@pytest.mark.parametrize("udp", [False, True])
def test_a_terminal_registers_shows_who_it_is_and_reports(entered: Enter, edition: int, udp: bool) -> None:
    terminal = entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await connect(Box(PHONE, edition=edition), udp_port if udp else port, udp=udp)
        assert await box.say(0x0200, fixes(1)[0].body()) == 1
        assert await box.register() == 0
        assert len(box.code) >= 16 and PHONE not in box.code
        assert await box.say(0x0200, fixes(1)[0].body()) == 1  # registered is not yet let in
        assert await box.say(0x0102, encoding.authentication(box.code, edition)) == await box.say(0x0002) == 0
        assert await box.say(0x0200, Fix(NOW, 31.2, 121.4, odometer=12.3, satellites=9).body()) == 0
        box.transport.close()

    run(story)
    row = RecentPosition.objects.get()
    assert (row.vehicle, row.at, row.lat, row.lon) == (terminal.pk, int(NOW.timestamp()), 31_200_000, 121_400_000)
    assert (row.odometer, row.satellites, row.fuel, row.speed) == (123, 9, None, 360)
    health = TerminalHealth.objects.get()
    assert (health.edition, health.good, health.at) == (edition, 1, row.at)
    kept = Terminal._base_manager.get()
    assert kept.device == "DEV0001" and len(kept.secret) == 64
    assert kept.version == 2  # registering is in the ledger, positions are not


def test_who_is_not_known_is_refused_and_listed(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        stranger = await connect(Box("13900000001", plate="沪B99999"), port)
        assert await stranger.register() == answers.Entry.NO_TERMINAL and not stranger.code
        assert await stranger.say(0x0102, encoding.authentication("13900000001")) == 1
        mute = await connect(Box("13900000002"), port)
        assert await mute.say(0x0200, fixes(1)[0].body()) == 1
        liar = await connect(Box(PHONE), port)
        assert await liar.say(0x0102, encoding.authentication(PHONE)) == 1
        for _ in range(20):
            stranger.send(0x0200, fixes(1)[0].body())
        await stranger.ended()

    run(story)
    assert stored() == 0
    found = {one.phone: (one.barred, one.told_plate) for one in Stranger.objects.all()}
    assert found == {"13900000001": ("unknown", "沪B99999"), "13900000002": ("unknown", ""), PHONE: ("code", "")}


def test_another_device_under_a_known_number_is_not_let_in(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        first = await inside(port)
        thief = await connect(Box(PHONE, device=b"OTHER"), port)
        assert await thief.register() == answers.Entry.TERMINAL_TAKEN
        assert await first.say(0x0002) == 0
        again = await connect(Box(PHONE), port)
        assert await again.register() == 0 and again.code != first.code  # a lost code is replaced, and the old one void
        again.code = first.code
        assert await again.say(0x0102, encoding.authentication(first.code)) == 1

    run(story)
    assert Stranger.objects.get(phone=PHONE).barred == "code"


def test_a_terminal_that_comes_back_replaces_its_old_session(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        old = await inside(port)
        new = await connect(Box(PHONE, code=old.code), port)
        await new.enter()
        await old.ended()
        assert len(gateway.sessions.all) == len(gateway.sessions.by_terminal) == 1
        assert await new.say(0x0002) == 0
        over_udp = await connect(Box(PHONE, code=old.code), udp_port, udp=True)
        await over_udp.enter()
        await new.ended()
        assert [one.udp for one in gateway.sessions.by_terminal.values()] == [True]
        over_udp.transport.close()

    run(story)


def test_silent_sessions_end_and_leave_nothing_behind(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box, mute = await inside(port), await connect(Box("1"), port)
        gone = await connect(Box("2"), port)
        gone.transport.abort()
        for session in gateway.sessions.all:
            session.heard -= 100
        await box.say(0x0002)
        gateway.look()
        await mute.ended()
        assert not box.closed.is_set()
        for session in gateway.sessions.all:
            session.heard -= 1000
        gateway.look()
        await box.ended()
        await asyncio.sleep(0.05)
        assert not gateway.sessions.all and not gateway.sessions.by_terminal

    run(story)


def test_what_arrives_in_pieces_or_between_rubbish_is_heard(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        # Places whose bytes are flags and escapes: 0x7e7d7e etc. in every field.
        nasty = Fix(NOW, lat=0x01E07D7E / 1e6, lon=0x07407E7D / 1e6, altitude=0x7E7D, direction=0x7D)
        wires, serials = [], []
        for n, fix in enumerate([nasty, *fixes(5, start=NOW - dt.timedelta(hours=1))]):
            serial = (0x7D7D, 0x7E7E, 0x7D7E, 0x7E01, 0x7D02, 0x017E)[n]
            serials.append(serial)
            wires.append(encoding.message(0x0200, PHONE, serial, fix.body()))
        broken = bytearray(wires[1])
        broken[20] ^= 0x10
        stream = b"rubbish" + wires[0] + bytes(broken) + wires[1] + b"\x7d\x7e\x7d" + b"".join(wires[2:])
        for at in range(0, len(stream), 7):
            box.send_raw(stream[at : at + 7])
            await asyncio.sleep(0)
        for serial in serials:
            assert await box.answered(serial) == 0

    run(story)
    assert stored() == 6
    assert RecentPosition.objects.filter(lat=0x01E07D7E, lon=0x07407E7D).exists()


def test_batches_late_doubled_and_doubtful_positions_come_to_where_they_belong(entered: Enter) -> None:
    vehicle = entered(PHONE).pk

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        late = fixes(20, start=NOW - dt.timedelta(days=2))
        assert await box.say(0x0704, encoding.batch(late, 1)) == 0
        assert await box.say(0x0704, encoding.batch(late[5:], 1)) == 0
        assert await box.say(0x0200, fixes(1)[0].body()) == 0
        for bad in (
            Fix(NOW, status=0), Fix(NOW, lat=0, lon=0), Fix(NOW, lat=-33.8, lon=151.2), Fix(NOW, speed=400),
            Fix(NOW + dt.timedelta(days=1)), Fix(NOW - dt.timedelta(days=7168)),
        ):  # fmt: skip
            assert await box.say(0x0200, bad.body()) == 0
        no_time = fixes(1)[0].body()
        assert await box.say(0x0200, no_time[:22] + bytes(6) + no_time[28:]) == 0
        cut = encoding.batch(fixes(4, start=NOW - dt.timedelta(days=3)))[:-3]
        assert await box.say(0x0704, cut) == answers.Result.WRONG  # three of four are kept, and none is acknowledged
        assert await box.say(0x0200, b"short") == answers.Result.WRONG

    run(story)
    assert stored() == 24
    assert sorted(DoubtfulPosition.objects.values_list("doubt", flat=True)) == sorted(
        ["no_fix", "zero", "place", "speed", "future", "past", "no_time"]
    )
    track = STORE.track(vehicle, 0, 2**33)
    assert len(track) == 24 and (track[1:, 0] > track[:-1, 0]).all()
    health = TerminalHealth.objects.get()
    assert (health.doubtful, health.at) == (7, int(NOW.timestamp()))


def test_divided_messages_are_put_together_and_what_is_missing_asked_for(entered: Enter, monkeypatch: Any) -> None:
    entered(PHONE)
    monkeypatch.setattr(parts, "PATIENCE", 0.05)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        wires = encoding.parts(0x0704, PHONE, 500, encoding.batch(fixes(60), 1), size=300)
        for index, wire in enumerate(wires):
            if index not in (1, 3):
                box.send_raw(wire)
        await asyncio.sleep(0.2)
        gateway.look()
        asked = await box.wait(0x8003)
        assert asked.body == (500).to_bytes(2, "big") + b"\x02" + b"\x00\x02\x00\x04"
        assert not [one for one in box.heard if one.id == 0x8001], "answered before it was whole"
        box.send_raw(wires[3])
        box.send_raw(wires[1])
        assert [await box.answered(500 + n) for n in range(len(wires))] == [0] * len(wires)

    run(story)
    assert stored() == 60


def test_a_long_text_goes_out_in_packages_and_again_where_one_was_lost(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port, edition=2019)
        words = "请于今日十八时前回到指定地点停放。" * 70
        sending, got = asyncio.create_task(gateway.ask(PHONE, answers.TEXT, answers.text(words, 2019))), {}
        while len(got) < 3:
            one = await box.wait(0x8300)
            got[one.package] = one
        first = got[1].serial
        del got[2]
        box.send(0x0005, first.to_bytes(2, "big") + (1).to_bytes(2, "big") + (2).to_bytes(2, "big"))
        again = await box.wait(0x8300)
        got[again.package] = again
        assert b"".join(got[n].body for n in (1, 2, 3))[2:].decode("gbk") == words
        box.send(0x0001, first.to_bytes(2, "big") + b"\x83\x00\x00")
        assert (await sending).body[4] == 0

    run(story)


def test_what_needs_a_key_or_is_not_spoken_is_refused_cleanly(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        assert await box.say(0x0A00, bytes(132)) == answers.Result.UNSUPPORTED
        assert await box.say(0x0200, fixes(1)[0].body(), encryption=1) == answers.Result.UNSUPPORTED
        assert await box.say(0x0700, b"\x00") == answers.Result.UNSUPPORTED
        assert await box.say(0x0200, fixes(1)[0].body()) == 0
        box.send_raw(encoding.message(0x0002, "13911112222", 9))  # another number on this line is not believed
        assert await box.say(0x0002) == 0
        assert not [one for one in box.heard if one.body[:2] == b"\x00\x09"]

    run(story)
    assert stored() == 1


def test_pictures_are_listed_and_drivers_stay_unnamed(entered: Enter) -> None:
    vehicle = entered(PHONE).pk
    name, number = "李四".encode("gbk"), b"310101199001011234"
    put_in = (
        b"\x01"
        + bytes.fromhex("260304090000")
        + b"\x00"
        + bytes([len(name)])
        + name
        + number.ljust(20, b"\0")
        + b"\x00"
    )

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        picture = (77).to_bytes(4, "big") + b"\x00\x00\x01\x02" + fixes(1)[0].body() + bytes(3000)
        for _time in range(2):  # its answer may be lost
            for wire in encoding.parts(0x0801, PHONE, 40, picture, size=800):
                box.send_raw(wire)
            assert (await box.wait(0x8800)).body == (77).to_bytes(4, "big")
        assert await box.say(0x0702, put_in) == 0
        assert await box.say(0x0702, b"\x09") == answers.Result.WRONG

    run(story)
    item = MediaItem.objects.get()
    assert (item.vehicle, item.number, item.kind, item.event, item.channel, item.size) == (vehicle, 77, 0, 1, 2, 3000)
    event = CardEvent.objects.get()
    assert event.put_in and len(event.holder) == 32
    assert "310101" not in str(vars(event)) and "李" not in str(vars(event))


def test_logging_out_and_being_stopped_end_the_right_to_report(entered: Enter) -> None:
    entered(PHONE)
    other = entered("13800138001", "沪A00002")

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        assert await box.say(0x0003) == 0
        await box.ended()
        back = await connect(Box(PHONE, code=box.code), port)
        assert await back.say(0x0102, encoding.authentication(box.code)) == 1
        second = await inside(port, "13800138001", plate="沪A00002")
        await gateway.commit.ask(stop, other)
        await gateway._recheck()
        await second.ended()
        late = await connect(Box("13800138001"), port)
        assert await late.register() == answers.Entry.NO_TERMINAL

    run(story)


def stop(terminal: Terminal) -> None:
    with scope.everything("test") as by:
        actions.move([Terminal._base_manager.get(pk=terminal.pk)], to=TerminalState.STOPPED, by=by, note="检修")


def test_terminals_are_asked_and_told(entered: Enter, tmp_path: Any) -> None:
    entered(PHONE)
    path = os.path.join(tmp_path, "control.sock")  # noqa: PTH118

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        reader, writer = await asyncio.open_unix_connection(path)

        async def ask(**request: Any) -> Any:
            writer.write(json.dumps(request).encode() + b"\n")
            return json.loads(await reader.readline())

        asking = asyncio.create_task(ask(do="locate", terminal=PHONE))
        one = await box.wait(0x8201)
        assert await box.say(0x0201, one.serial.to_bytes(2, "big") + fixes(1)[0].body()) == 0
        assert (await asking)["lat"] == 31.23
        asking = asyncio.create_task(ask(do="parameters", terminal=PHONE, numbers=["0001", "0055"]))
        one = await box.wait(0x8106)
        assert one.body == b"\x02\x00\x00\x00\x01\x00\x00\x00\x55"
        box.send(0x0104, one.serial.to_bytes(2, "big") + b"\x01" + b"\x00\x00\x00\x01\x04\x00\x00\x00\x3c")
        assert (await asking)["parameters_hex"] == {"0001": "0000003c"}
        asking = asyncio.create_task(ask(do="set", terminal=PHONE, values={"0001": "0000001e"}))
        one = await box.wait(0x8103)
        assert one.body == b"\x01\x00\x00\x00\x01\x04\x00\x00\x00\x1e"
        box.send(0x0001, one.serial.to_bytes(2, "big") + b"\x81\x03\x00")
        assert (await asking)["result"] == 0
        assert "error" in await ask(do="text", terminal="999", words="好")
        assert "error" in await ask(do="dance", terminal=PHONE)
        assert await ask(do="text", terminal=PHONE) == {"error": "the request does not say 'words'"}
        assert [one["terminal"] for one in (await ask(do="sessions"))["sessions"]] == [PHONE]
        writer.close()
        box.send(0x0004)
        assert len((await box.wait(0x8004)).body) == 6

    run(story, Options(control=path))
    assert stored() == 1


def test_nothing_is_answered_before_it_is_stored(entered: Enter, monkeypatch: Any) -> None:
    entered(PHONE)
    monkeypatch.setattr(commit, "AGAIN", 0.05)
    away = [True, True]

    class Store:
        def append(self, batch: Any) -> None:
            if batch.points and away and away.pop():
                raise OperationalError("the database is away")
            STORE.append(batch)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        serial = box.send(0x0200, fixes(1)[0].body())
        assert await box.answered(serial) == 0
        assert not away
        monkeypatch.setattr(commit, "MOST_HELD", 0)
        assert await box.say(0x0200, fixes(2)[1].body()) == answers.Result.FAILED

    run(story, store=Store())
    assert stored() == 1
