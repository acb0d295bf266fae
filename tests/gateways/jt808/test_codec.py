"""The codec alone: whatever is built comes out again, whatever is broken is refused, and nothing makes it stumble."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import sys
from functools import reduce
from operator import xor

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from baozhang.gateways.jt808 import bodies, card, layouts, location
from baozhang.gateways.jt808.framing import (
    LONGEST,
    BadFrame,
    Cutter,
    check_byte,
    close_frame,
    escape,
    open_frame,
    unescape,
)
from baozhang.gateways.jt808.header import Message, divide, pack, parse
from baozhang.gateways.jt808.parts import MOST_ASKED, PATIENCE, Parts
from baozhang.gateways.jt808.reading import decode_lines
from tests.gateways.jt808 import encoding
from tests.gateways.jt808.encoding import CHINA, Fix

PHONE = "13800138000"
NASTY = st.binary(max_size=60) | st.lists(st.sampled_from([0x7D, 0x7E, 1, 2, 0]), max_size=60).map(bytes)
phones = st.text("0123456789", min_size=1, max_size=11)
serials = st.integers(0, 65535)
editions = st.sampled_from([2013, 2019])


def cut(*reads: bytes) -> list[bytes]:
    """The candidates in some reads of one connection."""
    cutter = Cutter()
    return [inner for data in reads for inner in cutter.feed(data)]


@given(NASTY)
def test_what_is_escaped_comes_back_and_holds_no_flag(data):
    assert 0x7E not in escape(data)
    assert unescape(escape(data)) == data


@given(st.binary(max_size=1200))
def test_the_folded_check_byte_is_the_plain_one(data):
    assert check_byte(data) == reduce(xor, data, 0)


@pytest.mark.parametrize("broken", [b"\x7d", b"ab\x7d", b"\x7d\x03", b"\x7d\x7d\x01", b"\x7d\x00\x7d\x02"])
def test_an_escape_that_means_nothing_is_refused(broken):
    with pytest.raises(BadFrame, match="escape"):
        unescape(broken)


@given(st.integers(0, 0xFFFF), phones, serials, NASTY, editions, st.integers(0, 7))
def test_a_message_is_read_as_it_was_built(number, phone, serial, body, edition, encryption):
    wire = encoding.message(number, phone, serial, body, edition=edition, encryption=encryption)
    (inner,) = cut(wire)
    found = parse(inner)
    assert (found.id, found.serial, found.body, found.edition) == (number, serial, body, edition)
    assert found.terminal == (phone.lstrip("0") or "0")
    assert found.encryption == encryption
    assert pack(found) == wire  # and ours is built as the tests' own encoder builds it


@given(st.binary(min_size=13, max_size=90), st.integers(0, 10_000), st.integers(1, 255))
def test_one_wrong_bit_is_found(data, place, change):
    frame = close_frame(data)[1:-1]
    broken = bytearray(unescape(frame))
    broken[place % len(broken)] ^= change
    with pytest.raises(BadFrame):
        open_frame(escape(bytes(broken)))


@given(
    st.lists(st.tuples(st.integers(0, 0xFFFF), serials, NASTY), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_a_stream_may_be_read_in_any_pieces(messages, chance):
    wire = b"".join(encoding.message(number, PHONE, serial, body) for number, serial, body in messages)
    reads, at = [], 0
    while at < len(wire):
        step = chance.randint(1, 40)
        reads.append(wire[at : at + step])
        at += step
    assert [(m.id, m.serial, m.body) for m in map(parse, cut(*reads))] == messages


@given(st.lists(st.binary(max_size=40), min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_a_good_message_is_never_lost_to_what_stands_around_it(noise, chance):
    good = [encoding.message(2, PHONE, index) for index in range(len(noise) - 1)]
    wire = bytearray(noise[0].replace(b"\x7e", b""))
    for index, rubbish in enumerate(noise[1:]):
        wire += good[index] + rubbish + (b"\x7e" if chance.random() < 0.5 else b"")
    wire += b"\x7e"
    found = []
    for inner in cut(bytes(wire)):
        try:
            found.append(parse(inner).serial)
        except BadFrame:
            continue
    assert set(found) >= set(range(len(good)))


def test_one_flag_may_stand_between_two_messages():
    one, two = encoding.message(2, PHONE, 1), encoding.message(2, PHONE, 2)
    assert [parse(inner).serial for inner in cut(one[:-1] + two)] == [1, 2]


def test_a_message_without_end_does_not_fill_the_memory():
    cutter = Cutter()
    assert list(cutter.feed(b"\x7e")) == []
    for _ in range(100):
        assert list(cutter.feed(b"x" * 1000)) == []
        assert cutter.waiting <= LONGEST
    assert cutter.noise > 90_000
    wire = encoding.message(2, PHONE, 5)
    assert [parse(inner).serial for inner in cutter.feed(wire)] == [5]


@pytest.mark.parametrize(("length", "frames"), [(0, 1), (1023, 1), (1024, 2), (5000, 5)])
def test_a_long_body_is_divided_and_put_together(length, frames):
    body = random.Random(length).randbytes(length)
    pieces = divide(Message(0x8300, PHONE, 65534, body, 2019))
    assert len(pieces) == frames
    parts, whole = Parts(), None
    wires = [parse(pack(piece)[1:-1]) for piece in pieces]
    if frames == 1:
        assert wires[0].body == body
        return
    for piece in reversed(wires):
        assert whole is None
        whole = parts.add(piece, 0)
    assert whole.body == body and whole.serial == 65534 and not parts.wholes and parts.size == 0


def test_what_is_missing_is_asked_for_and_given_up_after_a_while():
    wires = [parse(w[1:-1]) for w in encoding.parts(0x0704, PHONE, 10, bytes(range(100)), size=20)]
    parts = Parts()
    for index in (0, 2, 4):
        assert parts.add(wires[index], 0) is None
    assert parts.late(PATIENCE - 1) == []
    ((_first, start, missing),) = parts.late(PATIENCE)
    assert (start, missing) == (10, [2, 4])
    again = Message(**{name: getattr(wires[1], name) for name in Message.__slots__} | {"serial": 900})
    assert parts.add(again, PATIENCE) is None  # sent again under a serial of its own
    assert parts.add(wires[3], PATIENCE).body == bytes(range(100))
    assert parts.add(wires[0], 0) is None
    for turn in range(1, MOST_ASKED + 1):
        assert len(parts.late(PATIENCE * 3 * turn)) == 1
    assert parts.late(PATIENCE * 100) == [] and not parts.wholes and parts.size == 0


@given(
    st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2099, 12, 31)),
    st.integers(-90_000_000, 90_000_000),
    st.integers(-180_000_000, 180_000_000),
    st.integers(0, 0xFFFFFFFF).map(lambda status: status & ~12),
)
def test_a_position_is_read_as_it_was_sent(when, lat, lon, status):
    when = when.replace(microsecond=0, tzinfo=CHINA)
    found = location.read(Fix(when, lat / 1e6, lon / 1e6, status=status, odometer=123.4, satellites=9).body())
    assert (found.lat, found.lon, found.moment) == (lat, lon, when)
    items = location.items_of(found.items)
    assert (items.value(1), items.value(0x31), items.truncated) == (1234, 9, False)


@pytest.mark.parametrize(
    "digits", ["000000000000", "241301000000", "240230000000", "24011a000000", "240101240000", "240101006000"]
)
def test_digits_that_are_no_time_are_none(digits):
    assert location.moment_of(bytes.fromhex(digits)) is None


@pytest.mark.parametrize("edition", [2011, 2013, 2019])
@pytest.mark.parametrize("plate", ["", "沪A12345", "沪AD12345"])
def test_each_edition_of_a_registration_is_recognized(edition, plate):
    wire = encoding.message(0x0100, PHONE, 1, encoding.registration(plate, edition=edition), edition=edition)
    found = bodies.register(parse(wire[1:-1]))
    assert (found["plate"], found["manufacturer"], found["terminal_id"]) == (plate, "MAKER", "DEV0001")
    assert bodies.register_layout(parse(wire[1:-1])) == edition


def test_a_driver_is_known_again_but_not_who_he_is():
    name, number = "张三".encode("gbk"), b"310101199001011234".ljust(20, b"\0")
    body = b"\x01" + bytes.fromhex("260304090000") + b"\x00" + bytes([len(name)]) + name + number + b"\x00"
    one, two = card.read(body, b"key"), card.read(body, b"key")
    assert one.holder and one == two and "310101" not in repr(one) and "张" not in repr(one)
    assert card.read(body, b"other").holder != one.holder
    assert card.read(b"\x02" + bytes.fromhex("260304090000"), b"key").holder == ""
    with pytest.raises(BadFrame):
        card.read(b"\x05" + bytes(6), b"key")


@pytest.mark.parametrize("width", [20, 40])
def test_before_2013_a_driver_is_known_again_without_an_event(width):
    name, number, office = "张三".encode("gbk"), b"310101199001011234", "上海市".encode("gbk")
    body = bytes([len(name)]) + name + b"9" * 20 + number.ljust(width, b"\0") + bytes([len(office)]) + office
    old = card.read(body, b"key")
    event = (
        b"\x01"
        + bytes.fromhex("260304090000")
        + b"\x00"
        + bytes([len(name)])
        + name
        + number.ljust(20, b"\0")
        + b"\x00"
    )
    assert old.put_in and old.at is None and old.holder == card.read(event, b"key").holder
    with pytest.raises(BadFrame):
        card.read(body + b"?", b"key")


@settings(max_examples=60)
@given(
    st.sampled_from(sorted({*bodies.READERS, *layouts.LAYOUTS, *layouts.SPECIAL, 0x0A00})),
    st.binary(max_size=120),
    editions,
)
def test_no_body_makes_the_reader_stumble(number, body, edition):
    for said in decode_lines([encoding.message(number, PHONE, 1, body, edition=edition).hex()]):
        json.dumps(said)


@settings(max_examples=60)
@given(st.binary(max_size=200) | NASTY, st.integers(1, 50))
def test_no_bytes_make_the_cutter_stumble(data, step):
    cutter = Cutter()
    for at in range(0, len(data), step):
        for inner in cutter.feed(data[at : at + step]):
            try:
                parse(inner)
            except BadFrame:
                continue


def test_the_command_answers_each_line(monkeypatch):
    good = encoding.message(0x0200, PHONE, 7, Fix(dt.datetime(2026, 3, 4, 9, tzinfo=CHINA)).body()).hex()
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{good}\n\nzz\n7e02\n"))
    said = io.StringIO()
    call_command("jt808", "decode", stdout=said)
    first, second, third = map(json.loads, said.getvalue().splitlines())
    assert (first["lat"], first["lon"], first["time_utc"]) == (31.23, 121.47, "2026-03-04T01:00:00Z")
    assert set(second) == set(third) == {"error"}
