"""A place under which there is something keeps its code and its parent: what is below is known by the path."""

from __future__ import annotations

import pytest

from baozhang.ch1_general.organs.models import Jurisdiction
from baozhang.kernel.refusal import Invalid
from tests import factories


@pytest.mark.django_db
def test_a_place_with_organs_or_places_below_does_not_move() -> None:
    district, other = factories.district("云间区"), factories.district("水乡区")
    town = Jurisdiction(code="9901001", name="一镇", level="town", parent=district)
    factories.save(town)
    moved = Jurisdiction._base_manager.get(pk=district.pk)
    for name, value in (("code", "990199"), ("parent", other)):
        moved = Jurisdiction._base_manager.get(pk=district.pk)
        setattr(moved, name, value)
        with pytest.raises(Invalid) as caught:
            factories.save(moved)
        assert caught.value.faults[0].field == name
    district.name = "云间新区"
    factories.save(district)
    town.parent = other
    factories.save(town)
    assert Jurisdiction._base_manager.get(pk=town.pk).path == f"{other.path}9901001/"
    factories.organ("一镇人民政府", town)
    town.parent = district
    with pytest.raises(Invalid):
        factories.save(town)
