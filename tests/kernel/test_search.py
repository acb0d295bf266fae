"""The search column and the conditions upon it: Chinese by pairs in their order, codes inside, short ones from their beginning."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests import factories

from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import scope, search

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def card() -> Card:
    """A card whose name repeats a pair of characters, with a code and a plate."""
    where = factories.organ("甲局")
    return factories.save(
        Card(organ=where, number="ZC-00717", name="办公室办公桌", model="M630 Pro", plate="江AB1234", value=Decimal(5))
    )


def found(words: str) -> int:
    with scope.everything("test"):
        condition = search.condition(words)
        assert condition is not None
        return Card.objects.filter(condition).count()


@pytest.mark.parametrize(
    "words",
    [
        "办公",
        "办公桌",
        "办公室办公桌",
        "桌",
        "室办公",
        "00717",
        "zc-007",
        "ZC",
        "m630 pro",
        "bgsbgz",
        "江ab",
        "桌 m630",
    ],
)
def test_it_is_found(words: str) -> None:
    assert found(words) == 1


@pytest.mark.parametrize("words", ["办桌", "公办", "椅", "717zc", "17", "m631", "桌 m631", "100%", "_"])
def test_it_is_not_found(words: str) -> None:
    assert found(words) == 0


@pytest.mark.parametrize(("searched", "found"), [(("number", "vehicle.plate"), " p-1 "), (("vehicle.plate",), "  ")])
def test_a_record_whose_reference_is_empty_is_found_by_the_rest_and_a_path_that_leads_nowhere_is_told(searched, found):
    class Slip:
        number, vehicle, extra = "P-1", None, None

    Slip.searched = searched
    assert search.blob(Slip()) == found
    Slip.searched = ("number.nothing",)
    with pytest.raises(AttributeError, match="nothing"):
        search.blob(Slip())
