"""The stage of a scenario: places, organs and people, set up by the floor that knows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext as _

from baozhang.kernel.access import Actor, system_actor
from baozhang.kernel.opening import Opening
from baozhang.kernel.record import Record

from .language import OrganFact, Scenario
from .source import Node


@dataclass
class Stage:
    """These are the organs of a scenario by name, its places by path of names, and what its records are called."""

    organs: dict[str, Record]
    places: dict[str, str]  # 江海市/云间区 → 990000/990101
    homes: dict[str, str]  # organ → path of names
    actor: Callable[[str, dt.date, Record | None], Actor | None]
    names: set[str] = field(default_factory=set)
    called: dict[type[Record], tuple[str, ...]] = field(
        default_factory=dict
    )  # what was entered → the fields it is called by

    def knows(self, name: str) -> bool:
        """True for a name that a scenario wrote, and for one that a record got by itself: a vehicle's plate comes from its card."""
        return name in self.names or any(
            model._base_manager.filter(**{field: name}).exists()
            for model, fields in self.called.items()
            for field in fields
            if isinstance(model._meta.get_field(field), models.CharField)
        )

    def path(self, name: str, node: Node) -> str:
        """This is the path of codes of a place or an organ called so; of the city where no name is given."""
        if name in self.homes:
            return self.places[self.homes[name]]
        for path, codes in self.places.items():
            if not name or path == name or path.endswith(f"/{name}") or codes.rsplit("/", 1)[-1] == name:
                return codes
        words = "、".join([*self.places, *self.homes])
        raise node.wrong(_("没有区划或单位“%(name)s”。") % {"name": name}, _("可以写：%(words)s。") % {"words": words})

    def organ(self, name: str, node: Node) -> Record:
        """This is the organ called so; ScenarioError where the scenario has none."""
        found = self.organs.get(name) or next(
            (one for one in self.organs.values() if getattr(one, "code", "") == name), None
        )
        if found is None:
            raise node.wrong(
                _("场景里没有单位“%(name)s”。") % {"name": name},
                _("可以写：%(words)s。") % {"words": "、".join(self.organs)},
            )
        return found

    def who(self, name: str, day: dt.date, organ: Record | None, node: Node) -> Actor:
        """This is a person of the scenario on a day, in an organ; the system where nobody is named."""
        if not name:
            return system_actor(_("场景"))
        found = self.actor(name, day, organ)
        if found is None:
            raise node.wrong(
                _("场景里没有人员“%(name)s”。") % {"name": name}, _("请在某个单位的“人员”里写上他和他的角色。")
            )
        if not found.holdings:
            raise node.wrong(_("“%(name)s”在 %(day)s 没有任职。") % {"name": name, "day": day})
        return found


SETTING: Opening[Callable[[dict[str, str], Sequence[OrganFact], dt.date, Actor], Stage]] = Opening(
    "law.setting", "sets up the places (path of names → code), organs and people of a scenario on a day"
)


def set_up(scenario: Scenario, by: Actor) -> Stage:
    """This will set up the stage of a scenario."""
    stage = SETTING.ask(scenario.places, scenario.organs, scenario.day, by)
    stage.names |= {str(name) for name in stage.organs}
    stage.names |= {str(getattr(organ, "code", name)) for name, organ in stage.organs.items()}
    return stage
