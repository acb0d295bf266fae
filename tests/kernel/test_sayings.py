"""What the ledger keeps is said as people say it."""

from __future__ import annotations

from django.db import models

from baozhang.kernel import sayings


def test_a_moment_is_said_in_the_time_of_the_place():
    field = models.DateTimeField()
    assert sayings._said(field, "2026-11-23T09:00:00+08:00", {}) == "2026-11-23 09:00"
    assert sayings._said(field, "2026-11-23T01:00:00+00:00", {}) == "2026-11-23 09:00"
    assert sayings._said(field, None, {}) == ""


def test_a_sum_is_said_with_its_separators_and_unit():
    field = models.DecimalField(max_digits=18, decimal_places=2)
    assert sayings._said(field, "7000", {}, "元") == "7,000.00 元"
    assert sayings._said(field, "", {}, "元") == ""
