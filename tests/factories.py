"""Records for tests, made from the models themselves, so that a new app has a factory before it has a test.

`sample(model)` fills every field that must be filled; what a model's own rules want besides stands in SPECIAL.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models

from baozhang.ch1_general.organs.choices import Kind
from baozhang.ch1_general.organs.models import Appointment, Jurisdiction, Organization
from baozhang.kernel import access, scope
from baozhang.kernel.accounts import User
from baozhang.kernel.record import Record, keep

_numbers = itertools.count(1)
DAY = dt.date(2026, 3, 4)
SPECIAL: dict[str, Callable[[int], dict[str, Any]]] = {
    "organs.jurisdiction": lambda n: {"code": f"98{n:04d}", "level": "district", "parent": city()},
    "organs.organization": lambda n: {
        "code": f"T{n:06d}",
        "uscc": "",
        "competence": "",
        "state": "active",
        "ended": None,
    },
    "organs.appointment": lambda n: {"role": "head"},
    "organs.headcount": lambda n: {
        "since": DAY + dt.timedelta(days=10 * (n % 2500)),
        "until": DAY + dt.timedelta(days=10 * (n % 2500) + 5),
    },
    "organs.delegation": lambda n: _delegation(n),
    "organs.suspension": lambda n: _suspension(n),
    "kernel.document": lambda n: {"content": {"title": f"通知{n}"}},
    "kernel.verification": lambda n: {"state": "sound"},
    "warnings.finding": lambda n: {"kind": "organs.headcount"},
    "assets.card": lambda n: {"number": f"C{n:06d}", "name": f"台式计算机{n}", "value": Decimal(4000), "acquired": DAY},
    "assets.ledgertotal": lambda n: {"day": DAY - dt.timedelta(days=n)},
    "assets.voucher": lambda n: {
        "year": 2026,
        "serial": n,
        "number": f"记2026-{n:05d}",
        "debit": Decimal(100),
        "credit": Decimal(100),
    },
    "assets.voucherline": lambda n: {
        "place": n,
        "account": "1601",
        "debit": Decimal(n),
        "credit": Decimal(0),
        "voucher": _voucher,
    },
    "assets.depreciationrun": lambda n: {"month": dt.date(1900 + n // 12 % 299, n % 12 + 1, 1)},
    "assets.handover": lambda n: {"leaver": f"甲{n}", "taker": f"乙{n}"},
    "assets.letting": lambda n: {
        "kind": "lend",
        "rent": Decimal(0),
        "until": DAY + dt.timedelta(days=30),
        "period": "quarter",
    },
    "assets.change": lambda n: {"kind": "value", "value": Decimal(n + 5000), "reason": "corrected"},
    "assets.classpair": lambda n: {"old_code": f"A9{n:06d}", "new_code": f"A8{n:06d}"},
    "assets.repair": lambda n: {"cost": Decimal(n)},
    "assets.income": lambda n: {"number": f"收2026-{n:05d}", "amount": Decimal(n + 100), "paid": Decimal(0)},
    "stocktaking.count": lambda n: {"number": f"PD-{n:05d}", "begins": DAY, "ends": DAY + dt.timedelta(days=9)},
    "stocktaking.room": lambda n: {"place": f"{n}室"},
    "stocktaking.scan": lambda n: {
        "key": f"00000000-0000-4000-8000-{n:012d}",
        "result": "unknown",
        "name": f"物品{n}",
        "count": _counting,
    },
    "stocktaking.difference": lambda n: {"mark": f"surplus:{n}", "kind": "surplus", "count": _counting},
    "disposal.case": lambda n: {"number": f"T-CZ2026{n:04d}", "form": "scrapping"},
    "disposal.incoming": lambda n: {"case": _swap_under_way, "card": None, "value": Decimal(n)},
    "disposal.line": lambda n: {"case": _draft_of_disposal},
    "disposal.paper": lambda n: {"case": _draft_of_disposal},
    "vehicles.terminal": lambda n: {"phone": f"138{n:08d}", "plate": f"沪A{n:05d}", "fitted": DAY},
    "vehicles.terminalorder": lambda n: {"trouble": "silent", "opened_on": DAY, "due": None, "done_on": None},
    "vehicles.area": lambda n: {
        "since": DAY - dt.timedelta(days=n),
        "border": "121.1,31.0\n121.3,31.0\n121.3,31.1\n121.1,31.1",
    },
    "vehicles.relay": lambda n: {"url": f"https://platform.example/{n}/"},
    "vehicles.quota": lambda n: {"asked": n, "since": None, "number": None},
    "vehicles.quotasheet": lambda n: {"document": f"核〔2026〕{n}号", "general": n},
    "vehicles.vehicle": lambda n: {"card": _vehicle_card, "grade": ""},
    "vehicles.certificate": lambda n: {"until": DAY + dt.timedelta(days=n)},
    "vehicles.addition": lambda n: {
        "organ": _with_quota,
        "number": f"CP2026-T-{n:04d}",
        "price": Decimal(150_000),
        **dict(kind="new", use="emergency", body="car", energy="petrol", displacement=Decimal("1.5")),  # noqa: C408
    },
    "trips.driver": lambda n: {"name": f"驾驶人{n}", "state": "on", "licence_until": None},
    "trips.request": lambda n: {"day": DAY, "leave": "08:30", "back": "11:00", "rating": None},
    "trips.dispatch": lambda n: {
        "number": f"PC2026-T-{n:05d}",
        "means": "own",
        "vehicle": _later("vehicles.vehicle"),
        "driver": _later("trips.driver"),
        "starts": dt.datetime(2026, 3, 4, 1, tzinfo=dt.UTC),
        "ends": dt.datetime(2026, 3, 4, 3, tzinfo=dt.UTC),
    },
    "trips.sealing": lambda n: {"since": DAY, "until": DAY, "holiday": "春节"},
    "running.cost": lambda n: {
        "kind": "repair",
        "plate": "",
        "vehicle": _later("vehicles.vehicle"),
        "at": "2026-03-04 09:20",
        "item": f"保养{n}",
        "bill": f"B{n:05d}",
        "amount": Decimal(n + 10),
    },
    "running.paymentcard": lambda n: {"number": f"90001{n:08d}"},
    "running.review": lambda n: {"year": 2000 + n % 25, "month": n % 12 + 1},
    "running.account": lambda n: {"year": 2000 + n % 25, "month": n % 12 + 1},
    "standards.standardline": lambda n: {"key": "assets.quantity.desktop", "row": "*"},
    "standards.reexamination": lambda n: {"standard": _in_force, "day": DAY + dt.timedelta(days=n)},
    "funding.planround": lambda n: {"year": 2000 + n % 100, "closes": DAY + dt.timedelta(days=30)},
    "funding.budgetline": lambda n: {"words": f"办公费{n}"},
    "allocation.need": lambda n: {
        "number": f"XQ2026-T-{n:04d}",
        "item": "desktop",
        "quantity": 1,
        "replaced": 0,
        "planned": 0,
        "received": 0,
        "state": "draft",
    },
    "allocation.match": lambda n: {"owner": _own, "state": "reserved", "done_on": None, "source": "own"},
    "allocation.round": lambda n: {"state": "carried"},
    "procurement.purchase": lambda n: {"number": f"CG2026-T-{n:04d}", "state": "draft"},
    "procurement.deliveredcard": lambda n: {"line": _purchase_line, "delivery": _delivery},
    "warehouse.item": lambda n: {
        "card": _later("assets.card"),
        "number": f"C{n:06d}",
        "value": Decimal(4000),
        "place": None,
    },
    "warehouse.offer": lambda n: {
        "card": _later("assets.card"),
        "number": f"C{n:06d}",
        "value": Decimal(4000),
        "state": "stock",
        "entered_on": DAY,
        "reason": "idle",
    },
    "warehouse.place": lambda n: {"code": f"P{n}", "store": _later("warehouse.store")},
    "warehouse.event": lambda n: {"name": f"会议{n}", "opens": DAY, "closes": DAY + dt.timedelta(days=3)},
    "warehouse.purchase": lambda n: {"card": _later("assets.card"), "event": _later("warehouse.event")},
    "warehouse.activation": lambda n: {"days": 3, "state": "off", "ended_on": DAY},
    "warehouse.sharedclass": lambda n: {"since": DAY, "until": None},
    "warehouse.loan": lambda n: {"mode": "use"},
    "warehouse.thing": lambda n: {"card": _later("assets.card")},
    "warehouse.reservation": lambda n: {"card": _later("assets.card")},
    "standards.referenceprice": lambda n: {"name": f"复印纸{n}"},
    "standards.component": lambda n: {"line": _quota_line},
    "standards.quotareview": lambda n: {"now": Decimal(n + 200)},
    "kernel.customfield": lambda n: {"key": f"k{n}", "choices_text": "", "kind": "text"},
}


def _delegation(n: int) -> dict[str, Any]:
    """One hands on one's own work, to a colleague: where there is a clerk, he is the one who gives."""
    since = DAY + dt.timedelta(days=10 * (n % 2500))
    clerk = User._base_manager.filter(username="clerk").first()
    given = {"since": since, "until": since + dt.timedelta(days=3), "taker": _colleague}
    return given | ({"giver": clerk} if clerk else {})


