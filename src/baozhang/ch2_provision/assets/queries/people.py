"""Who bears a name in an agency: matched where one person alone does, never guessed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from baozhang.ch1_general.organs.models import Appointment
from baozhang.ch1_general.organs.queries import on_day
from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel.bulk import chunks

from .holding import held_on


def accounts_of(organ_id: int, names: Iterable[str], day: dt.date) -> dict[str, int]:
    """These are the accounts of people appointed in an organ on a day, by those names that one person alone bears there."""
    found: dict[str, set[int]] = defaultdict(set)
    for part in chunks(sorted({name for name in names if name})):
        rows = Appointment._base_manager.filter(
            on_day(day), organ_id=organ_id, user__name__in=part, user__is_active=True
        )
        for name, user in rows.order_by().values_list("user__name", "user_id"):
            found[name].add(user)
    return {name: min(users) for name, users in found.items() if len(users) == 1}


def account_ever(organ_id: int, name: str) -> int | None:
    """The account of the one person of a name who was ever appointed in an organ: he may have left already."""
    users = set(Appointment._base_manager.filter(organ_id=organ_id, user__name=name).values_list("user_id", flat=True))
    return min(users) if len(users) == 1 else None


def in_name_of(organ_id: int, name: str, account: int | None, day: dt.date) -> QuerySet[Card]:
    """These are the cards that a person keeps: by his account, or by his name where no account is matched; users' where nobody keeps."""
    mine = Q(custodian=name, keeper=None) | Q(custodian="", user=name, user_account=None)
    if account is not None:
        mine |= Q(keeper=account) | Q(custodian="", user_account=account)
    return Card._base_manager.filter(held_on(day), mine, organ_id=organ_id).order_by("id")


def keepers(cards: QuerySet[Card], day: dt.date) -> QuerySet[Card, tuple[str, int, Decimal]]:
    """These are the custodians within a scope of cards, each with the number and value of what he has: most first."""
    rows = cards.filter(held_on(day)).order_by()
    return rows.values_list("custodian").annotate(n=Count("id"), v=Sum("value")).order_by("-n", "custodian")
