"""An expenditure quota is physical quota × reference price; when prices move it is looked at again and never overwritten."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from baozhang.ch2_provision.funding.models import Budget, BudgetLine, PlanRound
from baozhang.ch3_mechanisms.standards import costing, pricing
from baozhang.ch3_mechanisms.standards.actions import new_version, try_out
from baozhang.ch3_mechanisms.standards.flows import QuotaReviewFlow, StandardFlow
from baozhang.ch3_mechanisms.standards.jobs import raise_reviews
from baozhang.ch3_mechanisms.standards.models import Component, QuotaReview, ReferencePrice, Standard, StandardLine
from baozhang.kernel import clock, scope
from baozhang.kernel.access import Actor, actor_of
from baozhang.kernel.flow import Task
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused
from baozhang.law.figures import Figures, IssuedValue
from baozhang.law.issued import also_issued
from tests import factories

DAY, SINCE = dt.date(2026, 3, 4), dt.date(2026, 4, 1)
POST = "funding.quota.post"


class Finance:
    """A finance department with an officer and its head, and a draft of one quota."""

    def __init__(self) -> None:
        self.organ = factories.organ(
            "云间区财政局", factories.district("云间区"), competence="finance", document_word="云财"
        )
        self.officer = actor_of(factories.person("周财", "finance_officer", self.organ), DAY)
        self.head = actor_of(factories.person("吴财", "finance_head", self.organ), DAY)
        self.standard = Standard(organ=self.organ, title="支出定额（试行）", valid_from=SINCE)
        self.write(self.standard)
        self.line = StandardLine(standard=self.standard, key=POST, row="", value=Decimal(900))
        self.write(self.line)

    def write(self, record: object, by: Actor | None = None) -> None:
        """Somebody keeps a record in his own scope."""
        who = by or self.officer
        with scope.within(who):
            keep(record, by=who)  # type: ignore[type-var]

    def price(self, price: int, day: dt.date = DAY) -> ReferencePrice:
        """What a line costs a month."""
        found = ReferencePrice(
            organ=self.organ, name="电话网络", unit="线", price=Decimal(price), day=day, source="采购网均价"
        )
        self.write(found)
        return found

    def take(self, step: str, who: Actor, note: str = "") -> None:
        """Somebody takes a step."""
        with scope.within(who):
            StandardFlow.take(step, Standard._base_manager.get(pk=self.standard.pk), by=who, note=note)

    def published(self) -> Component:
        """Twelve months at 75, published."""
        part = Component(
            line=self.line, physical="每人每月电话", quantity=Decimal(12), basis="实物定额", price=self.price(75)
        )
        self.write(part)
        with scope.within(self.officer):
            pricing.work_out(self.standard, by=self.officer)
        self.take("submit", self.officer)
        self.take("approve", self.head, "同意")
        return part


@pytest.fixture
def finance(db: None) -> Finance:
    """The department."""
    return Finance()


def test_a_quota_out_of_the_air_is_not_submitted(finance: Finance) -> None:
    with pytest.raises(Refused, match="没有按实物定额和参考价格测算") as refusal:
        finance.take("submit", finance.officer)
    assert refusal.value.article == "第七条第二款"
    finance.write(
        Component(line=finance.line, physical="电话", quantity=Decimal(12), basis="实物定额", price=finance.price(80))
    )
    with pytest.raises(Refused) as refusal:
        finance.take("submit", finance.officer)
    assert "不符" in refusal.value.why  # says 900, comes to 960
    with scope.within(finance.officer):
        assert pricing.work_out(finance.standard, by=finance.officer) == 1
    line = StandardLine._base_manager.get(pk=finance.line.pk)
    assert (line.value, line.price_source, line.price_day) == (960, "采购网均价", DAY)
    finance.take("submit", finance.officer)


def test_what_is_published_rests_on_what_it_rested_on(finance: Finance) -> None:
    part = finance.published()
    assert Figures(SINCE, finance.organ.jurisdiction.path.rstrip("/")).get(POST) == 900
    part.quantity = Decimal(11)
    with pytest.raises(Invalid):
        finance.write(part)
    price = ReferencePrice._base_manager.get()
    price.price = Decimal(1)
    with pytest.raises(Invalid, match="没有保存"):
        finance.write(price)


def test_every_drift_is_shown_and_none_becomes_a_task_while_no_share_is_set(finance: Finance) -> None:
    finance.published()
    later = SINCE + dt.timedelta(days=60)
    with clock.on(later):
        finance.price(76, later)
        (found,) = pricing.drifts(later)
        assert (found.limit, found.beyond, found.value_now) == (None, False, 912)
        with scope.everything("test") as by:
            assert raise_reviews(later, by=by) == 0


@pytest.mark.parametrize(("price", "reviews"), [(82, 0), (83, 1), (67, 1), (68, 0)])
def test_beyond_the_share_a_review_is_opened_once_and_nothing_is_overwritten(
    finance: Finance, price: int, reviews: int
) -> None:
    finance.published()
    later = SINCE + dt.timedelta(days=60)
    share = IssuedValue(pricing.DRIFT, "CN", Decimal("0.1"), SINCE, None, {}, "江财〔2026〕3号")
    with clock.on(later), also_issued([share]):
        finance.price(price, later)
        for _again in range(2):
            with scope.everything("test") as by:
                raise_reviews(later, by=by)
        assert QuotaReview._base_manager.count() == reviews
        assert Task.objects.filter(flow="QuotaReviewFlow", closed_at=None).count() == reviews
        if reviews:
            one = QuotaReview._base_manager.get()
            with scope.within(finance.officer), pytest.raises(Invalid):
                QuotaReviewFlow.take("stand", one, by=finance.officer)
            with scope.within(finance.officer):
                QuotaReviewFlow.take("stand", one, by=finance.officer, note="短期波动")
        assert StandardLine._base_manager.get(pk=finance.line.pk).value == 900


def test_a_new_version_takes_the_newest_price(finance: Finance) -> None:
    finance.published()
    later = SINCE + dt.timedelta(days=60)
    with clock.on(later):
        finance.price(80, later)
        officer = actor_of(factories.User._base_manager.get(username="周财"), later)
        with scope.within(officer):
            draft = new_version(Standard._base_manager.get(pk=finance.standard.pk), by=officer)
        assert StandardLine._base_manager.get(standard=draft).value == 960


def test_a_draft_shows_what_it_costs_and_whose_budget_would_be_over(finance: Finance) -> None:
    agency = factories.organ("云间区教育局", finance.organ.jurisdiction)
    authority = factories.organ("云间区机关事务管理局", finance.organ.jurisdiction, competence="authority")
    round_ = factories.save(PlanRound(organ=authority, year=2026, opens=DAY, closes=SINCE))
    budget = factories.save(Budget(round=round_, organ=agency))
    factories.save(
        BudgetLine(
            budget=budget,
            item="30207",
            words="邮电费",
            quota_key=POST,
            driver="heads",
            quota=Decimal(1000),
            driver_value=Decimal(10),
            amount=Decimal(9500),
        )
    )
    Budget._base_manager.filter(pk=budget.pk).update(state="applied", applied_on=DAY, decided_on=DAY, decision="会议")
    with scope.within(finance.officer):
        trial = try_out(finance.standard, by=finance.officer, assumed=DAY)
    (cost,) = trial.result["costs"]
    assert (cost["organs"], Decimal(cost["driver"]), Decimal(cost["now"]), Decimal(cost["draft"])) == (
        1,
        10,
        10000,
        9000,
    )
    assert (cost["over"], Decimal(cost["excess"])) == (1, 500)
    assert (trial.organs_draft, trial.amount_draft) == (1, 500)  # the rule says the same of the day of the application
    assert costing.first_application([finance.line], None) == DAY
    with scope.within(finance.officer):
        assert try_out(finance.standard, by=finance.officer).organs_draft == 0  # from its own day on nobody has applied
