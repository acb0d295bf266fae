"""What people do with standards beside the steps of the flow: write lines, begin a new version, try, re-examine, publish."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.choices import State as OrganState
from baozhang.ch1_general.organs.models import Organization
from baozhang.kernel import bulk, clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import issuing
from baozhang.kernel.documents.register import Document, DocumentState
from baozhang.kernel.record import keep, remove
from baozhang.kernel.refusal import Fault, Invalid, Refused
from baozhang.law import issued
from baozhang.law.catalogue import catalogue
from baozhang.law.figures import Figures
from baozhang.law.figurespec import FigureSpec, Match
from baozhang.law.judge import plain
from baozhang.law.rowwords import row_keys, written

from . import costing, pricing, queries, trying, wording
from .choices import State
from .models import Standard, StandardLine, Trial

ISSUE = "standards.standard:issue"
LINE_CHANGE = "standards.standardline:change"
PUBLISHED = ledger.act("standards.published", gettext_lazy("发布标准条目"))
NUMBERED = ledger.act("standards.numbered", gettext_lazy("编发公文"))
CLOSED = ledger.act("standards.closed", gettext_lazy("由新标准替代"))
TRIED = ledger.act("standards.tried", gettext_lazy("试算草案"))
DRAFTED = ledger.act("standards.drafted", gettext_lazy("起草新版本"))


def must_be_draft(standard: Standard) -> None:
    """This will raise Refused where a standard is no draft any more."""
    if not standard.editable:
        raise Refused(
            _("“%(title)s”不能再修改") % {"title": standard.title},
            why=_("当前状态为“%(state)s”，发布的标准只能由新版本替代。") % {"state": standard.get_state_display()},
            article="第十二条第一款", instead=_("请起草新版本，自新的日期起施行。"),
        )  # fmt: skip


def add_figures(standard: Standard, keys: Iterable[str], *, by: Actor) -> int:
    """This will add all rows of some figures to a draft, with the values that hold at present; those there already stay."""
    must_be_draft(standard)
    have = {(line.key, line.row) for line in queries.lines_of(standard)}
    figures, fresh = Figures(standard.valid_from, standard.place), []
    for key in keys:
        figure = catalogue().get(key)
        if figure is None:
            raise Invalid(_("参数目录中没有“%(key)s”。") % {"key": key}, instead=_("请从参数目录中选择。"))
        for match in rows_of(figure, figures):
            row = written(match)
            if (key, row) not in have:
                reading = figures.reading(key, **queries.probe(key, row_keys(key, row)))
                value = None if reading.value is None else Decimal(str(reading.value))
                fresh.append(StandardLine(standard=standard, key=key, row=row, value=value))
    return keep(fresh, by=by).new


def rows_of(figure: FigureSpec, figures: Figures) -> list[Match]:
    """These are the rows in which a figure is set at present; where it never was, every row that its keys allow."""
    if not figure.keys:
        return [()]
    known = [row.match for row in figure.main.rows]
    if known:
        return known
    axes: list[list[Any]] = [[{}] if choices is None else list(choices) for _name, choices in figure.keys]
    names = [name for name, _choices in figure.keys]
    return [
        figure.match({name: {"over": 0} if value == {} else value for name, value in zip(names, cell, strict=True)})
        for cell in product(*axes)
    ]


def save_lines(standard: Standard, lines: Sequence[StandardLine], gone: Sequence[StandardLine], *, by: Actor) -> str:
    """This will keep changed lines of a draft and take others out, all or nothing, and say what was done."""
    must_be_draft(standard)
    with transaction.atomic():
        kept = keep(lines, by=by)
        count = remove(list(gone), by=by, note=_("自草案中删除"), right=LINE_CHANGE) if gone else 0
    return _("改动 %(changed)s 条，删除 %(gone)s 条") % {"changed": kept.changed, "gone": count}


def new_version(standard: Standard, *, by: Actor) -> Standard:
    """This will begin a draft from what a published standard says, from tomorrow on."""
    if not standard.issued:
        raise Refused(_("只有已发布的标准可以起草新版本"), instead=_("草案请直接修改。"))
    day = clock.today() + dt.timedelta(days=1)
    draft = Standard(
        organ=standard.organ, title=_title(standard), source=standard.document, valid_from=day, note=standard.note
    )
    with transaction.atomic():
        keep(draft, by=by, act=DRAFTED, right="standards.standard:add")
        copies = [
            StandardLine(standard=draft, key=line.key, row=line.row, value=line.value, ends=line.ends,
                         price_source=line.price_source, price_day=line.price_day, note=line.note)
            for line in queries.lines_of(standard)
        ]  # fmt: skip
        keep(copies, by=by, act=DRAFTED)
        pricing.carry_over(standard, draft, by=by)
    return draft


def _title(standard: Standard) -> str:
    base = _("%(title)s（%(day)s修订）") % {"title": standard.title[:80], "day": clock.today()}
    taken = set(
        Standard._base_manager.filter(organ=standard.organ, title__startswith=base).values_list("title", flat=True)
    )
    numbered = (f"{base}{n}" for n in range(2, 100))
    return base if base not in taken else next(title for title in numbered if title not in taken)


def try_out(
    standard: Standard, *, by: Actor, assumed: dt.date | None = None, progress: trying.Progress | None = None
) -> Trial:
    """This will try a draft on live data, keep the counts with it, and no finding.

    Judged is as of its day; `assumed` lets it count from an earlier day on, for facts that are judged by their own day
    (a price by the day of purchase): what would have been, had it been in force then.
    """
    by.must(trying.TRY, standard.organ_id)
    must_be_draft_or_submitted(standard)
    lines = queries.lines_of(standard)
    since = assumed or standard.valid_from
    values = trying.overlay(lines, since)
    if not values:
        raise Invalid(_("草案还没有可以试算的条目"), instead=_("请先增加项目，并填写数值。"))
    day = max(standard.valid_from, clock.today())
    reach = trying.reach(standard, by)
    outcome = trying.compare(values, day, reach, progress=progress or (lambda done, total: None))
    found = {**trying.summed(outcome), "costs": [one.as_dict() for one in costing.costs(lines, reach)]}
    trial = Trial(
        standard=standard, day=day, assumed_from=since, made_at=clock.now(), maker=by.name, digest=trying.digest_of(lines),
        organs_now=found["organs_now"], organs_draft=found["organs_draft"], amount_now=found["amount_now"],
        amount_draft=found["amount_draft"], result=plain(found),
    )  # fmt: skip
    keep(trial, by=by, act=TRIED, right=trying.TRY)
    return trial


def must_be_draft_or_submitted(standard: Standard) -> None:
    """This will raise Refused where there is nothing left to try."""
    if standard.issued or standard.state == State.REJECTED:
        raise Refused(
            _("“%(title)s”不是草案，不能试算") % {"title": standard.title}, instead=_("请起草新版本后试算。"), article="第十二条第一款",
        )  # fmt: skip


def completeness(standard: Standard) -> list[Fault]:
    """These are the reasons why a draft cannot be issued as it stands: nothing in it, lines empty, rows that overlap."""
    lines = queries.lines_of(standard)
    if not lines:
        return [Fault(_("没有条目"), remedy=str(_("请先增加项目。")))]
    empty = [line for line in lines if line.value is None and not line.ends]
    faults = [
        Fault(_("“%(line)s”没有数值") % {"line": line}, "value", remedy=str(_("请填写数值，或者标明终止。")))
        for line in empty
    ]
    by_key: dict[str, list[StandardLine]] = defaultdict(list)
    for line in lines:
        by_key[line.key].append(line)
    for key, held in by_key.items():
        covered = _covered(key, held)
        for n, line in enumerate(held):
            for other in held[:n]:
                if covered[line.pk] & covered[other.pk]:
                    faults.append(Fault(_("“%(a)s”与“%(b)s”的档次重叠") % {"a": line, "b": other}, "row"))
    return faults


def _covered(key: str, lines: Sequence[StandardLine], others: Sequence[StandardLine] = ()) -> dict[int, set[Any]]:
    matches = {line.pk: catalogue()[key].match(row_keys(key, line.row)) for line in (*lines, *others)}
    edges = queries.edges_of(matches.values())
    return {pk: queries.cells(match, edges) for pk, match in matches.items()}


def replaced(standard: Standard) -> list[StandardLine]:
    """These are the published lines that a draft would replace; Refused where it cannot, or only in part."""
    lines = queries.lines_of(standard)
    older = queries.published_on(standard.place, {line.key for line in lines}, standard.valid_from)
    by_key: Mapping[str, list[StandardLine]] = {
        key: [x for x in lines if x.key == key] for key in {line.key for line in lines}
    }
    found = []
    for old in older:
        covered = _covered(old.key, by_key[old.key], [old])
        mine = set().union(*(covered[line.pk] for line in by_key[old.key]))
        if not covered[old.pk] & mine:
            continue
        if covered[old.pk] - mine:
            raise Refused(
                _("档次与现行标准不一致：“%(line)s”") % {"line": old},
                why=_("现行《%(title)s》把几档规定在一起，草案只改其中一部分。") % {"title": old.standard.title},
                article="第十二条第一款", instead=_("请在草案中写全这几档，各给一个数值。"),
            )  # fmt: skip
        if old.valid_from >= standard.valid_from:
            raise Refused(
                _("“%(line)s”自 %(day)s 起已有标准") % {"line": old, "day": old.valid_from},
                why=_("《%(title)s》规定了这一项，已发布的标准不能改写。") % {"title": old.standard.title},
                article="第十二条第一款", instead=_("请把施行日期定在 %(day)s 之后。") % {"day": old.valid_from},
            )  # fmt: skip
        found.append(old)
    return found


def publish(standard: Standard, *, by: Actor) -> None:
    """This will put a standard in force from its day, end what it replaces on the day before, and issue the document."""
    bulk.take_turns(
        f"standards of {standard.place}"
    )  # rows may be written differently and meet: one publishes after the other
    older = replaced(standard)
    _publish_lines(standard, older, by)
    document = _document(standard, by)
    standard.document = document.number
    keep(standard, by=by, act=NUMBERED, right=ISSUE)
    _supersede({line.standard_id for line in older}, standard, document, by)
    issued.invalidate()
    transaction.on_commit(issued.invalidate)


def _publish_lines(standard: Standard, older: Sequence[StandardLine], by: Actor) -> None:
    for line in older:
        line.valid_to = standard.valid_from - dt.timedelta(days=1)
    keep(older, by=by, act=CLOSED, right=ISSUE)
    lines = queries.lines_of(standard)
    for line in lines:
        line.standard, line.slot, line.valid_from, line.valid_to = standard, 0, standard.valid_from, standard.valid_to
    keep(lines, by=by, act=PUBLISHED, right=ISSUE)


def _document(standard: Standard, by: Actor) -> Document:
    """The notice that makes it public, to every agency in the jurisdiction."""
    organ = standard.organ
    below = Organization._base_manager.filter(
        jurisdiction__path__startswith=standard.jurisdiction.path, state=OrganState.ACTIVE
    )
    addressees = list(below.exclude(pk=organ.pk).values_list("pk", flat=True))
    draft = wording.paper(standard, queries.lines_of(standard), day=clock.today())
    return issuing.issue(
        draft, organ=organ.pk, word=organ.document_word, by=by, right=ISSUE, addressees=addressees, about=standard
    )


def _supersede(keys: Iterable[int], successor: Standard, document: Document, by: Actor) -> None:
    """A standard of which nothing holds from the successor's day on is superseded; its last day says until when it held."""
    note = _("由《%(title)s》替代") % {"title": successor.title}
    for standard in Standard._base_manager.filter(pk__in=set(keys), state=State.PUBLISHED).order_by("pk"):
        lines = list(StandardLine._base_manager.filter(standard=standard).values_list("valid_to", flat=True))
        ends = [day for day in lines if day is not None and day < successor.valid_from]
        if len(ends) < len(lines):
            continue
        standard.state, standard.valid_to = State.SUPERSEDED, max(ends)
        keep(standard, by=by, act=CLOSED, note=note, right=ISSUE, moves=frozenset({"state"}))
        for old in Document._base_manager.filter(
            about_kind=standard.label, about_id=standard.pk, state=DocumentState.VALID
        ):
            issuing.supersede(old, document, reason=note, by=by, right=ISSUE)
