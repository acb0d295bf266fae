"""Observations are put in by one statement from what a query finds."""

from __future__ import annotations

import pytest

from baozhang.kernel import bulk
from baozhang.kernel.documents.register import NumberSeries


@pytest.mark.django_db
def test_what_is_found_is_put_in() -> None:
    NumberSeries.objects.create(organ_id=1, word="记", year=2025, last=7)
    select = 'SELECT organ_id, word, year + %s, last FROM "kernel_numberseries" WHERE year = %s'
    assert bulk.insert_select(NumberSeries, ("organ_id", "word", "year", "last"), select, (1, 2025)) == 1
    assert NumberSeries.objects.get(year=2026).last == 7
