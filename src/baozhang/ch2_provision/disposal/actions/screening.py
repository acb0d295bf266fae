"""The warehouse first: what is still useful goes there, or the agency says why not and the authority agrees (article 15)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.queries import authority_of
from baozhang.ch2_provision.assets import actions as assets
from baozhang.ch2_provision.assets.choices import IDLE_STATES, UseState
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.disposal.choices import Outcome, Screen, State
from baozhang.ch2_provision.disposal.models import Case, Line
from baozhang.ch2_provision.disposal.models.case import DRAFT, SCREEN
from baozhang.ch2_provision.disposal.queries.assessing import Assessment, lines_of
from baozhang.ch2_provision.warehouse.actions import screened
from baozhang.ch2_provision.warehouse.models import Proposal
from baozhang.kernel import clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused
from baozhang.kernel.turns import in_turn

from .drafting import title_of
from .ending import let_go

EXPLAINED = ledger.act("disposal.explained", gettext_lazy("说明不入仓的理由"))
ACCEPTED = ledger.act("disposal.accepted", gettext_lazy("同意不入仓"))
STORED = ledger.act("disposal.stored", gettext_lazy("转入公物仓"))
LINKED = ledger.act("disposal.linked", gettext_lazy("生成入仓建议"))
RECOUNTED = ledger.act("disposal.screened", gettext_lazy("按筛选结果合计"))
ARTICLE = "第十五条第一款第三项"


def explain(lines: Sequence[Line], *, reason: str, by: Actor) -> int:
    """This will write down why the agency would rather not hand things to the warehouse; the authority reviews it."""
    if not reason.strip():
        raise Invalid(_("请写明不入仓的理由"), article=ARTICLE, instead=_("例如：主板损坏，维修费用高于重置价格。"))
    _open(lines, (State.DRAFT, State.DECIDING, State.SCREENING))
    asked = [line for line in lines if line.screen in (Screen.ASKED, Screen.EXPLAINED)]
    if not asked:
        raise Refused(_("所选卡片不需要说明"), why=_("公物仓筛选没有提出入仓。"), article=ARTICLE)
    for line in asked:
        line.screen, line.keep_out = Screen.EXPLAINED, reason.strip()[:300]
    return keep(asked, by=by, act=EXPLAINED, right=DRAFT).changed


def accept(lines: Sequence[Line], *, by: Actor, note: str = "") -> int:
    """This will agree that things need not enter the warehouse; only what has been explained can be agreed to."""
    _open(lines, (State.SCREENING,))
    bare = [line for line in lines if line.screen == Screen.ASKED]
    if bare:
        raise Refused(
            _("%(card)s 等 %(n)d 项还没有说明不入仓的理由") % {"card": bare[0].card, "n": len(bare)}, article=ARTICLE,
            instead=_("请由处置单位先办理“说明不入仓理由”，或者转入公物仓。"),
        )  # fmt: skip
    agreed = [line for line in lines if line.screen == Screen.EXPLAINED]
    for line in agreed:
        line.screen = Screen.ACCEPTED
    with transaction.atomic():
        changed = _kept(agreed, act=ACCEPTED, by=by, note=note)
        _recount(lines, by=by)
    return changed


def store(lines: Sequence[Line], *, by: Actor, note: str = "") -> int:
    """This will let things go to the warehouse: they leave the case, which lets go of their cards, and their entry is proposed.

    The agency's own clerk has its application with it; where the screener says so, the agency answers the proposal.
    """
    _open(lines, (State.SCREENING,))
    rows, day = [line for line in lines if line.outcome == ""], clock.today()
    for line in rows:
        line.outcome, line.ended_on = Outcome.WAREHOUSE, day
    with transaction.atomic():
        changed = _kept(rows, act=STORED, by=by, note=note)
        cards = [line.card for line in rows]
        in_turn(Proposal, Proposal._base_manager.filter(card__in=cards).values_list("pk", flat=True))
        for case in {line.case_id: line.case for line in rows}.values():
            let_go(case, by=by, lines=[line for line in rows if line.case_id == case.pk])
        _offer(cards, rows, by=by)
        _propose(rows, by=by)
        _recount(lines, by=by)
    return changed


def _offer(cards: Sequence[Card], rows: Sequence[Line], *, by: Actor) -> None:
    """The card says that its thing is idle and was offered to the warehouse."""
    for card in cards:
        if card.use_state not in IDLE_STATES:
            card.use_state = UseState.IDLE
        card.offered = card.offered or clock.today()
    for organ, where in _wheres(rows, by).items():
        mine = [card for card in cards if card.organ_id == organ]
        keep(
            mine, by=by, act=assets.OFFER, note=_("处置筛选：仍有使用价值，转入公物仓"), right=where[0], where=where[1]
        )


def _propose(rows: Sequence[Line], *, by: Actor) -> None:
    """The way into the warehouse, linked from the line that leaves the case."""
    for organ, (right, where) in _wheres(rows, by).items():
        mine = [line for line in rows if line.organ_id == organ]
        words = {
            line.card_id: _("处置办件 %(case)s 筛选：%(says)s") % {"case": line.case.number, "says": line.screen_says or _("仍有使用价值")}
            for line in mine
        }  # fmt: skip
        found = screened([line.card for line in mine], words=words, by=by, right=right, where=where)
        for line in mine:
            line.proposal = found.get(line.card_id)
        keep(mine, by=by, act=LINKED, right=right, where=where)


def _kept(rows: Sequence[Line], *, act: str, by: Actor, note: str) -> int:
    changed = 0
    for organ, (right, where) in _wheres(rows, by).items():
        mine = [line for line in rows if line.organ_id == organ]
        changed += keep(mine, by=by, act=act, note=note, right=right, where=where).changed
    return changed


def _wheres(rows: Sequence[Line], by: Actor) -> dict[int, tuple[str, int | None]]:
    """By organ: the right under which the actor acts, and where; the screener's in the authority, else the agency's own."""
    found: dict[int, tuple[str, int | None]] = {}
    for line in rows:
        if line.organ_id not in found:
            above = authority_of(line.case.organ)
            screens = above is not None and by.can(SCREEN, above.pk)
            found[line.organ_id] = (SCREEN, above.pk) if screens and above is not None else (DRAFT, None)
    return found


def _recount(lines: Sequence[Line], *, by: Actor) -> None:
    for key in {line.case_id for line in lines}:
        case = Case._base_manager.select_related("organ").get(pk=key)
        rows = lines_of(case)
        Assessment(rows).put(case)
        if rows:  # the case is called after what is still in it
            case.title = title_of(case.form, [line.card for line in rows])
        for right, where in _wheres([line for line in lines if line.case_id == key], by).values():
            keep(case, by=by, act=RECOUNTED, right=right, where=where)


def _open(lines: Sequence[Line], states: Sequence[str]) -> None:
    done = next((line for line in lines if line.outcome), None)
    if done is not None:
        raise Refused(
            _("%(card)s %(outcome)s") % {"card": done.card, "outcome": done.get_outcome_display()}, article=ARTICLE
        )
    late = next((line for line in lines if line.case.state not in states), None)
    if late is not None:
        raise Refused(
            _("办件“%(state)s”，不能再办理筛选") % {"state": late.case.get_state_display()}, article=ARTICLE,
            instead=_("请在公物仓筛选环节办理。"),
        )  # fmt: skip
