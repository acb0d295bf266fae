"""What each step of a disposal wants first, and what it does besides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import authority_of, finance_of
from baozhang.kernel import holds, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import issuing
from baozhang.kernel.flow import Step, calendar, limit_of
from baozhang.kernel.flow.limits import deadline
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Fault, Invalid, Refused

from .actions import ending
from .choices import FREE, Lane
from .flows import DECISION, CaseFlow
from .models import Case
from .models.case import BOOK, CONSENT, DRAFT, REVIEW, SIGN
from .queries.assessing import Assessment, assess, lines_of
from .queries.limits import way_of
from .queries.needs import Need, missing
from .wording import paper

NUMBERED = ledger.act("disposal.numbered", gettext_lazy("编号印发"))
GIVING = (CaseFlow.register, CaseFlow.approve, CaseFlow.consent)
ENDING = (CaseFlow.write_off, CaseFlow.book_loss)


def wants(needs: Sequence[Need], step: Step) -> None:
    """This will raise Refused with everything that is missing, each with its article."""
    if needs:
        raise Refused(
            _("“%(step)s”之前还缺 %(n)d 项：%(words)s") % {"n": len(needs), "step": step.words, "words": "、".join(need.words for need in needs[:4])},
            why="；".join(f"{need.words}（{need.article}）" for need in needs), article=needs[0].article,
            instead=needs[0].instead, faults=[Fault(need.words, remedy=need.instead) for need in needs],
        )  # fmt: skip


def _asks(name: str) -> Callable[..., None]:
    def look(case: Case, *, day: dt.date, step: Step) -> None:
        wants(missing(case, name, day), step)

    return look


for _name in ("decide", "screened", "hand_over", "slip", "write_off", "book_loss"):
    getattr(CaseFlow, _name).guard(_asks(_name))


# -- from the draft to the authority


@CaseFlow.submit.guard
def _can_go(case: Case, *, day: dt.date, step: Step) -> None:
    """The cards are there, ours, of one kind and promised to nobody; and nothing is missing."""
    found = assess(case, day)
    found.put(case)
    _sound(case, found)
    wants(missing(case, "submit", day), step)


def _sound(case: Case, found: Assessment) -> None:
    if found.held:
        refusal = holds.refusal(found.held)
        refusal.article = DECISION
        raise refusal
    for cards, words in (
        (found.gone, _("%(card)s 等 %(n)d 张卡片已经处置")), (found.strangers, _("%(card)s 等 %(n)d 张卡片已不属于本单位")),
    ):  # fmt: skip
        if cards:
            raise Refused(
                words % {"card": cards[0], "n": len(cards)}, article=DECISION, instead=_("请在处置明细中移出这些卡片。")
            )
    if found.missing:
        raise Refused(
            _("%(card)s 等 %(n)d 项已认定盘亏，只能办理损失核销") % {"card": found.missing[0], "n": len(found.missing)}, article=DECISION,
            why=_("其价值已转入待处理财产损溢，没有实物可以移交。"), instead=_("请移出这些卡片，另行办理损失核销；找到实物的，先更正盘点结果。"),
        )  # fmt: skip
    if len(found.kinds) > 1:
        raise Refused(
            _("一个办件只列同一类别的资产"), article=DECISION, why=_("房屋、土地、车辆各有审批路径，不能与其他资产同办。"),
            instead=_("请移出其他类别的卡片，另行起草。"),
        )  # fmt: skip


@CaseFlow.submit.guard
def _submitted(case: Case, *, day: dt.date, values: Mapping[str, Any]) -> None:
    del values  # asked for so that this runs only when the step is taken
    case.submitted_on = day
    _choose_way(case, day)


def _choose_way(case: Case, day: dt.date) -> None:
    way = way_of(case, day)
    case.lane, case.lane_says = way.lane, way.says[:500]


@CaseFlow.submit.effect
def _hold(case: Case, *, by: Actor, day: dt.date) -> None:
    lines = assess(case, day).lines
    keep(lines, by=by, right=DRAFT)
    ending.hold(case, lines, by=by)


@CaseFlow.screened.guard
def _way_after_screening(case: Case, *, day: dt.date, values: Mapping[str, Any]) -> None:
    """What went to the warehouse no longer counts against the limits."""
    del values
    _choose_way(case, day)


# -- the reply or receipt


def issuer_of(case: Case) -> tuple[Organization, Organization | None, str]:
    """Who issues the paper, with whom, and under which right: finance where it has the last word, else the authority."""
    authority, finance = authority_of(case.organ), finance_of(case.organ)
    if case.lane == Lane.JOINT:
        return finance, authority, CONSENT  # type: ignore[return-value]
    return authority, None, REVIEW if case.lane == Lane.FILING else SIGN  # type: ignore[return-value]


def _can_number(case: Case) -> None:
    issuer, _also, _right = issuer_of(case)
    if not issuer.document_word.strip():
        raise Refused(
            _("%(organ)s尚未登记机关代字，不能编号") % {"organ": issuer}, article=DECISION, instead=_("请同级机关事务管理部门负责人先在单位登记中填写机关代字。")
        )  # fmt: skip


def _given(case: Case, *, day: dt.date, step: Step, values: Mapping[str, Any]) -> None:
    del values
    case.approved_on = day
    case.hand_over_by = deadline(step.within, case, day).due


def _numbered(case: Case, *, by: Actor, day: dt.date) -> None:
    """The paper goes out; the cards wait for their disposal."""
    issuer, also, right = issuer_of(case)
    content = paper(case, lines_of(case), issuer=issuer, also=also, day=day)
    case.document = issuing.issue(
        content, organ=issuer.pk, word=issuer.document_word, addressees=[case.organ_id], about=case, by=by, right=right
    )
    keep(case, by=by, act=NUMBERED, right=right, where=issuer.pk)
    ending.await_disposal(case, by=by, right=right, where=issuer.pk)


for _step in GIVING:
    _step.guard(_can_number)
    _step.guard(_given)
    _step.effect(_numbered)


# -- carrying it out


@CaseFlow.publish.guard
def _appraised_first(case: Case, *, day: dt.date, step: Step) -> None:
    wants(missing(case, "publish", day), step)


@CaseFlow.publish.guard
def _from_today(case: Case, *, day: dt.date, values: Mapping[str, Any]) -> None:
    del values
    case.notice_from = day


@CaseFlow.publish.effect
def _long_enough(case: Case, *, day: dt.date) -> None:
    """The notice lasts at least as long as the figure says; where nobody has verified one, it ends after today."""
    found = limit_of.ask("disposal.days.notice", day, case.organ_id)
    least = calendar.ask().add_working_days(day, found[0]).day if found else day + dt.timedelta(days=1)
    said = _("公告期限 %(n)s 个工作日，不含发布当天，至 %(day)s。") % {"n": found[0], "day": least} if found else ""
    if case.notice_until is None or case.notice_until < least:
        raise Invalid(
            _("公告期太短"), article=DECISION, why=(said or _("公告截止日期应在今天以后。")),
            faults=[Fault(_("不早于 %(day)s") % {"day": least}, "notice_until", str(case.notice_until), column=_("公告截止日期"))],
            instead=_("请改填 %(day)s 或者以后的截止日期。") % {"day": least},
        )  # fmt: skip


@CaseFlow.hand_over.guard
def _to_whom_it_was_agreed(case: Case, *, values: Mapping[str, Any]) -> None:
    """A gift or transfer goes to whom the reply names."""
    if case.form in FREE and values.get("receiver_name", case.receiver_name) != case.receiver_name:
        raise Refused(
            _("接收方与批复不一致"), why=_("批准的接收方是%(name)s。") % {"name": case.receiver_name}, article=DECISION,
            instead=_("要改变接收方，请撤销批复后重新办理。"),
        )  # fmt: skip


@CaseFlow.hand_over.effect
def _handed(case: Case) -> None:
    if case.handed_on is not None and case.approved_on is not None and case.handed_on < case.approved_on:
        raise Invalid(
            _("移交日期早于批准日期"), article=DECISION, why=_("批准或者备案之前不得移交。"),
            faults=[Fault(_("早于批准日期 %(day)s") % {"day": case.approved_on}, "handed_on", str(case.handed_on), column=_("移交日期"))],
        )  # fmt: skip
    if case.handed_on is not None and case.notice_until is not None and case.handed_on <= case.notice_until:
        raise Invalid(
            _("移交日期在公告期内"), article=DECISION, why=_("公告期未满，截止 %(day)s") % {"day": case.notice_until},
            faults=[Fault(_("应晚于公告截止日期 %(day)s") % {"day": case.notice_until}, "handed_on", str(case.handed_on), column=_("移交日期"))],
        )  # fmt: skip


def _closing(case: Case, *, day: dt.date, values: Mapping[str, Any]) -> None:
    del values
    case.closed_on = day


def _written_off(case: Case, *, by: Actor, day: dt.date) -> None:
    ending.write_off(case, day, by=by, right=BOOK)


for _step in ENDING:
    _step.guard(_closing)
    _step.effect(_written_off)


# -- other ends


@CaseFlow.refuse.effect
@CaseFlow.decline.effect
@CaseFlow.discard.effect
@CaseFlow.cancel.effect
@CaseFlow.stored.effect
def _released(case: Case, *, by: Actor) -> None:
    ending.let_go(case, by=by)


@CaseFlow.revoke.effect
@CaseFlow.recall.effect
def _called_off(case: Case, *, by: Actor, note: str) -> None:
    """The paper no longer holds, and the cards are as they were."""
    issuer, _also, _right = issuer_of(case)
    right = CONSENT if case.lane == Lane.JOINT else SIGN
    assert case.document is not None
    issuing.revoke(case.document, reason=note, by=by, right=right)
    ending.give_back(case, by=by, right=right, where=issuer.pk)
