"""What reviewers say of findings: true, false, or explained; and what that says of the rule."""

from __future__ import annotations

import pytest

from baozhang.ch4_supervision.warnings.actions import review
from baozhang.ch4_supervision.warnings.choices import Review, State
from baozhang.ch4_supervision.warnings.models import Finding
from baozhang.ch4_supervision.warnings.patrol import patrol
from baozhang.ch4_supervision.warnings.queries import precision
from baozhang.kernel import scope
from baozhang.kernel.refusal import Invalid
from tests import factories
from tests.ch4_supervision.test_patrol import change, heads, only, own_rules  # noqa: F401 -- a fixture of each test

pytestmark = pytest.mark.usefixtures("db", "own_rules")


def test_reviews_make_the_precision():
    for n in range(4):
        heads(f"丙{n}局", 10, 12)
    patrol()
    rows = list(Finding._base_manager.order_by("pk"))
    with scope.everything("test") as by:
        review(rows[:3], verdict=Review.TRUE, by=by)
        review(rows[3:], verdict=Review.FALSE, note="口径不同", by=by)
    own = precision()["too_many"]
    assert (own.true, own.false, own.live, own.share) == (3, 1, 3, 0.75)


def test_what_is_explained_is_not_pursued_until_its_facts_change(client):
    row = heads("甲局", 10, 12)
    patrol()
    with scope.everything("test") as by:
        with pytest.raises(Invalid, match="单位的说明"):
            review(only(), verdict=Review.EXPLAINED, by=by)
        review(only(), verdict=Review.EXPLAINED, note="两人带编借调，市里已批", by=by)
    assert (only().state, only().review) == (State.HANDLED, Review.EXPLAINED)
    patrol()
    assert only().state == State.HANDLED
    own = precision("too_many")["too_many"]
    assert (own.true, own.explained, own.false, own.share) == (0, 1, 0, 1.0)
    change(row, actual=13)
    patrol()
    assert (only().state, only().review) == (State.OPEN, "")
    with scope.everything("test") as by:
        review(only(), verdict=Review.EXPLAINED, note="同上", by=by)
        review(only(), verdict=Review.FALSE, note="口径不同", by=by)
    assert (only().state, precision("too_many")["too_many"].share) == (State.FALSE_ALARM, 0.0)
    office = factories.organ("云间区机关事务管理局", factories.organ("甲局").jurisdiction, competence="authority")
    client.force_login(factories.person("officer", "supervisor", office))
    page = client.get(f"/warnings/findings/{only().pk}/").content.decode()
    assert "这条规则的核查结果" in page and "0%" in page and "acts/explained/" in page
