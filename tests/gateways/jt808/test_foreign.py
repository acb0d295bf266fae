"""Frames that other implementations publish in their tests and notes: each is read, and says what its own test says it does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from baozhang.gateways.jt808.framing import Cutter
from baozhang.gateways.jt808.header import pack, parse
from baozhang.gateways.jt808.reading import decode_lines
from tests.gateways.jt808.simulator import read_all

KEEPS_ODD_BODIES = {  # makers that lay these out as no edition does; the header is read, and the body kept as it came
    "0x0107": 2, "0x8108": 1, "0x8500": 1,
}  # fmt: skip


def _groups() -> dict[str, list[tuple[str, dict]]]:
    groups: dict[str, list[tuple[str, dict]]] = {}
    for line in Path(__file__).with_name("foreign.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            rows = groups.setdefault(line[2:], [])
        else:
            frame, _space, said = line.partition(" ")
            rows.append((frame, json.loads(said or "{}")))
    return {name: rows for name, rows in groups.items() if rows}


GROUPS = _groups()
REFUSED = next(name for name in GROUPS if name.startswith("refused"))
UNDONE = [name for name in GROUPS if name.startswith(("written down", "without flags"))]
WHOLE = [name for name in GROUPS if name != REFUSED and name not in UNDONE]


@pytest.mark.parametrize("group", [name for name in GROUPS if name != REFUSED])
def test_every_frame_is_read_and_says_what_its_own_test_says(group):
    for frame, wanted in GROUPS[group]:
        answers = list(decode_lines([frame]))
        assert answers and not [one for one in answers if "error" in one], frame
        assert wanted.items() <= answers[0].items(), frame


def test_headers_are_those_that_a_reader_byte_by_byte_finds_and_frames_are_built_as_they_came():
    for frame, _wanted in (row for name in WHOLE for row in GROUPS[name]):
        found, rest = read_all(bytes.fromhex(frame))
        said = list(decode_lines([frame]))
        assert not rest and [(one.id, one.serial, len(one.body)) for one in found] == [
            (int(one["msg_id"], 16), one["serial"], one["body_len"]) for one in said
        ], frame
        again = b"".join(pack(parse(inner)) for inner in Cutter().feed(bytes.fromhex(frame)))
        sloppy = frame.endswith("7d7e")  # a check byte that its maker did not escape
        assert sloppy or again.hex() == frame.lower(), frame


def test_all_of_them_come_over_one_line_in_odd_pieces_between_frames_that_are_refused():
    bad = [bytes.fromhex(frame) for frame, _wanted in GROUPS[REFUSED]]
    good = [bytes.fromhex(frame) for name in WHOLE for frame, _wanted in GROUPS[name]]
    stream = b"".join(one + bad[index % len(bad)] for index, one in enumerate(good))
    cutter, heard = Cutter(), []
    for at in range(0, len(stream), 97):
        heard += list(cutter.feed(stream[at : at + 97]))
    read = [one for one in heard if "error" not in next(decode_lines([one.hex()]))]
    assert sum(one.count(b"\x7e") // 2 for one in good) == len(read)


def test_those_that_are_none_are_refused_with_their_reason():
    for frame, _wanted in GROUPS[REFUSED]:
        answers = list(decode_lines([frame]))
        assert answers and all(set(one) == {"error"} for one in answers), frame


def test_few_bodies_are_not_read_and_none_of_a_position_is():
    odd: dict[str, int] = {}
    for frame, _wanted in (row for name in WHOLE for row in GROUPS[name]):
        for one in decode_lines([frame]):
            if "body_error" in one:
                odd[one["msg_id"]] = odd.get(one["msg_id"], 0) + 1
            for place in one.get("locations", ()):
                assert "body_error" not in place, frame
    assert odd == KEEPS_ODD_BODIES
