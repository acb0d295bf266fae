"""`baozhang jt808 decode` with frames of whoever: each that is sound gives at least its header, and nothing makes it end."""

from __future__ import annotations

import datetime as dt
import io
import json
import sys

import pytest
from django.core.management import call_command

from baozhang.gateways.jt808.reading import decode_lines
from tests.gateways.jt808 import encoding
from tests.gateways.jt808.encoding import CHINA, Fix

PHONE = "13800138000"
AT = dt.datetime(2026, 3, 4, 9, tzinfo=CHINA)
HEADER = {"msg_id", "version", "phone", "serial", "body_len"}
BEAT = encoding.message(0x0002, PHONE, 7)
ITEMS = {  # as the standard's table has them: number → bytes
    0x01: "0000303a", 0x02: "01f4", 0x03: "0258", 0x04: "0001", 0x05: "ff" * 30, 0x06: "8019", 0x11: "0100000001", 0x12: "010000000201",
    0x13: "00000003003c01", 0x14: "00000001", 0x15: "00000001", 0x16: "00000002", 0x17: "0003", 0x18: "000102", 0x25: "00000006",
    0x2A: "0001", 0x2B: "00200010", 0x30: "1f", 0x31: "0c", 0xE0: "04", 0xE1: "7d7e", 0xEB: "", 0xFE: "7e017d02",
}  # fmt: skip


def one(*lines: str | bytes) -> dict:
    """The only answer to some lines."""
    (said,) = decode_lines([line.hex() if isinstance(line, bytes) else line for line in lines])
    return said


