"""The account beside a name on a card: of the one person who bears it in the agency, never guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from baozhang.ch1_general.organs.models import Appointment
from baozhang.ch1_general.organs.queries import on_day
from baozhang.kernel import clock
from baozhang.kernel.bulk import chunks
from baozhang.kernel.plain import kept_fields

if TYPE_CHECKING:
    from .card import Card

PAIRS = (("custodian", "keeper_id"), ("user", "user_account_id"))


def match(model: type[Card], rows: Sequence[Card], stood: Mapping[int, tuple[Any, ...]]) -> None:
    """This will set the account wherever a name is new; an account that was set along with its name stays."""
    fields = kept_fields(model)
    places = [(name, account, fields.index(name) + 2, fields.index(account) + 2) for name, account in PAIRS]
    fresh: list[tuple[Card, str, str]] = []
    for row in rows:
        old = stood.get(row.pk)
        for name, account, name_at, account_at in places:
            if old is None:
                new = bool(getattr(row, name)) and getattr(row, account) is None
            else:
                new = old[name_at] != getattr(row, name) and old[account_at] == getattr(row, account)
            if new:
                fresh.append((row, name, account))
    if not fresh:
        return
    known = _accounts({(row.organ_id, getattr(row, name)) for row, name, _account in fresh})
    for row, name, account in fresh:
        setattr(row, account, known.get((row.organ_id, getattr(row, name))))


def _accounts(wanted: set[tuple[int, str]]) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], set[int]] = defaultdict(set)
    here = Appointment._base_manager.filter(
        on_day(clock.today()), organ_id__in={organ for organ, _name in wanted}, user__is_active=True
    )
    for part in chunks(sorted({name for _organ, name in wanted if name})):
        rows = here.filter(user__name__in=part).order_by().values_list("organ_id", "user__name", "user_id")
        for organ, name, user in rows:
            found[organ, name].add(user)
    return {key: min(users) for key, users in found.items() if len(users) == 1}
