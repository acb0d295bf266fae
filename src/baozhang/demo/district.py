"""The city, its district of sixty agencies, the people and what they hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from baozhang.ch1_general.organs import roles
from baozhang.ch1_general.organs.choices import Band, Competence, Kind, Level
from baozhang.ch1_general.organs.models import Appointment, Headcount, Jurisdiction, Organization
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User
from baozhang.kernel.record import keep

from . import names

PASSWORD = "baozhang-2026"  # noqa: S105 -- of every account of the demonstration; it is printed on the door
START = dt.date(2022, 1, 1)


@dataclass
class Account:
    """An account that the door offers."""

    username: str
    name: str
    role: str
    organ: str


@dataclass
class District:
    """What was built, for the later chapters of the story."""

    agencies: list[Organization] = field(default_factory=list)
    others: list[Organization] = field(default_factory=list)
    clerks: dict[int, User] = field(default_factory=dict)
    accounts: list[Account] = field(default_factory=list)
    bodies: dict[str, Organization] = field(default_factory=dict)


def credit_code(serial: int) -> str:
    """An invented unified credit code with a right check digit: its area code belongs to no place."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"11990101{serial:08d}".ljust(16, "0")
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(int(c) * w for c, w in zip(body[8:16], weights, strict=True)) % 11
    body += {10: "X", 11: "0"}.get(rest, str(rest))
    total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + alphabet[(31 - total) % 31]


def build(by: Actor, chance: Random) -> District:
    """This will keep jurisdictions, organizations, headcounts and accounts."""
    made = District()
    city = Jurisdiction(code=names.CITY[0], name=names.CITY[1], short=names.CITY[2], level=Level.CITY)
    keep(city, by=by)
    districts = [
        Jurisdiction(code=c, name=n, short=s, level=Level.DISTRICT, parent=city) for c, n, s in names.DISTRICTS
    ]
    keep(districts, by=by)
    towns = [Jurisdiction(code=c, name=n, short=s, level=Level.TOWN, parent=districts[0]) for c, n, s in names.TOWNS]
    keep(towns, by=by)
    _organizations(made, by, city, districts, towns)
    _headcounts(made, by, chance)
    _people(made, by)
    return made


def _organ(place: Jurisdiction, serial: int, name: str, kind: str, **values: str) -> Organization:
    code = f"{place.code[:6]}{serial:03d}"
    return Organization(
        code=code, name=f"{place.name}{name}" if not name.startswith(place.name) else name, short=name, kind=kind,
        uscc=credit_code(int(place.code[4:6]) * 1000 + serial), jurisdiction=place, founded=dt.date(2001, 7, 1), **values,
    )  # fmt: skip


def _organizations(
    made: District, by: Actor, city: Jurisdiction, districts: list[Jurisdiction], towns: list[Jurisdiction]
) -> None:
    rows: list[Organization] = []
    for place in (city, *districts):
        word = f"{place.short}机管"
        rows.append(
            _organ(place, 1, names.AUTHORITY, Kind.INSTITUTION, competence=Competence.AUTHORITY, document_word=word)
        )
        rows.append(
            _organ(
                place,
                2,
                names.FINANCE,
                Kind.ADMINISTRATION,
                competence=Competence.FINANCE,
                document_word=f"{place.short}财",
            )
        )
        rows.append(_organ(place, 3, names.AUDIT, Kind.ADMINISTRATION, competence=Competence.OVERSIGHT, field="审计"))
    serial = 10
    for kind, titles in names.AGENCIES.items():
        for title in titles:
            rows.append(_organ(districts[0], serial, title.removeprefix("区"), kind))
            serial += 1
    rows += [
        _organ(districts[1], 10 + i, title, Kind.ADMINISTRATION)
        for i, title in enumerate(("教育局", "民政局", "水务局"))
    ]
    rows += [_organ(town, 101 + i, "人民政府", Kind.ADMINISTRATION) for i, town in enumerate(towns)]
    _document_words(rows)
    keep(rows, by=by)
    made.bodies = {row.name: row for row in rows}
    made.agencies = [row for row in rows if row.jurisdiction_id in {districts[0].pk, *(town.pk for town in towns)}]
    made.others = [row for row in rows if row not in made.agencies]


def _document_words(rows: list[Organization]) -> None:
    """Each organ its own word for numbering documents: that of its place and the first signs of its name that tell it apart."""
    taken = {row.document_word for row in rows}
    for row in rows:
        if not row.document_word:
            short = row.short.removeprefix("区委")
            words = (f"{row.jurisdiction.short}{short[:signs]}" for signs in range(2, 9))
            row.document_word = next(word for word in words if word not in taken)
            taken.add(row.document_word)


