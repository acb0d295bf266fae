"""Labels of cards, and the classes that ship with the product."""

from __future__ import annotations

import csv

from django.conf import settings
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import Edition
from baozhang.ch2_provision.assets.choices.classes import TABLE
from baozhang.ch2_provision.assets.models import AssetClass, Card, ClassPair
from baozhang.kernel.access import Actor
from baozhang.kernel.documents.model import Label
from baozhang.kernel.record import keep


def label(card: Card) -> Label:
    """This is a card's QR label: agency, number, name, model, keeper or place; the code opens the card."""
    kept_by = card.custodian or card.user
    lines = [card.name, card.model or card.brand or card.plate]
    lines.append("　".join(part for part in (kept_by, card.department or card.place) if part))
    lines.append(_("取得 %(day)s") % {"day": card.acquired} if card.acquired else "")
    organ = card.organ.short or card.organ.name
    return Label(
        organ, card.number, [line for line in lines if line], f"{settings.PUBLIC_ADDRESS}/assets/cards/{card.pk}/"
    )


def seed_classes(by: Actor) -> int:
    """This will load the shipped classes of both editions where they are missing; returns how many are new."""
    known = set(AssetClass._base_manager.values_list("edition", "code"))
    with TABLE.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if (row["edition"], row["code"]) not in known]
    fresh = [
        AssetClass(edition=row["edition"], code=row["code"], name=row["name"], category=row["category"], verified=row["source"] == "seen")
        for row in rows
    ]  # fmt: skip
    new = keep(fresh, by=by, note=_("随系统提供的分类代码")).new
    _seed_pairs(by)
    return new


def _seed_pairs(by: Actor) -> None:
    """This will pair the shipped classes that both editions were seen to name alike, where a code has no pair yet."""
    seen = AssetClass._base_manager.filter(verified=True).order_by("code").values_list("edition", "name", "code")
    codes: dict[tuple[str, str], list[str]] = {}
    for edition, name, code in seen:
        codes.setdefault((edition, name), []).append(code)
    known = set(ClassPair._base_manager.values_list("old_code", flat=True))
    pairs = [
        ClassPair(old_code=old[0], new_code=new[0], name=name, verified=True)
        for (edition, name), old in codes.items()
        if edition == Edition.OLD and len(old) == len(new := codes.get((Edition.NEW, name), [])) == 1 and old[0] not in known
    ]  # fmt: skip
    keep(pairs, by=by, note=_("随系统提供的分类代码"))
