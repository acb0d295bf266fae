"""Items chosen for a need: held at once, asked of their owner, handed over, let go, or lapsed when their time runs out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import authority_of
from baozhang.ch2_provision.assets import actions as assets
from baozhang.ch2_provision.assets.choices import UseState
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.actions import reserving as warehouse
from baozhang.ch2_provision.warehouse.choices import LineState, Mode
from baozhang.ch2_provision.warehouse.flows import ExitFlow
from baozhang.ch2_provision.warehouse.models import Exit
from baozhang.kernel import access, clock, holds, ledger, notices, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, NotFound, Refused
from baozhang.kernel.turns import in_turn

from .choices import STANDING, WAITING, NeedState, Source
from .choices import MatchState as S
from .flows import ANSWER, ARTICLE, SYSTEM, NeedFlow
from .models import Match, Need
from .queries import cover
from .queries.candidates import Candidate, candidates_of
from .standards import must_be_within

RECEIVE = access.permission("allocation.match:receive", gettext_lazy("领用、放弃为本单位预留的资产"))
RELEASE = access.permission("allocation.match:release", gettext_lazy("答复本单位资产的调出"))
DECIDE = access.permission("allocation.match:decide", gettext_lazy("裁定和办理调剂"))

BOUGHT = ledger.act("allocation.bought", gettext_lazy("采购到位"))


def owner_of(match: Match) -> int:
    """This is the agency whose item it is."""
    return match.owner_id


def authority(match: Match) -> Organization | None:
    """This is the same-level authority of the agency that needs it."""
    return authority_of(match.organ)


class MatchFlow(Flow):
    """预留 →（所属单位同意 → 调剂）→ 交接；放弃或到期则退回."""

    model = Match
    words = gettext_lazy("存量落实")
    article = ARTICLE
    initial = (S.RESERVED, S.ASKED)

    receive = Step(
        gettext_lazy("领用到位"), S.RESERVED, S.DONE, ":receive", kind="primary", icon="check-circle",
        says=gettext_lazy("资产已经送到并清点无误，开始使用。"),
    )  # fmt: skip
    agree_out = Step(
        gettext_lazy("同意调出"), S.ASKED, S.AGREED, ":release", where=owner_of, kind="primary", icon="check"
    )
    objects = Step(
        gettext_lazy("不同意调出"), S.ASKED, S.OBJECTED, ":release", where=owner_of, fields=("said",), required=("said",), side=True,
        icon="hand-raised", says=gettext_lazy("理由由同级机关事务管理部门裁定。"),
    )  # fmt: skip
    overrule = Step(
        gettext_lazy("裁定调出"), S.OBJECTED, S.AGREED, ":decide", where=authority, needs_note=True, kind="primary", side=True,
    )  # fmt: skip
    uphold = Step(
        gettext_lazy("裁定不调出"), S.OBJECTED, S.RELEASED, ":decide", where=authority, needs_note=True, side=True,
    )  # fmt: skip
    transfer = Step(
        gettext_lazy("办理调剂"), S.AGREED, S.DONE, ":decide", "第十二条第二款", where=authority, kind="primary", icon="arrows-right-left",
        says=gettext_lazy("原单位卡片以无偿划转结束，需求单位建立承接卡片，双方各记凭证。"),
    )  # fmt: skip
    let_go = Step(
        gettext_lazy("放弃"), (S.RESERVED, S.ASKED, S.AGREED), S.RELEASED, ":receive", needs_note=True, todo=False, side=True, kind="danger",
        icon="x-circle",
    )  # fmt: skip
    lapse = Step(
        gettext_lazy("预留到期"), STANDING, S.LAPSED, ":receive", todo=False, side=True,
        along=gettext_lazy("到期没有领用的，由系统释放；不再需要的，请办理“放弃”。"),
    )  # fmt: skip

    @classmethod
    def title(cls, record: Match) -> str:
        """What a task about it is called."""
        return _("%(card)s → %(organ)s：%(need)s") % {
            "card": record.card.name,
            "organ": record.organ,
            "need": record.need,
        }


# -- choosing


def accept(
    need: Need, cards: Sequence[int], *, by: Actor, right: str = ANSWER, day: dt.date | None = None
) -> list[Match]:  # fmt: skip
    """This will hold cards for a need, all or none, under the need's own lock; the same cards again are what they were.

    Refused where one is no candidate (any more), where they are more than is left, past the standard, or held by another.
    """
    day = day or clock.today()
    with transaction.atomic():
        fresh = _locked(need)
        again = list(Match._base_manager.filter(need=fresh, card_id__in=list(cards), state__in=STANDING).order_by("pk"))
        wanted = sorted(set(cards) - {match.card_id for match in again})
        if not wanted and again:
            return again
        _may_take(fresh, wanted)
        take_turns(wanted)
        found = candidates_of(fresh, day=day, only=wanted, most=len(wanted)).best
        _all_there(fresh, wanted, found)
        _not_too_many(fresh, found)
        made = _hold(fresh, found, by=by, right=right, day=day)
        if not cover.left(fresh):
            NeedFlow.take("cover", fresh, by=SYSTEM)
        need.__dict__.update(fresh.__dict__)
        return again + made


def take_turns(cards: Sequence[int]) -> None:
    """This will hold cards after what was kept of them is up to date; whoever wants several needs' cards asks for all at once.

    Two needs that ask for the same item at once: the second waits here, and then finds what became of it.
    """
    holds.run_out(Q(kind=Card._meta.label_lower, record_id__in=list(cards)))
    follow_warehouse(cards)
    in_turn(Card, cards)


def accept_first(need: Need, *, by: Actor) -> list[Match]:
    """This will hold the candidates that come first in the order, as many as are still wanted; a batch too large is passed over."""
    chosen, rest = [], Decimal(cover.left(need))
    for one in candidates_of(need).best:
        if one.quantity <= rest:
            chosen.append(one.card.pk)
            rest -= one.quantity
    if not chosen:
        raise Refused(_("没有可以选用的候选"), article=ARTICLE, instead=_("请办理“登记无可调剂”或者“候选不适用”。"))
    return accept(need, chosen, by=by)


def _locked(need: Need) -> Need:
    fresh: Need | None = Need._base_manager.select_for_update(no_key=True).filter(pk=need.pk).first()
    if fresh is None:
        raise NotFound(_("记录不存在或不在您的范围内"), instead=_("请返回列表刷新后再办理。"))
    return fresh


def _may_take(need: Need, wanted: Sequence[int]) -> None:
    if not wanted:
        raise Invalid(_("没有选中任何资产"), instead=_("请先勾选要用的资产。"))
    if need.state not in WAITING:
        raise Refused(
            _("%(need)s 现在不能选用存量") % {"need": need}, why=_("当前状态为“%(state)s”。") % {"state": NeedState(need.state).label}, article=ARTICLE,
            instead=_("请刷新页面，按当前状态办理。"),
        )  # fmt: skip


def _all_there(need: Need, wanted: Sequence[int], found: Sequence[Candidate]) -> None:
    """Whoever comes second is told what became of the item."""
    gone = set(wanted) - {one.card.pk for one in found}
    if not gone:
        return
    stands = holds.held("assets.card", gone)
    why = next((hold.says for hold in stands.values()), _("它已经启用、处置，或者不属于可以调剂的范围。"))
    raise Refused(
        _("有 %(n)s 件已不能选用") % {"n": len(gone)}, why=why, article=ARTICLE, instead=_("请刷新页面，从现有候选中另选。"),
    )  # fmt: skip


def _not_too_many(need: Need, found: Sequence[Candidate]) -> None:
    total, left = sum((one.quantity for one in found), Decimal(0)), cover.left(need)
    if total > left:
        raise Refused(
            _("选了 %(total)s 件，只缺 %(left)s 件") % {"total": total.normalize(), "left": left}, article=ARTICLE,
            why=_("整批登记的卡片只能整批调剂。"), instead=_("请减少选择；只要其中一部分的，先由所属单位拆分卡片。"),
        )  # fmt: skip
    outside = sum((one.quantity for one in found if one.source != Source.OWN), Decimal(0))
    if outside:
        must_be_within(need, outside=int(outside))


def _hold(need: Need, found: Sequence[Candidate], *, by: Actor, right: str, day: dt.date) -> list[Match]:
    until = cover.reserved_until(need, day)
    matches = [
        Match(
            need=need, organ_id=need.organ_id, owner_id=one.owner.pk, card=one.card, source=one.source, quantity=one.quantity,
            until=until, state=S.ASKED if one.source == Source.OTHERS else S.RESERVED,
            reasons={ground.name: ground.words for ground in one.grounds if ground.words},
        )
        for one in found
    ]  # fmt: skip
    stored = [match for match in matches if match.source == Source.WAREHOUSE]
    if stored:
        _reserve(need, stored, by if by.can(warehouse.ADD, need.organ_id) else SYSTEM)
    MatchFlow.start(matches, by=by, right=right)
    for match in (one for one in matches if one.reservation_id is None):
        holds.take(match.card, case=match, words=_words(need), by=by, until=end_of(until), organ=need.organ_id)
    return matches


def _reserve(need: Need, stored: Sequence[Match], by: Actor) -> None:
    """What lies in the warehouse goes its way: the warehouse holds it, hands it over, and we follow its reservation."""
    lines = warehouse.reserve(
        [match.card for match in stored], organ=need.organ, purpose=need.purpose, mode=Mode.USE, by=by, need=need
    )  # fmt: skip
    by_card = {line.card_id: line for line in lines}
    for match in stored:
        match.reservation = by_card[match.card_id]


def _words(need: Need) -> str:
    return _("%(organ)s的配置需求：%(need)s") % {"organ": need.organ, "need": need}


def end_of(day: dt.date) -> dt.datetime:
    """This is the moment at which a day is over."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(0), clock.ZONE)


