"""An act is done only to records that it is for, whoever asks and on whichever door."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from tests import factories
from tests.specimen.models import Thing

from baozhang.kernel import access, acts
from baozhang.kernel.acts import Act
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

pytestmark = pytest.mark.django_db
SYSTEM = access.system_actor("t")


def rename(records: list[Thing], *, by: Any, note: str, values: dict[str, Any]) -> str:
    """As an act that does not ask for itself."""
    for one in records:
        one.name = "改过"
    keep(records, by=by)
    return "ok"


def strict(records: list[Thing], *, by: Any, note: str, values: dict[str, Any]) -> str:
    """As an act that has its own words."""
    raise Refused("已经盘点")


def does(run: Any, **more: Any) -> Any:
    """A resource with one act, which is for what is called 甲."""
    return SimpleNamespace(
        flow=None, acts={"do": Act("改名", "specimen.thing:change", run, shown=lambda one: one.name == "甲", **more)}
    )


def test_an_act_that_is_not_for_a_record_is_refused_and_undone() -> None:
    organ = factories.organ("甲局")
    first, second = (factories.kept(Thing, where=organ, name=name) for name in "甲乙")
    with pytest.raises(Refused, match="不适用") as refused:
        acts.perform(does(rename), "do", [first, second], by=SYSTEM)
    assert refused.value.subjects == (second,), "the other may go on without it"
    assert sorted(Thing._base_manager.values_list("name", flat=True)) == ["乙", "甲"]
    first.refresh_from_db()
    assert acts.perform(does(rename), "do", [first], by=SYSTEM) == "ok"


def test_its_own_refusal_says_more() -> None:
    one = factories.kept(Thing, where=factories.organ("甲局"), name="乙")
    with pytest.raises(Refused, match="已经盘点"):
        acts.perform(does(strict), "do", [one], by=SYSTEM)


def test_an_act_for_the_bar_alone_is_not_offered_on_the_page_and_is_done_all_the_same() -> None:
    one = factories.kept(Thing, where=factories.organ("甲局"), name="甲")
    bare = does(rename, on_page=False)
    assert not acts.offered(bare.acts["do"], one, SYSTEM) and acts.offered(does(rename).acts["do"], one, SYSTEM)
    assert acts.perform(bare, "do", [one], by=SYSTEM) == "ok"
