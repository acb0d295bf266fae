"""Cases are numbered in their unit and year, without end and whatever else was typed."""

from __future__ import annotations

import pytest

from baozhang.ch2_provision.disposal.models import Case
from tests import factories
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db


def test_numbers_go_on_past_four_digits_and_whatever_was_typed(office):
    stem = f"{office.agency.code}-CZ{TODAY.year}"
    for number in ("9999", "10000", "9999甲"):
        factories.kept(Case, where=office.agency, number=f"{stem}{number}", form="scrapping")
    assert office.draft(office.card()).number == f"{stem}10001"
