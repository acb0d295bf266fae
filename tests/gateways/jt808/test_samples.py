"""Frames of real terminals and published tests; they are no part of the product, and stand beside it where they are."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from baozhang.gateways.jt808.framing import BadFrame, Cutter, unescape
from baozhang.gateways.jt808.header import parse
from baozhang.gateways.jt808.reading import decode_lines

BESIDE = Path(__file__).resolve().parents[4] / "shared" / "samples"
SAMPLES = Path(os.environ.get("BAOZHANG_SAMPLES", BESIDE)) / "jt808"
HEADER = ("msg_id", "version", "phone", "serial", "body_len", "protocol_version_byte", "phone_not_bcd", "encrypt")


def rows(name: str) -> list[Any]:
    """The samples of a file, or one skipped test that says why."""
    path = SAMPLES / name
    if not path.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"no samples: {path} is not there"))]
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [pytest.param(line, id=line["id"]) for line in lines]


@pytest.mark.parametrize("sample", rows("frames.jsonl"))
def test_a_sample_decodes_exactly_as_expected(sample):
    (said,) = decode_lines([sample["frame_hex"]])
    assert {name: value for name, value in said.items() if name not in HEADER} == sample["expected"]
    assert {name: said[name] for name in HEADER if name in said} == {n: sample[n] for n in HEADER if n in sample}


@pytest.mark.parametrize("sample", rows("malformed_and_streams.jsonl"))
def test_a_broken_sample_behaves_as_expected(sample):
    kind, expect = sample["kind"], sample["expect"]
    if kind.startswith("escape"):
        escapes(bytes.fromhex(sample["input_hex"]).strip(b"\x7e"), expect)
    elif kind == "fragment_set":
        *others, last = decode_lines(sample["chunks_hex"])
        assert [said["serial"] for said in others] + [expect["serials"][-1]] == expect["serials"]
        assert last["body_hex"] == expect["reassembled_body_hex"]
        assert last["body_len"] == expect["reassembled_body_len"]
        assert {name: last[name] for name in expect.get("decoded", {})} == expect.get("decoded", {})
        assert (last["msg_id"], last["phone"], last["packages"]) == (expect["msg_id"], expect["phone"], expect["total"])
    else:
        stream(bytes.fromhex(sample["input_hex"]), expect)
        said = list(decode_lines([sample["input_hex"]]))
        assert len([one for one in said if "error" not in one]) == expect["frames_accepted"]
        assert said, "a line without an answer"


def escapes(inner: bytes, expect: dict[str, Any]) -> None:
    """The escape layer alone."""
    if "unescaped_hex" in expect:
        assert unescape(inner).hex() == expect["unescaped_hex"]
    else:
        with pytest.raises(BadFrame):
            unescape(inner)


def stream(data: bytes, expect: dict[str, Any]) -> None:
    """What is cut, and what of it counts, read byte by byte."""
    cutter, good, candidates = Cutter(), [], []
    for byte in data:
        for inner in cutter.feed(bytes((byte,))):
            candidates.append(f"7e{inner.hex()}7e")
            try:
                good.append((candidates[-1], parse(inner)))
            except BadFrame:
                continue
    assert len(good) == expect["frames_accepted"]
    if "frames_hex" in expect:
        assert [frame for frame, _message in good] == expect["frames_hex"]
    if "frame_candidates_hex" in expect:
        assert candidates == expect["frame_candidates_hex"]
    if "decoded" in expect:
        (said,) = decode_lines([data.hex()])
        assert {name: said[name] for name in expect["decoded"]} == expect["decoded"]