# -- what follows of steps


@MatchFlow.receive.guard
def _handed_over(match: Match) -> None:
    """What comes from the warehouse is received on its own paper first."""
    if match.reservation is not None and match.reservation.state != LineState.GIVEN:
        raise Refused(
            _("公物仓还没有交付"), why=_("出仓申领：%(state)s。") % {"state": match.reservation.exit.get_state_display()}, article="第十四条第二款",
            instead=_("请先在出仓申领中提交、领取并签收；签收后这里自动办结。"),
        )  # fmt: skip


@MatchFlow.let_go.guard
def _still_ours(match: Match) -> None:
    """An exit that is on its way is ended there."""
    if match.reservation is not None and match.reservation.exit.state not in ExitFlow.cancel.source:
        raise Refused(
            _("出仓已进入“%(state)s”") % {"state": match.reservation.exit.get_state_display()}, article="第十四条第二款",
            instead=_("请在出仓申领中办理；领用后不再需要的，办理归还。"),
        )  # fmt: skip


@MatchFlow.receive.effect
def _received(match: Match, *, by: Actor) -> None:
    """Its own idle item goes back into use."""
    holds.release(match)
    if match.source == Source.OWN:
        assets.change_use_state(
            [match.card], state=UseState.IN_USE, by=by, note=_("启用闲置资产：%(need)s") % {"need": match.need}
        )
    _done(match)


