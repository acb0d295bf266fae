"""Who may do what, where: permissions and roles are code, appointments are data, unknown names fail at start-up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from .opening import Opening
from .refusal import Forbidden


class Reach(StrEnum):
    """How far a grant reaches from the organ in which its holder is appointed."""

    OWN = "own"  # that organ alone
    JURISDICTION = "jurisdiction"  # every organ of the same jurisdiction, and of those below that have no such body
    BELOW = "below"  # the same jurisdiction and all under it
    ALL = "all"  # everywhere: administrators and city-wide offices


@dataclass(frozen=True)
class Permission:
    """One right that code asks for, named `app.model:verb`."""

    name: str
    words: Any
    admin: bool | None = False  # True: a right of the three administrators, kept apart from business; None: of both


@dataclass
class Role:
    """What an appointment lets its holder do; grants are added by the apps that own the rights."""

    code: str
    words: Any
    description: Any
    admin: bool = False
    grants: dict[str, Reach] = field(default_factory=dict)


@dataclass(frozen=True)
class Holding:
    """A role that a user holds in an organ today, perhaps as the deputy of somebody."""

    organ_id: int
    organ_name: str
    role: str
    appointment_id: int = 0
    for_name: str = ""  # whom the holder stands in for
    for_id: int | None = None


PERMISSIONS: dict[str, Permission] = {}
ROLES: dict[str, Role] = {}
_grants: list[tuple[str, str, Reach]] = []

EVERYWHERE: None = None
Organs = frozenset[int] | None  # None means everywhere

holdings_of: Opening[Callable[[int, dt.date], list[Holding]]] = Opening(
    "access.holdings_of", "the roles that a user holds in organs on a day"
)
organs_within: Opening[Callable[[int, Reach], Organs]] = Opening(
    "access.organs_within", "the organs that a reach covers, seen from an organ"
)
suspended_grants: Opening[Callable[[], frozenset[tuple[str, str]]]] = Opening(
    "access.suspended_grants", "the (role, permission) pairs that the security administrator has suspended"
)

Holders = Mapping[int, frozenset[int]]  # user → those for whom he stands in; of none, he holds it himself
holders_of: Opening[Callable[[str, int, dt.date], Holders]] = Opening(
    "access.holders_of", "the users who hold a permission in an organ on a day, deputies among them"
)
appointed: Opening[Callable[[str, int, dt.date], Holders]] = Opening(
    "access.appointed", "the users who hold a role in an organ on a day, deputies among them"
)
people_of: Opening[Callable[[Iterable[int], dt.date], Iterable[int]]] = Opening(
    "access.people_of", "the users who hold any role in some organs on a day"
)
seats_of: Opening[Callable[[str, int, dt.date], list[tuple[int, str, int, str]]]] = Opening(
    "access.seats_of",
    "the seats that hold a permission on a day, of the place of an organ and those above: organ and its name, user and his",
)
organ_names: Opening[Callable[[Iterable[int]], dict[int, str]]] = Opening(
    "access.organ_names", "the names of some organs"
)


def permission(name: str, words: Any, *, admin: bool | None = False) -> str:
    """This will declare a right; declaring it again with the same words is harmless."""
    app_model, _sep, verb = name.partition(":")
    if not verb or "." not in app_model:
        raise ValueError(f"a permission is named app.model:verb, not {name!r}")
    known = PERMISSIONS.get(name)
    if known and known.admin != admin:
        raise ValueError(f"permission {name} is declared twice, differently")
    PERMISSIONS[name] = Permission(name, words, admin)
    return name


def role(code: str, words: Any, description: Any, *, admin: bool = False) -> Role:
    """This will declare a role; its code is stored in appointments, so it never changes."""
    if code in ROLES:
        raise ValueError(f"role {code} is declared twice")
    ROLES[code] = Role(code, words, description, admin)
    return ROLES[code]


def role_choices() -> list[tuple[str, Any]]:
    """The roles as choices of a field: code and words."""
    return [(one.code, one.words) for one in ROLES.values()]


def grant(roles: str | Iterable[str], permissions: str | Iterable[str], reach: Reach) -> None:
    """This will let roles use permissions within a reach; names are checked when all apps are loaded."""
    for code in (roles,) if isinstance(roles, str) else tuple(roles):
        for name in (permissions,) if isinstance(permissions, str) else tuple(permissions):
            _grants.append((code, name, reach))


_WIDTH = {Reach.OWN: 0, Reach.JURISDICTION: 1, Reach.BELOW: 2, Reach.ALL: 3}


def settle() -> None:
    """This will join the grants to the roles; it raises on unknown names and on an administrator with business rights."""
    for code, name, reach in _grants:
        if code not in ROLES:
            raise LookupError(f"grant of {name} to unknown role {code}")
        if name not in PERMISSIONS:
            raise LookupError(f"grant of unknown permission {name} to role {code}")
        if PERMISSIONS[name].admin not in (None, ROLES[code].admin):
            raise LookupError(f"role {code} and permission {name}: administrators and business stay apart")
        held = ROLES[code].grants.get(name)
        if held is None or _WIDTH[reach] > _WIDTH[held]:
            ROLES[code].grants[name] = reach


@dataclass
class Actor:
    """Whoever acts: a user in the roles of one organ, or the system itself in a named job."""

    user_id: int | None
    name: str
    holdings: tuple[Holding, ...] = ()
    system: bool = False
    elsewhere: tuple[Holding, ...] = ()  # what the same user holds in other organs, to which he may switch
    _where: dict[str, Organs] = field(default_factory=dict, repr=False)

    @cached_property
    def suspended(self) -> frozenset[tuple[str, str]]:
        """The pairs of role and permission that are suspended at present."""
        return suspended_grants.ask()

    def where(self, name: str) -> Organs:
        """The organs in which this actor holds a permission; None is everywhere, an empty set nowhere."""
        if name not in PERMISSIONS:
            raise LookupError(f"unknown permission {name}")
        if self.system:
            return EVERYWHERE
        if name not in self._where:
            self._where[name] = self._gather(name)
        return self._where[name]

    def _gather(self, name: str) -> Organs:
        found: set[int] = set()
        for organ_id, reach in self._held.get(name, ()):
            organs = EVERYWHERE if reach is Reach.ALL else self._within(organ_id, reach)
            if organs is EVERYWHERE:
                return EVERYWHERE
            found |= organs
        return frozenset(found)

    @cached_property
    def _held(self) -> dict[str, list[tuple[int, Reach]]]:
        """Where each permission is held, and how far it reaches from there; a page asks for a hundred of them."""
        found: dict[str, list[tuple[int, Reach]]] = {}
        for holding in self.holdings:
            for name, reach in ROLES[holding.role].grants.items():
                if (holding.role, name) not in self.suspended:
                    found.setdefault(name, []).append((holding.organ_id, reach))
        return found

    @cached_property
    def _reaches(self) -> dict[tuple[int, Reach], Organs]:
        return {}

    def _within(self, organ_id: int, reach: Reach) -> Organs:
        if reach is Reach.OWN:
            return frozenset({organ_id})
        key = (organ_id, reach)
        if key not in self._reaches:
            self._reaches[key] = organs_within.ask(organ_id, reach)
        return self._reaches[key]

    def can(self, name: str, organ_id: int | None = None) -> bool:
        """True where the permission is held: in that organ, or anywhere at all where no organ is named."""
        organs = self.where(name)
        if organs is EVERYWHERE:
            return True
        return bool(organs) if organ_id is None else organ_id in organs

    def must(self, name: str, organ_id: int | None = None) -> None:
        """This will raise Forbidden where the permission is not held."""
        if not self.can(name, organ_id):
            raise Forbidden(
                _("您没有“%(right)s”的权限") % {"right": PERMISSIONS[name].words},
                why=_("权限按任职单位授予，您在该单位没有这项权限。"),
                instead=_("请由有此权限的人员办理，或请系统管理员核对任职。"),
            )

    @property
    def person(self) -> int:
        """The key of the user who acts; Forbidden where it is a job, which owns nothing."""
        if self.user_id is None:
            raise Forbidden(_("这项操作须由人员办理"))
        return self.user_id

    @property
    def organ_id(self) -> int | None:
        """The organ in which the actor stands at present."""
        return self.holdings[0].organ_id if self.holdings else None

    @property
    def roles(self) -> frozenset[str]:
        """The codes of the roles held."""
        return frozenset(holding.role for holding in self.holdings)

    @property
    def organ_name(self) -> str:
        """The name of the organ in which the actor stands."""
        return self.holdings[0].organ_name if self.holdings else ""


def system_actor(job: str) -> Actor:
    """The system itself, acting in a named job; only jobs, set-up and scenarios use it."""
    return Actor(None, job, system=True)


def actor_of(user: Any, day: dt.date, organ_id: int | None = None) -> Actor:
    """The actor that a user is on a day, in one organ (the first one held where none is named)."""
    holdings = holdings_of.ask(user.pk, day)
    organs = [holding.organ_id for holding in holdings]
    chosen = organ_id if organ_id in organs else (organs[0] if organs else None)
    held = tuple(holding for holding in holdings if holding.organ_id == chosen)
    return Actor(user.pk, user.name, held, elsewhere=tuple(holding for holding in holdings if holding not in held))


def holders(name: str) -> list[str]:
    """The roles that may do something, in words."""
    return [str(role.words) for role in ROLES.values() if name in role.grants]


def matrix() -> Mapping[str, Role]:
    """All roles with their grants, for the security administrator."""
    return ROLES
