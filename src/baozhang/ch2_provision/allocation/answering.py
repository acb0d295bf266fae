"""The look at the stock that did not answer a need, kept as a record: without it nothing may be bought."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.kernel import clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep

from .choices import Looked, Verdict
from .models import Answer, Need
from .queries import cover
from .queries.candidates import candidates_of
from .queries.standing import standing_of

LOOKED = ledger.act("allocation.looked", gettext_lazy("登记存量查找"))
REVIEWED = ledger.act("allocation.reviewed", gettext_lazy("复核不适用理由"))
KEPT = 60  # candidates listed in a record; how many there were stands beside them


def record(need: Need, kind: Looked, *, by: Actor, right: str) -> Answer:
    """This will keep what stock offered at this moment, and why it does not answer the need."""
    found = candidates_of(need, most=KEPT)
    answer = Answer(
        need=need, organ_id=need.organ_id, kind=kind, at=clock.now(), day=clock.today(), looked=found.total,
        candidates=[one.as_dict() for one in found.best[:KEPT]], standing=standing_of(need).as_dict(),
        accepted=int(cover.covered(need)), left=cover.left(need), reason=need.declared if kind == Looked.DECLINED else "",
        verdict=Verdict.NOT_NEEDED if kind == Looked.NONE else Verdict.OPEN,
    )  # fmt: skip
    keep(answer, by=by, act=LOOKED, right=right)
    return answer


def evidence(answer: Answer) -> str:
    """What a record says for the plan: when it was looked, how many there were, why they do not fit, who agreed."""
    entitled, counted = answer.standing.get("entitled"), answer.standing.get("counted")
    lines = [
        _("存量查找（%(day)s）：候选 %(looked)s 件，已从存量落实 %(accepted)s 件，尚缺 %(left)s 件") % {
            "day": answer.day, "looked": answer.looked, "accepted": answer.accepted, "left": answer.left,
        },
        _("标准上限 %(entitled)s，已有 %(counted)s") % {"entitled": _("待核实") if entitled is None else entitled, "counted": counted},
    ]  # fmt: skip
    if answer.reason:
        lines.append(_("不适用的理由：%(reason)s；复核人：%(who)s") % {"reason": answer.reason, "who": answer.reviewer})
    return "\n".join(lines)
