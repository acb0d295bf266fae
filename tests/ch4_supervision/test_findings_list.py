"""The list of findings is narrowed by words, where the records hold codes."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from baozhang.kernel.listing import Listing
from baozhang.kernel.resource import RESOURCES
from baozhang.law import rules


@pytest.mark.django_db
def test_the_list_offers_rules_by_their_titles() -> None:
    listing = Listing(RESOURCES["warnings/findings"], QueryDict("rule=x"))
    offered = {one.name: dict(one.choices) for one in listing.filters}
    assert offered["rule"] == {one.name: rules.title_of(one.name) for one in rules.rules()} != {}
    assert set(offered["kind"]) == {one.subject for one in rules.rules()}
