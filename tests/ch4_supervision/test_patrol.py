"""The patrol: new, same, changed, gone, false alarm; twice, killed, two at once, an earlier day; made again later."""

from __future__ import annotations

import datetime as dt
import io
import json
import threading
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from baozhang.ch1_general.organs.models import Headcount
from baozhang.ch4_supervision.warnings import patrol as patrol_module
from baozhang.ch4_supervision.warnings.actions import mark, review
from baozhang.ch4_supervision.warnings.choices import Review, RunState, State
from baozhang.ch4_supervision.warnings.lock import alone
from baozhang.ch4_supervision.warnings.management.commands import patrol as patrol_command
from baozhang.ch4_supervision.warnings.models import Finding, Run
from baozhang.ch4_supervision.warnings.patrol import patrol
from baozhang.ch4_supervision.warnings.queries import last_run, precision, replay
from baozhang.kernel import clock, ledger, scope
from baozhang.kernel.access import actor_of
from baozhang.kernel.record import keep, remove
from baozhang.kernel.refusal import Forbidden, Invalid, Refused
from baozhang.law import rules
from baozhang.law.judge import Judged
from baozhang.law.rules import Verdict, rule
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 4)
NEXT = dt.date(2026, 3, 5)


@pytest.fixture(autouse=True)
def own_rules(monkeypatch):
    """Two rules of this test: too many heads, and one that no figure lets speak."""
    monkeypatch.setattr(rules, "_rules", [])

    @rule(
        article="第十二条第一款", subject="organs.headcount", since="2022-11-01", severity="serious",
        candidates=lambda day, ground: Headcount._base_manager.filter(actual__gt=F("quota")).select_related("organ")
        .annotate(more=F("actual") - F("quota")).order_by("pk"),
    )  # fmt: skip
    def too_many(record, law):
        """实有人数超过编制"""
        most = law.allowed("assets.quantity.desktop", record.quota)
        facts = {"quota": record.quota, "actual": record.actual, "sum": Decimal("1.50")}
        return Verdict(
            f"{record.organ.name}超{record.more}，限{most}", facts, Decimal("12.345"), "核减", key=record.band
        )

    @rule(
        article="第四十一条第二款", subject="organs.headcount", since="2022-11-01",
        candidates=lambda day, ground: Headcount._base_manager.order_by("pk"),
    )  # fmt: skip
    def silent(record, law):
        """没有标准"""
        return Verdict(f"{law.figure('supervision.rectify_days')}")


def heads(name, quota, actual, **values):
    row = Headcount(
        organ=factories.organ(name), band="division", quota=quota, actual=actual, since=dt.date(2023, 1, 1), **values
    )
    return factories.save(row)


