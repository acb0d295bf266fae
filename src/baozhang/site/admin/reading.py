"""How much of the ledger the audit administrator reads: every act, its person and its fields; of business, no content.

He watches that people act in their roles and that nothing is done past the ledger. For that he needs who, when, where,
which act, which class and number of record, and the names of the fields that changed. Values, notes and the words a
record goes by are the business of the organ and of those who supervise it; a custodian of the ledger who could read
them would see the business of every organ, which no role in business may. What the three administrators do, and what
their own records hold, he reads in full: nobody else watches them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from baozhang.ch1_general.organs.models import Appointment, Organization
from baozhang.kernel import access, clock, ledger, seals
from baozhang.kernel.ledger import Entry
from baozhang.kernel.numbers import whole
from baozhang.kernel.refusal import Invalid
from baozhang.kernel.resource import BY_LABEL
from baozhang.kernel.sayings import sentences

PAGE = 50
PLAIN = ("kernel.token", "kernel.verification")  # administrators' classes of record that have no screen of their own


@dataclass
class Line:
    """One entry as the audit administrator sees it."""

    entry: Entry
    kind_words: str
    act_words: str
    organ: str
    sentence: str
    masked: bool


def kinds() -> dict[str, str]:
    """Every class of record with its words."""
    return {model._meta.label_lower: str(model._meta.verbose_name) for model in seals.models_kept()}


def condition(query: Mapping[str, Any]) -> Q:
    """What an address asks for: day_from, day_to, who, act, kind, number, organ; Invalid where a day is no day."""
    found = Q()
    for name, lookup in (("day_from", "day__gte"), ("day_to", "day__lte")):
        if query.get(name):
            found &= Q(**{lookup: _day(query[name])})
    if query.get("who"):
        found &= Q(by_name__contains=query["who"].strip())
    for name in ("act", "kind"):
        if query.get(name):
            found &= Q(**{name: query[name]})
    if number := whole(query.get("number")):
        found &= Q(record_id=number)
    if query.get("organ"):
        words = query["organ"].strip()
        organs = Organization._base_manager.filter(Q(name__contains=words) | Q(code=words)).values_list("pk", flat=True)
        found &= Q(organ_id__in=list(organs[:500]))
    return found


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Invalid(_("日期“%(text)s”读不懂") % {"text": text}, instead=_("日期写作 2026-03-05。")) from None


def page(query: Mapping[str, Any]) -> tuple[list[Line], int]:
    """The entries before the one the address names, newest first, and the key to go on from (0 at the end)."""
    rows: QuerySet[Entry] = Entry.objects.filter(condition(query)).order_by("-id")
    before = str(query.get("before") or "")
    rows = rows.filter(id__lt=whole(before)) if whole(before) else rows
    found = list(rows[: PAGE + 1])
    return lines(found[:PAGE]), found[PAGE - 1].pk if len(found) > PAGE else 0


def lines(entries: Sequence[Entry]) -> list[Line]:
    """Entries with their sentences; a few queries, however many entries."""
    words, organs, mine = (
        kinds(),
        access.organ_names.ask({e.organ_id for e in entries if e.organ_id}),
        _by_administrators(entries),
    )
    open_ = [e for e in entries if is_open(e.kind) or e.pk in mine]
    said = _full(open_)
    made = []
    for entry in entries:
        act = ledger.ACTS[entry.act].words if entry.act in ledger.ACTS else entry.act
        masked = entry.pk not in said
        sentence = masked_sentence(entry) if masked else said[entry.pk]
        made.append(
            Line(
                entry,
                words.get(entry.kind, entry.kind),
                str(act),
                organs.get(entry.organ_id or 0, ""),
                sentence,
                masked,
            )
        )
    return made


def is_open(kind: str) -> bool:
    """True for what the administrators themselves keep."""
    return kind in PLAIN or (kind in BY_LABEL and BY_LABEL[kind].admin is True)


def _by_administrators(entries: Iterable[Entry]) -> set[int]:
    """The entries written by somebody who held an administrator's seat on that day; he holds no other at the same time."""
    admins = [role.code for role in access.ROLES.values() if role.admin]
    seats: dict[int, list[tuple[dt.date, dt.date | None]]] = defaultdict(list)
    users = {entry.by_id for entry in entries if entry.by_id}
    for user, since, until in Appointment._base_manager.filter(user_id__in=users, role__in=admins).values_list(
        "user_id", "since", "until"
    ):
        seats[user].append((since, until))
    return {
        entry.pk
        for entry in entries
        if any(
            since <= entry.day and (until is None or entry.day <= until)
            for since, until in seats.get(entry.by_id or 0, ())
        )
    }


def _full(entries: Sequence[Entry]) -> dict[int, str]:
    """Whole sentences, class by class, so that names are fetched once a class."""
    by_kind: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_kind[entry.kind].append(entry)
    said: dict[int, str] = {}
    for kind, group in by_kind.items():
        resource = BY_LABEL.get(kind)
        texts = (
            sentences(resource, group)
            if resource is not None
            else [masked_sentence(entry, note=True) for entry in group]
        )
        said.update({entry.pk: text for entry, text in zip(group, texts, strict=True)})
    return said


def field_words(entry: Entry) -> list[str]:
    """The names of the fields that an entry set or changed."""
    try:
        model: Any = apps.get_model(entry.kind)
        names = {field.attname: str(field.verbose_name) for field in model._meta.concrete_fields}
    except LookupError:
        names = {}
    return [names.get(name, name.lstrip("@")) for name in json.loads(entry.changes) if not name.startswith("@")]


def masked_sentence(entry: Entry, *, note: bool = False) -> str:
    """Who did what to which fields, without a value; that there is a note is said, not what it says."""
    act = ledger.ACTS[entry.act].words if entry.act in ledger.ACTS else entry.act
    words = field_words(entry)
    text = _("%(who)s %(act)s") % {"who": entry.by_name, "act": act}
    if entry.seq > 1 and words:
        text += "：" + "、".join(words[:12])
    elif words:
        text += _("：共 %(count)s 项") % {"count": len(words)}
    if entry.note:
        text += (
            _("（%(note)s）") % {"note": entry.note}
            if note
            else _("（有说明，%(count)s 字）") % {"count": len(entry.note)}
        )
    return text


def first_day() -> dt.date:
    """From when the page shows entries where the reader has not said: thirty days back."""
    return clock.today() - dt.timedelta(days=30)