@MatchFlow.transfer.effect
def _transferred(match: Match, *, by: Actor, day: dt.date) -> None:
    """Title goes over, with both cards and both vouchers (article 13, paragraph 4)."""
    organ = authority(match)
    values = {"use_state": UseState.IN_USE, "place": match.need.place}
    match.new_card = assets.transfer(
        [match.card], to=match.organ, source=match, day=day, by=by, right=DECIDE, where=organ.pk if organ else None, values=values,
        note=_("调剂：%(need)s") % {"need": match.need},
    )[0]  # fmt: skip
    keep(match, by=by, right=DECIDE, where=organ.pk if organ else None)
    _done(match)


@MatchFlow.uphold.effect
@MatchFlow.let_go.effect
@MatchFlow.lapse.effect
def _let_go(match: Match) -> None:
    """It is free for others, and the need is looked at again; a warehouse paper ends for all that stands on it."""
    holds.release(match)
    if match.reservation is not None:
        _end_paper(match.reservation.exit, match)
    need = Need._base_manager.get(pk=match.need_id)
    if need.state == NeedState.MATCHED and cover.left(need):
        NeedFlow.take("look_again", need, by=SYSTEM)


@MatchFlow.lapse.effect
def _tell_who_stated(match: Match, *, note: str) -> None:
    """Whoever stated the need learns that what was kept for it is free again; not where he withdrew it himself."""
    need = Need._base_manager.get(pk=match.need_id)
    if need.state == NeedState.WITHDRAWN:
        return
    entries = ledger.history(need.label, need.pk).filter(act=NeedFlow.plan.act("step", "submit"), by_id__isnull=False)
    stated = entries.order_by("-seq").values_list("by_id", flat=True)[:1]
    notices.notify(
        [key for key in stated if key is not None], title=_("需求“%(need)s”的预留已到期：%(card)s") % {"need": need, "card": match.card},
        body=_("%(why)s，没有领用，已可由其他需求选用。请重新选用存量，或者由资产管理员登记无可调剂。") % {"why": note or _("公物仓已释放预留")},
        organ_id=need.organ_id, about=(need.label, need.pk),
    )  # fmt: skip


