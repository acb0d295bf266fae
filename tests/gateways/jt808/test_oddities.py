"""Terminals that do things their own way: packages in any order and again, editions mixed, answers nobody asked for, whole datagrams."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest

from baozhang.ch2_provision.vehicles import actions
from baozhang.ch2_provision.vehicles.choices import Barred
from baozhang.ch2_provision.vehicles.models import CardEvent, DoubtfulPosition, MediaItem, Stranger
from baozhang.ch2_provision.vehicles.telemetry.points import Batch
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.gateways.jt808 import answers, control, location, parts, points, server
from baozhang.gateways.jt808.server import Options
from tests.gateways.jt808 import encoding
from tests.gateways.jt808.simulator import Box, connect
from tests.gateways.jt808.test_gateway import NOW, PHONE, Enter, fixes, inside, run, stored

pytestmark = [pytest.mark.real_clock, pytest.mark.usefixtures("db")]


def test_packages_backwards_doubled_and_once_more_after_their_answer(entered: Enter, monkeypatch: Any) -> None:
    entered(PHONE)
    monkeypatch.setattr(parts, "PATIENCE", 0.0)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        wires = encoding.parts(0x0704, PHONE, 65_530, encoding.batch(fixes(60), 1), size=300)  # serials pass 65,535
        for wire in (*reversed(wires), wires[2]):
            box.send_raw(wire)
        serials = [(65_530 + n) % 65_536 for n in range(len(wires))]
        assert [await box.answered(serial) for serial in serials] == [0] * len(wires)
        box.send_raw(wires[4])  # its answer was lost
        assert await box.answered(serials[4]) == 0
        gateway.look()
        assert await box.say(0x0002) == 0
        assert not [one for one in box.heard if one.id == 0x8003], "a whole that is durable is not asked for again"

    run(story)
    assert stored() == 60


def test_two_divided_messages_mixed_with_each_other_and_with_a_position(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        early = encoding.parts(0x0704, PHONE, 100, encoding.batch(fixes(40), 1), size=200)
        before = encoding.batch(fixes(40, start=NOW - dt.timedelta(days=1)), 1)
        late = encoding.parts(0x0704, PHONE, 300, before, size=200)
        for one, other in zip(early, late, strict=True):
            box.send_raw(one + other)
        assert await box.say(0x0200, fixes(1, start=NOW - dt.timedelta(days=2))[0].body()) == 0
        for serial in (*range(100, 100 + len(early)), *range(300, 300 + len(late))):
            assert await box.answered(serial) == 0

    run(story)
    assert stored() == 81


def test_editions_mixed_on_one_line_are_answered_each_in_its_own(entered: Enter, monkeypatch: Any) -> None:
    entered(PHONE)
    monkeypatch.setattr(parts, "PATIENCE", 0.0)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        heads: list[int] = []
        feed = box.feed
        box.feed = lambda data: (heads.append(len(data)), feed(data))[1]  # type: ignore[method-assign]
        for n, edition in enumerate((2013, 2019, 2013, 2019)):
            box.edition = edition
            assert await box.say(0x0200, fixes(4)[n].body()) == 0
        assert heads == [20, 25, 20, 25]  # what an answer takes with a header of twelve bytes, and of seventeen
        box.edition = 2013
        assert await box.say(0x0002) == 0
        picture = encoding.parts(0x0801, PHONE, 40, bytes(8 + 28 + 900), size=500, edition=2019)
        box.send_raw(picture[0])
        box.edition = 2013
        assert await box.say(0x0002) == 0
        del heads[:]
        gateway.look()
        missing = await box.wait(0x8003)
        assert missing.body == bytes.fromhex("0028 0001 0002")
        box.send_raw(picture[1])
        assert (await box.wait(0x8800)).body == bytes(4)
        assert heads == [17 + 6 + 3, 17 + 4 + 3]

    run(story)
    assert stored() == 4


@pytest.mark.parametrize("phone", ["12345678901234567890", "4eb6fb4ad628"])
def test_numbers_of_twenty_digits_and_of_no_digits_come_in(entered: Enter, phone: str) -> None:
    entered(phone)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port, phone, edition=2019 if len(phone) == 20 else 2013)
        assert await box.say(0x0200, fixes(1)[0].body()) == 0

    run(story)
    assert stored() == 1


def test_an_answer_to_what_nobody_asked_neither_ends_the_line_nor_answers_another(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        asking = asyncio.create_task(gateway.ask(PHONE, 0x8201, b"", patience=0.5))
        asked = await box.wait(0x8201)
        for wrong in (asked.serial + 1, asked.serial - 1, 0xFFFF):
            box.send(0x0001, (wrong % 65_536).to_bytes(2, "big") + b"\x82\x01\x00")
            assert await box.say(0x0201, (wrong % 65_536).to_bytes(2, "big") + fixes(1)[0].body()) == 0
        with pytest.raises(TimeoutError):
            await asking
        assert await box.say(0x0002) == 0

    run(story)
    assert stored() == 1  # where it was is true, whatever it was an answer to


def test_who_confirms_a_question_before_he_answers_it_is_still_waited_for(entered: Enter) -> None:
    """Many write a general answer at once, and the place or the parameters when they have them; a refusal ends it."""
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        for number, answer, body in (
            (answers.LOCATE, 0x0201, fixes(1)[0].body()),
            (answers.ALL_PARAMETERS, 0x0104, b"\x01\x00\x00\x00\x01\x04\x00\x00\x00\x3c"),
        ):
            asking = asyncio.create_task(gateway.ask(PHONE, number, b""))
            serial = (await box.wait(number)).serial.to_bytes(2, "big")
            box.send(0x0001, serial + number.to_bytes(2, "big") + b"\x00")
            assert await box.say(0x0002) == 0 and not asking.done()
            assert await box.say(answer, serial + body) == 0
            assert (await asking).id == answer
            asking = asyncio.create_task(gateway.ask(PHONE, number, b""))
            serial = (await box.wait(number)).serial.to_bytes(2, "big")
            box.send(0x0001, serial + number.to_bytes(2, "big") + b"\x03")
            assert (await asking).body[4] == answers.Result.UNSUPPORTED

    run(story)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_divided_question_may_be_answered_by_the_number_of_any_of_its_packages(entered: Enter, place: int) -> None:
    """The standard does not say which; some write the last one, in which the question became whole."""
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port)
        asking = asyncio.create_task(gateway.ask(PHONE, answers.TEXT, answers.text("请于今日内归队。" * 150, 2013)))
        serials = [(await box.wait(answers.TEXT)).serial for _ in range(3)]
        box.send(0x0001, serials[place].to_bytes(2, "big") + b"\x83\x00\x00")
        assert (await asking).body[4] == 0
        assert not next(iter(gateway.sessions.all)).pending

    run(story)


def test_a_datagram_may_hold_several_messages_and_a_broken_one(entered: Enter) -> None:
    entered(PHONE)

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await connect(Box(PHONE), udp_port, udp=True)
        await box.enter()
        wires = [encoding.message(0x0200, PHONE, 900 + n, fix.body()) for n, fix in enumerate(fixes(4))]
        broken = wires[1][:20] + bytes((wires[1][20] ^ 4,)) + wires[1][21:]
        box.send_raw(b"?" + wires[0] + broken + wires[1] + wires[2])
        box.send_raw(wires[3][:-6])  # never goes on: a frame is in one datagram
        box.send_raw(wires[3])
        assert [await box.answered(900 + n) for n in range(4)] == [0, 0, 0, 0]
        box.transport.close()

    run(story)
    assert stored() == 4


def test_a_driver_of_2011_is_noted_without_his_name(entered: Enter) -> None:
    entered(PHONE)
    name, number, office = "李四".encode("gbk"), b"310101199001011234", "上海市".encode("gbk")
    body = bytes([len(name)]) + name + number.ljust(20, b"\0") + number.ljust(40, b"\0") + bytes([len(office)]) + office

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        box = await inside(port, edition=2011)
        assert await box.say(0x0702, body) == 0

    run(story)
    event = CardEvent.objects.get()
    assert event.put_in and len(event.holder) == 32 and "310101" not in str(vars(event))


@pytest.mark.parametrize(
    "digits",
    ["000000000000", "000101000000", NOW.strftime("%y%m%d%H%M%S")],
    ids=("nothing", "the epoch", "this moment"),
)
def test_a_clock_that_stands_does_not_make_a_blind_day_into_one_position(entered: Enter, digits: str) -> None:
    """Without a fix many terminals repeat the very same bytes; sent twice at once it is still one."""
    vehicle = entered(PHONE).pk
    body = fixes(1)[0].body()
    lost = location.read(body[:4] + b"\x00\x00\x00\x01" + body[8:22] + bytes.fromhex(digits))
    for minute in range(2, 12):
        for second in (0, 20):
            batch, heard = Batch(), int(NOW.timestamp()) // 60 * 60 + 60 * minute + second
            points.add_to(batch, vehicle, lost, heard)
            batch.heard[vehicle] = heard
            STORE.append(batch)
    assert DoubtfulPosition.objects.filter(vehicle=vehicle, blind=True).count() == 10
    for minute in range(2, 12):  # from a blind zone, once more because their answer was lost
        batch, heard = Batch(), int(NOW.timestamp()) + 60 * minute
        points.add_to(batch, vehicle, lost, heard, late=True)
        batch.heard[vehicle] = heard
        STORE.append(batch)
    assert DoubtfulPosition.objects.filter(vehicle=vehicle, blind=True).count() == 11


def test_a_picture_that_comes_again_later_stands_in_the_index_once(entered: Enter) -> None:
    vehicle, said = (
        entered(PHONE).pk,
        {"number": 7, "kind": 0, "format": 0, "event": 1, "channel": 2, "at": None, "size": 3},
    )
    for heard, digest in ((100, "a" * 64), (160, "a" * 64), (170, "b" * 64)):
        actions.note_media(vehicle, heard, said, digest)
    assert sorted(MediaItem.objects.values_list("heard", "digest")) == [(100, "a" * 64), (170, "b" * 64)]


@pytest.mark.parametrize(
    "line", [b"[]", b"5", b'{"do": "locate", "terminal": 5}', b'{"do": "set", "terminal": "1", "values": 7}', b"\xff"]
)
def test_a_request_of_the_wrong_shape_is_answered_with_an_error(db: None, line: bytes) -> None:
    async def story(gateway: Any, port: int, udp_port: int) -> None:
        assert list(await control.answer(gateway, line)) == ["error"]

    run(story)


def test_a_gateway_that_is_told_to_end_does_so_however_much_terminals_go_on_saying(entered: Enter) -> None:
    entered(PHONE)

    entered("13800138001", "沪A00002")

    async def story() -> int:
        gateway = server.Gateway(Options(), b"key of the tests")
        await gateway.start()
        box = await inside(int(gateway.addresses[0].rsplit(":", 1)[1]))
        udp = await connect(Box("13800138001", "沪A00002"), int(gateway.addresses[1].rsplit(":", 1)[1]), udp=True)
        await udp.enter()

        async def drive() -> None:
            for n in range(100_000):
                for one in (box, udp) * 10:
                    one.send(0x0200, encoding.Fix(NOW - dt.timedelta(seconds=n)).body())
                await asyncio.sleep(0.002)

        driving = asyncio.create_task(drive())
        await asyncio.sleep(0.5)
        async with asyncio.timeout(8):
            await gateway.stop()
        await asyncio.sleep(0.1)
        driving.cancel()
        for one in (box, udp):
            one.transport.close()
        await asyncio.sleep(0)
        heard = [one for one in box.heard + udp.heard if one.id == 0x8001 and one.body[2:] == b"\x02\x00\x00"]
        return len(heard)

    answered = asyncio.run(story())
    assert answered > 100 and stored() > 10, "what it had was stored and answered first"


def test_a_flood_of_strangers_does_not_wash_away_that_a_terminal_of_ours_is_turned_away(entered: Enter) -> None:
    entered(PHONE)
    told = actions.Told("沪A00001", "MAKER", "OTHER", 2013)
    actions.turn_away([(PHONE, Barred.DEVICE, 1_000, 1, told)])
    for start in range(0, 2_500, 500):
        actions.turn_away([(str(n + 1), Barred.UNKNOWN, 2_000 + n, 1, told) for n in range(start, start + 500)])
    assert Stranger.objects.filter(phone=PHONE, barred="device").exists()
    assert Stranger.objects.count() == actions.STRANGERS_KEPT + 1
