"""Exits with their reservations, loans with their things."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.warehouse.choices import (
    EXIT_COLOURS,
    EXIT_WAITING,
    LOAN_COLOURS,
    LOAN_OPEN,
    THING_COLOURS,
    LineState,
)
from baozhang.ch2_provision.warehouse.flows import ExitFlow, LoanFlow, ThingFlow
from baozhang.ch2_provision.warehouse.models import Exit, Loan, Reservation, Thing
from baozhang.kernel import clock, holds
from baozhang.kernel.resource import Computed, Group, Related, Resource, register
from baozhang.kernel.views.steps import due_words

ARTICLE = "第十四条第二款"


def left(loan: Any) -> str:
    """How long the user still has; empty where there is no term or all is back."""
    if loan.due is None or loan.state not in LOAN_OPEN:
        return ""
    return due_words((loan.due - clock.today()).days)["due_words"]


def _kept(exit_: Any) -> str:
    """The day that was set when it was approved, in a list; until then it is not yet settled."""
    if isinstance(exit_.keep_until, dt.date):
        return exit_.keep_until.isoformat()
    return _("批准时确定") if exit_.approved_on is None and exit_.state in EXIT_WAITING else ""


def _held(exit_: Any) -> str:
    """The day that was set when it was approved; before, the day on which the promise itself runs out."""
    if exit_.keep_until is not None:
        return str(exit_.keep_until)
    ends = [hold.until for hold in holds.of_case(exit_) if hold.until is not None]
    return str((min(ends).astimezone(clock.ZONE) - dt.timedelta(seconds=1)).date()) if ends else _kept(exit_)


@register
class Exits(Resource):
    """What agencies ask out of the warehouse."""

    model = Exit
    slug = "warehouse/exits"
    place = 18
    article = ARTICLE
    chapter = "warehouse"
    icon = "arrow-up-tray"
    purpose = gettext_lazy("从预留、审核、审批、备货清点到两方交接；一件物品同一时间只能许给一家")
    columns = ("purpose", "organ", "state", "mode", "until", "kept", "giver", "reserved_on")
    more_columns = (
        "authority",
        "event",
        "approved_on",
        "keep_until",
        "counted",
        "handed_on",
        "activation",
        "papers_due",
        "completed_on",
        "need_words",
    )
    groups = (
        Group(gettext_lazy("申领"), ("purpose", "mode", "until", "event", "organ", "need_words")),
        Group(gettext_lazy("审批和保留"), ("authority", "reserved_on", "approved_on", "keep_until")),
        Group(gettext_lazy("交接"), ("giver", "counted", "handed_on")),
        Group(
            gettext_lazy("应急先行"),
            ("activation", "papers_due", "completed_on"),
            when=lambda one: one.activation_id is not None,
        ),
    )
    computed = {
        "kept": Computed(gettext_lazy("保留期限"), _kept),
        "held": Computed(gettext_lazy("保留至"), _held),
    }
    readonly = frozenset(
        {"purpose", "mode", "until", "event", "organ", "need_words", "authority", "reserved_on", "approved_on", "keep_until", "giver",
         "counted", "handed_on", "activation", "papers_due", "completed_on"}
    )  # fmt: skip
    filters = ("state", "mode", "organ", "giver", "reserved_on", "until")
    search = ("purpose", "organ.name")
    key_facts = ("organ", "mode", "until", "held")
    state = "state"
    colours = EXIT_COLOURS
    flow = ExitFlow
    importable = False
    addable = False
    units = {"counted": gettext_lazy("件")}
    related = (
        Related("warehouse/reservations", "exit", gettext_lazy("预留的物品")), Related("warehouse/loans", "exit", gettext_lazy("形成的借用")),
    )  # fmt: skip


@register
class Reservations(Resource):
    """The lines of exits."""

    model = Reservation
    slug = "warehouse/reservations"
    article = ARTICLE
    chapter = "warehouse"
    icon = "bookmark"
    menu = False
    purpose = gettext_lazy("每一件预留的物品：为谁保留、何时交付、按什么价格计算节约")
    columns = ("item", "state", "quantity", "price", "given_on", "organ", "giver", "exit")
    more_columns = ("price_basis",)
    groups = (
        Group(gettext_lazy("预留"), ("item", "exit", "organ", "giver", "quantity")),
        Group(gettext_lazy("交付"), ("given_on", "price", "price_basis", "new_card")),
    )
    readonly = frozenset({"item", "exit", "organ", "giver", "quantity", "given_on", "price", "price_basis", "new_card"})
    filters = ("state", "organ", "item", "exit", "given_on")
    search = ("item.name", "card.number", "organ.name")
    units = {"price": gettext_lazy("元")}
    state = "state"
    colours = {LineState.HELD: "amber", LineState.GIVEN: "green"}
    importable = False
    addable = False
    follows = ("exit", "item")
    leads = ("new_card",)


@register
class Loans(Resource):
    """What agencies hold of the warehouse."""

    model = Loan
    slug = "warehouse/loans"
    place = 20
    article = "第十六条第一款"
    chapter = "warehouse"
    icon = "arrow-path"
    purpose = gettext_lazy("借出去的和调剂使用的：到哪天还、续借几次、还剩几件没还")
    columns = ("purpose", "organ", "state", "mode", "begun", "due", "left", "extensions")
    more_columns = ("giver", "authority", "event", "exit", "closed_on")
    groups = (
        Group(gettext_lazy("使用"), ("purpose", "mode", "organ", "giver", "authority", "event", "exit")),
        Group(gettext_lazy("期限"), ("begun", "due", "left", "extensions", "wanted", "wanted_why", "closed_on")),
    )
    computed = {"left": Computed(gettext_lazy("剩余时间"), left)}
    readonly = frozenset(
        {
            "purpose",
            "mode",
            "organ",
            "giver",
            "authority",
            "event",
            "exit",
            "begun",
            "due",
            "extensions",
            "wanted",
            "wanted_why",
            "closed_on",
        }
    )
    filters = ("state", "mode", "organ", "due", "event")
    search = ("purpose", "organ.name")
    sorts = ("due",)
    key_facts = ("organ", "due", "left", "extensions")
    units = {"extensions": gettext_lazy("次")}
    state = "state"
    colours = LOAN_COLOURS
    flow = LoanFlow
    importable = False
    addable = False
    follows = ("exit",)
    related = (Related("warehouse/things", "loan", gettext_lazy("借用的物品")),)


@register
class Things(Resource):
    """Single things on loan."""

    model = Thing
    slug = "warehouse/things"
    place = 50
    article = "第十六条第一款"
    chapter = "warehouse"
    icon = "cube"
    purpose = gettext_lazy("借用的每一件：逐件交还、验收、送修或者定责")
    columns = ("item", "state", "grade_out", "grade_back", "handed_in", "ended_on", "organ", "loan")
    more_columns = ("giver", "harm", "compensation")
    groups = (
        Group(gettext_lazy("物品"), ("item", "loan", "organ", "giver")),
        Group(gettext_lazy("归还"), ("grade_out", "handed_in", "grade_back", "ended_on")),
        Group(
            gettext_lazy("损失和责任"),
            ("harm", "harm_words", "liable", "compensation", "compensation_due"),
            when=lambda thing: bool(thing.harm),
        ),
    )
    readonly = frozenset(
        {
            "item",
            "loan",
            "organ",
            "giver",
            "grade_out",
            "handed_in",
            "grade_back",
            "ended_on",
            "harm",
            "harm_words",
            "liable",
            "compensation",
            "compensation_due",
        }
    )
    filters = ("state", "organ", "loan", "item", "harm")
    search = ("item.name", "card.number", "organ.name")
    units = {"compensation": gettext_lazy("元")}
    key_facts = ("organ", "grade_out", "handed_in")
    state = "state"
    colours = THING_COLOURS
    flow = ThingFlow
    importable = False
    addable = False
    follows = ("loan", "item")