def _colleague(where: Organization | None) -> User:
    """Another person of the organ each time."""
    return person(f"colleague{next(_numbers)}", "head", where or organ("云间区教育局"))


def _suspension(n: int) -> dict[str, Any]:
    """Another grant each time."""
    grants = [(role.code, name) for role in access.ROLES.values() if not role.admin for name in role.grants]
    role, permission = grants[n % len(grants)]
    return {"role": role, "permission": permission}


def _own(where: Organization | None) -> Organization:
    """The organ itself, where a record names a second one."""
    return where or organ("云间区教育局")


def _purchase_line(where: Organization | None) -> Any:
    """A line of a purchase."""
    from baozhang.ch3_mechanisms.procurement.models import PurchaseLine

    return kept(PurchaseLine, where=where)


def _delivery(where: Organization | None) -> Any:
    """A delivery of a purchase."""
    from baozhang.ch3_mechanisms.procurement.models import Delivery

    return kept(Delivery, where=where)


def _counting(where: Organization | None) -> Any:
    """A count under way in an organ, one for all that is asked of it."""
    from baozhang.ch2_provision.stocktaking.models import Count

    held = Count._base_manager.filter(state="counting", **({"organ": where} if where else {})).first()
    at = dt.datetime(2026, 3, 4, 1, tzinfo=dt.UTC)
    return held or kept(Count, where=where, state="counting", frozen_at=at, frozen_digest="0" * 64)


