"""What an address or a form says for a number or a day, however odd, is one or is none."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from tests import factories

from baozhang.ch1_general.organs.models import Organization
from baozhang.kernel.forms import ReferenceField
from baozhang.kernel.numbers import day_said, whole, wholes


def test_a_number_is_one_or_none() -> None:
    assert (whole("12"), whole(" 7 "), whole(3)) == (12, 7, 3)
    for odd in ("", None, "²", "١٢", "-1", "1.5", "1e3", "9" * 19, "9" * 5_000, "x"):
        assert whole(odd) is None, odd
    assert wholes(["1", "²", "2"]) == [1, 2]


def test_a_day_is_one_that_other_days_can_be_reckoned_from() -> None:
    assert day_said("2026-03-05") == dt.date(2026, 3, 5) == day_said(dt.date(2026, 3, 5))
    for odd in ("", None, "2026-02-30", "0001-01-01", "9999-12-31", "明天"):
        assert day_said(odd) is None, odd


@pytest.mark.django_db
def test_a_reference_that_is_no_key_is_shown_as_it_was_typed() -> None:
    held = factories.organ("云间区教育局")
    field = ReferenceField(url="/", queryset=Organization._base_manager.all())
    for odd in ("null", "²", "9" * 30, ""):
        assert (field.prepare_value(odd), field.widget.attrs["data-words"]) == (odd, "")
    assert (field.prepare_value(str(held.pk)), field.widget.attrs["data-words"]) == (str(held.pk), str(held))


@pytest.mark.django_db
def test_nobody_breaks_the_public_page_with_a_number(client: Client) -> None:
    for odd in ("²", "9" * 5_000, "-1"):
        assert client.get("/public/vehicles/", {"year": odd}).status_code == 200, odd
