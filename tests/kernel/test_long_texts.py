"""A text of many lines opens when asked for, so that the rest of a record's page is not pushed out of sight."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from tests import factories

from baozhang.ch2_provision.vehicles.models import Area

CORNERS = [f"121.{n:02d},31.{n:02d}" for n in range(10, 30)]


@pytest.mark.django_db
@pytest.mark.parametrize(("count", "folded"), [(12, False), (13, True)])
def test_a_long_border_is_folded(as_user: Callable[..., Any], count: int, folded: bool) -> None:
    office = factories.organ("管理局", competence="authority")
    border = "\n".join([*CORNERS[: count - 1], "121.00,31.90"])
    area = factories.kept(Area, where=office, name="云间区", since=dt.date(2024, 1, 1), border=border)
    page = as_user(factories.person("处", "support_head", office)).get(f"/vehicles/areas/{area.pk}/").content.decode()
    assert "121.10,31.10" in page
    assert (f"<details><summary>共 {count} 行</summary>" in page) == folded
