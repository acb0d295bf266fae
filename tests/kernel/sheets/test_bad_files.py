"""Files that must not be taken: each is refused with its own code, in words, with a remedy, and at little cost."""

from __future__ import annotations

import io
import os
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel.sheets.ledgers import rows_book, workbook
from tests.kernel.sheets.old_books import compound, old_workbook, record

from baozhang.kernel.refusal import Refused
from baozhang.kernel.sheets import archive, reading
from baozhang.kernel.sheets.limits import Limits
from baozhang.kernel.sheets.reading import open_workbook
from baozhang.kernel.sheets.refusals import SheetError

GOOD = rows_book([["资产编号", "资产名称"], ["Z1", "桌"]])
SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def repacked(changes=None, *, extra=(), drop=()):
    """The good workbook with some parts replaced, added or dropped."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in drop:
                new.writestr(name, (changes or {}).get(name, old.read(name)))
        for name, data in extra:
            new.writestr(name, data)
    return target.getvalue()


def sheet_xml(rows):
    """A sheet with the given XML as its rows."""
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def refused(data, name="台账.xlsx", **limits):
    """The code of the refusal; there must be one, in words, with a remedy."""
    with pytest.raises(SheetError) as refusal:
        open_workbook(data, name, limits=Limits(**limits)).close()
    assert (
        isinstance(refusal.value, Refused)
        and refusal.value.message.endswith("。")
        and refusal.value.remedy.endswith("。")
    )
    return refusal.value.code


def cells(data, name="台账.xlsx"):
    """Every row of the first sheet."""
    with open_workbook(data, name) as book:
        return [row for _number, row in book.sheets[0].rows()]


def outcome(data, name="台账.xlsx"):
    """The code of the refusal, or that the file was read; anything else is a fault of ours and is not caught."""
    try:
        cells(data, name)
    except SheetError as refusal:
        return refusal.code
    return "read"


def test_the_good_workbook_is_good_packed_again():
    assert cells(GOOD) == cells(repacked()) == [["资产编号", "资产名称"], ["Z1", "桌"]]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.xlsx", "empty"),
        (b"  \n", "a.csv", "empty"),
        (b"%PDF-1.7 ...", "a.xlsx", "wrong-type"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a.xls", "wrong-type"),
        (b"Rar!\x1a\x07\x00", "a.xlsx", "wrong-type"),
        (b"MZ" + bytes(60), "a.xlsx", "wrong-type"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a.xls", "wrong-type"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "a.xls", "wrong-type"),
        (b"hello, world\n1,2\n", "a.xlsx", "wrong-type"),
        (b'{"a": 1}', "a.xls", "wrong-type"),
        (b"\x09\x02\x06\x00" + bytes(9), "a.xls", "wrong-type"),
        (os.urandom(3000), "a.xlsx", "wrong-type"),
        (bytes(3000), "a.csv", "encoding"),
        (b"\x81\xff\xff\x81\x20" * 40, "a.csv", "encoding"),
        (b"PK\x03\x04" + bytes(200), "a.xlsx", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "damaged"),
    ],
)
def test_what_is_no_workbook_whatever_its_name(data, name, code):
    assert refused(data, name) == code


def test_the_content_decides_not_the_name():
    assert cells(GOOD, "台账.csv") == cells(GOOD, "台账") == cells(GOOD, "台账.xls")
    assert cells("资产编号\t资产名称\nZ1\t桌\n".encode("gb18030"), "导出.xls") == cells(GOOD)


def test_other_packages_are_called_by_their_name():
    def package(*names):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as packed:
            for name in names:
                packed.writestr(name, "x")
        return target.getvalue()

    for names in (("word/document.xml",), ("mimetype", "content.xml"), ("xl/workbook.bin",), ("a.txt",)):
        assert refused(package(*names)) == "wrong-type"


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "大.xlsx"
    with path.open("wb") as stream:
        stream.write(b"PK\x03\x04")
        stream.truncate(200 * 1024 * 1024)
    tracemalloc.start()
    try:
        assert refused(path) == "too-large"
        with path.open("rb") as stream:
            assert refused(stream) == "too-large"
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_file_cut_short_is_refused(share):
    assert refused(GOOD[: int(len(GOOD) * share)]) == "damaged"


def test_a_changed_byte_is_refused_or_read_but_never_worse():
    for at in range(30, len(GOOD), 97):
        data = GOOD[:at] + bytes([GOOD[at] ^ 0x55]) + GOOD[at + 1 :]
        assert outcome(data) in ("read", "damaged", "wrong-type", "empty", "bomb")


def test_a_bomb_is_refused_by_its_directory_before_anything_is_unpacked(monkeypatch):
    data = repacked(extra=[("xl/big.xml", b" " * 30_000_000)])
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_args, **_more: pytest.fail("something was unpacked"))
    assert refused(data) == "bomb"
    assert refused(GOOD, unpacked_size=1000) == "bomb"


def test_a_bomb_that_lies_about_its_size_is_stopped_while_it_is_unpacked():
    data = bytearray(repacked({SHEET: sheet_xml("<row/>" * 4_000_000)}))
    # Both the local header and the directory say that the sheet unpacks to a thousand bytes.
    size = struct.pack("<I", len(sheet_xml("<row/>" * 4_000_000).encode()))
    assert data.count(size) == 2
    assert refused(bytes(data.replace(size, struct.pack("<I", 1000))), unpacked_size=2_000_000) in ("bomb", "damaged")


def test_the_running_count_does_not_trust_the_directory():
    data = repacked({SHEET: sheet_xml("<row/>" * 400_000)})
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        part = packed.getinfo(SHEET)
        with pytest.raises(SheetError) as refusal:
            list(archive._pieces(packed, part, 1_000_000))
    assert refusal.value.code == "bomb"


def test_macros_are_refused():
    assert refused(repacked(extra=[("xl/vbaProject.bin", b"x")])) == "macros"
    assert refused(repacked(extra=[("xl/macrosheets/sheet1.xml", b"<x/>")])) == "macros"
    assert refused(GOOD, "台账.xlsm") == "macros"
    book = old_workbook([["资产名称"]])
    assert refused(compound({"Workbook": book, "_VBA_PROJECT_CUR": b"x"}), "台账.xls") == "macros"
    assert refused(compound({"Workbook": old_workbook([["资产名称"]], sort=1)}), "台账.xls") == "macros"


def test_passwords_are_refused():
    assert refused(compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"})) == "encrypted"
    assert (
        refused(compound({"Workbook": old_workbook([["甲"]], before=record(0x002F, bytes(6)))}), "a.xls") == "encrypted"
    )
    assert refused(compound({"WordDocument": b"x"}), "a.xls") == "wrong-type"


@pytest.mark.parametrize("declared", ['<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "<!DOCTYPE x>"])
@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml"]
)
def test_declared_entities_are_refused(part, declared):
    with zipfile.ZipFile(io.BytesIO(GOOD)) as packed:
        text = packed.read(part).decode()
    start = text.index("?>") + 2
    assert refused(repacked({part: text[:start] + declared + text[start:]})) == "entity"


def test_another_encoding_cannot_hide_an_entity():
    text = sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>').replace("UTF-8", "UTF-16")
    assert refused(repacked({SHEET: text.encode("utf-16")})) == "damaged"
    assert refused(repacked({SHEET: text.encode("utf-16-le")})) == "damaged"


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="XFD1"><v>1</v></c>',
        '<c r="A1048576"><v>1</v></c>',
        "<c r='XFD1048576'><v>1</v></c>",
        '<c s="1" r="IV70000"><v>1</v></c>',
        '<c s="&gt;>" r="XFD9"><v>1</v></c>',
        '<c\n r = "XFD9"><v>1</v></c>',
        '<c r="xfd9"><v>1</v></c>',
        "<c><v>1</v></c>",
        '<x:c xmlns:x="' + MAIN + '" r="XFD9"><x:v>1</x:v></x:c>',
        '<c r="A99999999999"><v>1</v></c>',
    ],
)
def test_a_cell_far_away_does_not_cost_the_rectangle_up_to_it(cell):
    data = repacked({SHEET: sheet_xml(f'<row r="1"><c r="A1"><v>1</v></c>{cell}</row>')})
    assert refused(data) in ("too-many-columns", "too-many-rows", "damaged")


def test_formats_far_away_without_content_are_no_harm():
    data = repacked(
        {
            SHEET: sheet_xml(
                '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row><row r="1048576"><c r="XFD1048576" s="0"></c></row>'
            )
        }
    )
    assert cells(data) == [[1.0]]


def test_a_wide_and_long_sheet_is_refused_as_too_many_cells():
    honest = '<row r="1"><c r="GR1"><v>1</v></c></row><row r="150"><c r="A150"><v>1</v></c></row>'
    assert len(cells(repacked({SHEET: sheet_xml(honest)}))) == 150
    wide = '<row r="1"><c r="GR1"><v>1</v></c></row><row r="150000"><c r="A150000"><v>1</v></c></row>'
    assert refused(repacked({SHEET: sheet_xml(wide)})) == "too-many-cells"


def test_limits_of_rows_columns_and_sheets():
    long = rows_book([["甲"]] * 300)
    assert refused(long, rows=100) == "too-many-rows"
    assert refused(rows_book([["甲"] * 30]), columns=20) == "too-many-columns"
    assert (
        refused(
            workbook(lambda s, _b: s.write(0, 0, 1), sheets=[(f"s{n}", lambda s, _b: None) for n in range(5)]), sheets=3
        )
        == "too-many-sheets"
    )
    assert refused(("甲,乙\n" * 300).encode(), "a.csv", rows=100) == "too-many-rows"
    assert refused((",".join("甲" * 30) + "\n").encode(), "a.csv", columns=20) == "too-many-columns"
    far = compound({"Workbook": old_workbook([[None] * 251 + ["甲"]])})
    assert refused(far, "a.xls") == "too-many-columns"


def test_an_empty_workbook_is_refused():
    assert refused(workbook(lambda _sheet, _book: None)) == "empty"
    assert (
        refused(workbook(lambda sheet, book: sheet.write_blank(3, 3, None, book.add_format({"bold": True})))) == "empty"
    )
    assert refused(b"\n,,\n\n", "a.csv") == "empty"


def test_a_chain_of_sectors_that_bites_its_tail_ends():
    data = bytearray(compound({"Workbook": old_workbook([["甲"]])}))
    data[512 + 4 : 512 + 8] = struct.pack("<I", 1)
    assert refused(bytes(data), "a.xls") == "damaged"


def test_old_workbooks_are_read_with_their_error_values():
    rows = [["资产名称", "原值"], ["桌", 12.5], ["#REF!", "#DIV/0!"]]
    assert cells(compound({"Workbook": old_workbook(rows)}), "a.xls") == rows


def test_error_values_reach_the_user():
    def fill(sheet, _book):
        sheet.write_formula(0, 0, "=1/0", None, "#DIV/0!")
        sheet.write_formula(0, 1, "=NA()", None, "#N/A")
        sheet.write_string(0, 2, 'ein t="e" im Text')

    assert cells(workbook(fill)) == [["#DIV/0!", "#N/A", 'ein t="e" im Text']]


def test_the_file_of_someone_else_is_not_closed_and_can_be_read_twice(tmp_path):
    path = tmp_path / "台账.xlsx"
    path.write_bytes(GOOD)
    with path.open("rb") as stream:
        for _again in range(2):
            open_workbook(stream, "台账.xlsx").close()
        assert not stream.closed
    with open_workbook(path) as book:
        assert book.filename == "台账.xlsx"


def test_no_temporary_file_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(reading.tempfile, "tempdir", str(tmp_path))
    with open_workbook(GOOD, "台账.xlsx") as book:
        assert book.sheets[0].head(1) and list(tmp_path.iterdir()) == []
    refused(GOOD[:-30])
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said(monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(reading, "strain", full)
    assert refused(GOOD) == "no-space"


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", ","), ("gb18030", "\t"), ("utf-16", "\t"), ("utf-8", "|")],
)
def test_text_tables(encoding, delimiter):
    text = '资产编号|资产名称|备注\r\nZ1|"桌|大"|"第一行\r\n第二行"\r\n\r\nZ2|莘庄䶮|\r\n'.replace("|", delimiter)
    assert cells(text.encode(encoding), "a.csv") == [
        ["资产编号", "资产名称", "备注"],
        ["Z1", f"桌{delimiter}大", "第一行\r\n第二行"],
        [],
        ["Z2", "莘庄䶮", None],
    ]


def test_a_quote_that_never_ends_is_refused():
    assert refused(('资产编号,资产名称\nZ1,"桌' + "x" * 200_000 + "\n").encode(), "a.csv") == "damaged"


@settings(max_examples=150)
@given(
    st.binary(max_size=400), st.sampled_from(["", "PK", "OLE", "text"]), st.sampled_from(["a.xlsx", "a.xls", "a.csv"])
)
def test_any_bytes_are_read_or_refused(data, start, name):
    marks = {"": b"", "PK": b"PK\x03\x04", "OLE": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "text": "资产,".encode()}
    assert outcome(marks[start] + data, name)


def texts_xml(*texts):
    """A list of shared texts."""
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return f'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="{MAIN}">{items}</sst>'


def users_xml(*indexes):
    """A sheet in whose rows these shared texts are used."""
    return sheet_xml("".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{i}</v></c></row>' for n, i in enumerate(indexes, 1)))


def test_a_long_text_repeated_in_many_cells_is_refused_before_it_is_copied_into_them():
    data = repacked({"xl/sharedStrings.xml": texts_xml("短", "长" * 100_000), SHEET: users_xml(*[1] * 5000)})
    assert len(data) < 60_000 and refused(data) == "bomb"


def test_a_long_text_that_is_used_once_is_no_harm():
    data = repacked({"xl/sharedStrings.xml": texts_xml("短", "长" * 100_000), SHEET: users_xml(1, *[0] * 5000)})
    assert len(cells(data)) == 5001


def test_the_parts_are_known_by_what_they_hold_not_by_their_names():
    def moved(sheet):
        rels = "xl/_rels/workbook.xml.rels"
        with zipfile.ZipFile(io.BytesIO(GOOD)) as packed:
            text = packed.read(rels).decode().replace("worksheets/sheet1.xml", "elsewhere.xml")
        return repacked({rels: text}, extra=[("xl/elsewhere.xml", sheet)], drop=[SHEET])

    assert cells(moved(sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>'))) == [[1.0]]
    assert (
        refused(moved(sheet_xml('<row r="1"><c r="A1"><v>1</v></c><c r="XFD9"><v>1</v></c></row>')))
        == "too-many-columns"
    )
