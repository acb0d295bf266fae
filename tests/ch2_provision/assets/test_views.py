"""The pages of a card: depreciation as of a day, labels; what is not there, and what one may not print."""

from __future__ import annotations

import datetime as dt

from baozhang.ch2_provision.assets import actions
from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import scope
from tests import factories

D = dt.date


def test_net_value_as_of_any_day(card, agency, as_user):
    one = card(value="7200", organ=agency)
    client = as_user(factories.person("clerk", "asset_clerk", agency))
    page = client.get(f"/assets/cards/{one.pk}/depreciation/?day=2023-12-31").content.decode()
    assert "1,200.00" in page and "6,000.00" in page and "× 12 ÷ 72" in page
    today = client.get(f"/assets/cards/{one.pk}/depreciation/").content.decode()
    assert "3,900.00" in today  # 39 of 72 months by 4 March 2026
    assert "财会〔2017〕4号" in today


def test_a_card_without_a_life_says_what_is_missing(card, agency, as_user):
    one = card(name="综合楼", class_code="A01010100", edition="2022")
    page = as_user(factories.person("clerk", "asset_clerk", agency)).get(f"/assets/cards/{one.pk}/depreciation/")
    assert "待核实" in page.content.decode() and "建筑结构" in page.content.decode()


def test_a_card_that_is_filled_in_without_a_number_is_given_one(agency, as_user):
    clerk = as_user(factories.person("clerk", "asset_clerk", agency))
    filled = dict.fromkeys(("use_state", "booking", "acquisition", "value_type"), "") | {
        "organ": agency.pk, "name": "会议椅", "class_code": "A05010303", "edition": "2022", "quantity": "10", "value": "3333.33",
        "value_type": "original", "use_state": "in_use", "acquired": "2024-05-10",
    }  # fmt: skip
    answer = clerk.post("/assets/cards/add/", filled)
    assert answer.status_code == 302, answer.content.decode()[:4000]
    assert Card._base_manager.get().number == f"{agency.code}-ZC0000001"


def test_a_list_whose_address_names_one_value_shows_that_alone(card, agency, as_user):
    for value in ("7200", "100"):
        card(value=value, organ=agency)
    clerk = as_user(factories.person("clerk", "asset_clerk", agency))
    page = clerk.get("/assets/cards/?value=7200").content.decode()
    assert "7,200.00" in page and "100.00" not in page, "what is shown as a filter filters"


def test_the_why_of_a_net_value(card, agency, as_user):
    one = card(value="7200")
    client = as_user(factories.person("clerk", "asset_clerk", agency))
    page = client.get(f"/assets/cards/{one.pk}/why/net/").content.decode()
    assert "净值 = 原值 − 累计折旧" in page and "7,200.00 − 3,900.00 = 3,300.00" in page
    assert client.get(f"/assets/cards/{one.pk}/").status_code == 200


def test_a_day_that_is_none_is_refused(card, agency, as_user):
    client = as_user(factories.person("clerk", "asset_clerk", agency))
    assert client.get(f"/assets/cards/{card().pk}/depreciation/?day=2023-13-01").status_code == 422


def test_labels_are_printed_for_ones_own_cards_only(card, agency, neighbour, as_user):
    mine, theirs = card(), card(organ=neighbour)
    clerk = as_user(factories.person("clerk", "asset_clerk", agency))
    for address in (f"{mine.pk}/label/", "labels.pdf", f"labels.pdf?id={mine.pk}"):
        answer = clerk.get(f"/assets/cards/{address}")
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-"), address
    assert clerk.get(f"/assets/cards/{theirs.pk}/label/").status_code == 404
    assert clerk.get(f"/assets/cards/labels.pdf?id={theirs.pk}").status_code == 422
    reader = as_user(factories.person("reader", "head", agency))
    assert reader.get(f"/assets/cards/{mine.pk}/label/").status_code == 403
    assert reader.get("/assets/cards/labels.pdf").status_code == 403


