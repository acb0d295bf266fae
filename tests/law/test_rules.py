"""Declaring a rule: what is wrong stops the start, and an amended rule is another version of the same name."""

from __future__ import annotations

import datetime as dt

import pytest

from baozhang.ch1_general.organs.models import Headcount
from baozhang.law import rules
from baozhang.law.rules import RuleError, Verdict, rule

pytestmark = pytest.mark.usefixtures("no_rules")
GOOD = {
    "article": "第十二条第一款",
    "subject": "organs.headcount",
    "since": "2022-11-01",
    "candidates": lambda day, ground: Headcount._base_manager.order_by("pk"),
}


def looks(record, law):
    """人数有问题"""
    return Verdict("x")


def test_a_rule_is_its_function():
    rule(**GOOD)(looks)
    (one,) = rules.rules()
    assert (one.name, one.title, one.severity, one.model) == ("looks", "人数有问题", "warning", Headcount)
    rules.settle()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"article": "第四十六条"}, "no article 第四十六条"),
        ({"article": "第十二条第九款"}, "no article"),
        ({"article": "十二"}, "no article"),
        ({"subject": "organs.nothing"}, "no class of record organs.nothing"),
        ({"subject": "headcount"}, "no class of record"),
        ({"subject": "contenttypes.contenttype"}, "no class of record"),
    ],
)
def test_a_wrong_name_stops_the_start(changes, said):
    rule(**{**GOOD, **changes})(looks)
    with pytest.raises(RuleError, match=said):
        rules.settle()


def test_candidates_are_a_must():
    with pytest.raises(TypeError, match="candidates"):
        rule(article="第十二条", subject="organs.headcount", since="2022-11-01")(looks)
    with pytest.raises(RuleError, match="candidates"):
        rule(**{**GOOD, "candidates": None})(looks)


def test_a_title_and_a_known_severity_are_a_must():
    with pytest.raises(RuleError, match="docstring"):
        rule(**GOOD)(lambda record, law: None)
    with pytest.raises(RuleError, match="severity"):
        rule(**GOOD, severity="awful")(looks)


def test_versions_must_not_overlap():
    rule(**GOOD, until="2024-12-31")(looks)

    @rule(**{**GOOD, "since": "2025-01-01"}, name="looks")
    def looks_since_2025(record, law):
        """人数有问题（修订）"""

    rules.settle()
    assert rules.rule_on("looks", dt.date(2024, 12, 31)).title == "人数有问题"
    assert rules.rule_on("looks", dt.date(2025, 1, 1)).title == "人数有问题（修订）"
    assert rules.rule_on("looks", dt.date(2022, 10, 31)) is None
    assert rules.title_of("looks") == "人数有问题（修订）"

    rule(**{**GOOD, "since": "2025-06-01"}, name="looks")(looks)
    with pytest.raises(RuleError, match="overlap"):
        rules.settle()


def test_versions_look_at_the_same_records():
    rule(**GOOD, until="2024-12-31")(looks)
    rule(**{**GOOD, "since": "2025-01-01", "subject": "organs.organization"}, name="looks")(looks)
    with pytest.raises(RuleError, match="different records"):
        rules.settle()


def test_an_unknown_rule_is_named():
    rule(**GOOD)(looks)
    with pytest.raises(LookupError, match="no rule other; known: looks"):
        rules.rules(names=["other"])


def test_the_rules_of_the_house_are_settled():
    rules.discover()
