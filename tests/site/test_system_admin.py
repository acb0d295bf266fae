"""The system administrator: accounts opened and shut, passwords shown once, appointments that end, keys, machinery."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from baozhang.ch1_general.organs.models import Appointment, Delegation
from baozhang.ch2_provision.stocktaking.flows import CountFlow
from baozhang.ch2_provision.stocktaking.models import Count
from baozhang.kernel import access, jobs, ledger, scope, tokens
from baozhang.kernel.access import actor_of
from baozhang.kernel.accounts import User
from baozhang.kernel.customs import CustomField
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Invalid
from tests import factories
from tests.conftest import TODAY
from tests.site.conftest import Office

pytestmark = pytest.mark.django_db
Door = Callable[..., Client]


def open_account(client: Client, username: str = "wang") -> str:
    """The password of a new account, read off the page."""
    page = client.post("/admin/accounts/add/", {"username": username, "name": "王芳", "phone": ""})
    assert page.status_code == 200, page.content.decode()
    assert page["Cache-Control"] == "no-store"
    found = re.search(r'class="secret">([^<]+)<', page.content.decode())
    assert found is not None
    return found.group(1)


def test_an_account_is_opened_and_its_password_stands_on_one_page(office: Office, as_user: Door) -> None:
    client = as_user(office.system)
    password = open_account(client)
    user = User._base_manager.get(username="wang")
    assert user.check_password(password) and user.must_change and len(password) == 14
    entries = list(ledger.history("kernel.user", user.pk))
    assert [(entry.act, entry.by_name) for entry in entries] == [("add", "sysadmin"), ("password", "sysadmin")]
    assert password not in "".join(entry.changes + entry.note for entry in entries)
    for page in ("/admin/accounts/", f"/admin/accounts/{user.pk}/", f"/admin/accounts/{user.pk}/history/", "/"):
        assert password not in client.get(page).content.decode()
    again = client.post("/admin/accounts/add/", {"username": "wang", "name": "王芳", "phone": ""})
    assert again.status_code == 422 and User._base_manager.filter(username="wang").count() == 1


def test_the_first_password_must_be_changed_before_anything_else(office: Office, as_user: Door, client: Client) -> None:
    password = open_account(as_user(office.system))
    factories.save(
        Appointment(user=User._base_manager.get(username="wang"), organ=office.organ, role="asset_clerk", since=TODAY)
    )
    assert client.post("/login/", {"username": "wang", "password": password}).status_code == 302
    assert client.get("/organs/organizations/")["Location"] == "/password/"
    same = {"old": password, "new": password, "again": password}
    assert "与原密码相同" in client.post("/password/", same).content.decode(), (
        "else it would stay the one that others know"
    )
    new = {"old": password, "new": "a quite new password", "again": "a quite new password"}
    assert client.post("/password/", new).status_code == 302
    assert client.get("/organs/organizations/").status_code == 200


def test_a_lost_password_is_replaced(office: Office, as_user: Door) -> None:
    client = as_user(office.system)
    assert client.get(f"/admin/accounts/{office.clerk.pk}/password/").status_code == 200
    page = client.post(f"/admin/accounts/{office.clerk.pk}/password/").content.decode()
    found = re.search(r'class="secret">([^<]+)<', page)
    assert found and User._base_manager.get(pk=office.clerk.pk).check_password(found.group(1))
    assert client.post(f"/admin/accounts/{office.system.pk}/password/").status_code == 409  # not one's own
    assert as_user(office.security).post(f"/admin/accounts/{office.clerk.pk}/password/").status_code == 403


def test_accounts_from_a_sheet_get_their_first_passwords_together(office: Office, as_user: Door) -> None:
    client = as_user(office.system)
    for n in range(3):
        body = json.dumps({"username": f"u{n}", "name": f"人{n}"})
        assert client.post("/api/admin/accounts/", body, content_type="application/json").status_code == 201
    assert not User._base_manager.get(username="u0").has_usable_password()
    assert client.get("/admin/passwords/").content.decode().count("/admin/accounts/") >= 3
    page = client.post("/admin/passwords/").content.decode()
    secrets = re.findall(r'class="secret">([^<]+)<', page)
    assert len(set(secrets)) == 3
    assert client.post("/admin/passwords/").status_code == 409  # nobody is left


def test_a_locked_account_is_out_at_once(office: Office, as_user: Door) -> None:
    clerk, admin = as_user(office.clerk), as_user(office.system)
    key = tokens.issue("程序", by=office.actor(office.clerk))
    assert clerk.get("/organs/organizations/").status_code == 200
    assert (
        admin.post(f"/admin/accounts/{office.clerk.pk}/acts/lock/", {"note": ""}).status_code == 422
    )  # a reason is needed
    assert admin.post(f"/admin/accounts/{office.clerk.pk}/acts/lock/", {"note": "调离"}).status_code == 302
    assert clerk.get("/organs/organizations/")["Location"].startswith("/login/")
    assert Client().get("/api/organs/organizations/", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    entry = ledger.history("kernel.user", office.clerk.pk).last()
    assert entry and (entry.act, entry.note, entry.by_name) == ("lock", "调离", "sysadmin")
    assert admin.post(f"/admin/accounts/{office.clerk.pk}/acts/unlock/", {"note": "误办"}).status_code == 302
    assert User._base_manager.get(pk=office.clerk.pk).is_active
    assert (
        admin.post(f"/admin/accounts/{office.system.pk}/acts/lock/", {"note": "试"}).status_code == 409
    )  # not oneself


def test_unlocking_forgets_wrong_passwords(office: Office, as_user: Door, client: Client) -> None:
    for _ in range(9):
        client.post("/login/", {"username": "clerk", "password": "wrong"})
    right = {"username": "clerk", "password": "a-long-password"}
    assert client.post("/login/", right).status_code != 302
    as_user(office.system).post(f"/admin/accounts/{office.clerk.pk}/acts/unlock/", {"note": "本人来电"})
    assert client.post("/login/", right).status_code == 302
    entry = ledger.history("kernel.user", office.clerk.pk).last()
    assert entry and entry.act == "unlock"


def test_an_appointment_is_made_from_the_list_of_roles(office: Office, as_user: Door) -> None:
    client, person = as_user(office.system), factories.save(User(username="li", name="李强"))
    page = client.get(f"/organs/appointments/add/?user={person.pk}").content.decode()
    assert "管理本单位的资产卡片和台账" in page and 'type="radio"' in page
    values = {"user": person.pk, "organ": office.organ.pk, "role": "supervisor", "since": "2026-03-01", "until": ""}
    answer = client.post("/organs/appointments/add/", values)
    assert answer.status_code == 302, answer.content.decode()
    made = Appointment._base_manager.get(user=person)
    assert actor_of(person, TODAY).roles == {"supervisor"}
    assert client.post("/organs/appointments/add/", values | {"role": "emperor"}).status_code == 422
    # It ends; it is neither rewritten nor deleted.
    ending = f"/organs/appointments/{made.pk}/edit/"
    assert client.get(ending).status_code == 200
    assert client.post(ending, {"until": "2026-03-03", "note": ""}).status_code == 422
    assert client.post(ending, {"until": "2026-02-01", "note": "调离"}).status_code == 422
    assert client.post(ending, {"until": "2026-03-03", "note": "调离", "role": "head"}).status_code == 302
    made.refresh_from_db()
    assert (made.until, made.role) == (dt.date(2026, 3, 3), "supervisor") and not actor_of(person, TODAY).roles
    entry = ledger.history("organs.appointment", made.pk).last()
    assert entry and (entry.note, entry.by_name) == ("调离", "sysadmin")
    body = json.dumps({"role": "head"})
    refused = client.patch(f"/api/organs/appointments/{made.pk}", body, content_type="application/json")
    assert refused.status_code == 422 and "不能改人" in refused.json()["faults"][0]["reason"], refused.json()


@pytest.mark.parametrize(
    ("held", "wanted"),
    [("system_admin", "audit_admin"), ("security_admin", "asset_clerk"), ("asset_clerk", "system_admin")],
)
def test_nobody_sits_on_two_chairs(office: Office, held: str, wanted: str) -> None:
    person = factories.person("zhou", held, office.organ)
    with scope.everything("test") as by:
        with pytest.raises(Invalid, match="内容有误") as refused:
            keep(Appointment(user=person, organ=office.organ, role=wanted, since=TODAY), by=by)
        assert "三" in refused.value.faults[0].reason or "不得兼任" in refused.value.faults[0].reason
        old = Appointment._base_manager.get(user=person)
        old.until = TODAY - dt.timedelta(days=1)
        keep(old, by=by)
        keep(Appointment(user=person, organ=office.organ, role=wanted, since=TODAY), by=by)


def test_two_chairs_in_one_batch_are_seen(office: Office) -> None:
    person = factories.save(User(username="zhou", name="周"))
    rows = [Appointment(user=person, organ=office.organ, role=role, since=TODAY) for role in ("audit_admin", "head")]
    with scope.everything("test") as by, pytest.raises(Invalid) as refused:
        keep(rows, by=by)
    assert refused.value.faults[0].row == 2
    both = [Appointment(user=person, organ=office.organ, role=role, since=TODAY) for role in ("supervisor", "head")]
    with scope.everything("test") as by:
        assert keep(both, by=by).new == 2  # two parts in business are no matter


def test_nobody_appoints_himself(office: Office, as_user: Door) -> None:
    values = {"user": office.system.pk, "organ": office.organ.pk, "role": "system_admin", "since": "2030-01-01"}
    assert as_user(office.system).post("/organs/appointments/add/", values).status_code == 403
    with scope.within(office.actor(office.system)), pytest.raises(Forbidden):
        keep(
            Appointment(user=office.system, organ=office.organ, role="asset_clerk", since=TODAY),
            by=office.actor(office.system),
        )


def test_a_deputy_is_no_way_around_the_walls(office: Office) -> None:
    def given(giver: User, taker: User) -> Delegation:
        return Delegation(organ=office.organ, giver=giver, taker=taker, since=TODAY, until=TODAY)

    with scope.everything("test") as by:
        for giver, taker in ((office.clerk, office.audit), (office.system, office.clerk)):
            with pytest.raises(Invalid):
                keep(given(giver, taker), by=by)
    head, mate = factories.person("head", "head", office.organ), factories.person("mate", "asset_clerk", office.organ)
    with scope.within(office.actor(mate)), pytest.raises(Forbidden, match="只能委托本人"):
        keep(given(head, mate), by=office.actor(mate))  # the head's powers, taken by himself
    with scope.within(office.actor(head)):
        keep(given(head, mate), by=office.actor(head))


def test_who_stands_in_for_somebody_becomes_no_administrator_meanwhile(office: Office) -> None:
    head = factories.person("head", "head", office.organ)
    taker = factories.save(User(username="taker", name="taker", password="!"))
    until = TODAY + dt.timedelta(days=5)
    with scope.within(office.actor(head)) as by:
        keep(Delegation(organ=office.organ, giver=head, taker=taker, since=TODAY, until=until), by=by)

    def seat(since: dt.date, until: dt.date | None = None) -> Appointment:
        return Appointment(user=taker, organ=office.organ, role="audit_admin", since=since, until=until)

    with scope.everything("test") as by:
        with pytest.raises(Invalid) as refused:
            keep(seat(until), by=by)
        assert "不得兼任" in refused.value.faults[0].reason
        keep(seat(until + dt.timedelta(days=1)), by=by)


def test_a_custom_field_is_made_used_and_retired(office: Office, as_user: Door) -> None:
    client = as_user(office.system)
    values = {
        "label_of": "assets.card",
        "words": "保险单号",
        "key": "policy",
        "kind": "text",
        "choices_text": "",
        "filtered": "on",
    }
    assert client.post("/admin/fields/add/", values).status_code == 302
    field = CustomField._base_manager.get(key="policy")
    assert as_user(office.clerk).get("/assets/cards/?x_policy=1").status_code == 200
    assert client.post("/admin/fields/add/", values | {"key": "2nd", "words": "二"}).status_code == 422
    assert (
        client.post("/admin/fields/add/", values | {"label_of": "kernel.user", "key": "u", "words": "三"}).status_code
        == 422
    )
    edit = f"/admin/fields/{field.pk}/edit/"
    assert 'name="kind"' not in client.get(edit).content.decode()
    assert client.post(edit, values | {"kind": "number", "retired": "on", "version": 1}).status_code == 302
    field.refresh_from_db()
    assert field.kind == "text" and field.retired
    assert as_user(office.clerk).get("/admin/fields/").status_code == 403


def test_a_key_is_seen_and_revoked_but_never_read(office: Office, as_user: Door) -> None:
    key = tokens.issue("财务系统", by=office.actor(office.clerk))
    client, token = as_user(office.system), tokens.Token._base_manager.get()
    page = client.get("/admin/keys/").content.decode()
    assert "财务系统" in page and key not in page and token.digest not in page
    assert client.post(f"/admin/keys/{token.pk}/", {"note": ""}).status_code == 422
    assert client.post(f"/admin/keys/{token.pk}/", {"note": "泄露"}).status_code == 302
    assert tokens.actor_for(key) is None
    assert [entry.act for entry in ledger.history("kernel.token", token.pk)] == ["issue-key", "revoke-key"]
    assert as_user(office.security).get("/admin/keys/").status_code == 403


def test_ones_own_keys(office: Office, as_user: Door) -> None:
    client = as_user(office.clerk)
    page = client.post("/me/keys/", {"name": "脚本", "days": "30"}).content.decode()
    found = re.search(r'class="secret">([^<]+)<', page)
    assert found and tokens.actor_for(found.group(1)) is not None
    assert found.group(1) not in client.get("/me/keys/").content.decode()
    assert client.post("/me/keys/", {"name": "脚本", "days": "4000"}).status_code == 422
    other = tokens.Token._base_manager.get()
    assert as_user(office.system).post(f"/me/keys/{other.pk}/revoke/").status_code == 404
    assert client.post(f"/me/keys/{other.pk}/revoke/").status_code == 302
    assert tokens.actor_for(found.group(1)) is None


def test_the_machinery_is_shown_without_its_matter(office: Office, as_user: Door) -> None:
    @jobs.work("test-fails")
    def fails(job: jobs.Job) -> dict[str, Any]:
        raise ValueError("密件 12,345.60 元")

    try:
        job = jobs.ask("test-fails", key="one", title="密件台账.xlsx")
        jobs.perform(job.pk)
    finally:
        del jobs.WORKS["test-fails"]
    job.refresh_from_db()
    assert "密件" in job.error
    client = as_user(office.system)
    page = client.get("/admin/jobs/").content.decode()
    assert "密件" not in page and "出错" in page and "ValueError" in page and "test_system_admin.py" in page
    assert "每日封账" in page and "磁盘余量" in page
    assert "test-fails" not in client.get("/admin/jobs/?state=done").content.decode()
    assert as_user(office.clerk).get("/admin/jobs/").status_code == 403


def test_roles_with_their_words() -> None:
    assert {code for code, _words in access.role_choices()} == set(access.ROLES)


def test_where_the_last_of_a_role_leaves_it_is_said_what_waits_for_nobody(office: Office, as_user: Door) -> None:
    agency = factories.organ("市教育局", office.organ.jurisdiction)
    clerk, head = factories.person("办", "asset_clerk", agency), factories.person("负", "head", agency)
    count = factories.save(Count(organ=agency, title="年度盘点", begins=TODAY, ends=TODAY, led_by="办"))
    with scope.within(access.actor_of(clerk, TODAY)) as by:
        CountFlow.take("submit", count, by=by)
    page = f"/stocktaking/counts/{count.pk}/"
    assert "没有人可以办理" not in as_user(clerk).get(page).content.decode()
    held = Appointment._base_manager.get(user=head)
    with scope.within(office.actor(office.system)) as by:
        held.until = TODAY - dt.timedelta(days=1)
        keep(held, by=by, note="调离")
    assert "“待批准”现在没有人可以办理：市教育局" in as_user(clerk).get(page).content.decode()
    told = as_user(office.system).get(f"/organs/appointments/{held.pk}/").content.decode()
    assert "市教育局现在没有人担任“单位负责人”，有 1 项待办没有人可以办理" in told
    form = f"/organs/appointments/add/?organ={agency.pk}&amp;role=head"
    assert form in told
    filled = as_user(office.system).get(form.replace("&amp;", "&")).content.decode()
    assert f'<option value="{agency.pk}" selected>{agency}</option>' in filled
    assert re.search(r'value="head"[^>]*checked', filled)
    next_one = factories.person("继", "staff", agency)
    with scope.within(office.actor(office.system)) as by:
        keep(Appointment(user=next_one, organ=agency, role="head", since=TODAY), by=by)
    assert "没有人可以办理" not in as_user(clerk).get(page).content.decode()
    assert "没有人担任" not in as_user(office.system).get(f"/organs/appointments/{held.pk}/").content.decode()
    assert "批准并冻结账面" in as_user(next_one).get(page).content.decode()
