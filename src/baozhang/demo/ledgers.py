"""The agencies' asset ledgers, twenty thousand cards in all, with the faults that real ledgers have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import (
    Acquisition,
    Booking,
    Category,
    Disposal,
    Edition,
    Establishment,
    TitleForm,
    UseState,
    VehicleUse,
)
from baozhang.ch2_provision.assets.models import Card

from . import names
from .goods import EQUIPMENT, FURNITURE, Good

OPENED = dt.date(2024, 10, 8)  # the day on which the ledgers came into the system
SECOND = dt.date(2022, 12, 30)  # GB/T 14885-2022 is in force from here


class Ledger:
    """The cards of one agency as its old ledger had them on the opening day."""

    def __init__(self, organ: Organization, staff: int, authority: str, chance: Random, scale: float) -> None:
        self.organ, self.staff, self.authority, self.chance, self.scale = organ, staff, authority, chance, scale
        self.serial = 0
        self.people = [names.person(organ.pk * 31 + i) for i in range(max(6, staff // 3))]

    def number(self, prefix: str = "ZC") -> str:
        """The next card number of the agency."""
        self.serial += 1
        return f"{prefix}{self.organ.code[-3:]}{self.serial:05d}"

    def cards(self) -> list[Card]:
        """All cards, faults and all."""
        made = [card for good in (*EQUIPMENT, *FURNITURE) for card in self._of(good)]
        made += [*self._houses(), *self._vehicles()]
        self._spoil(made)
        return made

    def _bought(self) -> dt.date:
        return dt.date(2012, 1, 1) + dt.timedelta(days=int(self.chance.betavariate(3.2, 1.4) * 4600))

    def _of(self, good: Good) -> Iterator[Card]:
        heavy = 1.45 if self.chance.random() < 0.12 else self.chance.uniform(0.8, 1.0)  # one in eight has too many
        for _ in range(round(good.share * self.staff * heavy * self.scale * 0.73)):
            yield self.thing(good, self._bought())

    def thing(self, good: Good, day: dt.date) -> Card:
        """One thing of a kind, bought on a day."""
        chance = self.chance
        edition = Edition.NEW if day >= SECOND and good.codes[0] else Edition.OLD if good.codes[1] else Edition.NEW
        person = chance.choice(self.people)
        low, high = good.price
        return Card(
            organ=self.organ,
            number=self.number(),
            name=good.name,
            class_code=good.codes[edition == Edition.OLD],
            edition=edition if any(good.codes) else "",
            quantity=Decimal(1),
            unit=good.unit,
            value=Decimal(chance.randint(low, high)),
            fiscal=None,
            acquisition=Acquisition.BOUGHT,
            acquired=day,
            in_use_from=day,
            booked=day,
            booking=Booking.BOOKED,
            voucher=f"记{day:%m}-{chance.randint(1, 180):03d}",
            use_state=UseState.IN_USE,
            department=chance.choice(names.DEPARTMENTS),
            custodian=person,
            user=person,
            band="division",
            place=f"{chance.randint(1, 3)}号楼{chance.randint(1, 12)}{chance.randint(1, 24):02d}室",
            brand=chance.choice(names.BRANDS),
            model=chance.choice(good.models),
            serial=f"{chance.randrange(16**10):010X}" if good.serial else "",
            seller=chance.choice(names.SELLERS),
        )

    def _houses(self) -> Iterator[Card]:
        if self.chance.random() > 0.25:
            return
        area = Decimal(self.chance.randint(1200, 6800))
        built = dt.date(self.chance.randint(1995, 2016), self.chance.randint(1, 12), 18)
        street = f"{self.chance.choice(names.STREETS)}{self.chance.randint(10, 900)}号"
        days: dict[str, Any] = dict.fromkeys(("acquired", "in_use_from", "booked"), built)
        base = days | {
            "organ": self.organ, "title_form": TitleForm.HELD, "holder": self.authority, "address": street,
            "acquisition": Acquisition.BUILT, "use_state": UseState.IN_USE, "custodian": self.people[0],
        }  # fmt: skip
        yield Card(
            **base,
            number=self.number("FW"),
            name="办公楼",
            class_code="A01010100",
            edition=Edition.NEW,
            category=Category.HOUSE,
            quantity=area,
            unit="平方米",
            value=area * 3200,
            structure="钢混",
            floor_area=area,
            use_area=area * Decimal("0.62"),
            certificate=f"云（{built.year}）不动产权第{self.chance.randint(1000, 99999):06d}号",
        )
        yield Card(
            **base,
            number=self.number("TD"),
            name="办公用地",
            class_code="",
            category=Category.LAND,
            quantity=area * 2,
            unit="平方米",
            value=area * 1500,
            own_area=area * 2,
            certificate=f"云国用（{built.year}）第{self.chance.randint(1000, 99999):06d}号",
        )

    def _vehicles(self) -> Iterator[Card]:
        for _ in range(self.chance.choice((0, 1, 1, 2, 3))):
            day = dt.date(self.chance.randint(2014, 2023), self.chance.randint(1, 12), self.chance.randint(1, 28))
            yield Card(
                organ=self.organ,
                number=self.number("CL"),
                name="小型轿车",
                class_code="A02030501",
                edition=Edition.NEW,
                quantity=Decimal(1),
                unit="辆",
                value=Decimal(self.chance.randint(98, 178)) * 1000,
                acquisition=Acquisition.BOUGHT,
                acquired=day,
                in_use_from=day,
                booked=day,
                booking=Booking.BOOKED,
                use_state=UseState.IN_USE,
                department="后勤科",
                custodian=self.people[1],
                brand=self.chance.choice(names.VEHICLE_BRANDS),
                holder=self.authority,
                plate=f"江A{self.chance.choice('DFGHJ')}{self.chance.randint(1000, 9999)}",
                vin=self._vin(),
                displacement=self.chance.choice(("1.5", "1.6", "1.8", "新能源")),
                vehicle_use=self.chance.choice((VehicleUse.CONFIDENTIAL, VehicleUse.EMERGENCY)),
                registered=day,
                establishment=Establishment.WITHIN,
            )

    def _vin(self) -> str:
        return "L" + "".join(self.chance.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(16))

    def _spoil(self, cards: list[Card]) -> None:
        """The faults of real ledgers: dear things, no keeper, things idle or gone too soon, doubles, titles held elsewhere."""
        chance = self.chance
        for card in cards:
            lot = chance.random()
            if lot < 0.012:
                card.value = card.value * Decimal("1.35")
                card.value = card.value.quantize(Decimal("0.01"))
            elif lot < 0.03:
                card.custodian = card.user = ""
            elif lot < 0.055 and card.category != Category.HOUSE:
                card.use_state, card.idle_since = UseState.IDLE, OPENED - dt.timedelta(days=chance.randint(20, 500))
            elif lot < 0.066 and card.category in ("",) and card.acquired and card.acquired < dt.date(2024, 1, 1):
                gone = card.acquired + dt.timedelta(days=chance.randint(700, 2600))
                if gone < OPENED:
                    card.disposal, card.disposed, card.use_state = Disposal.SCRAPPING, gone, UseState.SCRAPPED
            elif lot < 0.071 and card.plate:
                card.holder = self.organ.name
        for card in chance.sample([c for c in cards if c.serial], k=min(2, len(cards) // 200)):
            double = chance.choice([c for c in cards if c.serial and c is not card and c.name == card.name] or [card])
            if double is not card:
                double.serial = card.serial
        for card in cards:
            if card.certificate and chance.random() < 0.3:
                card.holder = self.organ.name
