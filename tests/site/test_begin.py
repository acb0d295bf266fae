"""The first command of an installation: the authority and its three administrators, once."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from baozhang.ch1_general.organs.models import Appointment, Organization
from baozhang.ch2_provision.assets.models import AssetClass, ClassPair
from baozhang.kernel.accounts import User

pytestmark = pytest.mark.django_db
WORDS = {
    "code": "990200", "city": "临江市", "short": "临", "authority": "临江市机关事务管理局",
    "system": "gaoxi=高希", "security": "suan=苏安", "audit": "luji=陆稽",
}  # fmt: skip


def begin(**changes: str) -> str:
    out = StringIO()
    call_command("begin", stdout=out, **{**WORDS, **changes})
    return out.getvalue()


def test_three_people_get_a_seat_and_a_password_that_opens_the_door_once():
    said = begin()
    body = Organization._base_manager.get()
    assert (body.competence, body.document_word) == ("authority", "临机管")
    seats = dict(Appointment._base_manager.values_list("user__username", "role"))
    assert seats == {"gaoxi": "system_admin", "suan": "security_admin", "luji": "audit_admin"}
    password = re.search(r"gaoxi  (\S+)", said)
    assert password and authenticate(RequestFactory().post("/login/"), username="gaoxi", password=password.group(1))
    assert User._base_manager.get(username="gaoxi").must_change
    assert AssetClass._base_manager.count() > 80 and ClassPair._base_manager.filter(verified=True).exists(), (
        "the classes that are shipped"
    )


def test_a_database_in_use_is_left_alone():
    begin()
    with pytest.raises(CommandError, match="已有单位"):
        begin(code="990300")
    assert Organization._base_manager.count() == 1


def test_what_is_wrong_leaves_nothing_behind():
    with pytest.raises(CommandError, match="登录名=姓名"):
        begin(audit="luji")
    with pytest.raises(CommandError, match="登录名：与本批另一行重复"):
        begin(security="gaoxi=高希")
    with pytest.raises(CommandError, match=r"登录名：.*40"):
        begin(security=f"{'x' * 60}=高希")
    with pytest.raises(CommandError, match="六位数字"):
        begin(code="abc")
    assert not Organization._base_manager.exists() and not User._base_manager.exists()
