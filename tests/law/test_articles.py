"""The index names every article in our own words, and a citation is checked against it."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from baozhang.law.articles import CitationError, article, articles, chapters, cite, cites, in_force, title
from baozhang.law.catalogue import catalogue
from tests.real_text import REAL, needs_it


def test_the_index_is_whole():
    assert list(articles()) == list(range(1, 46))
    assert list(chapters()) == [1, 2, 3, 4, 5]
    assert sum(len(chapter.sections) for chapter in chapters().values()) == 4
    for held in articles().values():
        assert held.title and held.title_en and held.gist.endswith("。") and held.gist_en.endswith(".")
        assert held.obliges and (held.obligations or held.number == 1)
        if held.section is not None:
            assert held.section in chapters()[held.chapter].sections


def test_obligations_carry_the_number_of_their_article():
    ids = [one for held in articles().values() for one in held.obligations]
    assert len(ids) == len(set(ids)) == 65
    for held in articles().values():
        for one in held.obligations:
            assert re.fullmatch(rf"A{held.number:02}(\.\d)?", one)


def test_figures_of_an_article_are_those_that_cite_it():
    assert article(25).figures == ("services.filing",)
    assert {key for key in catalogue() if key.startswith("assets.price.")} <= set(article(12).figures)
    served = {key for held in articles().values() for key in held.figures}
    assert served == set(catalogue())


@pytest.mark.parametrize(
    ("text", "place", "zh", "en"),
    [
        ("第二十三条第一款", (23, 1, None), "第二十三条第一款", "Article 23, paragraph 1"),
        ("第二十五条", (25, None, None), "第二十五条", "Article 25"),
        ("《上海市机关运行保障条例》第十五条第（二）项", (15, None, 2), "第十五条第（二）项", "Article 15, item 2"),
        ("条例第44条第1款第四项", (44, 1, 4), "第四十四条第一款第（四）项", "Article 44, paragraph 1, item 4"),
        (" 第 十三条 第五款", (13, 5, None), "第十三条第五款", "Article 13, paragraph 5"),
    ],
)
def test_a_citation_is_understood(text, place, zh, en):
    cited = cite(text)
    assert (cited.article, cited.paragraph, cited.item) == place
    assert (cited.zh, cited.en) == (zh, en)
    with translation.override("zh-hans"):
        assert cited.words == zh
    with translation.override("en"):
        assert cited.words == en


def test_a_list_of_citations_is_understood():
    assert [cited.article for cited in cites("第二十二条、第二十三条第二款")] == [22, 23]


@pytest.mark.parametrize(
    "text",
    ["第四十六条", "第零条", "第0条", "第二十三条第三款", "第二十三条第0款", "第十二条第（二）项", "第十五条第（七）项",
     "第二三条", "二十三", "", "第二十三条第一款等"],
)  # fmt: skip
def test_a_citation_of_nothing_is_refused(text):
    with pytest.raises(CitationError):
        cite(text)


def test_words_follow_the_reader():
    with translation.override("zh-hans"):
        assert (article(23).label, article(23).name) == ("第二十三条", "车辆使用管理与信息系统")
        assert [party.name for party in article(25).obliges][:1] == ["机关"]
        assert title().endswith("条例")
    with translation.override("en"):
        assert (article(23).label, chapters()[2].label) == ("Article 23", "Chapter 2")
        assert article(25).obliges[0].name == "agency"
    assert in_force().isoformat() == "2022-11-01"


@needs_it
def test_the_index_fits_the_real_text_and_does_not_copy_it():
    from baozhang.law.text import parse, read

    regulation = parse(read(REAL))
    official = "".join(
        paragraph.text + "".join(item.text for item in paragraph.items)
        for held in regulation.articles
        for paragraph in held.paragraphs
    )
    for printed in regulation.articles:
        held = article(printed.number)
        assert (held.chapter, held.section) == (printed.chapter, printed.section)
        assert (held.paragraphs, held.items) == (len(printed.paragraphs), len(printed.paragraphs[0].items))
        assert not [held.gist[i : i + 14] for i in range(len(held.gist) - 13) if held.gist[i : i + 14] in official]
