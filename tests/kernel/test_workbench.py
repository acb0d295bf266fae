"""The workbench tells what others did to the records of one's organ, and to which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests import factories

from baozhang.ch1_general.organs.models import Headcount

PLACE = ("管理局", "authority", "GLJ")


@pytest.mark.django_db
def test_changes_are_those_of_others_and_name_their_record(
    as_user: Callable[..., Any], django_assert_max_num_queries: Any
) -> None:
    organ = factories.organ(PLACE[0], competence=PLACE[1], code=PLACE[2])
    zhao, wang = (factories.person(name, "support_head", organ) for name in ("zhao", "wang"))
    form = {"organ": organ.pk, "quota": "10", "actual": "9", "since": "2024-01-01"}
    client = as_user(zhao, HTTP_ACCEPT_LANGUAGE="zh-hans")
    client.post("/organs/headcounts/add/", {**form, "band": "division"})
    record = Headcount._base_manager.get()
    said = f"编制与实有人数：{record}"
    assert "昨天以来没有变化" in client.get("/").content.decode(), "what I did myself is no news to me"
    other = as_user(wang, HTTP_ACCEPT_LANGUAGE="zh-hans")
    page = other.get("/").content.decode()
    assert said in page and f'href="/organs/headcounts/{record.pk}/"' in page
    client.post(
        f"/organs/headcounts/{record.pk}/edit/", {**form, "band": "division", "actual": "8", "version": record.version}
    )
    page = other.get("/").content.decode()
    assert page.count(said) == 1 and "zhao 修改" in page and "zhao 登记" not in page, "of each record the last"
    with django_assert_max_num_queries(60) as one:
        other.get("/")
        count = len(one)
    client.post("/organs/headcounts/add/", {**form, "band": "bureau"})
    with django_assert_max_num_queries(count):
        other.get("/")