def change(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    return factories.save(row)


def only():
    return Finding._base_manager.get()


def entries(finding):
    return [entry.act for entry in ledger.history("warnings.finding", finding.pk)]


def test_a_new_finding_says_everything():
    row = heads("甲局", 10, 12)
    heads("乙局", 10, 10)
    report = patrol()
    found = only()
    assert (found.rule, found.kind, found.subject_id, found.key) == ("too_many", "organs.headcount", row.pk, "division")
    assert (found.state, found.severity, found.article, found.remedy) == (
        State.OPEN,
        "serious",
        "第十二条第一款",
        "核减",
    )
    assert (found.sentence, found.amount) == ("甲局超2，限10", Decimal("12.34"))
    assert found.facts == {"quota": 10, "actual": 12, "sum": "1.50"}
    assert [figure["key"] for figure in found.figures] == ["assets.quantity.desktop"]
    assert (found.first_day, found.subject_version, found.organ_id) == (DAY, 1, row.organ_id)
    assert "台式计算机数量上限" in found.figure_sentences[0]
    count = report.counts["too_many"]
    assert (count.looked, count.found, count.new, count.open) == (1, 1, 1, 1)
    assert report.counts["silent"].unjudged == {"supervision.rectify_days": 2}
    assert entries(found) == [patrol_module.FOUND]
    run = last_run()
    assert (run.state, run.new, run.standing, run.unjudged) == (
        RunState.DONE,
        1,
        1,
        {"silent": {"supervision.rectify_days": 2}},
    )


def test_doing_it_again_changes_nothing_and_hears_nothing(monkeypatch):
    heads("甲局", 10, 12)
    patrol()
    before = only()
    with monkeypatch.context() as patch, clock.on(NEXT):
        patch.setattr(Judged, "verdict", property(lambda _one: pytest.fail("what stands already need not be heard")))
        report = patrol()
    after = only()
    assert (after.version, after.kept_at) == (before.version, before.kept_at)
    assert (report.total("new"), report.total("changed"), report.total("resolved"), report.total("open")) == (
        0,
        0,
        0,
        1,
    )


def test_changed_facts_are_entered():
    row = heads("甲局", 10, 12)
    patrol()
    change(row, actual=13)
    with clock.on(NEXT):
        report = patrol()
    found = only()
    assert (found.sentence, found.first_day, found.judged_on, found.subject_version) == ("甲局超3，限10", DAY, NEXT, 2)
    assert report.counts["too_many"].changed == 1
    assert entries(found) == [patrol_module.FOUND, patrol_module.CHANGED]


def test_what_is_gone_is_resolved_with_evidence():
    row = heads("甲局", 10, 12)
    patrol()
    with clock.on(NEXT):
        patrol()
    with clock.on(dt.date(2026, 3, 6)):
        with scope.everything("test") as by:
            row.actual = 9
            keep(row, by=by, note="调出三人")
        report = patrol()
    found = only()
    assert (found.state, found.last_day, found.resolved_on) == (State.RESOLVED, NEXT, dt.date(2026, 3, 6))
    (entry,) = found.evidence["entries"]
    assert (entry["day"], entry["note"], entry["changes"]) == ("2026-03-06", "调出三人", {"actual": [12, 9]})
    assert (report.counts["too_many"].resolved, report.counts["too_many"].open) == (1, 0)
    change(row, actual=11)
    patrol()
    assert sorted(Finding._base_manager.values_list("state", flat=True)) == [State.OPEN, State.RESOLVED]


def test_a_record_taken_back_resolves_its_finding():
    row = heads("甲局", 10, 12)
    patrol()
    with scope.everything("test") as by:
        remove(row, by=by, note="误登")
    patrol()
    assert only().state == State.RESOLVED
    assert only().evidence["removed"] is True


def test_a_rule_that_fails_resolves_nothing(monkeypatch):
    heads("甲局", 10, 12)
    patrol()
    (one,) = rules.rules(names=["too_many"])

    def broken(day, ground):
        raise RuntimeError("no query")

    monkeypatch.setattr(rules, "_rules", [rules.Rule(**{**vars(one), "candidates": broken})])
    report = patrol()
    assert only().state == State.OPEN
    assert report.counts["too_many"].errors == ["RuntimeError: no query"]
    assert last_run().errors == {"too_many": ["RuntimeError: no query"]}


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (lambda: Verdict("x", {"a": object()}), "not JSON serializable"),
        (lambda: Verdict("x", amount=3), "a sum is a Decimal"),
        (lambda: Verdict("x", amount=Decimal("1e20")), "内容有误"),
    ],
)
def test_what_cannot_be_kept_stays_with_its_rule(verdict, said):
    heads("甲局", 10, 12)

    @rule(
        article="第十二条", subject="organs.headcount", since="2022-11-01",
        candidates=lambda day, ground: Headcount._base_manager.order_by("pk"),
    )  # fmt: skip
    def another(record, law):
        """存不下来"""
        return verdict()

    report = patrol()
    assert said in report.counts["another"].errors[0]
    assert only().rule == "too_many"


def test_a_rule_out_of_force_lets_its_findings_go(monkeypatch):
    heads("甲局", 10, 12)
    patrol()
    monkeypatch.setattr(rules, "_rules", [one for one in rules._rules if one.name == "silent"])
    patrol(names=["silent"])
    assert only().state == State.OPEN, "a patrol of other rules says nothing of it"
    patrol()
    assert (only().state, only().evidence) == (State.RESOLVED, {"rule_ended": "2026-03-04"})


def test_a_false_alarm_stays_one_until_its_facts_change():
    row = heads("甲局", 10, 12)
    patrol()
    with scope.everything("test") as by:
        review(only(), verdict=Review.FALSE, note="借调人员", by=by)
    patrol()
    assert only().state == State.FALSE_ALARM
    assert precision()["too_many"].share == 0.0
    change(row, actual=13)
    report = patrol()
    assert (only().state, only().review) == (State.OPEN, "")
    assert (report.counts["too_many"].open, report.counts["too_many"].false_alarms) == (1, 0)


def test_who_may_review():
    heads("甲局", 10, 12)
    patrol()
    where = factories.organ("甲局")
    office = factories.organ("云间区机关事务管理局", where.jurisdiction, competence="authority")
    clerk = actor_of(factories.person("clerk", "asset_clerk", where), DAY)
    officer = actor_of(factories.person("officer", "supervisor", office), DAY)
    with scope.within(clerk), pytest.raises(Forbidden):
        review(Finding.objects.get(), verdict=Review.FALSE, note="不对", by=clerk)
    with scope.within(officer):
        with pytest.raises(Invalid, match="理由"):
            review(Finding.objects.get(), verdict=Review.FALSE, note=" ", by=officer)
        mark([Finding.objects.get()], handled=True, by=officer)
        with pytest.raises(Refused, match="已采取措施"):
            review(Finding.objects.get(), verdict=Review.FALSE, note="不对", by=officer)
        assert (Finding.objects.get().state, Finding.objects.get().review) == (State.HANDLED, Review.TRUE)
    elsewhere = factories.organ("海间区机关事务管理局", factories.district("海间区"), competence="authority")
    stranger = actor_of(factories.person("stranger", "supervisor", elsewhere), DAY)
    with scope.within(stranger):
        assert not Finding.objects.exists()


