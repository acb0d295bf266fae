"""The security administrator: who may do what, a grant suspended and given back, sign-in failures, the policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from baozhang.ch1_general.organs.models import Suspension
from baozhang.kernel import access, ledger
from tests.site.conftest import Office

pytestmark = pytest.mark.django_db
Door = Callable[..., Client]
SUSPEND = "/admin/rights/suspend/?role=asset_clerk&permission=organs.organization:view"


def test_the_matrix_shows_every_role_and_grant(office: Office, as_user: Door) -> None:
    page = as_user(office.security).get("/admin/rights/").content.decode()
    for role in access.ROLES.values():
        assert str(role.words) in page
        for name in role.grants:
            assert f'title="{name}"' in page
    narrow = as_user(office.security).get("/admin/rights/?role=auditor").content.decode()
    assert "监督部门中按职责" in narrow and 'title="kernel.user:add"' not in narrow
    assert as_user(office.security).get("/admin/rights/?role=nobody").status_code == 404


def test_a_grant_is_suspended_with_a_reason_and_given_back(office: Office, as_user: Door) -> None:
    client, clerk = as_user(office.security), as_user(office.clerk)
    assert clerk.get("/organs/organizations/").status_code == 200
    assert client.get(SUSPEND).status_code == 200
    assert client.post(SUSPEND, {"note": " "}).status_code == 422
    assert client.post(SUSPEND, {"note": "核查期间"}).status_code == 302
    assert clerk.get("/organs/organizations/").status_code == 403
    assert clerk.get("/api/organs/organizations/").status_code == 403
    assert "已停用" in client.get("/admin/rights/").content.decode()
    one = Suspension._base_manager.get()
    assert client.get(SUSPEND)["Location"] == f"/admin/suspensions/{one.pk}/"
    detail = client.get(f"/admin/suspensions/{one.pk}/").content.decode()
    assert "核查期间" in detail and "资产管理员" in detail
    assert client.post(f"/admin/suspensions/{one.pk}/acts/lift/", {"note": "核查结束"}).status_code == 302
    assert clerk.get("/organs/organizations/").status_code == 200
    assert client.post(SUSPEND, {"note": "再次"}).status_code == 302
    said = [(entry.act, entry.note, entry.by_name) for entry in ledger.history("organs.suspension", one.pk)]
    assert said == [
        ("suspend", "核查期间", "secadmin"),
        ("lift", "核查结束", "secadmin"),
        ("suspend", "再次", "secadmin"),
    ]


def test_the_administrators_own_rights_stand(office: Office, as_user: Door) -> None:
    client = as_user(office.security)
    answer = client.post("/admin/rights/suspend/?role=audit_admin&permission=site.ledger:view", {"note": "不让看"})
    assert answer.status_code == 422 and not Suspension._base_manager.exists()
    assert client.get("/admin/rights/suspend/?role=asset_clerk&permission=kernel.user:add").status_code == 404


@pytest.mark.parametrize("who", ["system", "audit", "clerk"])
def test_it_is_nobody_elses_to_suspend(who: str, office: Office, as_user: Door) -> None:
    client = as_user(getattr(office, who))
    for page in ("/admin/rights/", SUSPEND, "/admin/suspensions/", "/admin/signins/", "/admin/policy/"):
        assert client.get(page).status_code == 403, page
    assert client.post(SUSPEND, {"note": "试"}).status_code == 403
    assert not Suspension._base_manager.exists()


def test_appointments_are_read_but_not_made(office: Office, as_user: Door) -> None:
    client = as_user(office.security)
    assert "clerk" in client.get("/organs/appointments/").content.decode()
    assert client.get("/organs/appointments/add/").status_code == 403
    assert client.get("/organs/appointments/export.csv").status_code == 403


def test_failures_are_shown_without_passwords(office: Office, as_user: Door, client: Client) -> None:
    for n in range(9):
        client.post("/login/", {"username": "clerk", "password": f"guess-{n}"})
    client.post("/login/", {"username": "ghost", "password": "guess-x"})
    page = as_user(office.security).get("/admin/signins/").content.decode()
    assert page.count("ghost") == 1 and "clerk" in page and "guess" not in page and "127.0.0.1" in page
    barred = page.partition("登录失败记录")[0]
    assert "clerk" in barred and "ghost" not in barred
    found = as_user(office.security).get("/admin/signins/?user=gho").content.decode().partition("登录失败记录")[2]
    assert "ghost" in found and "clerk" not in found


def test_the_policy_says_what_holds(office: Office, as_user: Door, settings: Any) -> None:
    page = as_user(office.security).get("/admin/policy/").content.decode()
    assert "10" in page and f"连续错 {settings.AXES_FAILURE_LIMIT} 次" in page and "12 小时" in page