def test_many_labels_come_from_the_lists_bulk_bar(card, agency, neighbour, as_user, monkeypatch):
    mine, theirs = [card() for _n in range(3)], card(organ=neighbour)
    clerk = as_user(factories.person("clerk", "asset_clerk", agency))
    page = clerk.get("/assets/cards/").content.decode()
    assert 'value="labels" formtarget="_blank"' in page
    picked = {"act": "labels", "id": [one.pk for one in mine[:2]]}
    for asked in (picked, {"act": "labels", "everything": "1"}):
        answer = clerk.post("/assets/cards/acts/?use_state=in_use", asked)
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-"), asked
        assert "sandbox" in answer["Content-Security-Policy"] and answer["X-Content-Type-Options"] == "nosniff"
    assert clerk.post("/assets/cards/acts/?", {"act": "labels", "id": [theirs.pk]}).status_code == 404, (
        "what is not in sight does not exist"
    )
    monkeypatch.setattr("baozhang.ch2_provision.assets.views.MOST_LABELS", 2)
    refused = clerk.post("/assets/cards/acts/?", {"act": "labels", "everything": "1"})
    assert refused.status_code == 422
    assert "符合条件的卡片有 3 张，一次最多打印 2 张标签" in refused.content.decode()
    reader = as_user(factories.person("reader", "head", agency))
    assert 'value="labels"' not in reader.get("/assets/cards/").content.decode()
    assert reader.post("/assets/cards/acts/?", picked).status_code == 403


def test_a_class_code_that_nobody_checked_shows_as_such(card, agency, as_user):
    client = as_user(factories.person("clerk", "asset_clerk", agency))
    scanner, desktop = (
        card(name="扫描仪", class_code="A02021118", edition="2022"),
        card(class_code="A02010105", edition="2022"),
    )
    pages = [
        client.get(f"/assets/cards/?cols=number,item_name&class_code={one.class_code}").content.decode()
        for one in (scanner, desktop)
    ]
    assert "扫描仪（分类代码待核实）" in pages[0] and "待核实" not in pages[1]
    seed_classes_as_system()
    classes = client.get("/assets/classes/?q=A02021").content.decode()
    assert "待核实" in classes and "已核实" in classes


def seed_classes_as_system():
    with scope.everything("test") as by:
        actions.seed_classes(by)


def test_of_many_cards_those_in_the_way_are_left_out_and_the_rest_go_on(card, agency, as_user):
    idle, used = [card(use_state="idle") for _n in range(2)], card(use_state="in_use")
    factories.organ("云间区机关事务管理局", agency.jurisdiction, competence="authority")
    clerk = as_user(factories.person("clerk", "asset_clerk", agency))
    picked = {"act": "offer", "id": [one.pk for one in (*idle, used)]}
    refused = clerk.post("/assets/cards/acts/?", picked)
    said = refused.content.decode()
    assert refused.status_code == 409 and str(used) in said and "略过这 1 项，办理其余 2 项" in said
    assert f'name="without" value="{used.pk}"' in said and f'name="id" value="{idle[0].pk}"' in said
    assert not Card._base_manager.exclude(offered=None).exists(), "all or nothing until somebody says so"
    assert clerk.post("/assets/cards/acts/?", {**picked, "without": [used.pk]}).status_code == 302
    assert set(Card._base_manager.exclude(offered=None)) == set(idle)
    alone = clerk.post("/assets/cards/acts/?", {"act": "offer", "id": [used.pk]})
    assert alone.status_code == 409 and "略过" not in alone.content.decode()


def test_an_export_reads_by_pieces_and_names_what_its_rows_point_to(
    card, agency, neighbour, as_user, monkeypatch, django_assert_max_num_queries
):
    mine, theirs = [card() for _n in range(3)], [card(organ=neighbour) for _n in range(3)]
    officer = factories.person("officer", "asset_officer", factories.organ("云间区机关事务管理局"))
    monkeypatch.setattr("baozhang.kernel.views.exports.CHUNK", 4)
    monkeypatch.setattr("baozhang.kernel.views.exports.MOST_KNOWN", 1)
    answer = as_user(officer).get("/assets/cards/export.csv?cols=number,organ")
    with django_assert_max_num_queries(6):  # however many organs there are
        lines = b"".join(answer).decode("utf-8-sig").splitlines()[1:]
    told = dict(line.split(",")[:2] for line in lines)
    assert {told[one.number] for one in mine} == {agency.name}
    assert {told[one.number] for one in theirs} == {neighbour.name}


def test_a_fault_is_reported_from_the_card(card, agency, as_user):
    broken, gone = card(), card(use_state="scrapped", disposal="scrapping", disposed=dt.date(2024, 1, 2))
    clerk = as_user(factories.person("clerk", "asset_clerk", agency))
    assert f"/assets/cards/{broken.pk}/acts/repair/" in clerk.get(f"/assets/cards/{broken.pk}/").content.decode()
    assert "/acts/repair/" not in clerk.get(f"/assets/cards/{gone.pk}/").content.decode()
    form = clerk.get(f"/assets/cards/{broken.pk}/acts/repair/", follow=True).content.decode()
    assert str(broken) in form and 'name="fault"' in form
