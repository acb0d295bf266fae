"""A swap brings something in: its card, its cost and its voucher come with the write-off, and both sides see each other."""

from __future__ import annotations

from decimal import Decimal

import pytest

from baozhang.ch2_provision.assets.models import Card, Voucher, VoucherLine
from baozhang.ch2_provision.disposal.actions import carrying
from baozhang.ch2_provision.disposal.models import Incoming
from baozhang.kernel import chain, clock, scope
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused
from tests.conftest import TODAY

from .conftest import D
from .test_way import earn, pay

pytestmark = pytest.mark.django_db
LATER = D(2026, 3, 19)


@pytest.fixture(autouse=True)
def after_the_notice():
    """The day on which the other side may take the old thing."""
    with clock.on(LATER):
        yield


def bring(office, case, value, name="彩色复印机", **more):
    row = Incoming(
        case=office.again(case), name=name, class_code="A02020100", value=Decimal(value), custodian="甲", **more
    )
    office.act("张管", keep, row)
    return row


def received(office, card):
    """A swap whose other side has signed, as soon as the notice was over; the old thing was appraised at 900 yuan."""
    with clock.on(TODAY):
        case = office.approved(card, form="swap")
        values = {"appraiser": "江海资产评估所", "appraised_value": Decimal(900), "appraised_on": TODAY}
        office.act("张管", carrying.note, office.again(case), carrying.APPRAISED, values)
        for kind in ("appraisal", "slip"):
            office.paper(case, kind)
        case = office.take("publish", case)
    return office.take("slip", office.take("hand_over", case))


def test_what_comes_in_has_its_card_and_its_voucher_and_both_are_on_one_chain(office):
    old = office.card(depreciated=Decimal(7500), depreciated_on=D(2026, 2, 28))
    case = received(office, old)
    earn(office, case, "0", "差价由本单位支付")
    with pytest.raises(Refused, match="没有登记换入资产"):
        office.take("write_off", case)
    row = bring(office, case, "1200")
    with pytest.raises(Refused, match=r"合计 1,200\.00 元，应为 900\.00 元") as refused:
        office.take("write_off", case)
    assert refused.value.article == "第十三条第二款" and "评估值 900.00" in refused.value.instead
    office.act("会计", carrying.pay_boot, office.again(case), {"boot": Decimal(300)})
    case = office.take("write_off", case)

    came = Card._base_manager.get(acquisition="swapped")
    assert (came.value, came.acquired, came.booked, came.booking, came.category) == (
        Decimal(1200),
        LATER,
        LATER,
        "booked",
        "equipment",
    )
    assert Incoming._base_manager.get(pk=row.pk).card_id == came.pk
    gone = Card._base_manager.get(pk=old.pk)
    assert (gone.disposal, gone.disposed) == ("swap", LATER)
    voucher = Voucher._base_manager.get(source_id=case.pk)
    sides = dict(VoucherLine._base_manager.filter(voucher=voucher).values_list("account", "debit"))
    gain = VoucherLine._base_manager.filter(voucher=voucher, account="1002").values_list("credit", flat=True)
    assert came.voucher == voucher.number and list(gain) == [Decimal(300)]
    assert sides["1602"] == Decimal(7500) and voucher.debit == voucher.credit
    with scope.within(office("张管")):
        for start in (gone, came):
            assert {("assets.card", gone.pk), ("disposal.case", case.pk), ("assets.card", came.pk)} <= {
                node.key for node in chain.chain_of(start).nodes
            }


@pytest.mark.parametrize(("depreciated", "account", "amount"), [("7500", "4609", "400"), ("6500", "5301", "600")])
def test_what_it_is_worth_more_is_income_and_less_is_expense(office, depreciated, account, amount):
    """8,000 less depreciation stands in the books, 900 comes in: more than the books had, or less."""
    case = received(office, office.card(depreciated=Decimal(depreciated), depreciated_on=D(2026, 2, 28)))
    earn(office, case, "0", "等价交换")
    bring(office, case, "900")
    case = office.take("write_off", case)
    line = VoucherLine._base_manager.get(voucher__source_id=case.pk, account=account)
    assert line.debit + line.credit == Decimal(amount)


def test_a_difference_received_makes_it_cheaper(office):
    case = received(office, office.card())
    earn(office, case, "100")
    pay(office, case)
    bring(office, case, "500")
    bring(office, case, "300", name="打印机")
    assert office.take("write_off", case).state == "closed"
    assert Card._base_manager.filter(acquisition="swapped").count() == 2


def test_only_a_swap_under_way_takes_something_in(office):
    sold = office.approved(office.card(), form="sale")
    with pytest.raises(Invalid) as refused:
        bring(office, sold, "900")
    assert "没有换入资产" in str(refused.value.faults[0].reason)
    case = office.draft(office.card(number="C-9"), form="swap")
    with pytest.raises(Invalid) as refused:
        bring(office, case, "900")
    assert "不能增改换入资产" in str(refused.value.faults[0].reason)
    with pytest.raises(Refused, match="现在不能登记补价和费用"):
        office.act("会计", carrying.pay_boot, office.again(sold), {"boot": Decimal(1)})


def test_once_its_card_is_made_it_stays(office):
    case = received(office, office.card())
    earn(office, case, "0", "等价交换")
    row = bring(office, case, "900")
    office.take("write_off", case)
    again = Incoming._base_manager.get(pk=row.pk)
    again.value = Decimal(1)
    with pytest.raises(Invalid):
        office.act("张管", keep, again)


def test_the_page_of_the_case_leads_on(office, as_user):
    case = received(office, office.card())
    page = as_user("张管").get(f"/disposal/cases/{case.pk}/").content.decode()
    assert "没有登记换入资产" in page and f"/disposal/incoming/add/?case={case.pk}" in page
    form = as_user("张管").get(f"/disposal/incoming/add/?case={case.pk}").content.decode()
    assert case.number in form and "入账成本" in form


def test_the_list_adds_only_to_a_swap_and_leads_to_one_else(office, as_user):
    case, draft = received(office, office.card()), office.draft(office.card(number="C-9"), form="swap")

    def offered(query=""):
        return as_user("张管").get(f"/disposal/incoming/{query}").content.decode()

    assert f"/disposal/incoming/add/?case={case.pk}" in offered(f"?case={case.pk}")
    for query in ("", f"?case={draft.pk}"):
        assert "/disposal/incoming/add/" not in offered(query) and "/disposal/cases/?form=swap" in offered(query)


def test_while_it_is_typed_the_cost_that_is_left_is_told(office, as_user):
    case = received(office, office.card())
    bring(office, case, "300")
    said = (
        as_user("张管")
        .post("/disposal/incoming/hints/", {"case": case.pk, "name": "打印机", "value": "100"})
        .content.decode()
    )
    assert "合计应为 900.00 元" in said and "这一项应为 600.00 元" in said
    assert "900.00" not in as_user("外管").post("/disposal/incoming/hints/", {"case": case.pk}).content.decode()
