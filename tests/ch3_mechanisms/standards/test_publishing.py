"""A standard from draft to publication: who may do what, what it changes, and that what is published stands."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from baozhang.ch3_mechanisms.standards import actions, flows, queries, wording
from baozhang.ch3_mechanisms.standards.choices import State
from baozhang.ch3_mechanisms.standards.flows import StandardFlow
from baozhang.ch3_mechanisms.standards.models import Reexamination, Standard, StandardLine
from baozhang.ch4_supervision.warnings.models import Finding
from baozhang.ch4_supervision.warnings.patrol import patrol
from baozhang.ch4_supervision.warnings.queries import replay
from baozhang.kernel import clock, ledger, scope
from baozhang.kernel.access import actor_of
from baozhang.kernel.documents import files
from baozhang.kernel.documents.register import Document, DocumentState
from baozhang.kernel.record import keep, remove
from baozhang.kernel.refusal import Forbidden, Invalid, NotFound, Refused
from baozhang.law.figures import Figures
from baozhang.law.judge import judge
from baozhang.law.rules import rules
from tests import factories

from .conftest import DAY, DESKTOP, PRICE, SINCE, City, desktops, draft, publish

pytestmark = pytest.mark.django_db
BEFORE = SINCE - dt.timedelta(days=1)


def value(day: dt.date, place: str, key: str = DESKTOP, **row: object) -> object:
    return Figures(day, place).get(key, **row)


def test_a_published_figure_counts_from_its_day_on(city: City):
    here = city.education.jurisdiction.path.rstrip("/")
    standard = publish(city, draft(city, {(DESKTOP, ""): "0.9", (PRICE, "*"): "4500"}))
    assert (standard.state, standard.issued_on, standard.document) == (State.PUBLISHED, DAY, "江机管〔2026〕1号")
    assert (value(BEFORE, here), value(SINCE, here)) == (1, Decimal("0.9"))
    assert value(SINCE, here, PRICE) == 4500 and isinstance(value(SINCE, here, PRICE), int)
    assert value(SINCE, "CN") == 1, "the country knows nothing of a city's standard"
    reading = Figures(SINCE, here).reading(DESKTOP)
    assert (reading.origin, reading.reference) == ("issued", False)
    assert reading.source == "江海市机关事务管理局《配置标准（2026年版）》（江机管〔2026〕1号）"
    acts = [entry.act for entry in ledger.history("standards.standard", standard.pk)]
    assert acts == ["add", "step:StandardFlow.submit", "step:StandardFlow.approve", "standards.numbered"]


def test_findings_before_the_day_keep_the_old_figure(city: City):
    patrol(names=["over_quantity"])
    first = Finding._base_manager.get(rule="over_quantity")
    assert (first.organ_id, first.figures[0]["value"]) == (city.health.pk, "1.0")
    publish(city, draft(city, {(DESKTOP, ""): "0.5"}))
    with clock.on(BEFORE):
        patrol(names=["over_quantity"])
    assert Finding._base_manager.filter(rule="over_quantity").count() == 1
    with clock.on(SINCE):
        patrol(names=["over_quantity"])
    found = {one.organ_id: one for one in Finding._base_manager.filter(rule="over_quantity")}
    assert {organ: one.figures[0]["value"] for organ, one in found.items()} == {
        city.health.pk: "0.5",
        city.education.pk: "0.5",
    }
    assert "上限 5 台" in found[city.education.pk].sentence
    (was,) = judge(rules(DAY, ["over_quantity"]), BEFORE)
    assert was.organ_id == city.health.pk, "judged as of an earlier day, the old figure holds"
    assert replay(found[city.education.pk]).same


def test_a_finding_made_before_is_made_again_with_the_old_figure(city: City):
    patrol(names=["over_quantity"])
    first = Finding._base_manager.get(rule="over_quantity")
    publish(city, draft(city, {(DESKTOP, ""): "0.5"}))
    with clock.on(SINCE + dt.timedelta(days=30)):
        again = replay(first)
    assert again.same, again.differences


def test_prices_are_judged_by_the_standard_of_the_purchase(city: City):
    publish(city, draft(city, {(PRICE, ""): "3000"}))
    with clock.on(SINCE):
        desktops(city.education, 1, value=3500, acquired=SINCE)
        found = list(judge(rules(SINCE, ["over_price"]), SINCE))
    assert [one.subject.value for one in found] == [3500], "what was bought in 2023 for 4,000 was allowed then"


def test_the_officer_cannot_publish_and_the_head_cannot_draft(city: City):
    standard = draft(city, {(DESKTOP, ""): "0.9"})
    with scope.within(city.officer):
        StandardFlow.take("submit", standard, by=city.officer)
        with pytest.raises(Forbidden):
            StandardFlow.take("approve", standard, by=city.officer)
    with scope.within(city.head), pytest.raises(Forbidden):
        keep(Standard(organ=city.authority, title="另一个", valid_from=SINCE), by=city.head)


def test_one_person_with_both_roles_may_not_do_both(city: City):
    both = factories.person("both", "standards_officer", city.authority)
    factories.person("both", "support_head", city.authority)
    actor = actor_of(both, DAY)
    with scope.within(actor):
        standard = Standard(organ=city.authority, title="标准", valid_from=SINCE)
        StandardFlow.start(standard, by=actor)
        keep(StandardLine(standard=standard, key=DESKTOP, value=Decimal(1)), by=actor)
        StandardFlow.take("submit", standard, by=actor)
        with pytest.raises(Refused, match="不能办理"):
            StandardFlow.take("approve", standard, by=actor)


def test_a_draft_is_the_business_of_its_authority(city: City):
    standard = draft(city, {(DESKTOP, ""): "0.9"})
    with scope.within(city.clerk):
        assert not Standard.objects.exists() and not StandardLine.objects.exists()
    publish(city, standard)
    with scope.within(city.clerk):
        assert Standard.objects.get().title == standard.title
        assert StandardLine.objects.get().number == Decimal("0.9")
        line = StandardLine.objects.get()
        line.value = Decimal(2)
        with pytest.raises((Forbidden, NotFound)):
            keep(line, by=city.clerk)


def test_a_new_version_ends_the_old_one_the_day_before(city: City):
    here = city.education.jurisdiction.path.rstrip("/")
    first = publish(city, draft(city, {(DESKTOP, ""): "0.9"}))
    later = SINCE + dt.timedelta(days=100)
    with scope.within(city.officer):
        second = actions.new_version(Standard.objects.get(), by=city.officer)
        assert (second.valid_from, second.state) == (DAY + dt.timedelta(days=1), State.DRAFT)
        second.valid_from = later
        keep(second, by=city.officer)
        line = StandardLine.objects.get(standard=second)
        line.value = Decimal("0.8")
        keep(line, by=city.officer)
    second = publish(city, second)
    old = Standard._base_manager.get(pk=first.pk)
    assert (old.state, old.valid_to) == (State.SUPERSEDED, later - dt.timedelta(days=1))
    assert [value(day, here) for day in (BEFORE, SINCE, later - dt.timedelta(days=1), later)] == [
        1,
        Decimal("0.9"),
        Decimal("0.9"),
        Decimal("0.8"),
    ]
    papers = {paper.about_id: paper for paper in Document._base_manager.all()}
    assert (papers[first.pk].state, papers[first.pk].replaced_by) == (DocumentState.REPLACED, papers[second.pk])
    assert [step.value for step in queries.story(DESKTOP) if step.origin == "issued"] == [
        Decimal("0.8"),
        Decimal("0.9"),
    ]


def test_a_standard_replaced_in_part_goes_on(city: City):
    here = city.education.jurisdiction.path.rstrip("/")
    first = publish(city, draft(city, {(DESKTOP, ""): "0.9", (PRICE, ""): "4500"}))
    publish(city, draft(city, {(DESKTOP, ""): "0.8"}, title="另一标准", since=SINCE + dt.timedelta(days=5)))
    assert Standard._base_manager.get(pk=first.pk).state == State.PUBLISHED
    assert value(SINCE + dt.timedelta(days=9), here, PRICE) == 4500


def test_an_ended_figure_gives_way_to_the_one_above(city: City):
    here = city.education.jurisdiction.path.rstrip("/")
    publish(city, draft(city, {(DESKTOP, ""): "0.9"}))
    publish(city, draft(city, {(DESKTOP, ""): None}, title="废止", since=SINCE + dt.timedelta(days=5)))
    assert value(SINCE + dt.timedelta(days=5), here) == 1


def test_a_day_that_has_passed_is_refused(city: City):
    standard = draft(city, {(DESKTOP, ""): "0.9"}, since=DAY - dt.timedelta(days=1))
    with scope.within(city.officer), pytest.raises(Refused, match="已过") as refused:
        StandardFlow.take("submit", standard, by=city.officer)
    assert "不溯及既往" in refused.value.why


def test_a_second_standard_for_the_same_day_is_refused(city: City):
    publish(city, draft(city, {(DESKTOP, ""): "0.9"}))
    again = draft(city, {(DESKTOP, ""): "0.7"}, title="另一标准")
    with scope.within(city.officer), pytest.raises(Refused, match="起已有标准"):
        StandardFlow.take("submit", again, by=city.officer)


def test_rows_are_replaced_whole(city: City):
    wide, narrow = "use=emergency/enforcement;body=bus", "use=emergency;body=bus"
    key = "assets.vehicle.price"
    publish(city, draft(city, {(key, wide): "240000"}))
    part = draft(city, {(key, narrow): "230000"}, title="只改一档", since=SINCE + dt.timedelta(days=5))
    with scope.within(city.officer), pytest.raises(Refused, match="档次与现行标准不一致"):
        StandardFlow.take("submit", part, by=city.officer)
    with scope.within(city.officer):
        keep(
            StandardLine(standard=part, key=key, row="use=enforcement;body=bus", value=Decimal(250000)), by=city.officer
        )
    publish(city, part)
    here = city.education.jurisdiction.path.rstrip("/")
    day = SINCE + dt.timedelta(days=5)
    assert [value(day, here, key, use=use, body="bus") for use in ("emergency", "enforcement")] == [230000, 250000]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"key": "assets.quantity.abacus", "value": 1}, "没有“assets.quantity.abacus”"),
        ({"key": DESKTOP, "value": -1}, "不能为负数"),
        ({"key": DESKTOP, "row": "rank=bureau", "value": 1}, "没有行键“rank”"),
        ({"key": "assets.price.desk", "value": 1}, "缺少行键"),
        ({"key": "assets.price.desk", "row": "rank=king", "value": 1}, "不能是"),
        ({"key": "assets.quantity.copier", "row": "headcount=many", "value": 1}, "不能是“many”"),
        ({"key": DESKTOP, "value": 1, "ends": True}, "不能再有数值"),
    ],
)
def test_only_what_the_catalogue_knows(city: City, line: dict[str, object], said: str):
    standard = draft(city, {})
    made = StandardLine(standard=standard, **{**line, "value": Decimal(str(line["value"]))})
    with scope.within(city.officer), pytest.raises(Invalid) as refused:
        keep(made, by=city.officer)
    assert any(said in str(fault.reason) for fault in refused.value.faults), refused.value.faults


def test_titles_and_words_are_understood(city: City):
    standard = draft(
        city, {("办公桌价格上限", "职级=司局级"): "4000", ("assets.quantity.copier", "headcount=100～"): "40"}
    )
    found = {(line.key, line.row) for line in queries.lines_of(standard)}
    assert found == {("assets.quantity.copier", "headcount=100~"), ("assets.price.desk", "rank=bureau")}


def test_an_empty_or_overlapping_draft_is_not_submitted(city: City):
    with scope.within(city.officer):
        with pytest.raises(Invalid, match="不完整"):
            StandardFlow.take("submit", draft(city, {}, title="空"), by=city.officer)
        gap = draft(city, {(DESKTOP, ""): "1"}, title="缺")
        keep(StandardLine(standard=gap, key=PRICE), by=city.officer)
        with pytest.raises(Invalid, match="不完整") as refused:
            StandardFlow.take("submit", gap, by=city.officer)
        assert "没有数值" in refused.value.why
        double = draft(
            city,
            {("assets.quantity.copier", "headcount=0~100"): "20", ("assets.quantity.copier", "headcount=50~"): "30"},
            title="重",
        )
        with pytest.raises(Invalid, match="不完整") as refused:
            StandardFlow.take("submit", double, by=city.officer)
        assert "重叠" in refused.value.why


def test_only_an_authority_or_finance_sets_standards(city: City):
    stray = factories.person("stray", "standards_officer", city.education)
    actor = actor_of(stray, DAY)
    with scope.within(actor):
        standard = Standard(organ=city.education, title="自定", valid_from=SINCE)
        StandardFlow.start(standard, by=actor)
        keep(StandardLine(standard=standard, key=DESKTOP, value=Decimal(9)), by=actor)
        with pytest.raises(Refused, match="不能发布配置标准"):
            StandardFlow.take("submit", standard, by=actor)


@pytest.mark.parametrize(
    ("level", "competence", "key", "may"),
    [
        ("city", "authority", "services.standard.repair", True),
        ("district", "authority", "services.standard.repair", False),
        ("city", "finance", "services.standard.repair", False),
        ("city", "authority", "funding.spending.meals", False),
        ("district", "finance", "funding.spending.meals", True),
    ],
)
def test_each_kind_of_figure_is_set_by_whom_the_law_names(level: str, competence: str, key: str, may: bool, db: None):
    """Article 7: services by the authority of the city, what may be spent by the finance department of each level."""
    top = factories.city()
    organ = factories.organ("某局", top if level == "city" else factories.district("云间区"), competence=competence)
    standard = Standard(organ=organ, title="自定", valid_from=SINCE)
    with scope.everything("test") as by:
        keep(standard, by=by)
        keep(StandardLine(standard=standard, key=key, row="", value=Decimal(2)), by=by)
    guards = (flows.a_financier, flows.the_city)
    if may:
        assert [guard(standard) for guard in guards] == [None, None]
        return
    with pytest.raises(Refused, match="不能制定") as refusal:
        for guard in guards:
            guard(standard)
    assert refusal.value.article.startswith("第七条")


def test_a_district_standard_outranks_the_citys(city: City):
    office = factories.organ(
        "云间区机关事务管理局", city.education.jurisdiction, competence="authority", document_word="云机管"
    )
    own = City(
        office,
        city.education,
        city.health,
        *(
            actor_of(factories.person(name, role, office), DAY)
            for name, role in (("do", "standards_officer"), ("dh", "support_head"), ("dc", "supervisor"))
        ),
    )
    publish(city, draft(city, {(DESKTOP, ""): "0.9"}))
    publish(own, draft(own, {(DESKTOP, ""): "0.7"}))
    assert value(SINCE, city.education.jurisdiction.path.rstrip("/")) == Decimal("0.7")
    assert value(SINCE, city.health.jurisdiction.path.rstrip("/")) == Decimal("0.9")


def test_the_document_has_the_lines_and_its_number(city: City):
    standard = publish(city, draft(city, {(DESKTOP, ""): "0.9", ("assets.price.desk", "rank=bureau"): "4200"}))
    paper = Document._base_manager.get()
    assert (paper.number, paper.about_id, paper.title) == (
        standard.document,
        standard.pk,
        "关于印发《配置标准（2026年版）》的通知",
    )
    assert files.read(paper).startswith(b"%PDF")
    rows = paper.paper.attachments[0].blocks[0].rows
    assert [row[1:5] for row in rows] == [
        ("办公桌价格上限", "司局级", 4200, "元"),
        ("台式计算机数量上限", "", Decimal("0.9"), "件/人"),
    ]


def test_without_a_document_word_nothing_is_published(city: City):
    standard = draft(city, {(DESKTOP, ""): "0.9"})
    city.authority.document_word = ""
    factories.save(city.authority)
    with pytest.raises(Refused, match="机关代字"):
        publish(city, standard)
    assert Standard._base_manager.get().state == State.SUBMITTED
    assert value(SINCE, city.education.jurisdiction.path) == 1


def test_an_overdue_review_is_found(city: City):
    standard = publish(city, draft(city, {(DESKTOP, ""): "0.9"}, review_due=dt.date(2027, 1, 1)))
    late = dt.date(2027, 1, 11)
    with clock.on(late):
        (found,) = judge(rules(late, ["review_overdue"]), late)
        assert (found.rule.article, found.organ_id) == ("第三十七条", city.authority.pk)
        assert "超期 10 天" in str(found.verdict.sentence)
        with scope.within(city.officer):
            keep(
                Reexamination(standard=standard, day=late, conclusion="stands", next_due=dt.date(2029, 1, 1)),
                by=city.officer,
            )
        assert not list(judge(rules(late, ["review_overdue"]), late))


def test_a_line_of_a_draft_may_be_taken_out(city: City):
    standard = draft(city, {(DESKTOP, ""): "0.9"})
    with scope.within(city.officer):
        said = actions.save_lines(standard, [], queries.lines_of(standard), by=city.officer)
    assert "删除 1 条" in said
    assert not StandardLine._base_manager.exists()
    publish(city, draft(city, {(DESKTOP, ""): "0.9"}, title="已发布"))
    with scope.everything("test") as by, pytest.raises(Refused, match="不能撤销登记"):
        remove(StandardLine._base_manager.get(), by=by, note="x")


def test_figures_are_added_with_what_holds(city: City):
    standard = draft(city, {})
    with scope.within(city.officer):
        assert (
            actions.add_figures(
                standard,
                [DESKTOP, "assets.price.desk", "assets.quantity.copier", "supervision.rectify_days"],
                by=city.officer,
            )
            == 6
        )
        assert actions.add_figures(standard, [DESKTOP], by=city.officer) == 0
    held = {(line.key, line.row): line.number for line in queries.lines_of(standard)}
    assert held[DESKTOP, "*"] == 1
    assert held["assets.price.desk", "rank=bureau"] == 4500
    assert (held["assets.quantity.copier", "headcount=0~100"], held["assets.quantity.copier", "headcount=100~"]) == (
        20,
        30,
    )
    assert held["supervision.rectify_days", "*"] is None, "nobody has verified it, so nothing is filled in"


def test_the_notice_names_the_articles_of_its_figures_and_speaks_of_assets_only_where_there_are_any():
    draft = Standard(title="后勤服务标准", valid_from=dt.date(2027, 1, 1))
    mixed = [StandardLine(key=key, row="*") for key in ("services.standard.repair", "assets.price.desktop")]
    first, second = wording._body(draft, mixed)
    assert "》第七条第一款、第十二条第一款，现将" in first and "已经配置的资产，仍按配置时" in second
    first, second = wording._body(draft, mixed[:1])
    assert "》第七条第一款，现将" in first and "资产" not in second
