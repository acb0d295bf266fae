"""The screens of standards: lines typed in and refused, what holds beside them, figures of a day, the story of one."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.test import Client

from baozhang.ch3_mechanisms.standards import queries
from baozhang.ch3_mechanisms.standards.models import Standard, StandardLine
from tests import factories

from .conftest import DESKTOP, PRICE, City, draft, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(city: City, as_user) -> Client:
    return as_user("officer")


def typed(line: StandardLine, **values: str) -> dict[str, str]:
    given = {
        "value": str(line.number or ""),
        "price_source": line.price_source,
        "price_day": "",
        "note": line.note,
        **values,
    }
    return {f"{name}-{line.pk}": value for name, value in given.items()} | {f"version-{line.pk}": str(line.version)}


def test_a_draft_is_begun_on_the_form(city: City, officer: Client):
    blank = officer.get("/standards/standards/add/").content.decode()
    assert f'name="organ" value="{city.authority.pk}"' in blank, "the only organ is filled in, unseen"
    answer = officer.post(
        "/standards/standards/add/", {"title": "新标准", "organ": city.authority.pk, "valid_from": "2026-04-01"}
    )
    standard = Standard._base_manager.get()
    assert answer.status_code == 302 and standard.jurisdiction == city.authority.jurisdiction
    page = officer.get(f"/standards/standards/{standard.pk}/").content.decode()
    assert "条目与对照" in page and "还不齐全" in page and "提交批准" in page


def test_lines_stand_beside_what_holds(city: City, officer: Client):
    standard = draft(
        city,
        {(DESKTOP, ""): "0.9", ("supervision.rectify_days", ""): "15", ("assets.price.desk", "rank=bureau"): "4600"},
    )
    page = officer.get(f"/standards/standards/{standard.pk}/lines/").content.decode()
    for words in (
        "台式计算机数量上限",
        "降低 10.0%",
        "待核实",
        "新设",
        "司局级",
        "提高 2.2%",
        "第十二条第一款",
        "财资〔2016〕27号",
    ):
        assert words in page, words


def test_figures_are_added_and_values_typed(city: City, officer: Client):
    standard = draft(city, {})
    url = f"/standards/standards/{standard.pk}/lines/"
    assert officer.post(url, {"do": "add", "figure": [DESKTOP, PRICE]}).status_code == 302
    desktop, price = sorted(StandardLine._base_manager.all(), key=lambda line: line.key, reverse=True)
    assert (desktop.number, price.number) == (1, 5000)
    answer = officer.post(
        url,
        {
            "do": "save",
            **typed(desktop, value="0.9", note="按实际"),
            **typed(price, value="4,800", price_source="市场调查", price_day="2026-02-01"),
        },
    )
    assert answer.status_code == 302
    held = {line.key: line for line in StandardLine._base_manager.all()}
    assert (held[DESKTOP].value, held[DESKTOP].note) == (Decimal("0.9"), "按实际")
    assert (held[PRICE].value, held[PRICE].price_source, held[PRICE].price_day) == (
        4800,
        "市场调查",
        dt.date(2026, 2, 1),
    )
    assert officer.post(url, {"do": "save", f"gone-{desktop.pk}": "1", **typed(held[PRICE])}).status_code == 302
    assert [line.key for line in StandardLine._base_manager.all()] == [PRICE]


def test_what_is_wrong_is_said_and_nothing_is_lost(city: City, officer: Client):
    standard = draft(city, {(DESKTOP, ""): "0.9", (PRICE, ""): "4500"})
    url = f"/standards/standards/{standard.pk}/lines/"
    price, desktop = queries.lines_of(standard)
    answer = officer.post(url, {"do": "save", **typed(desktop, value="许多"), **typed(price, value="4400")})
    page = answer.content.decode()
    assert answer.status_code == 422 and "“许多”不是数值" in page and 'value="4400"' in page
    assert StandardLine._base_manager.get(key=PRICE).value == 4500, "all or nothing"
    answer = officer.post(url, {"do": "save", **typed(desktop, value="-1"), **typed(price, value="4400")})
    assert answer.status_code == 422 and StandardLine._base_manager.get(key=PRICE).value == 4500
    page = answer.content.decode()
    assert page.count('aria-invalid="true"') == 1 and '<div class="error">' in page, "it is said beside the line"
    assert officer.post(url, {"do": "add"}).status_code == 422
    stale = typed(desktop, value="0.8")
    officer.post(url, {"do": "save", **typed(desktop, value="0.7")})
    assert officer.post(url, {"do": "save", **stale}).status_code == 409, "somebody else was quicker"


def test_a_published_standard_is_only_read(city: City, officer: Client):
    standard = publish(city, draft(city, {(DESKTOP, ""): "0.9"}))
    url = f"/standards/standards/{standard.pk}/"
    page = officer.get(f"{url}lines/").content.decode()
    assert "保存条目" not in page and "<b>1</b>" in page and "<b>0.9</b>" in page, (
        "beside it the figure of the day before"
    )
    (line,) = queries.lines_of(standard)
    assert officer.post(f"{url}lines/", {"do": "save", **typed(line, value="5")}).status_code == 409
    assert officer.get(f"{url}notice/").content.startswith(b"%PDF")
    answer = officer.post(f"{url}acts/version/", {}, follow=True)
    assert "已起草" in answer.content.decode() and Standard._base_manager.count() == 2


def test_the_notice_of_a_draft_can_be_looked_at(city: City, officer: Client):
    standard = draft(city, {(DESKTOP, ""): "0.9"})
    assert officer.get(f"/standards/standards/{standard.pk}/notice/").content.startswith(b"%PDF")


def test_the_whole_path_on_the_screen(city: City, officer: Client, as_user):
    standard = draft(city, {(DESKTOP, ""): "0.9"})
    url = f"/standards/standards/{standard.pk}/"
    assert officer.post(f"{url}steps/submit/", {"note": ""}).status_code == 302
    head = as_user("head")
    assert "批准发布" in head.get(url).content.decode()
    assert head.post(f"{url}steps/approve/", {"note": "同意"}).status_code == 302
    assert "已发布" in as_user("clerk").get(url).content.decode()


def test_which_figure_held_on_a_day(city: City, as_user):
    publish(city, draft(city, {(DESKTOP, ""): "0.9"}))
    clerk, page = as_user("clerk"), "/standards/figures/?family=assets.quantity&day="
    before, after = (clerk.get(page + day).content.decode() for day in ("2026-03-31", "2026-04-01"))
    assert "江机管〔2026〕1号" not in before and "江机管〔2026〕1号" in after
    assert "全国 1" in after, "what it would fall back on"
    assert "待核实" in clerk.get("/standards/figures/?family=supervision").content.decode()
    services = clerk.get("/standards/figures/?family=services.standard").content.decode()
    assert "服务标准" in services and "房屋维护报修响应时限" in services and "待核实" in services
    spending = clerk.get("/standards/figures/?family=funding.spending").content.decode()
    assert "培训费综合定额标准" in spending and "760" in spending and "财行〔2016〕540号" in spending
    assert clerk.get("/standards/figures/?family=none&day=x&place=0").status_code == 200


def test_the_story_of_a_figure(city: City, as_user):
    publish(city, draft(city, {(DESKTOP, ""): "0.9"}))
    page = as_user("clerk").get(f"/standards/figures/{DESKTOP}/?day=2026-05-01").content.decode()
    for words in (
        "2016-07-01",
        "2026-04-01",
        "江海市机关事务管理局《配置标准（2026年版）》",
        "采用",
        "历次变化",
        "story-chart",
    ):
        assert words in page, words
    assert as_user("clerk").get("/standards/figures/assets.none/").status_code == 404
    assert "待核实" in as_user("clerk").get("/standards/figures/warehouse.idle_days/").content.decode()


def test_lines_come_from_a_sheet(city: City, officer: Client):
    title = draft(city, {}).title
    rows = ["标准,项目,档次,数值", f"{title},台式计算机数量上限,,0.9", f"{title},办公桌价格上限,职级=司局级,4200"]
    sheet = io.BytesIO("\n".join(rows).encode())
    sheet.name = "lines.csv"
    answer = officer.post("/api/standards/lines/import", {"file": sheet})
    assert answer.json()["new"] == 2, answer.content.decode()


def test_a_line_of_another_authoritys_draft_is_out_of_reach(city: City, as_user):
    standard = draft(city, {(DESKTOP, ""): "0.9"})
    office = factories.organ("云间区机关事务管理局", city.education.jurisdiction, competence="authority")
    factories.person("other", "standards_officer", office)
    client = as_user("other")
    for page in ("", "lines/", "try/", "notice/"):
        assert client.get(f"/standards/standards/{standard.pk}/{page}").status_code == 404
    body = {"standard": standard.title, "key": PRICE, "row": "*", "value": "1"}
    assert client.post("/api/standards/lines/", body, content_type="application/json").status_code in (403, 404, 422)
    assert not StandardLine._base_manager.filter(key=PRICE).exists()


@pytest.mark.parametrize("said", ["NaN", "Infinity", "-Infinity", "1e30", "1e999999"])
def test_what_is_no_figure_is_no_line_of_a_standard(city: City, officer: Client, said: str):
    standard = draft(city, {(PRICE, ""): "4500"})
    (price,) = queries.lines_of(standard)
    answer = officer.post(f"/standards/standards/{standard.pk}/lines/", {"do": "save", **typed(price, value=said)})
    assert answer.status_code == 422
    assert StandardLine._base_manager.get(key=PRICE).value == 4500
