"""The text file of a regulation becomes chapters, sections, articles, paragraphs and items, or is refused."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from baozhang.kernel import clock
from baozhang.law.models import LawText
from baozhang.law.official import edition
from baozhang.law.text import LawTextError, Regulation, numeral, parse, read
from baozhang.law.text import number as number_of
from tests import factories
from tests.law.printed import PARAGRAPHS, PARTS, TITLE, printed
from tests.real_text import REAL, needs_it


def flat(text: str) -> str:
    """A text without any white space."""
    return re.sub(r"\s", "", text)


def whole(regulation: Regulation) -> str:
    """All that a regulation says, in order, without white space."""
    said = []
    for chapter, section, article in regulation.walk():
        if article is chapter.articles[0]:
            said.append(f"第{numeral(chapter.number)}章{chapter.title}")
        if section and article is section.articles[0]:
            said.append(f"第{numeral(section.number)}节{section.title}")
        said.append(article.label)
        for paragraph in article.paragraphs:
            said += [paragraph.text, *(f"（{numeral(item.number)}）{item.text}" for item in paragraph.items)]
    return flat("".join(said))


def counts(regulation: Regulation) -> dict[int, int]:
    return {article.number: len(article.paragraphs) for article in regulation.articles}


@pytest.mark.parametrize("text", [printed(), printed(note=False), printed(newline="\r\n"), printed(page=5)])
def test_the_awkward_page_becomes_the_regulation(text):
    regulation = parse(text)
    assert regulation.title == TITLE
    assert regulation.adopted_on == dt.date(2023, 3, 8)
    assert regulation.in_force_from == dt.date(2023, 5, 1)
    assert [(c.number, c.title, len(c.sections), len(c.articles)) for c in regulation.chapters] == [
        (1, "总则", 0, 2),
        (2, "保管和使用", 2, 4),
        (3, "附则", 0, 1),
    ]
    assert [(s.title, [a.number for a in s.articles]) for s in regulation.sections] == [
        ("保管", [3, 4]),
        ("使用", [5, 6]),
    ]
    assert counts(regulation) == PARAGRAPHS
    assert regulation.article(6).section == 2 and regulation.article(7).section is None
    assert regulation.article(6).paragraphs[0].text.startswith("市物品管理部门每年6月底前公布")
    assert regulation.doubts == ()


@pytest.mark.parametrize("indent", ["", "    ", "　　"])
@pytest.mark.parametrize("width", [24, 30, 36, 44, 54, 64, 80, 100])
def test_nothing_is_lost_or_moved_at_any_width(width, indent):
    regulation = parse(printed(width, indent=indent))
    assert whole(regulation) == flat("".join(text for _kind, text in PARTS))
    if indent:
        assert counts(regulation) == PARAGRAPHS and not regulation.doubts
    wrong = {article for article, count in counts(regulation).items() if count != PARAGRAPHS[article]}
    assert wrong <= {doubt.article for doubt in regulation.doubts}


def test_a_text_that_was_never_wrapped_has_a_paragraph_a_line():
    text = "\n".join([TITLE, "（2023年3月8日通过）", *(text for _kind, text in PARTS)])
    assert counts(parse(text)) == PARAGRAPHS


def test_items_belong_to_their_paragraph():
    paragraph = parse(printed()).article(4).paragraphs[0]
    assert paragraph.text.endswith("公共仓库：")
    assert [item.number for item in paragraph.items] == [1, 2, 3]
    assert paragraph.items[1].text.endswith("仍然完好的；")


def test_a_table_of_contents_is_no_regulation():
    contents = "目 录\n第一章 总则\n第二章 保管和使用\n第一节 保管\n第二节 使用\n第三章 附则\n"
    text = printed(note=False).replace("第一章 总 则", contents + "\n第一章 总 则", 1)
    assert counts(parse(text)) == PARAGRAPHS
    assert parse(text).title == TITLE


def test_a_reference_at_the_start_of_a_line_is_no_article():
    body = "第一章 总则\n第一条 违反\n第二条第一款规定的，由\n第三条规定的人处理。\n第二条 本办法自公布之日起施行。"
    text = f"{TITLE}\n{body}"
    regulation = parse(text)
    assert [a.number for a in regulation.articles] == [1, 2]
    assert regulation.article(1).paragraphs[0].text == "违反第二条第一款规定的，由第三条规定的人处理。"
    assert regulation.in_force_from is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encodings_of_office_files_are_read(tmp_path, encoding):
    path = tmp_path / "law.txt"
    path.write_bytes(printed().encode(encoding))
    assert counts(parse(read(path))) == PARAGRAPHS


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04rest", "格式"),
        (b"%PDF-1.7", "PDF"),
        (b"\xff\xff\xfe\x00\x81", "编码"),
        (b"\x00\x01\x02", "编码"),
        (b"x" * 5_000_001, "5 MB"),
    ],
)
def test_what_is_no_text_is_refused_with_the_remedy(tmp_path, data, said):
    path = tmp_path / "law.txt"
    path.write_bytes(data)
    with pytest.raises(LawTextError) as refused:
        read(path)
    assert said in str(refused.value) and "law.txt" in str(refused.value) and refused.value.instead


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(LawTextError, match="无法读取"):
        read(tmp_path / "none.txt")


def without(part: str, upto: str) -> str:
    text = printed()
    return text[: text.index(part)] + "\n" + text[text.index(upto) :]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "没有“第一条”"),
        ("一份与法规无关的说明。\n第一条 只有一条。", "没有“第一章”"),
        ("第一章 总则\n一些话。\n二些话。\n三些话。\n四些话。\n第一条 太远。", "“第一章”之后没有"),
        (printed()[printed().index("第一章") :], "标题"),
        (without("第三条", "第四条"), "缺少第三条"),
        (without("第二章", "第一节"), "缺少第二章"),
        (without("第一节", "第三条"), "缺少第二章第一节"),
        (printed()[: printed().index("第七条")], "没有规定施行日期"),
        (printed()[: printed().index("理由。")], "第五条的文字在"),
        (without("赔偿，", "第四条"), "第三条的文字在"),
    ],
)
def test_a_text_that_is_not_whole_is_refused_and_says_what_is_missing(text, said):
    with pytest.raises(LawTextError) as refused:
        parse(text)
    assert said in str(refused.value).replace(" ", "") and refused.value.instead


def test_every_cut_is_refused():
    text = printed()
    end = text.index("起施行。", text.index("第七条")) + 4
    for cut in range(0, end, 7):
        with pytest.raises(LawTextError):
            parse(text[:cut])
    assert counts(parse(text[:end])) == PARAGRAPHS


def test_numerals_go_there_and_back():
    assert [numeral(n) for n in (1, 10, 12, 20, 23, 101, 110, 1005)] == [
        "一", "十", "十二", "二十", "二十三", "一百零一", "一百一十", "一千零五",
    ]  # fmt: skip
    assert all(number_of(numeral(n)) == n for n in range(1, 10_000))
    assert number_of("一百〇一") == 101 and number_of("一十二") == 12


@pytest.mark.parametrize("text", ["", "零", "二三", "十百", "第一", "12", "一百一"])
def test_what_is_no_numeral_is_refused(text):
    with pytest.raises(ValueError):
        number_of(text)


@needs_it
def test_the_real_text_is_whole():
    regulation = parse(read(Path(REAL)))
    assert (len(regulation.chapters), len(regulation.sections), len(regulation.articles)) == (5, 4, 45)
    several = {n: count for n, count in counts(regulation).items() if count > 1}
    assert several == {
        5: 4, 7: 2, 8: 2, 11: 2, 12: 2, 13: 5, 14: 3, 16: 2, 19: 2, 20: 2, 21: 2, 23: 2, 24: 2, 27: 2, 29: 2, 30: 2,
        32: 3, 33: 2, 34: 2, 36: 3, 39: 2, 40: 2, 41: 2, 43: 2,
    }  # fmt: skip
    assert {a.number: len(a.paragraphs[0].items) for a in regulation.articles if a.paragraphs[0].items} == {
        15: 6,
        44: 4,
    }
    assert regulation.in_force_from == dt.date(2022, 11, 1) and not regulation.doubts


@needs_it
def test_nothing_is_lost_and_nothing_added():
    """Every sign of the printed text stands in its paragraph or item, in order; between them only the headings."""
    text = read(Path(REAL))
    printed = re.sub(r"\s", "", text)
    printed, at, between = printed[printed.rindex("第一章总则") :], 0, []
    for held in parse(text).articles:
        for part in (one for paragraph in held.paragraphs for one in (paragraph, *paragraph.items)):
            said = re.sub(r"\s", "", part.text)
            place = printed.index(said, at)
            between.append(printed[at:place])
            at = place + len(said)
    numbers = "[一二三四五六七八九十]+"
    headings = f"(第{numbers}章(总则|保障事项|保障机制|监督与法律责任|附则))?(第{numbers}节(经费保障|资产保障|服务保障|资源节约))?(第{numbers}条)?(（{numbers}）)?"
    assert [one for one in between if not re.fullmatch(headings, one)] == []


@pytest.mark.django_db
def test_an_edition_that_names_no_day_gives_way_to_one_that_does():
    dated = factories.kept(LawText, title="条例", digest="a", in_force_from=dt.date(2022, 11, 1), loaded_at=clock.now())
    factories.kept(LawText, title="条例", digest="b", in_force_from=None, loaded_at=clock.now())
    assert edition(dt.date(2026, 3, 1)) == dated
