"""From cards to a draft: many cards in one case, one case for each kind of thing; and out of it again."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.disposal.choices import FORMS, State
from baozhang.ch2_provision.disposal.models import Case, Line
from baozhang.ch2_provision.disposal.models.case import DRAFT
from baozhang.ch2_provision.disposal.queries.assessing import assess, kind_of, lines_of
from baozhang.kernel import clock, holds, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep, remove
from baozhang.kernel.refusal import Refused

PROPOSED = ledger.act("disposal.proposed", gettext_lazy("列入拟处置"))
TAKEN_OUT = ledger.act("disposal.taken_out", gettext_lazy("移出卡片"))
COUNTED = ledger.act("disposal.counted", gettext_lazy("重新合计"))
ARTICLE = "第十三条第四款"
WORDS = dict(FORMS)


def title_of(form: str, cards: Sequence[Card]) -> str:
    """What the case is about, in few words."""
    names = list(dict.fromkeys(card.name for card in cards))
    return _("%(form)s%(names)s共 %(n)d 项") % {
        "form": WORDS[form],
        "names": "、".join(names[:2])[:60] + (_("等") if len(names) > 2 else ""),
        "n": len(cards),
    }


def free_to_go(cards: Sequence[Card]) -> None:
    """This will raise Refused where a card has ended or is promised to something, and say to what."""
    ended = [card for card in cards if card.disposed is not None]
    if ended:
        raise Refused(
            _("%(card)s 已于 %(day)s 处置") % {"card": ended[0], "day": ended[0].disposed}, article=ARTICLE,
            why=_("所选卡片中有 %(n)d 张已经处置。") % {"n": len(ended)}, instead=_("请去掉已处置的卡片。"),
        )  # fmt: skip
    by_key = {card.pk: card for card in cards}
    held = holds.held("assets.card", list(by_key))
    if held:
        refusal = holds.refusal([(by_key[key], hold) for key, hold in held.items()])
        refusal.article = ARTICLE
        raise refusal


def put_in(case: Case, cards: Sequence[Card], *, by: Actor) -> None:
    """This will put cards into a draft and count it anew."""
    lines = [Line(case=case, card=card, organ_id=case.organ_id) for card in cards]
    found = assess(case, clock.today(), lines)
    keep(found.lines, by=by, act=PROPOSED, right=DRAFT)
    count(case, by=by)


def add(case: Case, cards: Sequence[Card], *, by: Actor) -> int:
    """This will put more cards into a draft; those in it already are left as they are. Returns how many are new."""
    _still_draft(case)
    known = set(Line._base_manager.filter(case_id=case.pk).values_list("card_id", flat=True))
    fresh = [card for card in cards if card.pk not in known]
    strange = [card for card in fresh if card.organ_id != case.organ_id or kind_of(card) != case.kind]
    if strange:
        raise Refused(
            _("%(card)s 不能列入此办件") % {"card": strange[0]}, article=ARTICLE,
            why=_("一个办件只列同一单位、同一类别（%(kind)s）的资产，类别决定审批限额。") % {"kind": case.get_kind_display()},
            instead=_("请对这些卡片另办“拟处置”。"),
        )  # fmt: skip
    free_to_go(fresh)
    with transaction.atomic():
        put_in(case, fresh, by=by)
    return len(fresh)


def take_out(lines: Sequence[Line], *, by: Actor) -> int:
    """This will take cards out of drafts."""
    cases = {line.case_id: line.case for line in lines}
    with transaction.atomic():
        for case in cases.values():
            _still_draft(case)
        remove(list(lines), by=by, note=_("移出拟处置"), right=DRAFT, act=TAKEN_OUT)
        for key in cases:
            count(Case._base_manager.get(pk=key), by=by)
    return len(lines)


def count(case: Case, *, by: Actor) -> None:
    """This will count a draft anew, and name it after what is in it."""
    lines = lines_of(case)
    found = assess(case, clock.today(), lines)
    found.put(case)
    if lines:
        case.title = title_of(case.form, [line.card for line in lines])
    keep(case, by=by, act=COUNTED, right=DRAFT)


def _still_draft(case: Case) -> None:
    if case.state != State.DRAFT:
        raise Refused(
            _("%(case)s 已经提交，不能增减卡片") % {"case": case.number}, article=ARTICLE,
            why=_("当前状态为“%(state)s”。") % {"state": case.get_state_display()},
            instead=_("请先撤回或者请办理人驳回至草稿。"),
        )  # fmt: skip
