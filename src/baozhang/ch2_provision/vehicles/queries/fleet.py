"""What can be asked of files: the terminal in a vehicle, its scrapping day, how far its quota reaches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import GONE_STATES, IDLE_STATES, Category, UseState
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import held_on
from baozhang.ch2_provision.assets.queries.months import plus_years
from baozhang.ch2_provision.disposal.choices import HOLDING, State
from baozhang.ch2_provision.disposal.models import Line
from baozhang.ch2_provision.vehicles.choices import MUST_RUN, CertificateState, TerminalState, VehicleState
from baozhang.ch2_provision.vehicles.models import Certificate, Terminal, Vehicle
from baozhang.ch2_provision.vehicles.models.vehicle import state_of
from baozhang.law.figures import Figures

SCRAPPAGE = "vehicles.scrappage"
LASTING = (CertificateState.VALID, CertificateState.DUE)
LATE_REGISTRATION = 2  # years after the ex-works day; registered later, the clock counts from that day


def under_way(vehicle: Vehicle) -> bool:
    """True while a case of disposal has the vehicle, be it a draft."""
    return Line._base_manager.filter(card=vehicle.card_id, case__state__in=(State.DRAFT, *HOLDING)).exists()


def terminal_of(plate: str) -> Terminal | None:
    """The terminal that reports for a plate."""
    return (
        Terminal._base_manager.filter(plate=plate, state=TerminalState.IN_USE).select_related("health").first()
        if plate
        else None
    )


def with_terminal(*, fitted: bool) -> QuerySet[Vehicle]:
    """Files for which a terminal reports, or for which none does (annotated as `fitted`)."""
    reporting = Terminal._base_manager.filter(plate=OuterRef("plate"), state=TerminalState.IN_USE)
    has = Case(When(plate="", then=Value(False)), default=Exists(reporting), output_field=BooleanField())
    rows: Any = Vehicle._base_manager.annotate(fitted=has)
    return rows.filter(fitted=fitted)


def run_out(day: dt.date) -> QuerySet[Certificate]:
    """Certificates without which a vehicle may not run, past their end on a day and not renewed.

    Renewed is also what was entered anew: insurers' files bring the next policy, not a step on the last one.
    """
    next_one = Certificate._base_manager.filter(
        Q(until__gte=day) | Q(until=None), vehicle=OuterRef("vehicle"), kind=OuterRef("kind"), state__in=LASTING, since__lte=day
    ).exclude(pk=OuterRef("pk"))  # fmt: skip
    return Certificate._base_manager.filter(~Exists(next_one), state__in=LASTING, kind__in=MUST_RUN, until__lt=day)


def unfit(vehicle: Vehicle, day: dt.date) -> str:
    """Why a vehicle may not be on the road on a day, by its card as it stands now and its certificates; empty where it may."""
    state = state_of(vehicle.card)
    if state not in (VehicleState.IN_USE, VehicleState.IDLE):
        return _("%(plate)s %(state)s，不能派用") % {"plate": vehicle, "state": state.label}
    lapsed = run_out(day).filter(vehicle=vehicle).order_by("until").first()
    if lapsed is None:
        return ""
    return _("%(plate)s 的%(kind)s %(until)s 到期，%(day)s 不能上路") % {
        "plate": vehicle, "kind": lapsed.get_kind_display(), "until": lapsed.until, "day": day,
    }  # fmt: skip


def scrap_from(vehicle: Vehicle) -> dt.date | None:
    """The day from which the scrapping clock counts: registration, or ex-works where that was more than two years earlier."""
    registered, made = vehicle.card.registered, vehicle.made_on
    if made is not None and (registered is None or registered > plus_years(made, LATE_REGISTRATION)):
        return made
    return registered


def scrapped_by(vehicle: Vehicle, years: int | None) -> dt.date | None:
    """The first day on which a vehicle may no longer run; None where its kind has no limit or its beginning is unknown."""
    begun = scrap_from(vehicle)
    return plus_years(begun, years) if years is not None and begun is not None else None


def scrap_day(vehicle: Vehicle, day: dt.date, place: str) -> dt.date | None:
    """The same with the figure in force on a day."""
    if not vehicle.body:
        return None
    years = Figures(day, place).get(SCRAPPAGE, body=vehicle.body)
    return scrapped_by(vehicle, None if years is None else int(years))


def unfiled(day: dt.date, organs: Iterable[int] | None = None) -> QuerySet[Card]:
    """Vehicles on the cards that have no file yet."""
    rows = Card._base_manager.filter(held_on(day), category=Category.VEHICLE, vehicle__isnull=True)
    return rows if organs is None else rows.filter(organ_id__in=list(organs))


def astray() -> QuerySet[Vehicle]:
    """Files that say otherwise than their card: another plate, use, organ or state."""
    gone = Q(card__disposed__isnull=False) | Q(card__use_state__in=GONE_STATES)
    state = Case(
        When(gone, then=Value(VehicleState.GONE)),
        When(card__use_state=UseState.DISPOSING, then=Value(VehicleState.DISPOSING)),
        When(card__use_state=UseState.REPAIR, then=Value(VehicleState.REPAIR)),
        When(card__use_state__in=IDLE_STATES, then=Value(VehicleState.IDLE)),
        default=Value(VehicleState.IN_USE),
    )
    rows = Vehicle._base_manager.annotate(card_state=state)
    differs = (
        ~Q(plate=F("card__plate"))
        | ~Q(use=F("card__vehicle_use"))
        | ~Q(organ=F("card__organ"))
        | ~Q(state=F("card_state"))
    )
    return rows.filter(differs).select_related("card")


def handed_over() -> QuerySet[Terminal]:
    """Terminals that went with a vehicle whose title was transferred, while they still stand with the unit that gave it (`owner`: who has it)."""
    heirs = Vehicle._base_manager.filter(plate=OuterRef("plate"), card__former__organ=OuterRef("organ")).exclude(
        Q(state=VehicleState.GONE) | Q(organ=OuterRef("organ"))
    )
    rows = Terminal._base_manager.exclude(state=TerminalState.REMOVED).annotate(owner=heirs.values("organ")[:1])
    return rows.filter(owner__isnull=False).order_by("pk")


def of_nobody() -> QuerySet[Terminal]:
    """Terminals that are not taken off, of vehicles that have gone: the plate is on none that is still there."""
    bearing = Vehicle._base_manager.filter(plate=OuterRef("plate"))
    there = ~Q(state=VehicleState.GONE)
    rows = Terminal._base_manager.exclude(state=TerminalState.REMOVED)
    return rows.filter(Exists(bearing.exclude(there)), ~Exists(bearing.filter(there))).order_by("pk")
