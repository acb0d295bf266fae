"""What a count found missing leaves 1902 and not the books twice; cases cut below a limit count together; the way into the warehouse."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest

from baozhang.ch2_provision.assets.actions import vouchers
from baozhang.ch2_provision.assets.actions.vouchers import Line as Entry
from baozhang.ch2_provision.assets.models import Card, VoucherLine
from baozhang.ch2_provision.disposal.actions import screening
from baozhang.ch2_provision.disposal.choices import Lane, State
from baozhang.ch2_provision.disposal.models import Case
from baozhang.ch2_provision.warehouse.actions.proposing import detect
from baozhang.ch2_provision.warehouse.flows import ProposalFlow
from baozhang.ch2_provision.warehouse.models import Entry as Application
from baozhang.ch2_provision.warehouse.models import Proposal
from baozhang.kernel import clock, scope
from baozhang.kernel.chain import chain_of
from baozhang.kernel.refusal import Refused
from baozhang.law.issued import IssuedValue, also_issued
from baozhang.law.judge import judge
from baozhang.law.rules import rules
from tests import factories
from tests.conftest import TODAY

from .conftest import limits
from .test_way import earn

pytestmark = pytest.mark.django_db


@pytest.fixture
def missing(office):
    """A copier of 8,000.00 that a count found missing, 5,000.00 of it used up: 3,000.00 wait in 1902."""
    card = office.card(use_state="lost")
    lines = [
        Entry("1902", debit=Decimal(3000), card=card), Entry("1602", debit=Decimal(5000), card=card), Entry("1601", credit=Decimal(8000), card=card),
    ]  # fmt: skip
    with scope.everything("test") as by:
        vouchers.post(office.agency, kind="shortage", words="盘亏", source=card, lines=lines, day=TODAY, by=by)
    return card


def balances(card):
    """What the vouchers of a card add up to, by account: debit less credit."""
    found = Counter()
    for line in VoucherLine._base_manager.filter(card=card):
        found[line.account] += line.debit - line.credit
    return {code: amount for code, amount in found.items() if amount}


def loss(office, card):
    """A case of loss that has been approved."""
    case = office.draft(card, form="loss")
    case = office.take("edit", case, "张管", form="loss", reason="盘亏", cause="盘点未见实物", liable="保管人赔偿")
    office.paper(case, "cause")
    case = office.take("submit", case)
    office.paper(case, "minutes")
    for step in ("decide", "screened", "review", "pass_on", "audit", "consent"):
        case = office.take(step, case)
    return case


def test_a_thing_found_missing_is_written_off_once(office, missing):
    case = loss(office, missing)
    assert Card._base_manager.get().use_state == "lost", "it does not come back into the books while it waits"
    earn(office, case, "0", "无赔偿")
    office.take("book_loss", case)
    ended = Card._base_manager.get()
    assert (ended.disposal, ended.disposed, ended.use_state) == ("loss", TODAY, "lost")
    assert balances(ended) == {"1601": -8000, "1602": 5000, "5301": 3000}, (
        "once out of the books, through 1902, to the expense"
    )


def test_it_ends_as_a_loss_alone_and_a_case_called_off_leaves_it_missing(office, missing):
    with pytest.raises(Refused, match="只能办理损失核销") as refused:
        office.take("submit", office.draft(missing))
    assert "待处理财产损溢" in str(refused.value.why) and refused.value.article == "第十三条第四款"
    case = office.take("recall", loss(office, missing), "李财", note="责任未查清")
    assert case.state == State.REVOKED and Card._base_manager.get().use_state == "lost"


def test_cases_cut_below_the_limit_count_together(office):
    with also_issued(limits(approval=50_000)):
        first = office.take("submit", office.draft(office.card(value=Decimal(40_000))))
        assert first.lane == Lane.FILING
        second = office.take("submit", office.draft(office.card(value=Decimal(20_000))))
        assert second.lane == Lane.AUTHORITY
        assert first.number in second.lane_says and "60,000.00" in second.lane_says and "40,000.00" in second.lane_says
        sale = office.draft(office.card(value=Decimal(20_000)), form="sale")
        assert office.take("submit", sale).lane == Lane.FILING, "another form counts by itself"
        office.take("cancel", first, "王局", note="不处置了")
        third = office.take("submit", office.draft(office.card(value=Decimal(20_000))))
        assert third.lane == Lane.FILING, "what was called off no longer counts"


def test_what_the_screening_keeps_has_its_way_into_the_warehouse(office):
    idle = office.card(use_state="idle", value=Decimal(100))
    case = office.decided(idle, office.card())
    office.act("仓管", screening.store, office.lines(case)[:1])
    proposal = Proposal._base_manager.get()
    assert (proposal.card_id, proposal.reason, proposal.state, proposal.origin) == (
        idle.pk,
        "useful",
        "open",
        "screened",
    )
    assert case.number in proposal.sentence and proposal.article == "第十五条第一款第三项"
    with clock.on(TODAY), scope.everything("test") as by:
        detect(day=TODAY, by=by)
        assert Proposal._base_manager.get().state == "open", "no detector takes back what a person decided"
        labels = {node.key[0] for node in chain_of(case).nodes}
    assert {"disposal.case", "disposal.line", "assets.card", "warehouse.proposal"} <= labels
    with scope.within(office("张管")) as by:
        ProposalFlow.take("accept", Proposal.objects.get(), by=by)
    entry = Application._base_manager.get()
    assert entry.state == "draft" and Proposal._base_manager.get().entry_id == entry.pk


def test_who_answers_for_the_agency_has_its_application_at_once(office):
    case = office.decided(office.card(use_state="idle", value=Decimal(100)), office.card())
    office.act("张管", screening.store, office.lines(case)[:1])
    proposal = Proposal._base_manager.get()
    assert proposal.state == "accepted" and proposal.entry is not None and proposal.entry.state == "draft"


def test_the_law_sees_cases_that_were_cut(office):
    (split,) = [one for one in rules() if one.name == "disposal_split"]

    def found(window):
        issued = limits(approval=50_000)
        if window is not None:
            issued.append(
                IssuedValue("disposal.together", "990000", window, dt.date(2022, 11, 1), document="江财资〔2022〕8号")
            )
        with also_issued(issued), scope.everything("test"):
            return [(judged.subject.number, judged.verdict.amount) for judged in judge([split], TODAY)]

    for number, value, day in (
        ("CZ-1", 40_000, dt.date(2026, 1, 1)),
        ("CZ-2", 20_000, dt.date(2026, 1, 31)),
        ("CZ-3", 20_000, dt.date(2026, 3, 3)),
    ):
        factories.kept(
            Case, where=office.agency, number=number, form="scrapping", value=Decimal(value), lane="filing",
            state="closed", submitted_on=day, decided_on=day, approved_on=day, closed_on=day,
        )  # fmt: skip
    assert found(30) == [("CZ-2", Decimal(60_000))]
    assert found(29) == []
    assert found(None) == [], "nobody has said how many days count together"
