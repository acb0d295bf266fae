"""The description of the API: every address says that it may refuse, and in which shape."""

from __future__ import annotations

import json

import pytest

from baozhang.kernel.resource import RESOURCES
from tests import factories

pytestmark = pytest.mark.once  # what programs are told has nothing to do with the database


def test_every_address_may_refuse_in_the_same_shape(client, db):
    told = client.get("/api/openapi.json").json()
    operations = [one for path in told["paths"].values() for one in path.values()]
    assert len(operations) > 5 * len(RESOURCES)
    for one in operations:
        for status in ("401", "403", "404", "409", "422"):
            shape = one["responses"][status]["content"]["application/json"]["schema"]
            assert shape == {"$ref": "#/components/schemas/Refusal"}, one["operationId"]
    assert {"what", "why", "article", "instead"} <= set(told["components"]["schemas"]["Refusal"]["properties"])


def test_every_resource_is_described_on_a_page(client, db):
    index = client.get("/api/docs", follow=True).content.decode()
    assert all(f'href="/help/api/{slug}/"' in index for slug in RESOURCES)
    page = client.get("/help/api/assets/cards/").content.decode()
    assert "/api/assets/cards/acts/{name}" in page and "<code>number</code>" in page and "资产编号" in page
    assert "按当日的记录和标准重新判断这条线索" in client.get("/help/api/warnings/findings/").content.decode()
    assert client.get("/help/api/no/such/").status_code == 404


@pytest.mark.parametrize("key", ["", "Bearer wrong"])
def test_who_is_not_known_is_told_what_to_do(client, db, key):
    answer = client.get("/api/assets/cards/", headers={"Authorization": key} if key else {})
    assert answer.status_code == 401
    assert answer.json()["what"] == "没有登录，或者密钥无效" and "Bearer" in answer.json()["instead"]


def test_who_has_yet_to_change_the_password_is_let_in_nowhere(as_user, db):
    """The password that another has given opens the page that changes it, and nothing else."""
    user = factories.person("zhao", "asset_clerk", factories.organ("教育局"))
    client = as_user(user)
    assert client.get("/api/assets/cards/").status_code == 200
    user.must_change = True
    factories.save(user)
    assert client.get("/assets/cards/").headers["Location"] == "/password/"
    assert client.get("/api/assets/cards/").status_code == 401


@pytest.mark.parametrize(
    ("body", "place"), [(b"{not json", ""), (json.dumps({"ids": "all"}).encode(), "ids")], ids=["no-json", "wrong"]
)
def test_what_cannot_be_read_is_refused_in_the_same_shape(as_user, body, place):
    where = factories.organ("教育局")
    client = as_user(factories.person("zhao", "asset_clerk", where))
    answer = client.post("/api/assets/cards/acts/idle", data=body, content_type="application/json")
    assert answer.status_code == 422 and answer.json()["what"] == "请求的格式不对"
    assert [fault["field"] for fault in answer.json()["faults"]] == ([place] if place else [])
