"""`keep`: the one way to write. Right, lock, check, ledger, all or nothing, safe to repeat."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from tests import factories

from baozhang.ch1_general.organs.models import Headcount, Jurisdiction, Organization
from baozhang.kernel import access, ledger, scope
from baozhang.kernel.access import Actor, Holding
from baozhang.kernel.past import as_of
from baozhang.kernel.record import keep, remove
from baozhang.kernel.refusal import Forbidden, Invalid, NotFound, Refused, Stale

pytestmark = pytest.mark.django_db
SINCE = dt.date(2024, 1, 1)


def heads(where: Organization, quota: int = 10, since: dt.date = SINCE, until: dt.date | None = None) -> Headcount:
    return Headcount(organ=where, band="division", quota=quota, actual=9, since=since, until=until)


def holder(where: Organization, role: str) -> Actor:
    return Actor(1, "张敏", (Holding(where.pk, where.name, role),))


def test_outside_a_scope_there_is_no_query() -> None:
    with pytest.raises(scope.ScopeMissing):
        list(Headcount.objects.all())


def test_records_are_written_in_no_other_way() -> None:
    row = factories.save(heads(factories.organ("甲局")))
    with pytest.raises(scope.WriteOutsideKeep):
        row.save()
    with pytest.raises(scope.WriteOutsideKeep):
        row.delete()
    with scope.everything("test"), pytest.raises(scope.WriteOutsideKeep):
        Headcount.objects.update(quota=1)


def test_an_agency_sees_its_own_rows_and_the_authority_those_of_its_jurisdiction() -> None:
    place, other = factories.district("云间区"), factories.district("月泾区")
    mine, theirs, far = factories.organ("甲局", place), factories.organ("乙局", place), factories.organ("丙局", other)
    authority = factories.organ("管理局", place, competence="authority")
    for one in (mine, theirs, far):
        factories.save(heads(one))
    with scope.within(holder(mine, "asset_clerk")):
        assert {row.organ_id for row in Headcount.objects.all()} == {mine.pk}
    with scope.within(holder(authority, "supervisor")):
        assert {row.organ_id for row in Headcount.objects.all()} == {mine.pk, theirs.pk}


def test_a_right_is_asked_in_the_records_own_organ() -> None:
    mine, theirs = factories.organ("甲局"), factories.organ("乙局")
    clerk = holder(mine, "asset_clerk")
    with pytest.raises(Forbidden):
        keep(heads(mine), by=clerk)  # his own organ's rows are in sight: the right is missing
    with pytest.raises(NotFound):
        keep(heads(theirs), by=clerk)  # another's do not exist for him
    assert Headcount._base_manager.count() == 0
    assert ledger.Entry.objects.filter(kind="organs.headcount").count() == 0


def test_all_faults_of_a_batch_come_at_once_and_nothing_is_written() -> None:
    place = factories.district("云间区")
    rows = [
        Organization(code="X1", name="甲", kind="party", jurisdiction=place),
        Organization(code="X1", name="", kind="party", jurisdiction=place),
        Organization(code="X3", name="丙", kind="guild", jurisdiction=place, uscc="123"),
    ]
    with scope.everything("test") as by, pytest.raises(Invalid) as refused:
        keep(rows, by=by)
    found = {(fault.row, fault.field) for fault in refused.value.faults}
    assert found == {(2, "name"), (2, "code"), (3, "kind"), (3, "uscc")}
    assert Organization._base_manager.filter(code__startswith="X").count() == 0


def test_a_version_that_somebody_overtook_is_refused() -> None:
    where = factories.organ("甲局")
    factories.save(heads(where))
    first, second = Headcount._base_manager.get(), Headcount._base_manager.get()
    first.quota, second.quota = 11, 12
    factories.save(first)
    with pytest.raises(Stale):
        factories.save(second)
    assert Headcount._base_manager.get().quota == 11


def test_what_did_not_change_is_not_written() -> None:
    factories.save(heads(factories.organ("甲局")))
    row = Headcount._base_manager.get()
    with scope.everything("test") as by:
        assert keep(row, by=by).unchanged == 1
    assert Headcount._base_manager.get().version == 1


@pytest.mark.parametrize(
    ("since", "until", "clash"),
    [
        (dt.date(2023, 1, 1), dt.date(2023, 12, 31), False),
        (dt.date(2023, 1, 1), SINCE, True),
        (dt.date(2024, 6, 30), None, True),
        (dt.date(2024, 7, 1), None, False),
    ],
)
def test_periods_do_not_overlap(since: dt.date, until: dt.date | None, clash: bool) -> None:
    where = factories.organ("甲局")
    factories.save(heads(where, until=dt.date(2024, 6, 30)))
    if clash:
        with pytest.raises(Invalid):
            factories.save(heads(where, since=since, until=until))
    else:
        factories.save(heads(where, since=since, until=until))


def test_the_database_refuses_what_code_forgot() -> None:
    where = factories.organ("甲局")
    row = heads(where, until=dt.date(2023, 1, 1))
    with pytest.raises(Invalid, match="没有保存"):
        factories.save(row)
    assert row.pk is None, "a row that was not kept does not claim to be"


def test_one_authority_a_jurisdiction() -> None:
    place = factories.district("云间区")
    factories.organ("管理局", place, competence="authority")
    with pytest.raises(Invalid) as refused:
        factories.organ("另一个管理局", place, competence="authority")
    assert "第四条" in refused.value.why


def test_how_it_was_then() -> None:
    factories.save(heads(factories.organ("甲局"), quota=10))
    row = Headcount._base_manager.get()
    row.quota = 20
    factories.save(row)
    then, now = as_of(Headcount, row.pk, 1), as_of(Headcount, row.pk, 2)
    assert then is not None
    assert now is not None
    assert (then.quota, now.quota) == (10, 20)
    assert as_of(Headcount, row.pk, dt.date(2020, 1, 1)) is None


def test_taking_a_row_back_leaves_its_history() -> None:
    factories.save(heads(factories.organ("甲局")))
    row = Headcount._base_manager.get()
    with scope.everything("test") as by:
        remove(row, by=by, note="误登")
    acts = [entry.act for entry in ledger.Entry.objects.filter(kind="organs.headcount").order_by("seq")]
    assert acts == ["add", "remove"]


def test_a_row_that_others_stand_on_stays() -> None:
    where = factories.organ("甲局")
    factories.save(heads(where))
    with scope.everything("test") as by, pytest.raises((Invalid, IntegrityError)), transaction.atomic():
        remove(Organization._base_manager.get(pk=where.pk), by=by, note="误登")
        connection.check_constraints()


def test_administrators_do_no_business() -> None:
    for role in access.ROLES.values():
        for name in role.grants:
            assert access.PERMISSIONS[name].admin in (None, role.admin), (role.code, name)


def test_nobody_holds_two_of_the_three() -> None:
    where = factories.organ("甲局")
    user = factories.person("qian", "system_admin", where)
    for role in ("audit_admin", "security_admin", "asset_clerk"):
        with pytest.raises(Invalid, match="没有保存"):
            factories.save(factories.Appointment(user=user, organ=where, role=role, since=SINCE))


def test_a_town_lies_in_a_district() -> None:
    with pytest.raises(Invalid, match="没有保存"):
        factories.save(Jurisdiction(code="990199", name="无主镇", level="town"))


def test_what_only_an_act_brings_about_is_not_reached_by_hand(monkeypatch):
    row = factories.kept(Headcount, where=factories.organ("教育局"), band="division")
    monkeypatch.setattr(Headcount, "reserved", {"band": frozenset({"bureau"})})
    with scope.everything("test") as by:
        row.band = "bureau"
        with pytest.raises(Refused, match="不能直接填写"):
            keep(row, by=by)
        keep(row, by=by, moves=frozenset({"band"}))
        row.actual += 1
        keep(row, by=by)  # there already, it may stay
    assert factories.kept(Headcount, where=factories.organ("教育局"), band="bureau").pk, "a new row may bring it"


def test_a_fault_of_a_field_stands_under_its_words() -> None:
    found = heads(factories.organ("甲局")).fault_of("quota", "不能为负数", -1, "核对编制文件")
    assert (found.field, found.column, found.value, found.remedy) == ("quota", "编制人数", "-1", "核对编制文件")
    assert Headcount.fault_of("until", "早于起始日期", None).value == ""
