"""A town without its own support authority is served by the one above it (articles 4, and 13 paragraph 1)."""

from __future__ import annotations

from typing import Any

import pytest

from baozhang.ch1_general.organs.models import Jurisdiction, Organization
from baozhang.ch1_general.organs.queries import authority_above, authority_of, finance_of, holders
from baozhang.ch4_supervision.warnings.choices import OrderState
from baozhang.ch4_supervision.warnings.models import Finding
from baozhang.ch4_supervision.warnings.orders import ISSUE
from baozhang.kernel import scope
from baozhang.kernel.access import Actor
from tests import factories
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(office: Any) -> Organization:
    """The government of a town that has no support authority."""
    place = Jurisdiction(code="990199001", name="澄溪镇", level="town", parent=office.authority.jurisdiction)
    factories.save(place)
    found = factories.organ("澄溪镇人民政府", place)
    for name, role in (("镇管", "asset_clerk"), ("镇长", "head")):
        factories.person(name, role, found)
    return found


def seen(by: Actor) -> set[str]:
    """The organs whose findings somebody sees."""
    with scope.within(by):
        return {row.organ.name for row in Finding.objects.select_related("organ")}


def test_the_districts_supervisor_sees_a_towns_findings_and_orders(office: Any, town: Organization) -> None:
    row = office.crowd(town)
    assert authority_of(town) == office.authority
    assert seen(office("赵科")) == {town.name}
    order = office.issued(row)
    assert (order.state, order.issuer, order.organ) == (OrderState.ISSUED, office.authority, town)
    office.take("镇管", "receive", order)
    office.take("镇管", "answer", order, reply="已核减")
    office.take("镇长", "reply", order)
    office.cure(row)
    assert office.take("钱科", "close", order, note="已复查").state == OrderState.CLOSED
    signers = {office.user(name).pk for name in ("孙局", "李局")}
    assert set(holders(ISSUE, town.pk, TODAY)) >= signers
    assert office.user("市局").pk not in holders(ISSUE, town.pk, TODAY)


def test_nobody_elses_supervisor_sees_it(office: Any, town: Organization) -> None:
    office.crowd(town)
    other = factories.organ("月泾区机关事务管理局", factories.district("月泾区"), competence="authority")
    factories.person("远科", "supervisor", other)
    assert seen(office("远科")) == set()
    assert seen(office("外人")) == set(), "an agency of the district sees itself alone"


def test_with_an_authority_of_its_own_it_is_supervised_by_that(office: Any, town: Organization) -> None:
    office.crowd(town)
    own = factories.organ("澄溪镇机关事务中心", town.jurisdiction, competence="authority")
    factories.person("镇科", "supervisor", own)
    assert (authority_of(town), authority_above(town)) == (own, office.authority)
    assert seen(office("镇科")) == {town.name} and seen(office("赵科")) == set()
    assert office.user("孙局").pk not in holders(ISSUE, town.pk, TODAY)
    factories.save(_ended(own))
    assert seen(office("赵科")) == {town.name}, "once it is abolished, the one above serves again"


def _ended(organ: Organization) -> Organization:
    organ.state, organ.ended = "abolished", TODAY
    return organ


def test_finance_serves_by_itself(office: Any, town: Organization) -> None:
    office.crowd(town)
    finance = factories.organ("云间区财政局", office.authority.jurisdiction, competence="finance")
    factories.person("财员", "finance_officer", finance)
    factories.organ("澄溪镇机关事务中心", town.jurisdiction, competence="authority")
    assert finance_of(town) == finance
    assert seen(office("财员")) == {town.name}, "the town has an authority, but no finance department"
    factories.organ("澄溪镇财政所", town.jurisdiction, competence="finance")
    assert seen(office("财员")) == set()


def test_a_district_without_authority_is_served_by_the_city(office: Any) -> None:
    place = factories.district("新浦区")
    organ = factories.organ("新浦区人民政府", place)
    village = Jurisdiction(code="990177001", name="新桥镇", level="town", parent=place)
    factories.save(village)
    below = factories.organ("新桥镇人民政府", village)
    for one in (organ, below):
        office.crowd(one)
    assert authority_of(below) == office.city == authority_above(below)
    assert seen(office("市科")) == {organ.name, below.name}
    assert seen(office("赵科")) == set()
