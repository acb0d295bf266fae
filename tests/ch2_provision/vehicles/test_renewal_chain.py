"""From any record of a renewal its whole chain is seen, the old vehicle's disposal among it, in the order of its days."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from baozhang.ch2_provision.allocation.models import Need
from baozhang.ch2_provision.assets.choices import UseState
from baozhang.ch2_provision.disposal.models import Case, Line
from baozhang.ch2_provision.running.models import Cost
from baozhang.ch2_provision.vehicles.models import Addition, Vehicle
from baozhang.kernel import chain, clock, scope
from baozhang.kernel.record import keep
from tests import factories
from tests.ch2_provision.vehicles.conftest import Fleet
from tests.conftest import TODAY


def _day(n: int) -> Any:
    return clock.on(TODAY + dt.timedelta(days=n))


@pytest.fixture
def renewed(fleet: Fleet) -> dict[str, Any]:
    """A renewal of many days, and a stranger's under the same quota."""
    with _day(-40):
        quota = fleet.quota(3)
    with _day(-30):
        old = fleet.vehicle()
        fleet.vehicle(plate="沪A54321")
    need = factories.kept(Need, where=fleet.mine)
    with _day(0):
        made = fleet.approved(kind="renewal", old=old, need=need)
    with _day(1):
        fleet.approved()  # a stranger under the same quota
        case = factories.kept(Case, where=fleet.mine, kind="vehicle", state="executing", approved_on=TODAY, decided_on=TODAY, lane="filing")  # fmt: skip
        line = factories.kept(Line, where=fleet.mine, case=case, card=old.card)
    with _day(2):
        new = fleet.card("", value=Decimal(170_000), acquired=TODAY + dt.timedelta(days=2), registered=None)
        fleet.take("purchase", made, "clerk", card=new)
    with _day(3):
        fleet.take("plate", made, "clerk", plate="沪A·D12345", vin="LSVAA4187E2123456", registered=clock.today())
        held = Vehicle._base_manager.get(card=new)
        fleet.fit("沪AD12345")
        held.mark = "sprayed"
        factories.save(held)
        fleet.take("fit", made, "clerk")
    with _day(4), scope.everything("test") as by:
        old.card.use_state, old.card.disposed, old.card.disposal = UseState.SCRAPPED, clock.today(), "scrapping"
        keep(old.card, by=by, moves=frozenset({"disposed", "disposal", "use_state"}))
        fleet.take("enrol", made, "clerk")
    with _day(5):
        cost = factories.kept(Cost, where=fleet.mine, vehicle=held, kind="wash", at=str(clock.today()), amount=Decimal(30), bill="Y1")  # fmt: skip
    return {"quota": quota, "need": need, "made": made, "case": case, "line": line, "new": new, "held": held, "old": old, "cost": cost}  # fmt: skip


def test_from_any_link_of_a_renewal_the_whole_is_seen(renewed: dict[str, Any], fleet: Fleet) -> None:
    with scope.everything("test"):
        for name, record in renewed.items():
            found = {node.key for node in chain.chain_of(record).nodes}
            missing = [other for other, one in renewed.items() if (one.label, one.pk) not in found]
            assert not missing, (name, missing)
            strangers = Addition._base_manager.exclude(pk=renewed["made"].pk)
            assert name == "quota" or not found & {("vehicles.addition", one.pk) for one in strangers}, name


def test_the_stages_stand_in_the_order_of_their_days(renewed: dict[str, Any], fleet: Fleet, client: Client) -> None:
    client.force_login(fleet.users["clerk"])
    for slug, record in (("additions", "made"), ("files", "old"), ("files", "held"), ("quotas", "quota")):
        page = client.get(f"/vehicles/{slug}/{renewed[record].pk}/chain/").content.decode()
        days = re.findall(r'<div class="when"><time datetime="([\d-]+)"', page)
        assert len(days) > 4 and days == sorted(days), (record, days)


def test_many_trips_and_bills_leave_room_for_the_rest(renewed: dict[str, Any], fleet: Fleet) -> None:
    with _day(6):
        for n in range(260):
            factories.kept(Cost, where=fleet.mine, vehicle=renewed["held"], kind="wash", at=str(clock.today()), amount=Decimal(30), bill=f"Z{n}")  # fmt: skip
    with scope.everything("test"):
        for name in ("case", "made", "held", "cost", "need"):
            held = chain.chain_of(renewed[name])
            missing = [
                other
                for other, one in renewed.items()
                if other != "cost" and (one.label, one.pk) not in {n.key for n in held.nodes}
            ]
            assert held.cut and not missing, (name, missing)
