"""An agency whose need nothing in stock could answer, from the need through plan and budget, and the people who buy."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch2_provision.allocation.flows import NeedFlow
from baozhang.ch2_provision.allocation.models import Need
from baozhang.ch2_provision.funding import actions as funding
from baozhang.ch2_provision.funding.flows import PlanFlow, PlanLineFlow
from baozhang.ch2_provision.funding.models import PlanLine
from baozhang.ch2_provision.funding.queries.plans import standing_plan
from baozhang.ch3_mechanisms.procurement.flows import PurchaseFlow
from baozhang.ch3_mechanisms.procurement.models import Delivery, Purchase, PurchaseLine
from baozhang.ch3_mechanisms.procurement.receiving import Papers, receive
from baozhang.kernel.accounts import User
from baozhang.kernel.record import keep
from tests import factories
from tests.ch2_provision.funding.conftest import Office
from tests.conftest import TODAY

SIGNED = {"supplier": "江海办公设备公司", "contract": "HT-2026-01", "signed_on": TODAY}


class Shop(Office):
    """The office of the funding tests, with somebody who counts, and what buying asks for."""

    def __init__(self) -> None:
        super().__init__()
        factories.person("点收", "staff", self.agency)

    def need(self, quantity: int = 3, price: int = 4500, means: str = "buy") -> Need:
        """A need that was looked for in vain and stands in the draft of the plan."""
        made = factories.kept(
            Need, where=self.agency, item="desktop", quantity=quantity, purpose="新设科室", needed_by=TODAY + dt.timedelta(days=60), place="2号楼",
        )  # fmt: skip
        self.take("产管", NeedFlow, "submit", made)
        self.take("产管", NeedFlow, "record_none", made)
        return self.take("产管", NeedFlow, "plan_it", made, means=means, unit_price=str(price))  # type: ignore[no-any-return]

    def funded(self, quantity: int = 3, price: int = 4500, means: str = "buy") -> Need:
        """A need whose plan line is agreed and whose money is granted."""
        self.round()
        need = self.need(quantity, price, means)
        plan = self.agreed(PlanLine._base_manager.get(pk=need.plan_line_id))
        self.grant(self.apply(self.budget(plan)))
        return need

    def dearer(self, need: Need, price: int) -> None:
        """The plan is amended to a dearer price of a need, agreed to, and finance grants the difference in a second budget."""
        new = self.act("张会", funding.amend, standing_plan(self.agency, need.plan_line.plan.year), cause="单价上涨")
        line = PlanLine._base_manager.select_related("plan").get(plan=new, root_id=need.plan_line.root_key)
        line.unit_price, line.change_note = Decimal(price), "单价上涨"
        self.act("张会", keep, line)
        new = self.hand_in(new)
        for one in PlanLine._base_manager.filter(plan=new, state="pending"):
            self.take("赵计", PlanLineFlow, "agree", one)
        self.take("赵计", PlanFlow, "review", new)
        self.take("孙局", PlanFlow, "agree", new)
        self.grant(self.apply(self.budget(new, cause="单价上涨")))

    def draft(self, need: Need, quantity: int = 3, price: int = 4500, **values: Any) -> Purchase:
        """A purchase of one line for a need."""
        made = Purchase(organ=self.agency, title="台式计算机采购", way="framework", **values)
        self.act("产管", PurchaseFlow.start, made)
        self.act("产管", keep, PurchaseLine(purchase=made, need=need, quantity=quantity, unit_price=Decimal(price)))
        return made

    def contracted(self, need: Need, quantity: int = 3, price: int = 4500, **values: Any) -> Purchase:
        """A purchase with its contract."""
        made = self.draft(need, quantity, price, **values)
        for who, step in (("产管", "submit"), ("王局", "agree"), ("钱资", "check")):
            self.take(who, PurchaseFlow, step, made)
        lease = {"lease_until": TODAY + dt.timedelta(days=365)} if made.means == "rent" else {}
        return self.take("产管", PurchaseFlow, "sign", made, **SIGNED, **lease)  # type: ignore[no-any-return]

    def count(self, purchase: Purchase, number: int, who: str = "点收") -> Delivery:
        """Somebody counts what came of the first line."""
        line = PurchaseLine._base_manager.filter(purchase=purchase).order_by("place")[0]
        return self.act(who, receive, purchase, {line.pk: number}, Papers(invoice="F-1", custodian="李某"))  # type: ignore[no-any-return]


@pytest.fixture
def shop(db: None, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The office, without the cost of its passwords."""
    monkeypatch.setattr(User, "set_password", lambda self, _raw: setattr(self, "password", "!"))
    return Shop()
