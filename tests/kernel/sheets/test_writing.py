"""What goes out: it streams, it does no harm in a spreadsheet program, and it comes back unchanged."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel.sheets.ledgers import COLUMNS, LAND, LAND_ROW, rows_book

from baozhang.kernel.sheets import streams
from baozhang.kernel.sheets.cells import clean, compile_column, parse
from baozhang.kernel.sheets.checking import CheckedRows
from baozhang.kernel.sheets.columns import Column
from baozhang.kernel.sheets.headings import find_tables
from baozhang.kernel.sheets.mapping import propose
from baozhang.kernel.sheets.reading import open_workbook
from baozhang.kernel.sheets.writing import (
    Page,
    WrongRow,
    WrongSheet,
    column_page,
    errors_xlsx,
    template_xlsx,
    value_writer,
    write_csv,
    write_xlsx,
    xlsx_chunks,
)

NAME = Column("name", "名称")
RISKY = [
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "'=1",
    "''=1",
    " =1",
    "＝1",
    "'",
    "''",
    "=",
    "-",
    "'-",
    "'' in \"=+-@\"",
    "'abc",
]


def back(data, name="a.xlsx"):
    """All rows of all sheets as they are read again."""
    with open_workbook(data, name) as book:
        return [[row for _number, row in sheet.rows()] for sheet in book.sheets]


def xlsx(*pages, **more):
    """The bytes of a workbook."""
    target = io.BytesIO()
    write_xlsx(target, pages, **more)
    return target.getvalue()


@pytest.mark.parametrize("text", RISKY)
def test_a_text_like_a_formula_comes_back_unchanged(text):
    assert back(xlsx(Page("表", ["甲", "乙"], [[text, "x"]])))[0][1] == [text, "x"]
    assert back(b"".join(write_csv([[text, "x"]], ["甲", "乙"])), "a.csv")[0][1] == [text, "x"]


@pytest.mark.parametrize("text", [text for text in RISKY if re.match(r"\s*[=+\-@＝]", text)])
def test_a_text_like_a_formula_is_none_in_a_spreadsheet_program(text):
    line = b"".join(write_csv([[text]])).decode("utf-8-sig")
    assert line.lstrip('"').startswith("'")
    with zipfile.ZipFile(io.BytesIO(xlsx(Page("表", ["甲"], [[text]])))) as packed:
        sheet, styles = (packed.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "styles"))
    assert "<f>" not in sheet
    style = int(re.search(r'r="A2" s="(\d+)" t="inlineStr"', sheet).group(1))
    looks = re.search("<cellXfs.*</cellXfs>", styles).group()
    assert 'quotePrefix="1"' in re.findall("<xf [^>]*>", looks)[style]  # typing into the cell keeps it a text


def test_headings_are_guarded_too():
    assert b"'=cmd" in b"".join(write_csv([], ["=cmd"]))


VALUES = (  # what is written, as it is read from .xlsx, as it is read from .csv
    (1, 1.0, "1"),
    (12.5, 12.5, "12.5"),
    (Decimal("12345.60"), 12345.6, "12345.60"),
    (Decimal("0.1"), 0.1, "0.1"),
    (Decimal("-0.05"), -0.05, "-0.05"),
    (Decimal("12345678901234567.89"), "12345678901234567.89", "12345678901234567.89"),
    (12345678901234567, "12345678901234567", "12345678901234567"),
    (True, True, "是"),
    (False, False, "否"),
    (dt.date(2013, 1, 1), dt.date(2013, 1, 1), "2013-01-01"),
    (dt.date(1899, 1, 1), "1899-01-01", "1899-01-01"),
    (dt.datetime(2013, 1, 1, 12, 30), dt.datetime(2013, 1, 1, 12, 30), "2013-01-01 12:30:00"),
    (None, None, None),
    ("", None, None),
    ("文本", "文本", "文本"),
    (float("nan"), "nan", "nan"),
)


def test_values_keep_their_kind():
    row, typed, texts = map(list, zip(*VALUES, strict=True))
    heads = [f"列{n}" for n in range(len(row))]
    assert back(xlsx(Page("表", heads, [row])))[0][1] == typed
    assert back(b"".join(write_csv([row], heads)), "a.csv")[0][1] == texts


def test_days_can_be_counted_from_1904():
    data = xlsx(Page("表", ["日期"], [[dt.date(2013, 1, 1)]]), epoch1904=True)
    with open_workbook(data, "a.xlsx") as book:
        assert book.epoch1904 and list(book.sheets[0].rows())[1][1] == [dt.date(2013, 1, 1)]


texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)


@pytest.mark.slow
@settings(max_examples=200)
@given(
    st.lists(
        st.one_of(texts, st.sampled_from(RISKY), st.from_regex(r"_x[0-9A-F]{4}_.?", fullmatch=True)),
        min_size=1,
        max_size=8,
    )
)
def test_any_texts_come_back_unchanged(row):
    row = ["始", *row, "终"]
    heads = [f"列{n}" for n in range(len(row))]
    want = [text or None for text in row]
    assert back(b"".join(write_csv([row], heads)), "a.csv")[0][1] == [(t or "").replace("\0", "") or None for t in row]
    found = back(xlsx(Page("表", heads, [row])))[0][1]
    # U+FFFE and U+FFFF are not allowed in XML at all and are escaped; a reader may leave the escape as it is.
    if not any(sign in text for text in row for sign in "\ufffe\uffff"):
        assert found == want


@settings(max_examples=60)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "name": texts.map(clean).filter(lambda t: t and "E+" not in t and "#" not in t and parse(NAME, t) == t),
                "money": st.one_of(st.none(), st.decimals(-(10**11), 10**11, places=2)),
                "day": st.one_of(st.none(), st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))),
                "count": st.one_of(st.none(), st.integers(-(10**14), 10**14)),
                "state": st.sampled_from(["a", "b", None]),
                "yes": st.sampled_from([True, False, None]),
            }
        ),
        min_size=1,
        max_size=5,
    )
)
def test_an_export_read_in_again_gives_the_same_values(records):
    columns = (
        Column("name", "名称"),
        Column("money", "原值", "money", unit="元"),
        Column("day", "日期", "date"),
        Column("count", "数量", "integer"),
        Column("state", "状态", "choice", choices={"甲": "a", "甲类": "a", "乙": "b"}),
        Column("yes", "是否", "bool"),
    )
    page = column_page("导出", columns, records)
    write = value_writer(columns)
    for data, name in ((xlsx(page), "a.xlsx"), (b"".join(write_csv(map(write, records), page.headings)), "a.csv")):
        with open_workbook(data, name) as book:
            rows = [row for _number, row in book.sheets[0].rows()][1:]
            for record, row in zip(records, rows, strict=True):
                for column, raw in zip(columns, row + [None] * (len(columns) - len(row)), strict=True):
                    value = compile_column(column, epoch1904=book.epoch1904)(raw)
                    if column.name == "day" and raw is not None and name == "a.xlsx":
                        assert value == record["day"]
                    assert value == record[column.name], (name, column.name, raw)


def test_the_writer_takes_rows_one_batch_at_a_time():
    taken = []

    def rows():
        for number in range(5000):
            taken.append(number)
            yield [number, "x" * 50 + str(number)]

    pieces = xlsx_chunks([Page("表", ["甲", "乙"], rows())])
    next(pieces)
    assert len(taken) < 1000
    data = b"".join([next(xlsx_chunks([])), *pieces])
    assert len(taken) == 5000 and data
    pieces = write_csv(([number, "y"] for number in range(5000)), ["甲", "乙"])
    assert next(pieces).startswith(b"\xef\xbb\xbf") and len(list(pieces)) > 5


def test_what_does_not_fit_on_a_sheet_goes_on_the_next(monkeypatch):
    monkeypatch.setattr(streams, "_LAST_ROW", 11)
    sheets = back(xlsx(Page("表", ["甲"], ([n] for n in range(25))), Page("表", ["乙"], [[1]])))
    assert [len(sheet) for sheet in sheets] == [11, 11, 6, 2] and sheets[2][1] == [20.0]
    with open_workbook(xlsx(Page("表", ["甲"], ([n] for n in range(10)))), "a.xlsx") as book:
        assert len(book.sheets) == 1


def test_sheet_names_are_made_acceptable():
    data = xlsx(
        Page("a/b:c*[d]?\\" + "长" * 40, ["甲"], [[1]]),
        Page("'", ["甲"], [[1]]),
        Page("sheet", ["甲"], [[1]]),
        Page("Sheet", ["甲"], [[1]]),
    )
    with open_workbook(data, "a.xlsx") as book:
        names = [sheet.name for sheet in book.sheets]
    assert len(set(map(str.casefold, names))) == 4 and all(
        len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names
    )


def test_the_parts_are_well_formed_xml(tmp_path):
    from xml.etree import ElementTree as ET

    path = tmp_path / "a.xlsx"
    assert (
        write_xlsx(path, [Page('<&">', ["<甲>", "乙\"'&"], [["<", "]]>"], ["\x00\x01", "\ud800"]], above=["单位：元"])])
        == 2
    )
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            ET.fromstring(packed.read(name))
    assert back(path.read_bytes())[0][:3] == [["单位：元", None], ["<甲>", "乙\"'&"], ["<", "]]>"]]


def test_a_template_can_be_filled_and_read():
    target = io.BytesIO()
    long = Column("kind", "种类", "choice", choices={f"种类{n}，其{n}": n for n in range(60)}, help="见说明")
    template_xlsx((*COLUMNS, long), target)
    with zipfile.ZipFile(io.BytesIO(target.getvalue())) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
        assert sheet.count("<dataValidation ") == 4 and "可选值" in sheet
        assert "xl/comments1.xml" in packed.namelist() and "必填" in packed.read("xl/comments1.xml").decode()
        assert "填写说明" in packed.read("xl/workbook.xml").decode()
    with open_workbook(template_xlsx((*COLUMNS, long)), "a.xlsx") as book:
        tables = find_tables(book, (*COLUMNS, long))
        assert [table.sheet.name for table in tables] == ["填写"]
        mapping = propose(tables[0].layout, (*COLUMNS, long))
    assert list(mapping.columns.values()) == [column.name for column in (*COLUMNS, long)] and mapping.units == {}
    assert mapping.editions == {"class_code": "2022"} and mapping.is_sure


def check(data):
    """The rows of the first table, its layout, and the way its days are counted."""
    with open_workbook(data, "a.xlsx") as book:
        table = find_tables(book, COLUMNS)[0]
        mapping = propose(table.layout, COLUMNS)
        return (
            list(CheckedRows(table.sheet, table.layout, mapping, COLUMNS, epoch1904=book.epoch1904)),
            table.layout,
            mapping,
        )


def test_wrong_rows_go_out_are_mended_and_come_back():
    wrong, risky = list(LAND_ROW), list(LAND_ROW)
    wrong[8], wrong[22] = "2013-2-30", "一百二"
    risky[1], risky[6] = "=cmd()", "不明"
    rows, layout, mapping = check(rows_book([["土地信息表", None, "单位：万元"], LAND, LAND_ROW, wrong, risky]))
    bad = [row for row in rows if row.problems]
    assert [row.row for row in bad] == [4, 5] and [problem.place for problem in bad[0].problems] == ["I4", "W4"]
    target = io.BytesIO()
    assert errors_xlsx(target, [WrongSheet("土地", layout, [WrongRow(row.raw, row.problems) for row in bad])]) == 2
    with zipfile.ZipFile(target) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r'r="I3" s="7"', sheet) and re.search(r'r="W3" s="7"', sheet) and re.search(r'r="G4" s="7"', sheet)
    again, layout2, mapping2 = check(target.getvalue())
    assert (
        layout2.money_unit == "万元" and mapping2.units == mapping.units and mapping2.editions == {"class_code": "2010"}
    )
    assert mapping2.columns == mapping.columns
    assert [(row.values, [(p.index, p.reason) for p in row.problems]) for row in again] == [
        (row.values, [(p.index, p.reason) for p in row.problems]) for row in bad
    ]
    problem = again[0].problems[0]
    assert problem.sentence().startswith("I 列“取得日期（2013-1-1）”：没有“2013-2-30”这一天")
    fault = problem.fault()
    assert (fault.row, fault.column, fault.value, fault.field) == (3, "取得日期（2013-1-1）", "2013-2-30", "acquired")
    with open_workbook(target.getvalue(), "a.xlsx") as book:
        texts = [row[-1] for _number, row in book.sheets[0].rows()]
    assert texts[1] == "问题" and "“一百二”不是数字" in texts[2]