@pytest.mark.parametrize("edition", [2013, 2019])
def test_every_item_in_use_is_read_or_kept_as_it_came(edition):
    items = b"".join(bytes((n, len(v) // 2)) + bytes.fromhex(v) for n, v in ITEMS.items())
    said = one(encoding.message(0x0200, PHONE, 1, Fix(AT).body() + items, edition=edition))
    assert said["items_hex"] == {f"{n:02X}": v for n, v in ITEMS.items()}
    wanted = {"mileage_km": 1234.6, "fuel_l": 50.0, "recorder_speed_kmh": 60.0, "vehicle_signal": 6, "io_status": 1, "signal_strength": 31,
              "satellites": 12, "analog": {"ad0": 0x10, "ad1": 0x20}}  # fmt: skip
    assert {name: said[name] for name in wanted} == wanted and "items_truncated" not in said


@pytest.mark.parametrize(
    "text",
    [
        BEAT.hex(), BEAT.hex().upper(), BEAT.hex(" "), BEAT.hex(" ", 2), f"\ufeff{BEAT.hex()}\r\n", f"\t{BEAT.hex('-')}  ", BEAT.hex(","),
        BEAT.hex(":"), "0x" + BEAT.hex(), " ".join(f"0x{byte:02X}" for byte in BEAT), BEAT[1:-1].hex(), "00000000" + BEAT.hex(),
    ],
)  # fmt: skip
def test_hexadecimal_as_people_write_it_down(text):
    assert one(text) == {"msg_id": "0x0002", "version": "2013", "phone": "013800138000", "serial": 7, "body_len": 0}


def test_a_frame_without_flags_may_be_unescaped_already_or_not():
    wire = encoding.message(0x8300, PHONE, 0x7E7D, b"\x7e\x7d\x01\x7d\x02")
    raw = wire[1:-1].replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
    assert one(wire[1:-1])["serial"] == one(raw)["serial"] == 0x7E7D
    wrong = raw[:-1] + bytes((raw[-1] ^ 1,))
    assert all(set(said) == {"error"} for said in decode_lines([wrong.hex()])), (
        "a wrong check byte is no message with flags or without"
    )


@pytest.mark.parametrize(
    "number", [0x0001, 0x0100, 0x0102, 0x0104, 0x0200, 0x0201, 0x0704, 0x0800, 0x0801, 0x8001, 0x8100]
)
@pytest.mark.parametrize("edition", [2013, 2019])
def test_a_sound_frame_with_a_body_that_is_none_gives_its_header_and_says_why(number, edition):
    said = one(encoding.message(number, PHONE, 9, b"\xff", edition=edition))
    assert said["serial"] == 9 and set(said) >= HEADER and "error" not in said
    assert "body_error" in said or (number, edition) == (0x0102, 2013)
    assert said.get("body_hex", "ff") == "ff"


def test_a_batch_keeps_its_good_positions_beside_the_bad_ones():
    good, short, no_time = Fix(AT).body(), b"\x00" * 9, Fix(AT).body()[:22] + b"\xff" * 6
    whole = b"\x00\x04\x01" + b"".join(len(p).to_bytes(2, "big") + p for p in (good, short, no_time, good))
    said = one(encoding.message(0x0704, PHONE, 1, whole))
    assert (said["count"], said["batch_type"], said["all_consumed"]) == (4, 1, True)
    first, second, third, fourth = said["locations"]
    assert first == fourth and first["lat"] == 31.23
    assert second == {"body_error": "position too short: 9 bytes", "body_hex": "00" * 9}
    assert third["time_bcd"] == "ff" * 6 and "time_utc" not in third
    cut = one(encoding.message(0x0704, PHONE, 1, whole[:-5]))
    assert len(cut["locations"]) == 4 and cut["all_consumed"] is False and "body_error" in cut["locations"][3]
    fewer = one(encoding.message(0x0704, PHONE, 1, b"\x00\x03" + whole[2:]))
    assert len(fewer["locations"]) == 3 and fewer["all_consumed"] is False


@pytest.mark.parametrize(
    "number",
    [0x0003, 0x0004, 0x0005, 0x0107, 0x0302, 0x0702, 0x0900, 0x0A00, 0x0F01, 0x8003, 0x8004, 0x8103, 0x8104, 0x8105, 0x8106, 0x8201, 0x8202,
     0x8300, 0x8401, 0x8600, 0x8702, 0x8800, 0x8900, 0x9101],
)  # fmt: skip
@pytest.mark.parametrize("edition", [2013, 2019])
def test_a_message_that_is_not_read_further_gives_its_header(number, edition):
    said = one(encoding.message(number, PHONE, 65535, b"\x01\x02\x03\x7e\x7d", edition=edition))
    assert (said["msg_id"], said["serial"], said["body_len"]) == (f"0x{number:04X}", 65535, 5)
    assert ("protocol_version_byte" in said) == (edition == 2019)


def test_several_frames_on_a_line_and_what_is_left_over():
    three = BEAT.hex() + " " + encoding.message(0x0002, PHONE, 8).hex()[:-2] + BEAT.hex() + "7e0200"
    said = list(decode_lines(["", three, "   "]))
    assert [one.get("serial") for one in said] == [7, 8, 7, None] and said[-1] == {"error": "no end flag"}


def test_packages_in_any_order_across_lines_and_one_that_never_comes():
    body = encoding.registration("沪A12345", edition=2019)
    wires = encoding.parts(0x0100, PHONE, 65535, body, size=30, edition=2019)
    *others, whole = decode_lines([wire.hex() for wire in reversed(wires)])
    assert (whole["plate"], whole["body_len"], whole["packages"]) == ("沪A12345", len(body), len(wires))
    assert all("body_hex" in one and one["packages"] == len(wires) for one in others)
    assert all("plate" not in one for one in decode_lines([wire.hex() for wire in wires[:-1]]))
    (broken,) = decode_lines([encoding.message(0x0200, PHONE, 1, b"\x01", part=(1, 1)).hex()])
    assert broken["body_len"] == 1 and "body_error" in broken, "a whole of one package whose body is none"


def test_bytes_that_are_no_text_do_not_end_the_command(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\x00zz\n" + BEAT.hex().encode() + b"\n")))
    said = io.StringIO()
    call_command("jt808", "decode", stdout=said)
    first, second = map(json.loads, said.getvalue().splitlines())
    assert first == {"error": "not hexadecimal"} and second["serial"] == 7


def test_a_check_byte_that_was_not_escaped_is_taken_where_it_is_right():
    serial = next(n for n in range(512) if encoding.message(0x0002, PHONE, n).endswith(b"\x7d\x01\x7e"))
    sloppy = encoding.message(0x0002, PHONE, serial)[:-2] + b"\x7e"
    assert one(sloppy)["serial"] == serial
    assert set(one(sloppy[:5] + b"\x02" + sloppy[6:])) == {"error"}
    assert set(one(sloppy[:-2] + b"\x7d\x03\x7d\x7e")) == {"error"}


def test_a_vehicle_without_a_plate_registers_by_its_vin_in_each_edition():
    vin = b"LSVAA49J132047371"
    head = b"\x00\x1f\x00\x74" + b"MAKER" + b"T808".ljust(8, b"\0") + b"DEV0001" + b"\x00"
    old = one(encoding.message(0x0100, PHONE, 1, head + vin))
    assert (old["version"], old["plate"], old["terminal_id"], old["model"]) == ("2011", vin.decode(), "DEV0001", "T808")
    head = b"\x00\x1f\x00\x74" + b"MAKER" + b"T808".ljust(20, b"\0") + b"DEV0001" + b"\x00"
    new = one(encoding.message(0x0100, PHONE, 1, head + vin))
    assert (new["version"], new["plate"], new["terminal_id"]) == ("2013", vin.decode(), "DEV0001")


def test_a_picture_of_2011_has_no_position_before_it():
    facts = b"\x00\x00\x00\x07\x00\x00\x01\x02"
    picture = b"\xff\xd8\xff\xe0" + bytes(60)
    assert "location" not in one(encoding.message(0x0801, PHONE, 1, facts + picture))
    said = one(encoding.message(0x0801, PHONE, 1, facts + Fix(AT).body() + picture))
    assert said["location"]["lat"] == 31.23 and said["size"] == len(picture)
