"""The proof of one entry: on a page, as a file, and so that somebody with nothing but SM3 can follow it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.conftest import TODAY

from baozhang.ch1_general.organs.models import Headcount
from baozhang.kernel import access, clock, ledger, scope, seals
from baozhang.kernel.record import keep

pytestmark = pytest.mark.django_db
Door = Callable[..., Client]
SLUG = "organs/headcounts"


@pytest.fixture
def keeper() -> Any:
    """The one who keeps headcounts."""
    return factories.person("zhao", "support_head", factories.organ("管理局", competence="authority"))


@pytest.fixture
def heads(keeper: Any) -> Headcount:
    """A record with two entries among others of the day."""
    who = access.actor_of(keeper, clock.today())
    with scope.within(who):
        made = Headcount(organ_id=who.organ_id or 0, band="division", quota=10, actual=9, since=TODAY)
        keep(made, by=who)
        for _ in range(4):
            factories.kept(Headcount, where=factories.organ("乙局"))
        made.quota = 12
        keep(made, by=who, note="核定")
    return made


def sm3(data: bytes) -> bytes:
    """SM3 as anybody has it."""
    return hashlib.new("sm3", data).digest()


def test_the_page_says_what_where_and_how_to_check(keeper: Any, heads: Headcount, as_user: Door) -> None:
    client = as_user(keeper)
    history = client.get(f"/{SLUG}/{heads.pk}/history/").content.decode()
    assert f"/{SLUG}/{heads.pk}/proof/2/" in history
    page = client.get(f"/{SLUG}/{heads.pk}/proof/2/").content.decode()
    entry = ledger.history("organs.headcount", heads.pk).last()
    assert entry is not None
    assert (
        bytes(entry.hash).hex() in page
        and "编制人数 由 10 改为 12" in page
        and "尚未封账" in page
        and "第 2 条，共 2 条" in page
    )
    assert client.get(f"/{SLUG}/{heads.pk}/proof/3/").status_code == 404


def test_anybody_can_follow_the_file_with_sm3_alone(keeper: Any, heads: Headcount, as_user: Door) -> None:
    client = as_user(keeper)
    with clock.on(TODAY + dt.timedelta(days=1)):
        seals.seal()
        answer = client.get(f"/{SLUG}/{heads.pk}/proof/2/proof.json")
        page = client.get(f"/{SLUG}/{heads.pk}/proof/2/").content.decode()
    assert "attachment" in answer["Content-Disposition"] and "已封账，相符" in page
    before = b"\0" * 32
    for line in json.loads(answer.content)["entries"]:
        assert line["prev"] == before.hex()
        before = sm3(before + line["body"].encode())
        assert before.hex() == line["hash"]
        node = sm3(b"\0" + before)
        for side, other in line["path"]:
            pair = node + bytes.fromhex(other) if side == "right" else bytes.fromhex(other) + node
            node = sm3(b"\1" + pair)
        assert node.hex() == line["root"]
        seal = line["seal"]
        sealed = sm3(bytes.fromhex(seal["prev"]) + line["day"].encode() + str(seal["count"]).encode() + node)
        assert sealed.hex() == seal["hash"] and line["root"] in page and seal["hash"] in page


def test_a_changed_entry_does_not_pass(keeper: Any, heads: Headcount, as_user: Door) -> None:
    from django.db import connection
    from tests.committed import triggers_down

    with triggers_down(), connection.cursor() as cursor:
        cursor.execute(
            "update kernel_entry set by_name = '别人' where kind = 'organs.headcount' and record_id = %s and seq = 2",
            [heads.pk],
        )
    page = as_user(keeper).get(f"/{SLUG}/{heads.pk}/proof/2/").content.decode()
    assert "与账本不符" in page and "记账之后被改动过" in page


def test_a_foreign_records_proof_does_not_exist(heads: Headcount, as_user: Door) -> None:
    stranger = factories.person("sun", "asset_clerk", factories.organ("丙局", factories.district("松山区")))
    for page in ("", "proof.json"):
        assert as_user(stranger).get(f"/{SLUG}/{heads.pk}/proof/1/{page}").status_code == 404
