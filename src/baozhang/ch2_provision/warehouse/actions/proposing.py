"""The detectors' round: proposes what should enter, once a card, and takes back what is no longer so (article 15)."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import authority_of
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.choices import ITEM_OF, PROPOSAL_LIVE, Origin, ProposalState, Reason
from baozhang.ch2_provision.warehouse.flows import ProposalFlow, entering
from baozhang.ch2_provision.warehouse.flows.proposals import ANSWER
from baozhang.ch2_provision.warehouse.models import Entry, Proposal
from baozhang.ch2_provision.warehouse.queries.competence import authority_for
from baozhang.ch2_provision.warehouse.rules.detecting import all_detectors
from baozhang.kernel import clock, ledger, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.turns import in_turn
from baozhang.law.judge import Judged, Tally, judge

LANGUAGE = "zh-hans"  # proposals are kept in the language of the law
TAKEN_UP = ledger.act("warehouse.taken_up", gettext_lazy("列入同一份入仓申请"))


@dataclass
class Round:
    """What one round came to."""

    new: int = 0
    standing: int = 0
    gone: int = 0
    by_reason: Counter[str] = field(default_factory=Counter)
    unjudged: Counter[str] = field(default_factory=Counter)  # figures that nobody has verified → cards not judged
    errors: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for a job's result."""
        return {
            "new": self.new, "standing": self.standing, "gone": self.gone, "by_reason": dict(self.by_reason),
            "unjudged": dict(self.unjudged), "errors": self.errors,
        }  # fmt: skip


def detect(*, day: dt.date, by: Actor, organs: Iterable[int] | None = None) -> Round:
    """This will look through all cards (or those of some organs) and keep the difference to what is proposed already.

    Safe to run twice: a card with a live proposal gets no second one, whatever the reason.
    """
    wanted = None if organs is None else frozenset(organs)
    with translation.override(LANGUAGE), transaction.atomic():
        found, undecided, done = _heard(day, wanted)
        served = _served(found)
        found = {pk: pair for pk, pair in found.items() if pair[1].organ_id in served}
        rows = Proposal._base_manager.filter(state__in=PROPOSAL_LIVE, origin=Origin.DETECTED)
        known = list((rows if wanted is None else rows.filter(organ_id__in=wanted)).order_by("pk"))
        _vanish(
            [one for one in known if one.card_id not in found and one.card_id not in undecided[one.reason]], done, by
        )
        held = Proposal._base_manager.filter(state__in=PROPOSAL_LIVE, origin=Origin.SCREENED, card_id__in=list(found))
        standing = {one.card_id for one in known} | set(held.values_list("card_id", flat=True))
        done.standing = len(known) - done.gone
        fresh = {pk: pair for pk, pair in found.items() if pk not in standing}
        _propose(fresh, served, day, done, by)
    return done


class _Nothing(dict[str, set[int]]):
    """Which cards a kind could not decide on; `EVERY` where the whole kind was silent."""

    def __missing__(self, key: str) -> set[int]:
        return set()


def _heard(day: dt.date, organs: frozenset[int] | None) -> tuple[dict[int, tuple[Reason, Judged]], Any, Round]:
    """What each detector says: card → the first kind of article 15 that fits; and what could not be decided."""
    found: dict[int, tuple[Reason, Judged]] = {}
    undecided: dict[str, Any] = _Nothing()
    done = Round()
    for reason, rule in all_detectors():
        tallies: dict[str, Tally] = {}
        for judged in judge([rule], day, organs=organs, tallies=tallies):
            found.setdefault(judged.pk, (reason, judged))
        tally = tallies.get(rule.name, Tally())
        done.unjudged.update(tally.unjudged)
        done.errors += tally.errors
        if tally.broken or tally.unjudged:
            undecided[reason] = _Every()
        elif tally.undecided and not isinstance(undecided[reason], _Every):
            undecided[reason] = undecided[reason] | tally.undecided
    return found, undecided, done