def _in_force(where: Organization | None) -> Any:
    """A published standard of an organ."""
    from baozhang.ch3_mechanisms.standards.models import Standard

    return kept(Standard, where=where, state="published")


def _voucher(where: Organization | None) -> Any:
    """The one voucher on which an organ's lines are written."""
    from baozhang.ch2_provision.assets.models import Voucher

    found = Voucher._base_manager.filter(organ=where).first() if where is not None else None
    return found or kept(Voucher, where=where)


def _later(label: str) -> Callable[[Organization | None], Any]:
    """A record of another class in the same organ."""

    def made(where: Organization | None) -> Any:
        return kept(apps.get_model(label), where=where or organ("云间区教育局"))

    return made


def _draft_of_disposal(where: Organization | None) -> Any:
    """A disposal case of an organ."""
    from baozhang.ch2_provision.disposal.models import Case

    return kept(Case, where=where)


def _swap_under_way(where: Organization | None) -> Any:
    """A swap of an organ that has been approved."""
    from baozhang.ch2_provision.disposal.models import Case

    given = {"form": "swap", "state": "executing", "lane": "filing", "decided_on": DAY, "approved_on": DAY}
    return kept(Case, where=where, **given)


def _quota_line(where: Organization | None) -> Any:
    """A line of a draft that costs money, in an organ."""
    from baozhang.ch3_mechanisms.standards.models import StandardLine

    return kept(StandardLine, where=where, key="funding.quota.post", row="*")


def _vehicle_card(where: Organization | None) -> Any:
    """The card of a vehicle with a plate of its own."""
    from baozhang.ch2_provision.assets.models import Card

    n = next(_numbers)
    values = {"name": "小型轿车", "category": "vehicle", "plate": f"沪A{n:05d}", "vehicle_use": "emergency"}
    return kept(Card, where=where or organ("云间区教育局"), **values)


def _with_quota(where: Organization | None) -> Organization:
    """The organ itself, with room for many vehicles."""
    from baozhang.ch2_provision.vehicles.models import Quota

    found = where or organ("云间区教育局")
    if not Quota._base_manager.filter(organ=found).exists():
        kept(
            Quota,
            where=found,
            klass="general",
            asked=99,
            number=99,
            document="核〔2020〕1号",
            since=dt.date(2020, 1, 1),
            state="approved",
        )
    return found


