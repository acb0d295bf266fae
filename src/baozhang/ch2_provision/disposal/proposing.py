"""From cards to a draft: many cards at once, one case for each kind of thing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.actions import ENDED_BY, ENDS
from baozhang.ch2_provision.assets.choices import Disposal, UseState
from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused
from baozhang.kernel.serials import following

from .actions.drafting import ARTICLE, PROPOSED, WORDS, free_to_go, put_in, title_of
from .choices import Outcome
from .flows import CaseFlow
from .models import Case, Line
from .models.case import DRAFT
from .queries.assessing import kind_of

CORRECTED = ledger.act("disposal.corrected", gettext_lazy("更正处置登记"))


def draft(cards: Sequence[Card], *, form: str, by: Actor, reason: str = "") -> list[Case]:
    """This will draft a case for each kind of thing among some cards of one organ; Refused where one is gone or promised."""
    _named(form)
    free_to_go(cards)
    groups: dict[tuple[int, str], list[Card]] = defaultdict(list)
    for card in cards:
        groups[card.organ_id, kind_of(card)].append(card)
    with transaction.atomic():
        made = []
        for (_organ, kind), members in groups.items():
            case = Case(
                organ=members[0].organ, form=form, kind=kind, title=title_of(form, members), reason=reason.strip()
            )
            case.number = following(Case, f"{case.organ.code}-CZ{clock.today().year}", 4)
            keep(case, by=by, act=PROPOSED, right=DRAFT)
            put_in(case, members, by=by)
            made.append(case)
        CaseFlow.start(made, by=by, right=DRAFT)
    return made


def _named(form: str) -> None:
    """This will raise Invalid where a form is none of those that have a way of their own (limits, papers, income)."""
    if form not in WORDS:
        words = "、".join(str(one) for one in WORDS.values())
        other = _("“%(form)s”没有自己的办理路径。") % {"form": Disposal(form).label} if form in Disposal.values else ""
        raise Invalid(
            _("请选择处置形式"), why=other, article=ARTICLE, instead=_("请选择：%(words)s。") % {"words": words}
        )


def ended_by(cards: Sequence[Card]) -> Line | Card | None:
    """The line of the case that has ended one of some cards, or the card that took its place; None where a ledger says so alone."""
    case = Line._base_manager.filter(card__in=cards, outcome=Outcome.DISPOSED).select_related("case").first()
    return case or Card._base_manager.filter(former__in=cards).first()


def correct(cards: Sequence[Card], *, form: str, day: dt.date | None, by: Actor, note: str) -> int:
    """This will put right an end that came in with a ledger; what a case or a transfer has ended stays ended."""
    if bool(form) != (day is not None):
        raise Invalid(_("处置形式和处置日期须同时填写，或者同时清空"), article=ARTICLE)
    if form:
        _named(form)
    ended = ended_by(cards)
    if ended is not None:
        raise Refused(
            _("由办件销账的卡片不能更正"), why=str(ended.case) if isinstance(ended, Line) else _("卡片已划转至接收单位。"), article=ARTICLE,
            instead=_("请由办件的批准机关处理。"),
        )  # fmt: skip
    bare = next((card for card in cards if card.disposed is None), None)
    if bare is not None:
        raise Refused(
            _("%(card)s 没有处置登记，无从更正") % {"card": bare}, article=ARTICLE, why=_("处置须先履行内部决策程序，并经审核或者备案。"),
            instead=_("请办理“拟处置”。"),
        )  # fmt: skip
    for card in cards:
        card.disposal, card.disposed = form, day
        card.use_state = ENDED_BY.get(Disposal(form), UseState.DISPOSED) if form else UseState.OTHER
    return keep(list(cards), by=by, act=CORRECTED, note=note, moves=ENDS).changed
