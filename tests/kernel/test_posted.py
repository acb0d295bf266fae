"""Numbers that anybody may write into an address or a form."""

from __future__ import annotations

import pytest
from tests import factories

from baozhang.ch1_general.organs.models import Organization
from baozhang.kernel.forms import ReferenceField
from baozhang.kernel.posted import whole, wholes


@pytest.mark.parametrize("said", ["", None, "-1", "1.0", "1e3", "²", "٣", "0x1", " 7", "9" * 19, "\x00", "七"])
def test_what_no_column_could_hold_is_no_number(said):
    assert whole(said) is None


def test_numbers_are_numbers():
    assert whole("0") == 0 and whole(12) == 12 and whole("9" * 18) == 10**18 - 1
    assert wholes(["3", "x", "²", "1"]) == [3, 1]


@pytest.mark.django_db
def test_a_reference_shows_its_words_and_survives_what_is_no_key():
    organ = factories.organ("云间区教育局")
    field = ReferenceField(url="/lookup/x/organ", queryset=Organization._base_manager.all())
    for said, words in ((str(organ.pk), "云间区教育局"), ("²", ""), ("9" * 30, "")):
        field.prepare_value(said)
        assert field.widget.attrs["data-words"] == words