def city() -> Jurisdiction:
    """The one city of the test world."""
    found = Jurisdiction._base_manager.filter(level="city").first()
    if found is None:
        found = Jurisdiction(code="990000", name="江海市", level="city")
        save(found)
    return found


def district(name: str) -> Jurisdiction:
    """A district of that name."""
    found = Jurisdiction._base_manager.filter(name=name).first()
    if found is None:
        found = Jurisdiction(code=f"9901{next(_numbers):02d}", name=name, level="district", parent=city())
        save(found)
    return found


def organ(name: str, place: Jurisdiction | None = None, **values: Any) -> Organization:
    """An organization of that name, an administrative agency where nothing else is said."""
    found = Organization._base_manager.filter(name=name).first()
    if found is None:
        values = {"code": f"O{next(_numbers):06d}", "kind": Kind.ADMINISTRATION, **values}
        found = Organization(name=name, jurisdiction=place or district("云间区"), **values)
        save(found)
    return found


def person(username: str, role: str, where: Organization) -> User:
    """A user who holds a role in an organization."""
    return people([(username, role, where)])[username]


def people(seats: Iterable[tuple[str, str, Organization]]) -> dict[str, User]:
    """Users who hold roles in organizations, by name: made in two batches, since nearly every test of a room needs a dozen."""
    wanted = list(seats)
    found = {one.username: one for one in User._base_manager.filter(username__in=[name for name, *_more in wanted])}
    fresh = {name: User(username=name, name=name) for name, *_more in wanted if name not in found}
    for user in fresh.values():
        user.set_password("a-long-password")
    since = dt.date(2022, 1, 1)
    with scope.everything("test") as by:
        keep(list(fresh.values()), by=by)
        found |= fresh
        keep(
            [Appointment(user=found[name], organ=where, role=role, since=since) for name, role, where in wanted], by=by
        )
    return {name: found[name] for name, *_more in wanted}


def save(record: Record) -> Record:
    """This will keep a record as the system."""
    with scope.everything("test") as by:
        keep(record, by=by)
    return record


def sample(model: type[Record], /, *, where: Organization | None = None, **values: Any) -> Any:
    """A valid record of a model, not kept, in an organ where it has one."""
    n = next(_numbers)
    given = {**SPECIAL.get(f"{model._meta.app_label}.{model._meta.model_name}", lambda _n: {})(n), **values}
    given = {name: value(where) if callable(value) else value for name, value in given.items()}
    if where is not None and any(f.attname == "organ_id" for f in model._meta.concrete_fields):
        given.setdefault("organ_id", where.pk)
    for field in model._meta.concrete_fields:
        if field.name in given or field.attname in given or field.primary_key or not _needed(field):
            continue
        given[field.name] = _value(field, n, where)
    return model(**given)


def kept(model: type[Record], /, **values: Any) -> Any:
    """A valid record of a model, kept; of a proxy, the row of its class that it looks at."""
    made = sample(model, **values)
    if not model._meta.proxy:
        return save(made)
    concrete: Any = model._meta.concrete_model
    row = concrete(**{field.attname: getattr(made, field.attname) for field in concrete._meta.concrete_fields})
    return model._base_manager.get(pk=save(row).pk)


def _needed(field: models.Field[Any, Any]) -> bool:
    return not (field.blank or field.null or field.has_default()) and field.editable


def _value(field: models.Field[Any, Any], n: int, where: Organization | None) -> Any:
    if isinstance(field, models.ForeignKey):
        target: Any = field.related_model
        if target is Organization:
            return where or organ("云间区教育局")
        if target is User:
            return save(User(username=f"u{n}-{field.name}", name=f"用户{n}", password="!"))
        if target is Jurisdiction:
            return district("云间区")
        return kept(target, where=where)
    if field.choices:
        return field.flatchoices[0][0]
    if isinstance(field, models.DateTimeField):
        return dt.datetime(2026, 3, 4, 9, tzinfo=dt.UTC)
    if isinstance(field, models.DateField):
        return DAY
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.DecimalField):
        return Decimal(n % 90 + 1)
    if isinstance(field, models.IntegerField):
        return n % 90 + (DAY.year if field.name == "year" else 1)
    return f"样{n}"[: field.max_length]
