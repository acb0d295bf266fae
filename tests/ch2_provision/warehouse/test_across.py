"""A title that leaves its level: the owner's own authority and finance department decide as well (article 13, paragraph 4)."""

from __future__ import annotations

import pytest

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.flows import ExitFlow
from baozhang.ch2_provision.warehouse.models import Exit, Store
from baozhang.kernel.flow import Task
from baozhang.kernel.refusal import Refused
from tests import factories
from tests.conftest import TODAY

from .conftest import House
from .test_exit import ask


def _wanted_by_the_city(house: House, store: Store, mode: str) -> Exit:
    """A thing of a district agency that a city agency asks for, as far as its own head's yes."""
    city = house.organs["city"].jurisdiction
    house.organs["cityfinance"] = factories.organ("市财政局", city, competence="finance")
    house.users |= factories.people([("citypurse", roles.FINANCE_HEAD, house.organs["cityfinance"])])
    card = house.card()
    house.entered([card], store=store, listing="city")
    until = TODAY.replace(day=30) if mode == "loan" else None
    exit_ = ask(house, [card], "cityclerk", "court", mode=mode, until=until)[0].exit
    house.take(ExitFlow, "submit", exit_, "cityclerk", mode=mode, purpose="审判庭")
    return house.take(ExitFlow, "agree", exit_, "cityhead")


def _opine(house: House, exit_: Exit, name: str, agree: bool = True) -> None:
    fresh = Exit._base_manager.get(pk=exit_.pk)
    house.do(name, lambda who: ExitFlow.opine(fresh, by=who, agree=agree, opinion="" if agree else "本区还要用"))


def test_both_of_the_owners_level_countersign_before_the_title_goes_to_the_city(house: House, store: Store) -> None:
    exit_ = _wanted_by_the_city(house, store, "transfer")
    asked = Task.objects.open().filter(part="countersign").values_list("organ_id", flat=True)
    assert set(asked) == {house.organs["authority"].pk, house.organs["finance"].pk}
    values = {"keep_until": TODAY.replace(day=20)}
    with pytest.raises(Refused, match="会签尚未完成"):
        house.take(ExitFlow, "forward_across", exit_, "cityofficer", **values)
    _opine(house, exit_, "officer")
    with pytest.raises(Refused, match="会签尚未完成"):
        house.take(ExitFlow, "forward_across", exit_, "cityofficer", **values)
    _opine(house, exit_, "purse")
    house.take(ExitFlow, "forward_across", exit_, "cityofficer", **values)
    house.take(ExitFlow, "grant", exit_, "citypurse")
    house.take(ExitFlow, "pick", exit_, "keeper", counted=1)
    house.take(ExitFlow, "deliver", exit_, "keeper")
    assert house.take(ExitFlow, "sign", exit_, "cityclerk").state == "done"
    assert Card._base_manager.get(organ=house.organs["court"]).former_id is not None


def test_one_no_of_the_owners_level_keeps_the_title(house: House, store: Store) -> None:
    exit_ = _wanted_by_the_city(house, store, "transfer")
    _opine(house, exit_, "officer")
    _opine(house, exit_, "purse", agree=False)
    with pytest.raises(Refused, match="会签未通过"):
        house.take(ExitFlow, "forward_across", exit_, "cityofficer", keep_until=TODAY.replace(day=20))


def test_a_loan_across_levels_moves_no_title_and_is_decided_by_the_level_above(house: House, store: Store) -> None:
    exit_ = _wanted_by_the_city(house, store, "loan")
    assert not Task.objects.open().filter(part="countersign").exists()
    assert house.take(ExitFlow, "approve", exit_, "cityofficer", keep_until=TODAY.replace(day=20)).state == "approved"
