"""Matches follow the warehouse's own papers: as soon as a paper has moved, and again by the calendar."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from baozhang.ch2_provision.warehouse.flows import ExitFlow
from baozhang.ch2_provision.warehouse.models import Exit, Reservation
from baozhang.kernel.schedule import every

from .matching import follow_warehouse


@every("*/10 * * * *", name="allocation.follow", words=_("存量落实随公物仓更新"), follows=True)
def follow() -> int:
    """This will receive what was handed over and end what the warehouse let go."""
    return follow_warehouse()


@ExitFlow.sign.effect
@ExitFlow.cancel.effect
@ExitFlow.decline.effect
@ExitFlow.refuse.effect
@ExitFlow.lacking.effect
@ExitFlow.expire.effect
def _soon(exit_: Exit) -> None:
    """What rests on a paper hears of its end once that is certain, in a transaction of its own.

    The paper's transaction holds the paper and its things, and has no turn for the needs; what fails here the calendar does.
    """
    cards = list(Reservation._base_manager.filter(exit=exit_).order_by("card").values_list("card", flat=True))
    transaction.on_commit(partial(follow_warehouse, cards), robust=True)