def _headcounts(made: District, by: Actor, chance: Random) -> None:
    rows: list[Headcount] = []
    change = dt.date(2025, 3, 31)
    for organ in [*made.agencies, *made.others]:
        chiefs, staff = chance.randint(3, 6), chance.choice((18, 24, 32, 40, 46, 58, 72, 96, 130))
        rows.append(
            Headcount(organ=organ, band=Band.BUREAU, quota=chiefs, actual=chiefs - chance.randint(0, 1), since=START)
        )
        moved = chance.random() < 0.2
        rows.append(
            Headcount(
                organ=organ,
                band=Band.DIVISION,
                quota=staff,
                actual=staff - chance.randint(0, 4),
                since=START,
                until=change if moved else None,
            )
        )
        if moved:
            fewer = staff - chance.randint(2, 6)
            rows.append(
                Headcount(
                    organ=organ,
                    band=Band.DIVISION,
                    quota=fewer,
                    actual=fewer - 1,
                    since=change + dt.timedelta(days=1),
                    document="云编〔2025〕7号",
                )
            )
    keep(rows, by=by)


SEATS = (
    # login, role, body (云间区 where not said otherwise)
    ("jiaoyu", roles.ASSET_CLERK, "云间区教育局"), ("jiaoyu2", roles.HEAD, "云间区教育局"),
    ("weijian", roles.ASSET_CLERK, "云间区卫生健康委"), ("weijian2", roles.HEAD, "云间区卫生健康委"),
    ("jiguan", roles.SUPERVISOR, "云间区机关事务管理局"), ("jiguan2", roles.SUPERVISOR, "云间区机关事务管理局"),
    ("juzhang", roles.SUPPORT_HEAD, "云间区机关事务管理局"), ("biaozhun", roles.STANDARDS_OFFICER, "云间区机关事务管理局"),
    ("caizheng", roles.FINANCE_OFFICER, "云间区财政局"), ("shenji", roles.AUDITOR, "云间区审计局"),
    ("shiju", roles.SUPPORT_HEAD, "江海市机关事务管理局"), ("shibiao", roles.STANDARDS_OFFICER, "江海市机关事务管理局"),
    ("shidu", roles.SUPERVISOR, "江海市机关事务管理局"), ("yuejing", roles.SUPERVISOR, "月泾区机关事务管理局"),
    ("xitong", roles.SYSTEM_ADMIN, "云间区机关事务管理局"), ("anquan", roles.SECURITY_ADMIN, "云间区机关事务管理局"),
    ("shenjiyuan", roles.AUDIT_ADMIN, "云间区机关事务管理局"),
    ("kuaiji", roles.ACCOUNTANT, "云间区教育局"), ("kuaiji2", roles.ACCOUNTANT, "云间区卫生健康委"),
    ("keyuan", roles.STAFF, "云间区教育局"), ("keyuan2", roles.STAFF, "云间区教育局"),
    ("zichan", roles.ASSET_OFFICER, "云间区机关事务管理局"), ("zichan2", roles.ASSET_OFFICER, "云间区机关事务管理局"),
    ("jihua", roles.PLAN_OFFICER, "云间区机关事务管理局"), ("cangku", roles.KEEPER, "云间区机关事务管理局"),
    ("caizheng2", roles.FINANCE_HEAD, "云间区财政局"), ("shizichan", roles.ASSET_OFFICER, "江海市机关事务管理局"),
    ("diaodu", roles.DISPATCHER, "云间区教育局"), ("jiashi", roles.DRIVER, "云间区教育局"),
    ("shicaizheng", roles.FINANCE_HEAD, "江海市财政局"), ("yuejihua", roles.PLAN_OFFICER, "月泾区机关事务管理局"),
    ("yueju", roles.SUPPORT_HEAD, "月泾区机关事务管理局"), ("yuecai", roles.FINANCE_OFFICER, "月泾区财政局"),
    ("yuecai2", roles.FINANCE_HEAD, "月泾区财政局"),
)  # fmt: skip


def _people(made: District, by: Actor) -> None:
    hashed = User()
    hashed.set_password(PASSWORD)  # hashed once: sixty slow hashes would cost a quarter minute
    users: list[User] = []
    seats: list[tuple[User, str, Organization]] = []
    for place, (login, role, body) in enumerate(SEATS):
        user = User(username=login, name=names.person(place), password=hashed.password)
        users.append(user)
        seats.append((user, role, made.bodies[body]))
        made.accounts.append(Account(login, user.name, role, body))
    served = {organ.pk for _user, role, organ in seats if role == roles.ASSET_CLERK}
    for place, organ in enumerate([*made.agencies, *made.others]):
        if organ.pk not in served:
            user = User(username=f"c{organ.code}", name=names.person(100 + place), password=hashed.password)
            users.append(user)
            seats.append((user, roles.ASSET_CLERK, organ))
            head = User(username=f"h{organ.code}", name=names.person(300 + place), password=hashed.password)
            users.append(head)
            seats.append((head, roles.HEAD, organ))
            books = User(username=f"a{organ.code}", name=names.person(500 + place), password=hashed.password)
            users.append(books)
            seats.append((books, roles.ACCOUNTANT, organ))
    keep(users, by=by)
    keep([Appointment(user=user, organ=organ, role=role, since=START) for user, role, organ in seats], by=by)
    made.clerks = {organ.pk: user for user, role, organ in seats if role == roles.ASSET_CLERK}