class _Every(set[int]):
    """A set that has everything."""

    def __contains__(self, key: object) -> bool:
        return True


def _vanish(rows: Sequence[Proposal], done: Round, by: Actor) -> None:
    with scope.everything("入仓检测") as system:  # it follows from what the detectors say, whoever asked them
        for one in rows:
            ProposalFlow.take("vanish", one, by=system, note="情形已消除")
    done.gone = len(rows)


def _served(found: dict[int, tuple[Reason, Judged]]) -> dict[int, Organization]:
    """The authority that each organ's things enter, where the register names one."""
    keys = {judged.organ_id for _reason, judged in found.values() if judged.organ_id is not None}
    organs = Organization._base_manager.filter(pk__in=keys)
    pairs = ((organ.pk, authority_of(organ)) for organ in organs.select_related("jurisdiction__parent"))
    return {pk: authority for pk, authority in pairs if authority is not None}


def _propose(
    found: dict[int, tuple[Reason, Judged]], served: dict[int, Organization], day: dt.date, done: Round, by: Actor
) -> None:
    rows: list[Proposal] = []
    for reason, judged in found.values():
        card: Any = judged.subject
        rows.append(Proposal(
            organ_id=card.organ_id, authority=served[card.organ_id], card=card, reason=reason, article=judged.rule.article,
            sentence=str(judged.verdict.sentence)[:500], facts=judged.facts(), figures=judged.figures(), value=card.value,
            proposed_on=day,
        ))  # fmt: skip
        done.by_reason[reason] += 1
    ProposalFlow.start(rows, by=by, within="warehouse.answer_days")
    done.new = len(rows)


def screened(
    cards: Sequence[Card], *, words: Mapping[int, str], by: Actor, right: str, where: int | None = None
) -> dict[int, Proposal]:  # fmt: skip
    """This will propose what the screening of a disposal found useful still, for the agency to answer: by card.

    A card of which a proposal stands already has no second one. Who may answer for the agency has answered yes with it: its
    application is drafted at once. `right` and `where` are those of the step that screens.
    """
    wanted = [card.pk for card in cards]
    found = {
        one.card_id: one
        for one in Proposal._base_manager.filter(card__in=wanted, state__in=PROPOSAL_LIVE).select_related("card__organ")
    }
    fresh = [
        Proposal(
            organ_id=card.organ_id, authority=authority_for(card.organ), card=card, reason=Reason.USEFUL, article=ITEM_OF[Reason.USEFUL],
            sentence=words.get(card.pk, "")[:500], value=card.value, proposed_on=clock.today(), origin=Origin.SCREENED,
        )
        for card in cards if card.pk not in found
    ]  # fmt: skip
    with transaction.atomic():
        keep(fresh, by=by, right=right, where=where)
        ProposalFlow.start(fresh, by=by, within="warehouse.answer_days")
        found |= {one.card_id: one for one in fresh}
        mine: dict[int, list[Proposal]] = defaultdict(list)
        for one in found.values():
            if one.state == ProposalState.OPEN and by.can(ANSWER, one.organ_id):
                mine[one.organ_id].append(one)
        for rows in mine.values():
            accept_all(rows, by=by)
    return found


def accept_all(proposals: Sequence[Proposal], *, by: Actor) -> Entry:
    """This will answer yes to proposals of one organ, with one application for all of them."""
    rows = [one for one in proposals if one.state == ProposalState.OPEN]
    with transaction.atomic():
        in_turn(Proposal, [one.pk for one in rows])
        entry = entering.begin(
            [one.card for one in rows], by=by, day=clock.today(), reasons={one.card_id: one.reason for one in rows},
            words={one.card_id: one.sentence for one in rows},
        )  # fmt: skip
        for one in rows:
            one.entry = entry
        keep(rows, by=by, act=TAKEN_UP, right=ANSWER)
        for one in rows:
            ProposalFlow.take("accept", one, by=by)
    return entry
