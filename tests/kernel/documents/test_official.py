"""The official document as a reader gets it: complete, on its grid, in its layout, and safe from its own words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.kernel.documents.pages import NOTICE, POINTS, SENTENCE, font_files, pieces, plain, reader, squeezed, texts

from baozhang.kernel.documents.model import (
    Attachment,
    Block,
    Column,
    DocumentError,
    Heading,
    KeyFigure,
    KeyFigures,
    KeyValues,
    Note,
    OfficialDocument,
    Para,
    Table,
)
from baozhang.kernel.documents.typeset import pdf

GRID = 225 * POINTS / 22
TOP = 37 * POINTS
HOSTILE = '#read("/etc/passwd") $x^2$ ] [ *粗* _斜_ @ref \\ `code` <lab> #sys.inputs // 注 /* */ = 题 + 列 - 项 {{}} ${1+1}$ #{1+1} \\u{41}'


def test_every_part_is_on_the_page() -> None:
    pages = texts(pdf(NOTICE))
    for part in ("特急", NOTICE.issuer_name, NOTICE.number, "云间区档案馆：", "一、存在的问题", "（一）核查依据"):
        assert part in pages[0]
    assert squeezed(SENTENCE) in pages[0]
    assert NOTICE.verify_url in pages[0]
    assert "核验码：7K3M-9QXD" in pages[0]
    whole = "".join(pages)
    for part in (
        "二、整改要求",
        "附件：1.超标准办公室清单2.整改情况反馈表",
        "云间区机关事务管理局2026年3月2日",
        "（联系人：王某某）",
        "抄送：区财政局，区审计局。",
        "云间区机关事务管理局办公室2026年3月2日印发",
        "附件1",
        "301室",
    ):
        assert part in whole, part
    assert "".join(part for part in pages[0].splitlines()).count("关于责令限期整改办公用房超标准使用问题的通知") == 1


def test_a4_embedded_fonts_and_metadata() -> None:
    file = reader(pdf(NOTICE))
    for page in file.pages:
        assert float(page.mediabox.width) == pytest.approx(210 * POINTS, abs=0.01)
        assert float(page.mediabox.height) == pytest.approx(297 * POINTS, abs=0.01)
    fonts = list(font_files(file))
    assert fonts
    assert all(inside for _name, inside in fonts), fonts
    assert file.metadata is not None
    assert file.metadata.title == NOTICE.title
    assert file.metadata.author == NOTICE.issuer_name
    created = file.metadata.creation_date
    assert created is not None
    assert created.date() == date(2026, 3, 2)


def test_the_same_content_gives_the_same_bytes_and_another_day_does_not() -> None:
    assert pdf(NOTICE) == pdf(replace(NOTICE))
    assert pdf(NOTICE) != pdf(replace(NOTICE, issue_date=date(2026, 3, 3)))


def test_lines_stand_on_the_grid_over_pages_and_around_every_block() -> None:
    rows = [[index, "台式计算机" * (index % 7 + 1), Decimal("4999.00")] for index in range(30)]
    table = Table([Column("序号"), Column("名称"), Column("原值（元）")], rows, caption="表1 清单")
    blocks: list[Block] = [
        Para(SENTENCE * 8),
        Heading("情况"),
        KeyValues([("坐落", "人民路" * 12)]),
        Note("说明" * 30),
        table,
        Para(SENTENCE),
        Heading("又一张", 2),
        table,
        Para(SENTENCE * 3),
    ]
    data = pdf(plain(blocks=blocks))
    # The head of the first page has places of its own (mark, number); the body is all other text of size 3 and 2.
    pages = [[piece for piece in pieces(page) if piece.size in (16.0, 22.0)] for page in reader(data).pages]
    body = [piece for number, page in enumerate(pages) for piece in page if number > 0 or piece.y > TOP + 9 * GRID]
    assert len(body) > 25
    for piece in body:
        line = (piece.y - 0.38 * piece.size - TOP) / GRID - 0.5
        assert line == pytest.approx(round(line), abs=0.02), piece
        assert 0 <= round(line) < 22, piece


def test_many_tables_in_one_document_come_to_rest() -> None:
    blocks: list[Block] = []
    for number in range(12):
        rows = [[index, "台式计算机" * (1 + index * number % 14)] for index in range(3 + number * 7 % 25)]
        blocks += [Para("甲" * (5 + number * 31 % 80)), Table([Column("序号"), Column("名称")], rows, caption="表")]
    # The line behind the last table is only on the grid when every table before it is.
    data = pdf(plain(blocks=[*blocks, Para("完毕")]))
    end = next(piece for page in reader(data).pages for piece in pieces(page) if piece.text == "完毕")
    line = (end.y - 0.38 * end.size - TOP) / GRID - 0.5
    assert line == pytest.approx(round(line), abs=0.02)


def test_a_full_page_has_22_lines_of_28_characters() -> None:
    page = reader(pdf(plain(blocks=[Para("机关运行保障事务管理" * 200)]))).pages[1]
    lines = [piece for piece in pieces(page) if piece.size == 16.0]
    assert [len(piece.text) for piece in lines] == [28] * 22
    assert {round(piece.x / POINTS, 1) for piece in lines} == {28.0}
    assert lines[1].y - lines[0].y == pytest.approx(GRID, abs=0.01)


def test_the_head_stands_where_the_standard_says() -> None:
    page = {piece.text: piece for piece in pieces(reader(pdf(plain(kind="certificate"))).pages[0])}
    mark = page[NOTICE.issuer_name]
    assert (mark.y - 0.88 * mark.size - TOP) / POINTS == pytest.approx(35, abs=0.1)
    number = page[NOTICE.number]
    foot_of_number = number.y + 0.12 * number.size
    red_line = TOP + 8 * GRID
    assert (red_line - foot_of_number) / POINTS == pytest.approx(4, abs=0.1)
    assert page["— 1 —"].x / POINTS > 160


def test_page_numbers_alternate() -> None:
    pages = reader(pdf(plain(blocks=[Para(SENTENCE * 40)]))).pages
    sides = [next(piece.x for piece in pieces(page) if piece.text == f"— {n} —") for n, page in enumerate(pages, 1)]
    assert len(sides) > 2
    assert all((x / POINTS > 150) == (n % 2 == 1) for n, x in enumerate(sides, 1))


@pytest.mark.slow
def test_the_signature_never_stands_on_a_page_without_text() -> None:
    annexes = [Attachment("清单")]
    for words in range(120, 900, 61):
        for extra in (
            {"seal_text": ""},
            {},
            {"attachments": annexes},
            {"blocks": [Note("字" * words)]},
            {"blocks": [KeyValues([("甲", "字" * (words - 2)), ("乙", "字字")])]},
        ):
            pages = texts(pdf(plain(**({"blocks": [Para("字" * words)]} | extra))))
            signed = next(text for text in reversed(pages) if "2026年3月2日" in text)
            assert "字" in signed, (words, extra)
            assert "字字" in pages[0], "the first page must show text (clause 7.3.3)"
            assert "".join(pages).count("字") == words


def test_the_imprint_is_at_the_foot_of_the_last_page() -> None:
    last = reader(pdf(NOTICE)).pages[-1]
    printed = next(piece for piece in pieces(last) if "办公室" in piece.text and piece.size == 14.0)
    foot = TOP + 225 * POINTS
    assert 0 < foot - printed.y < 8.5 * POINTS


def test_an_imprint_without_room_goes_to_the_foot_of_a_page_of_its_own() -> None:
    for words in range(20, 400, 28):
        document = plain(blocks=[Para("字" * words)], print_org="某办公室", copies=["甲局"], seal_text="")
        page = reader(pdf(document)).pages[-1]
        printed = next(piece for piece in pieces(page) if "某办公室" in piece.text)
        assert 0 < TOP + 225 * POINTS - printed.y < 8.5 * POINTS, words
        body = [piece.y for piece in pieces(page) if piece.size == 16.0]
        assert max(body, default=0) < printed.y - 8.5 * POINTS, words


def test_a_seal_is_drawn_only_when_its_words_are_given() -> None:
    def red_curves(document: OfficialDocument) -> int:
        content = reader(pdf(document)).pages[-1].get_contents()
        assert content is not None
        return content.get_data().count(b" c\n")

    assert red_curves(plain(seal_text="云间区某局")) > red_curves(plain(seal_text=""))


def test_a_table_over_pages_repeats_its_heading_and_loses_no_row() -> None:
    rows = [[index, f"ZC{index:08d}", "计算机" * (index % 12), Decimal(index) / 100] for index in range(1, 151)]
    columns = [Column("序号"), Column("资产编号"), Column("资产名称"), Column("原值（元）")]
    pages = texts(pdf(plain(blocks=[Para("清单如下。"), Table(columns, rows)])))
    with_rows = [text for text in pages if "ZC0" in text]
    assert len(with_rows) > 4
    assert all("资产编号" in text for text in with_rows)
    whole = "".join(pages)
    for row in rows:
        assert whole.count(str(row[1])) == 1


def test_numbers_stand_flush_right() -> None:
    table = Table([Column("名称"), Column("金额")], [["甲", Decimal("1.00")], ["乙", Decimal("123456.00")]])
    found = {piece.text: piece for piece in pieces(reader(pdf(plain(blocks=[table]))).pages[0])}
    short, long = found["1.00"], found["123,456.00"]
    # Both end at the same place: the longer one begins further left.
    assert short.x - long.x == pytest.approx(6 * 10.5 / 2, rel=0.25)


def test_a_cell_longer_than_a_page_breaks_and_keeps_its_words() -> None:
    words = "".join(f"第{index}项；" for index in range(1500))
    whole = "".join(texts(pdf(plain(blocks=[Table([Column("说明"), Column("编号")], [[words, "甲"]])]))))
    assert whole.count("第1499项") == 1
    assert whole.count("第700项") == 1


def test_hostile_text_is_printed_and_does_nothing() -> None:
    table = Table([Column(HOSTILE), Column("乙")], [[HOSTILE, "B" * 300]], caption=HOSTILE)
    document = replace(
        NOTICE,
        issuer_name="#局]$",
        title=HOSTILE,
        addressee=HOSTILE,
        signer="$署]#名",
        seal_text="#章]$",
        security=HOSTILE,
        blocks=[Heading(HOSTILE, 4), Para(HOSTILE), KeyValues([(HOSTILE, HOSTILE)]), Note(HOSTILE), table],
        attachments=[Attachment(HOSTILE, [Para(HOSTILE)])],
        copies=[HOSTILE],
        remark=HOSTILE,
        print_org=HOSTILE,
        verify_url="https://x.cn/#$]*_",
        verify_code="#$]",
    )
    data = pdf(document)
    whole = squeezed("".join(texts(data)))
    assert whole.count(squeezed(HOSTILE)) >= 12
    assert "root:" not in whole
    assert whole.count("B") >= 300
    assert reader(data).metadata.title == HOSTILE  # type: ignore[union-attr]


def test_control_characters_change_nothing() -> None:
    name = "档\u202e案\u200b馆\x00\x1b[31m\ufeff"
    assert "档案馆[31m：" in texts(pdf(plain(addressee=name)))[0]


def test_nothing_leaves_the_page() -> None:
    document = plain(
        issuer_name="云间区人民政府机关事务管理局国有资产和办公用房管理服务中心第一分中心",
        seal_text="云间区人民政府机关事务管理局国有资产和办公用房管理服务中心第一分中心",
        title="关于" + "长" * 96 + "通知",
        security="机密" * 60,
        verify_url="https://verify.example.cn/" + "x" * 300,
        blocks=[Para("A" * 400), Table([Column("甲"), Column("乙" * 60)], [["C" * 90, "D" * 90]])],
    )
    data = pdf(document)
    left, right = 28 * POINTS - 1, 184 * POINTS + 1
    for page in reader(data).pages:
        assert all(left <= piece.x <= right for piece in pieces(page))
    whole = "".join(texts(data))
    assert whole.count("长") == 96
    assert whole.count("A") == 400
    assert whole.count("C") == 90


def test_a_letter_has_its_own_head_and_no_number_on_its_first_page() -> None:
    letter = replace(NOTICE, kind="letter", number="沪云机管函〔2026〕3号", attachments=())
    page = reader(pdf(letter)).pages[0]
    mark = next(piece for piece in pieces(page) if piece.text == NOTICE.issuer_name)
    assert (mark.y - 0.88 * mark.size) / POINTS == pytest.approx(30, abs=0.1)
    text = squeezed(page.extract_text())
    assert "—1—" not in text
    assert "抄送：" in "".join(texts(pdf(letter)))
    assert "印发" not in "".join(texts(pdf(letter)))


def test_a_notice_is_headed_as_a_file_and_an_order_by_the_name_alone() -> None:
    assert "管理局文件" in texts(pdf(plain(kind="notice")))[0]
    assert "管理局文件" not in texts(pdf(plain(kind="rectification")))[0]


def test_an_approver_is_named_beside_the_number() -> None:
    assert "沪云机管〔2026〕12号签发人：李某某" in texts(pdf(plain(kind="report", approver="李某某")))[0]


def test_all_that_is_missing_is_said_at_once_with_a_remedy() -> None:
    empty = OfficialDocument("", "notice", "", " \u200b", [Para(" ")], date(2026, 3, 2), copy_number="12")
    with pytest.raises(DocumentError) as refused:
        pdf(empty)
    assert [fault.field for fault in refused.value.faults] == [
        "issuer_name",
        "title",
        "number",
        "copy_number",
        "blocks",
    ]
    assert all(fault.remedy for fault in refused.value.faults)
    assert "公文缺少标题" in str(refused.value)


@pytest.mark.parametrize(
    "number", ["沪云机管[2026]12号", "沪云机管〔2026〕012号", "沪云机管〔26〕1号", "〔2026〕1号", "沪〔2026〕1"]
)
def test_a_malformed_number_is_refused(number: str) -> None:
    with pytest.raises(DocumentError, match="六角括号"):
        pdf(plain(number=number))


def test_a_space_before_the_last_word_of_a_number_is_forgiven() -> None:
    assert "沪松府办〔2022〕46号" in texts(pdf(plain(number="沪松府办〔2022〕46 号")))[0]


def test_large_figures_belong_into_a_report() -> None:
    with pytest.raises(DocumentError, match="报告版式"):
        pdf(plain(blocks=[KeyFigures([KeyFigure("甲", 1)])]))
