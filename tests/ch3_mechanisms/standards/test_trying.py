"""A draft tried on live data: what it would change is counted and kept, no finding is; each row opens what lies behind."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from baozhang.ch3_mechanisms.standards import actions, queries, trying
from baozhang.ch3_mechanisms.standards import jobs as works
from baozhang.ch3_mechanisms.standards.models import StandardLine, Trial
from baozhang.ch4_supervision.warnings.models import Finding, Run
from baozhang.kernel import clock, jobs, ledger, scope
from baozhang.kernel.access import actor_of
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Invalid, Refused
from baozhang.law import rules as law_rules
from tests import factories

from .conftest import DAY, DESKTOP, PRICE, SINCE, City, desktops, draft, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def every_rule() -> None:
    """A test that asks for this hears all rules; for the others those will do that could say something of a desktop."""


@pytest.fixture(autouse=True)
def few_rules(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "every_rule" not in request.fixturenames:
        few = [one for one in law_rules._rules if one.name in ("over_quantity", "over_price", "early_disposal")]
        monkeypatch.setattr(law_rules, "_rules", few)


def try_out(city: City, standard, **more):
    with scope.within(city.officer):
        return actions.try_out(standard, by=city.officer, **more)


def test_what_would_be_over_is_counted(city: City):
    trial = try_out(city, draft(city, {(DESKTOP, ""): "0.5"}))
    # Twelve desktops for ten heads are two too many now; five are allowed by the draft, so seven and five are.
    assert (trial.organs_now, trial.organs_draft) == (1, 2)
    assert (trial.amount_now, trial.amount_draft) == (Decimal(8000), Decimal(48000))
    assert (trial.result["organs_new"], trial.result["organs_gone"], trial.result["new"]) == (1, 0, 1)
    rows = {row["name"]: row for row in trial.result["rows"]}
    health, education = rows["海间区卫生局"], rows["云间区教育局"]
    assert (health["now"], health["draft"], health["amount_now"], health["amount_draft"]) == (
        1,
        1,
        "8000.00",
        "28000.00",
    )
    assert (education["now"], education["new"], education["amount_draft"]) == (0, 1, "20000.00")
    assert trial.result["rules"] == ["over_quantity"]
    assert (trial.day, trial.maker, trial.organ_id) == (SINCE, "officer", city.authority.pk)


def test_what_would_no_longer_be_over(city: City):
    trial = try_out(city, draft(city, {(DESKTOP, ""): "1.5"}))
    assert (trial.organs_now, trial.organs_draft, trial.result["gone"], trial.result["organs_gone"]) == (1, 0, 1, 1)


def test_no_finding_is_kept_and_nothing_else_is_touched(city: City):
    before = ledger.Entry.objects.count()
    standard = draft(city, {(DESKTOP, ""): "0.5"})
    drafted = ledger.Entry.objects.count()
    trial = try_out(city, standard)
    assert not Finding._base_manager.exists() and not Run._base_manager.exists()
    assert drafted > before
    assert list(ledger.Entry.objects.order_by("pk").values_list("kind", "act"))[drafted:] == [
        ("standards.trial", "standards.tried")
    ]
    assert Trial._base_manager.get() == trial


def test_only_findings_that_rest_on_the_draft_count(city: City):
    trial = try_out(city, draft(city, {("assets.quantity.laptop", ""): "0.1"}))
    assert (trial.organs_now, trial.organs_draft, trial.result["rows"]) == (0, 0, []), (
        "twelve desktops are another item"
    )


def test_old_purchases_keep_their_cap_unless_assumed_otherwise(city: City):
    standard = draft(city, {(PRICE, ""): "3000"})
    assert try_out(city, standard).organs_draft == 0
    trial = try_out(city, standard, assumed=dt.date(2023, 1, 1))
    assert (trial.organs_draft, trial.amount_draft) == (2, Decimal(22000))


def test_the_reach_is_the_jurisdiction_and_those_below(city: City):
    place = city.education.jurisdiction
    office = factories.organ("云间区机关事务管理局", place, competence="authority", document_word="云机管")
    own = City(
        office,
        city.education,
        city.health,
        *(
            actor_of(factories.person(name, role, office), DAY)
            for name, role in (("do", "standards_officer"), ("dh", "support_head"), ("dc", "supervisor"))
        ),
    )
    trial = try_out(own, draft(own, {(DESKTOP, ""): "0.5"}))
    assert [row["name"] for row in trial.result["rows"]] == ["云间区教育局"]
    with scope.within(city.clerk), pytest.raises(Forbidden):
        actions.try_out(trial.standard, by=city.clerk)


def test_a_changed_draft_is_known(city: City):
    standard = draft(city, {(DESKTOP, ""): "0.5"})
    trial = try_out(city, standard)
    assert trial.digest == trying.digest_of(queries.lines_of(standard))
    line = StandardLine._base_manager.get()
    line.value = Decimal("0.6")
    with scope.within(city.officer):
        keep(line, by=city.officer)
    assert trial.digest != trying.digest_of(queries.lines_of(standard))


def test_rules_that_read_other_figures_are_heard_once(city: City, monkeypatch, every_rule):
    heard = []
    real = trying.judge

    def watched(chosen, day, **more):
        heard.append((chosen[0].name, bool(more["overlay"])))
        return real(chosen, day, **more)

    monkeypatch.setattr(trying, "judge", watched)
    try_out(city, draft(city, {(DESKTOP, ""): "0.5"}))
    again = {name for name, overlaid in heard if overlaid}
    assert "over_quantity" in again
    assert not again & {"over_price", "early_disposal"}


def test_a_rule_that_fails_is_said(city: City, monkeypatch):
    def broken(day, ground):
        ground.bounds(DESKTOP)
        raise RuntimeError("no query")

    kept = [one for one in law_rules._rules if one.name == "over_quantity"]
    monkeypatch.setattr(law_rules, "_rules", [law_rules.Rule(**{**vars(kept[0]), "candidates": broken})])
    trial = try_out(city, draft(city, {(DESKTOP, ""): "0.5"}))
    assert trial.result["errors"] == {"over_quantity": ["RuntimeError: no query"]}


def test_nothing_to_try(city: City):
    with pytest.raises(Invalid, match="没有可以试算"):
        try_out(city, draft(city, {}))
    with pytest.raises(Refused, match="不是草案"):
        try_out(city, publish(city, draft(city, {(DESKTOP, ""): "0.5"}, title="已发布")))


def test_the_page_says_it(city: City, as_user):
    standard = draft(city, {(DESKTOP, ""): "0.5"})
    client: Client = as_user("officer")
    url = f"/standards/standards/{standard.pk}/try/"
    assert "还没有试算" in client.get(url).content.decode()
    assert client.post(url, {"assumed": ""}).status_code == 302
    page = client.get(url).content.decode()
    assert "2 家单位将超出，涉及金额 48,000.00 元" in page
    assert "新超出" in page and "28,000.00" in page
    opened = client.get(f"{url}?organ={city.health.pk}&key={DESKTOP}").content.decode()
    assert "上限 10 台" in opened and "上限 5 台" in opened and "28,000.00" in opened
    assert "没有可以打开的问题" in client.get(f"{url}?organ=999999&key={DESKTOP}").content.decode()
    assert "2 家单位将超出" in client.get(f"/standards/standards/{standard.pk}/").content.decode()
    assert client.post(url, {"assumed": "昨天"}).status_code == 422


def test_who_has_no_business_there_sees_nothing(city: City, as_user):
    standard = draft(city, {(DESKTOP, ""): "0.5"})
    assert as_user("clerk").get(f"/standards/standards/{standard.pk}/try/").status_code == 404
    publish(city, standard)
    assert as_user("clerk").get(f"/standards/standards/{standard.pk}/try/").status_code == 403
    assert as_user("clerk").post(f"/standards/standards/{standard.pk}/lines/", {"do": "save"}).status_code == 403


def test_much_to_judge_becomes_a_job(city: City, as_user, monkeypatch):
    monkeypatch.setattr(works, "AT_ONCE", 0)
    standard = draft(city, {(DESKTOP, ""): "0.5"})
    client, url = as_user("officer"), f"/standards/standards/{standard.pk}/try/"
    assert client.post(url, {"assumed": ""}).status_code == 302
    assert client.post(url, {"assumed": ""}).status_code == 302, "asked twice it is one job"
    job = jobs.Job.objects.get()
    assert 'id="progress"' in client.get(url).content.decode()
    jobs.perform(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, job.done) == ("done", {"trial": Trial._base_manager.get().pk}, job.total)
    jobs.Job.objects.filter(pk=job.pk).update(state="queued")
    jobs.perform(job.pk)
    assert Trial._base_manager.count() == 1, "a job that runs again makes no second trial"
    assert "2 家单位将超出" in client.get(url).content.decode()


def test_a_trial_of_tomorrow_sees_tomorrows_facts(city: City):
    with clock.on(SINCE + dt.timedelta(days=30)):
        desktops(city.education, 5, value=4100, acquired=SINCE)
        standard = draft(city, {(DESKTOP, ""): "1"}, since=SINCE + dt.timedelta(days=40))
        assert try_out(city, standard).organs_draft == 2


def test_programs_try_it_too(city: City, as_user):
    standard = draft(city, {(DESKTOP, ""): "0.5"})
    client = as_user("officer")
    answer = client.post("/api/standards/standards/acts/try", {"ids": [standard.pk]}, content_type="application/json")
    assert answer.status_code == 200, answer.content.decode()
    assert "2 家单位将超出" in answer.json()["done"]
