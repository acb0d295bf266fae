"""Cards as agencies hold them, drawn from a seed: the same number gives the same cards; one in a hundred has a fault."""

from __future__ import annotations

import datetime as dt
from bisect import bisect
from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate
from random import Random
from typing import Any

from baozhang.ch2_provision.assets.models import Card
from baozhang.demo.goods import EQUIPMENT, FURNITURE
from baozhang.demo.names import BRANDS, DEPARTMENTS, SELLERS, person

OTHER = ("更衣柜", "茶水柜", "保密柜", "办公沙发", "视频会议终端", "激光测距仪", "实验台", "档案密集架")
GOODS = [(g.name, g.codes, g.price, g.unit, g.serial, g.models, g.share) for g in (*EQUIPMENT, *FURNITURE)]
GOODS += [(name, ("", ""), (300, 9000), "件", False, ("标准型",), 0.06) for name in OTHER]
WEIGHTS = list(accumulate(good[-1] for good in GOODS))
FIRST, SECOND = dt.date(2010, 1, 4), dt.date(2022, 12, 30)  # GB/T 14885-2022 is in force from the second
DAYS = (dt.date(2025, 6, 30) - FIRST).days
ACQUISITIONS = ("bought",) * 90 + ("transferred",) * 5 + ("donated",) * 2 + ("found", "built", "other")
PEOPLE = [person(place) for place in range(900)]
ROOMS = [f"{house}号楼{floor}{room:02d}室" for house in (1, 2, 3) for floor in range(1, 13) for room in range(1, 25)]
MONTHS = [f"记{month:02d}-" for month in range(1, 13)]
ONE = Decimal(1)


def cards(organ: int, count: int, holder: str) -> Iterator[Card]:
    """The cards of one agency; `holder` is the body in whose name its vehicles should stand."""
    chance = Random(organ)
    people = [PEOPLE[(organ * 37 + i) % len(PEOPLE)] for i in range(60)]
    for serial in range(1, count + 1):
        if chance.random() < 0.008:
            yield _vehicle(organ, serial, holder, chance, people)
        else:
            yield _thing(organ, serial, chance, people)


def _thing(organ: int, serial: int, chance: Random, people: list[str]) -> Card:
    draw = chance.random
    name, codes, (low, high), unit, numbered, models, _share = GOODS[bisect(WEIGHTS, draw() * WEIGHTS[-1])]
    day = FIRST + dt.timedelta(days=int(draw() ** 0.6 * DAYS))
    edition = "2022" if codes[0] and (day >= SECOND or not codes[1]) else "2010" if codes[1] else ""
    keeper = people[int(draw() * 60)]
    card = Card(
        organ_id=organ, number=f"ZC{organ:04d}{serial:06d}", name=name, class_code=codes[edition == "2010"], edition=edition,
        quantity=ONE, unit=unit, value=Decimal(low + int(draw() * (high - low))), fiscal=None,
        acquisition=ACQUISITIONS[int(draw() * 100)], acquired=day, in_use_from=day, booked=day, booking="booked",
        voucher=f"{MONTHS[day.month - 1]}{int(draw() * 180):03d}", use_state="in_use", department=DEPARTMENTS[int(draw() * 10)],
        custodian=keeper, user=keeper, band="division", place=ROOMS[int(draw() * len(ROOMS))], brand=BRANDS[int(draw() * len(BRANDS))],
        model=models[int(draw() * len(models))], serial=f"{organ:04X}{serial:05X}{int(draw() * 0xFFF):03X}" if numbered else "",
        seller=SELLERS[int(draw() * len(SELLERS))],
    )  # fmt: skip
    _fate(card, draw(), draw)
    return card


def _fate(card: Any, lot: float, draw: Any) -> None:
    """What became of a card: most are in use; the last hundredth has the faults that the rules look for."""
    if lot < 0.03:
        card.use_state = "idle"
        card.idle_since, card.offered = dt.date(2026, 1, 5), dt.date(2026, 2, 2)
    elif lot < 0.07 and card.acquired.year < 2014:
        card.use_state, card.disposal, card.disposed = "scrapped", "scrapping", dt.date(2025, int(draw() * 12) + 1, 20)
    elif lot < 0.09:
        card.use_state = "repair" if draw() < 0.5 else "disposing"
    elif lot > 0.9965:
        card.custodian = card.user = ""
    elif lot > 0.993 and card.acquired.year > 2021:
        card.use_state, card.disposal, card.disposed = "scrapped", "scrapping", card.acquired + dt.timedelta(days=200)
    elif lot > 0.98 and card.acquired >= dt.date(2022, 11, 1):
        card.value *= 2
    elif lot > 0.979 and card.serial:
        card.serial = f"{card.organ_id:04X}TWIN"


def _vehicle(organ: int, serial: int, holder: str, chance: Random, people: list[str]) -> Card:
    day = FIRST + dt.timedelta(days=int(chance.random() * DAYS))
    return Card(
        organ_id=organ, number=f"CL{organ:04d}{serial:06d}", name="小型轿车", class_code="A02030501", edition="2022", quantity=ONE,
        unit="辆", value=Decimal(chance.randint(98, 178)) * 1000, acquisition="bought", acquired=day, in_use_from=day, booked=day,
        booking="booked", use_state="in_use", department="后勤科", custodian=people[1], user=people[2], brand="远驰 A6",
        holder="某服务中心" if chance.random() < 0.03 else holder, plate=f"江A{organ:04X}{serial:04X}"[:20],
        vin=f"LBZ{organ:06d}{serial:08d}", displacement="1.6", vehicle_use=("confidential", "emergency")[serial % 2], registered=day,
        establishment="within",
    )  # fmt: skip