def test_a_past_day_keeps_nothing():
    row = heads("甲局", 10, 12)
    report = patrol(day=dt.date(2025, 6, 1))
    assert not Finding._base_manager.exists() and not Run._base_manager.exists()
    assert [(one.pk, one.verdict.sentence) for one in report.found] == [(row.pk, "甲局超2，限10")]
    assert patrol(dry=True).total("found") == 1
    assert patrol(day=dt.date(2022, 10, 31)).counts == {}, "the regulation was not in force"


def test_a_first_run_for_a_past_day():
    heads("甲局", 10, 12)
    patrol(day=dt.date(2025, 6, 1), back=True)
    assert only().first_day == dt.date(2025, 6, 1)
    assert ledger.history("warnings.finding", only().pk).get().day == dt.date(2025, 6, 1)
    patrol()
    with pytest.raises(Refused, match="不能补记"):
        patrol(day=dt.date(2025, 7, 1), back=True)


def test_killed_in_the_middle_and_run_again(monkeypatch):
    for n in range(5):
        heads(f"丁{n}局", 10, 12)

    def dies(self, tally):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(patrol_module._Round, "resolve", dies)
        with pytest.raises(KeyboardInterrupt):
            patrol()
    assert Run._base_manager.get().state == RunState.RUNNING
    patrol()
    assert Finding._base_manager.count() == 5
    assert sorted(Run._base_manager.values_list("state", flat=True)) == [RunState.BROKEN, RunState.DONE]


def test_two_at_once():
    heads("甲局", 10, 12)
    refused = []

    def second():
        try:
            patrol()
        except Refused as error:
            refused.append(error.what)
        finally:
            connection.close()

    with alone():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert refused == ["巡查正在进行，不能同时再开一次"]
    patrol()
    assert Finding._base_manager.count() == 1


def test_replay():
    row = heads("甲局", 10, 12)
    patrol()
    change(row, actual=20)
    again = replay(only())
    assert again.same, again
    assert again.now["sentence"] == "甲局超2，限10"
    found = only()
    found.facts = {**found.facts, "actual": 11}
    again = replay(found)
    assert (again.same, again.differences) == (False, ["facts"])
    found.subject_version = 9
    found.subject_id = 99_999
    assert "账本中没有" in replay(found).why
    found.rule = "gone"
    assert "规则已不存在" in replay(found).why


def test_the_number_of_queries_does_not_grow():
    def queries():
        with CaptureQueriesContext(connection) as seen:
            patrol()
        return len(seen)

    heads("甲局", 10, 12)
    patrol()
    one = queries()
    rows = [heads(f"戊{n}局", 10, 12) for n in range(8)]
    patrol()
    assert queries() == one
    change(rows[0], actual=13)
    changed = queries()
    for row in rows:
        change(row, actual=14)
    assert queries() == changed


def run(*args):
    out = io.StringIO()
    call_command("patrol", *args, stdout=out)
    return out.getvalue()


def test_the_command():
    heads("甲局", 10, 12)
    said = json.loads(run("--json", "--dry-run"))
    assert (said["kept"], said["found"], said["found_now"][0]["sentence"]) == (False, 1, "甲局超2，限10")
    said = json.loads(run("--json"))
    assert (said["new"], said["open"], said["rules"]["too_many"]["new"]) == (1, 1, 1)
    printed = run("--rule", "too_many")
    assert "too_many" in printed and "silent" not in printed
    assert "待核实：silent 因 supervision.rectify_days 没有有效值，1 项没有判断" in run()
    with pytest.raises(CommandError, match="no rule nothing"):
        run("--rule", "nothing")


def test_an_actor_sees_the_command_fail_where_a_rule_fails(monkeypatch):
    heads("甲局", 10, 12)

    @rule(
        article="第十二条", subject="organs.headcount", since="2022-11-01",
        candidates=lambda day, ground: Headcount._base_manager.order_by("pk"),
    )  # fmt: skip
    def broken(record, law):
        """会出错"""
        raise ZeroDivisionError

    with pytest.raises(CommandError, match="有规则出错"):
        run()
    assert Finding._base_manager.filter(rule="too_many").count() == 1


def test_the_command_brings_in_step_first_what_it_judges(monkeypatch):
    """Ledgers may have come in with no worker since; what keeps nothing changes nothing."""
    done = []
    monkeypatch.setattr(patrol_command.schedule, "follow", lambda: done.append("follow"))
    run("--dry-run")
    run("--day", "2025-06-01")
    assert done == []
    run()
    assert done == ["follow"]
