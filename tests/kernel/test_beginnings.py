"""A new record begins with what its address says, and asks for its own number last; a year is shown as a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests import factories

from baozhang.ch1_general.organs.models import Headcount
from baozhang.ch2_provision.allocation.models import Need
from baozhang.ch2_provision.funding.models import Plan
from baozhang.kernel.resource import kind_of


@pytest.mark.django_db
def test_the_form_of_a_new_record_is_filled_from_its_address_and_keeps_nothing(as_user: Callable[..., Any]) -> None:
    who = factories.person("头", "support_head", factories.organ("管理局", competence="authority"))
    page = as_user(who).get("/organs/headcounts/add/?document=云编〔2026〕7号&version=9&nothing=1").content.decode()
    assert 'value="云编〔2026〕7号"' in page
    assert not Headcount._base_manager.exists()


@pytest.mark.django_db
def test_a_new_record_asks_for_its_own_number_last_and_folded(as_user: Callable[..., Any]) -> None:
    agency = factories.organ("教育局")
    client = as_user(factories.person("科员", "asset_clerk", agency), HTTP_ACCEPT_LANGUAGE="zh-hans")
    new = client.get("/allocation/needs/add/").content.decode()
    last = new.rpartition("<details")[2]
    assert 'name="number"' in last and "需求编号" in last and 'name="purpose"' in new.rpartition("<details")[0]
    need = factories.kept(Need, where=agency)
    change = client.get(f"/allocation/needs/{need.pk}/edit/").content.decode()
    assert change.index('name="number"') < change.index('name="purpose"'), (
        "a number that was given stands where it belongs"
    )


def test_a_year_is_a_name() -> None:
    assert kind_of(Plan._meta.get_field("year")) == "text"
    assert kind_of(Plan._meta.get_field("edition")) == "number"
