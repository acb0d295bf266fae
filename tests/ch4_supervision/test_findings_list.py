"""The list of findings is narrowed by words, where the records hold codes."""

from __future__ import annotations

import re

import pytest
from django.http import QueryDict

from baozhang.ch4_supervision.warnings.patrol import patrol
from baozhang.kernel.listing import Listing
from baozhang.kernel.resource import RESOURCES
from baozhang.law import rules


@pytest.mark.django_db
def test_the_list_offers_rules_by_their_titles() -> None:
    listing = Listing(RESOURCES["warnings/findings"], QueryDict("rule=x"))
    offered = {one.name: dict(one.choices) for one in listing.filters}
    assert offered["rule"] == {one.name: rules.title_of(one.name) for one in rules.rules()} != {}
    assert set(offered["kind"]) == {one.subject for one in rules.rules()}


def test_a_number_on_the_workbench_leads_to_what_it_counts(office, opening):
    """What is dealt with still stands and is counted: the list behind the number shows it too."""
    first, _second = office.crowd(), office.crowd(office.other)
    patrol()
    office.issued(first)
    page = opening("赵科", "/").content.decode()
    tile = re.search(r'href="(/warnings/findings/\?[^"]+)"[^>]*>(?:(?!</a>).)*在册风险线索(?:(?!</a>).)*', page, re.S)
    assert tile is not None and re.search(r"\b2\b", tile[0])
    assert "2 条" in opening("赵科", tile[1].replace("&amp;", "&")).content.decode()
