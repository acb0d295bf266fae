"""The law map: public, computed from what is registered, honest about what is missing; the text loads once and whole."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from baozhang.kernel import resource as resources
from baozhang.kernel.views import frame
from baozhang.law import articles as index
from baozhang.law import official
from baozhang.law.models import LawArticle, LawClause, LawHeading, LawText
from baozhang.site import lawmap
from baozhang.site.law import find
from tests import factories
from tests.real_text import REAL, needs_it

pytestmark = pytest.mark.django_db


def written(**changes: str) -> str:
    """A made-up text in the shape of the regulation: its title, chapters, sections and as many articles."""
    lines = ["某办公室关于转发条例的通知", "", index.title_in("zh"), "（2022年9月22日经会议通过）", ""]
    chapter = section = 0
    for number, article in index.articles().items():
        if article.chapter != chapter:
            chapter, section = article.chapter, 0
            lines.append(f"第{lawmap.numeral(chapter)}章 {index.chapters()[chapter].title}")
        if article.section and article.section != section:
            section = article.section
            lines.append(f"第{lawmap.numeral(section)}节 {index.chapters()[chapter].sections[section].zh}")
        words = (
            "本条例自2022年11月1日起施行。"
            if number == 45
            else changes.get(str(number), f"为了测试，第{number}项事务应当办好。")
        )
        lines.append(f"第{lawmap.numeral(number)}条 {words}")
    return "\n".join(lines)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "law.txt"
    path.write_text(written(), encoding="utf-8")
    return path


def load(path: Path, *options: str) -> dict[str, object]:
    said = io.StringIO()
    call_command("law", "load", str(path), "--json", *options, stdout=said)
    return json.loads(said.getvalue())


def rows() -> list[int]:
    return [model._base_manager.count() for model in (LawText, LawHeading, LawArticle, LawClause)]


def test_the_text_is_loaded_once(file: Path, tmp_path: Path):
    would = load(file, "--dry-run")
    assert (would["state"], would["chapters"], would["sections"], would["articles"]) == ("would_be_new", 5, 4, 45)
    assert rows() == [0, 0, 0, 0]
    assert load(file)["state"] == "new"
    assert rows() == [1, 9, 45, 45]
    again = tmp_path / "again.txt"
    again.write_text(file.read_text(encoding="utf-8").replace("\n第", "\n\n\n第"), encoding="gb18030")
    assert load(again)["state"] == "unchanged", "other blank lines and another encoding are the same text"
    assert rows() == [1, 9, 45, 45]


def test_an_amended_text_stands_beside_the_old_one(file: Path):
    load(file)
    file.write_text(written(**{"12": "修正后的第十二条文字。"}), encoding="utf-8")
    assert load(file)["state"] == "new"
    assert "修正后的" in official.clauses(official.edition(factories.DAY), 12)[12][0].words


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("机关运行保障条例", "公共机构节能条例"), "不是《"),
        (lambda text: text.replace("第三十条", "第三十一条", 1), "缺少"),
        (lambda text: text[: len(text) // 2], "不完整"),
        (lambda text: "只有一句话。", "没有"),
        (lambda text: text.replace("第四节 资源节约\n", ""), "对不上"),
    ],
)
def test_a_wrong_file_is_refused_and_changes_nothing(file: Path, change, said: str):
    load(file)
    before = rows()
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(CommandError, match="没有改变任何内容") as refused:
        call_command("law", "load", str(file), stdout=io.StringIO())
    assert said in str(refused.value)
    assert rows() == before
    with pytest.raises(CommandError):
        call_command("law", "load", str(file.with_name("none.txt")), stdout=io.StringIO())


@needs_it
def test_the_real_text():
    said = load(Path(REAL))
    assert (said["chapters"], said["sections"], said["articles"], said["in_force_from"]) == (5, 4, 45, "2022-11-01")
    assert said["differences"] == []


def test_everybody_may_read_it(file: Path):
    client = Client()
    page = client.get("/law/")
    assert page.status_code == 200
    text = page.content.decode()
    assert text.count("第十二条") >= 1 and "官方文本尚未导入" in text and "尚未支撑" in text
    one = client.get("/law/12/").content.decode()
    assert "资产数量超过配置标准" in one and "官方文本尚未导入" in one
    assert 'href="/standards/' not in one, "what is behind the door is named, not opened"
    load(file)
    assert "第12项事务应当办好" in client.get("/law/12/").content.decode()
    assert client.get("/law/46/").status_code == 404
    assert client.get("/law/0/").status_code == 404
    assert client.get("/lawless/").status_code == 302


def test_who_is_signed_in_opens_what_serves(as_user):
    clerk = factories.person("clerk", "asset_clerk", factories.organ("云间区教育局"))
    page = as_user(clerk).get("/law/12/").content.decode()
    assert 'href="/standards/standards/"' in page and 'href="/standards/figures/assets.quantity.desktop/"' in page
    assert 'href="/standards/trials/"' not in page, "trials are no business of a clerk"


def test_the_map_follows_the_registries(monkeypatch):
    before = lawmap.law_map()
    kinds = {server.kind for server in before[12].servers}
    assert kinds >= {"record", "rule", "flow", "figure"}
    assert {server.words for server in before[37].servers if server.kind == "rule"} == {"标准到期未复审"}
    for slug, one in list(resources.RESOURCES.items()):
        if "第三十七条" in one.article:
            monkeypatch.delitem(resources.RESOURCES, slug)
    monkeypatch.setattr("baozhang.law.rules._rules", [])
    after = lawmap.law_map()
    assert (before[37].state, after[37].state) == ("served", "missing")
    assert lawmap.progress(after.values()).served < lawmap.progress(before.values()).served


def test_paragraphs_count_for_themselves():
    twelve = lawmap.law_map()[12]
    assert [duty.paragraph for duty in twelve.duties] == [1, 2]
    assert twelve.duties[0].state == "served"
    cited = {server.place.paragraph for server in twelve.servers if server.kind in lawmap.ACTING}
    assert (twelve.duties[1].state == "served") == (2 in cited)
    assert lawmap.law_map()[1].duties == [] and lawmap.law_map()[1].state == "none"


def test_a_figure_alone_serves_nothing():
    filing = lawmap.Mapped(index.article(25), [lawmap.Server("figure", index.cite("第二十五条"), "services.filing")])
    assert filing.state == "figures"
    assert lawmap.progress([filing]) == lawmap.Progress(0, 1)


def test_scenarios_are_read_from_their_heads(tmp_path: Path, settings):
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "a.yaml").write_text("场景: 先调剂\n条文: 第十二条第二款\n在: 2025-03-03\n", encoding="utf-8")
    (folder / "b.yaml").write_text("not: a scenario\n", encoding="utf-8")
    settings.PROJECT = tmp_path
    found = [server for server in lawmap.law_map()[12].servers if server.kind == "scenario"]
    assert [(server.words, server.more, server.place.paragraph) for server in found] == [("先调剂", "a.yaml", 2)]


@pytest.mark.parametrize(
    ("asked", "first"),
    [("23", 23), ("第二十三条", 23), ("二十三条", 23), ("公物仓", 14), ("warehouse", 14), ("第十二条第一款", 12)],
)
def test_articles_are_found(asked: str, first: int):
    found = find(asked, None)
    assert found is not None and f"/law/{first}/" in [item["url"] for item in found["items"]]


def test_words_of_the_official_text_are_found(file: Path):
    assert find("第33项事务", None) is None
    load(file)
    found = find("第33项事务", None)
    assert found is not None and [item["url"] for item in found["items"]] == ["/law/33/"]
    assert find("没有这样的话", None) is None
    assert find("99", None) is None


def test_articles_open_from_everywhere():
    assert frame.law("第十二条第一款") == {"words": "第十二条第一款", "url": "/law/12/"}
    assert frame.law("第二十二条、第二十三条")["url"] == "/law/22/"
    assert frame.law("")["url"] == ""


def test_the_other_language():
    with translation.override("zh-hans"):  # the client leaves its language behind
        page = Client(headers={"Accept-Language": "en"}).get("/law/12/").content.decode()
    assert "Article 12" in page and "Configuration standards" in page
