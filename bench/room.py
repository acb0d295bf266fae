"""Where measuring happens: the filled database, and the folder for what is written."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from baozhang.ch1_general.organs.models import Organization
from baozhang.kernel import access, bulk, clock
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User

from .city import City


@dataclass
class Room:
    """A filled database and a folder beside it."""

    place: Path
    cards: int
    city: City

    @property
    def postgres(self) -> bool:
        """True on PostgreSQL."""
        return bulk.is_postgres()

    @property
    def part(self) -> int:
        """Rows of a large sheet or an export: a hundred thousand beside a million cards, else a tenth of the cards."""
        return max(1_000, self.cards // 10)

    def actor(self, user_id: int) -> Actor:
        """A person as he acts today."""
        return access.actor_of(User._base_manager.get(pk=user_id), clock.today())

    def clerk(self, organ: int) -> Actor:
        """The asset clerk of an agency."""
        return self.actor(self.city.clerks[organ])

    def name(self, organ: int) -> str:
        """The name of an agency."""
        return Organization._base_manager.get(pk=organ).name


def save(place: Path, city: City) -> None:
    """Writes down what was built, for the processes that come after."""
    (place / "city.json").write_text(json.dumps(asdict(city)))


def saved(place: Path) -> City | None:
    """What was built before, None where nothing was."""
    path = place / "city.json"
    return City(**json.loads(path.read_text(), object_hook=_keys)) if path.exists() else None


def _keys(found: dict[str, Any]) -> dict[Any, Any]:
    return {int(name) if name.isdigit() else name: value for name, value in found.items()}
