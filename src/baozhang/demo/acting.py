"""Somebody of the demonstration does something, as himself and in his own scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from baozhang.ch1_general.organs.models import Appointment
from baozhang.kernel import access, clock, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User


def as_user(username: str) -> Actor:
    """The actor that an account is on the clock's day."""
    user = User._base_manager.get(username=username)
    return access.actor_of(
        user, clock.today(), Appointment._base_manager.filter(user=user).values_list("organ_id", flat=True)[0]
    )


def act(username: str, work: Callable[[Actor], Any]) -> Any:
    """Somebody does something in his own scope."""
    who = as_user(username)
    with scope.within(who):
        return work(who)