def _end_paper(paper: Exit, match: Match) -> None:
    if paper.state in ExitFlow.cancel.source:
        ExitFlow.take("cancel", paper, by=SYSTEM, note=_("不再用于配置需求：%(need)s") % {"need": match.need})
    for other in Match._base_manager.filter(reservation__exit=paper, state=S.RESERVED).exclude(pk=match.pk):
        MatchFlow.take("lapse", other, by=SYSTEM)


def follow_warehouse(cards: Sequence[int] | None = None) -> int:
    """This will bring matches up with their reservations: handed over is received, ended is lapsed; returns how many moved.

    `cards` are those that somebody is about to take: what became of them must be known before, not when the calendar comes.
    """
    rows = Match._base_manager.filter(state=S.RESERVED, reservation__isnull=False).exclude(
        reservation__state=LineState.HELD
    )
    if cards is not None:
        rows = rows.filter(card_id__in=list(cards))
    moved = 0
    with scope.everything("存量落实"):
        for match in rows.select_related("reservation__exit", "need").order_by("pk"):
            match.refresh_from_db(fields=["state"])
            if match.state == S.RESERVED and match.reservation is not None:
                given = match.reservation.state == LineState.GIVEN
                MatchFlow.take("receive" if given else "lapse", match, by=SYSTEM)
                moved += 1
    return moved


def _done(match: Match) -> None:
    need = Need._base_manager.get(pk=match.need_id)
    if need.state == NeedState.MATCHED and not cover.waiting_on(need) and not cover.left(need):
        NeedFlow.take("meet", need, by=SYSTEM)


@NeedFlow.retract.effect
@NeedFlow.cancel.effect
def _cancelled(need: Need, *, by: Actor, note: str) -> None:
    """What was held for a need that is withdrawn is free for others."""
    for match in Match._base_manager.filter(need=need, state__in=STANDING):
        MatchFlow.take("lapse", match, by=SYSTEM, note=note)


@holds.when_run_out(Match)
def ran_out(keys: Sequence[int]) -> None:
    """This will end what was reserved and not fetched in time; the need may be answered anew."""
    with scope.everything("预留到期"):
        for match in Match._base_manager.filter(pk__in=list(keys), state__in=STANDING).order_by("pk"):
            MatchFlow.take("lapse", match, by=SYSTEM, note=_("预留至 %(day)s") % {"day": match.until})


def receive_bought(need: Need, quantity: int, *, by: Actor, right: str) -> None:
    """This will count what a purchase has brought for a need; with the last piece the need is met."""
    with transaction.atomic():
        fresh = _locked(need)
        fresh.received += quantity
        keep(fresh, by=by, act=BOUGHT, right=right)
        if fresh.state == NeedState.PLANNED and fresh.received >= fresh.planned and not cover.waiting_on(fresh):
            # What was reserved beside it may have lapsed meanwhile: then the need is looked at again.
            NeedFlow.take("look_again" if cover.left(fresh) else "meet", fresh, by=SYSTEM)
        need.__dict__.update(fresh.__dict__)
