"""The path of a standard: drafted, submitted, published by the head of the authority; two people (article 12)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.choices import Competence, Level
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Review, Step
from baozhang.kernel.refusal import Invalid, Refused

from . import actions, pricing
from .choices import EXPENDITURE, FAMILIES, SERVICE, SPENDING, ReviewState, State
from .models import QuotaReview, Standard, StandardLine

ISSUERS = (Competence.AUTHORITY, Competence.FINANCE)
SERVICE_ARTICLE = "第七条第一款"


class StandardFlow(Review):
    """报审批退, with the head's approval as publication."""

    model = Standard
    words = gettext_lazy("标准制定")
    article = "第十二条第一款"
    initial = (State.DRAFT,)  # type: ignore[assignment]

    audit = None  # type: ignore[assignment]
    submit = Review.submit.but(
        source=(State.DRAFT, State.RETURNED), target=State.SUBMITTED, words=gettext_lazy("提交批准"),
        says=gettext_lazy("提交后由本部门负责人批准发布；批准前可以撤回。"),
    )  # fmt: skip
    approve = Review.approve.but(
        words=gettext_lazy("批准发布"), source=State.SUBMITTED, target=State.PUBLISHED, permission=":issue", four_eyes=("submit",),
        says=gettext_lazy("发布后不能修改，自施行日期起按新标准判断；此前的事实仍按原标准。"),
    )  # fmt: skip
    give_back = Review.give_back.but(source=State.SUBMITTED, target=State.RETURNED, permission=":issue")
    reject = Review.reject.but(
        source=State.SUBMITTED, target=State.REJECTED, permission=":issue", words=gettext_lazy("不予发布")
    )


@StandardFlow.submit.guard
def an_issuer(standard: Any) -> None:
    """Only a support authority or a finance department sets standards."""
    if standard.organ.competence not in ISSUERS:
        raise Refused(
            _("%(organ)s不能发布配置标准") % {"organ": standard.organ.name},
            why=_("配置标准由财政部门、机关事务管理部门制定。"), article="第十二条第一款", instead=_("请由同级机关事务管理部门起草。"),
        )  # fmt: skip


@StandardFlow.submit.guard
def a_financier(standard: Any) -> None:
    """What may be spent is for finance to set, upon the physical quotas of the authority (article 7, paragraph 2)."""
    money = Q(key__startswith=EXPENDITURE) | Q(key__startswith=SPENDING)
    line = StandardLine._base_manager.filter(money, standard=standard).order_by("pk").first()
    if line is not None and standard.organ.competence != Competence.FINANCE:
        kind = FAMILIES[EXPENDITURE.rstrip(".") if line.key.startswith(EXPENDITURE) else SPENDING.rstrip(".")]
        words = {"organ": standard.organ.name, "kind": kind, "line": line}
        raise Refused(
            _("%(organ)s不能制定%(kind)s") % words, why=_("“%(line)s”是%(kind)s，由财政部门制定。") % words, article=pricing.ARTICLE,
            instead=_("请移出这些条目，实物定额和服务标准仍由机关事务管理部门制定；支出定额和开支标准请财政部门起草。"),
        )  # fmt: skip


@StandardFlow.submit.guard
def the_city(standard: Any) -> None:
    """What a service has to be like is one for the whole city, and its support authority says it (article 7, paragraph 1)."""
    line = StandardLine._base_manager.filter(standard=standard, key__startswith=SERVICE).order_by("pk").first()
    organ = standard.organ
    if line is not None and (organ.competence != Competence.AUTHORITY or organ.jurisdiction.level != Level.CITY):
        raise Refused(
            _("%(organ)s不能制定%(kind)s") % {"organ": organ.name, "kind": FAMILIES[SERVICE.rstrip(".")]},
            why=_("“%(line)s”是服务标准，全市一个标准，由市机关事务管理部门制定。") % {"line": line}, article=SERVICE_ARTICLE,
            instead=_("请移出服务标准；需要调整的，向市机关事务管理部门提出。"),
        )  # fmt: skip


def complete(standard: Any) -> None:
    """A draft with gaps or overlapping rows is not submitted, and not published."""
    faults = actions.completeness(standard)
    if faults:
        raise Invalid(
            _("草案还不完整"), why="；".join(str(fault.reason) for fault in faults[:5]), article="第十二条第一款",
            instead=_("请在“条目与对照”中补全。"), faults=faults,
        )  # fmt: skip


def ahead(standard: Any, *, day: dt.date) -> None:
    """No standard works backward: what was judged stays judged by the figures of its day."""
    if standard.valid_from < day:
        raise Refused(
            _("施行日期 %(day)s 已过") % {"day": standard.valid_from},
            why=_("此前的事实已按当时的标准判断，新标准不溯及既往。"), article="第十二条第一款",
            instead=_("请把施行日期改为 %(day)s 或以后。") % {"day": day},
        )  # fmt: skip


def replaceable(standard: Any) -> None:
    """What it replaces must be replaced whole and from a later day."""
    actions.replaced(standard)


def founded(standard: Any) -> None:
    """An expenditure quota is its physical quota times a reference price, not a number out of the air."""
    said = pricing.unfounded(standard)
    if said:
        raise Refused(
            _("有 %(n)d 条支出定额没有按实物定额和参考价格测算") % {"n": len(said)}, why="；".join(said[:4]), article=pricing.ARTICLE,
            instead=_("请登记测算依据（实物定额 × 参考价格），再“按测算依据计算”。"),
        )  # fmt: skip


for _step in (StandardFlow.submit, StandardFlow.approve):
    for _guard in (ahead, complete, replaceable, founded):
        _step.guard(_guard)


@StandardFlow.approve.effect
def publish_it(standard: Any, *, by: Actor) -> None:
    """The lines come into force on the standard's day, and the document that says so is numbered."""
    actions.publish(standard, by=by)


class QuotaReviewFlow(Flow):
    """A quota whose price has drifted is looked at: it stands, or a new version is drafted; nothing is overwritten."""

    model = QuotaReview
    words = gettext_lazy("定额复核")
    article = pricing.ARTICLE
    initial = (ReviewState.OPEN,)

    stand = Step(
        gettext_lazy("维持定额"), ReviewState.OPEN, ReviewState.KEPT, ":decide", needs_note=True, kind="primary",
        says=gettext_lazy("写明为什么价格变动后仍维持原定额。"),
    )  # fmt: skip
    revise = Step(
        gettext_lazy("修订定额"), ReviewState.OPEN, ReviewState.REVISE, ":decide", needs_note=True, side=True,
        says=gettext_lazy("写明修订安排；新版本在标准页面起草，自新的日期起施行，原定额不改动。"),
    )  # fmt: skip

    @classmethod
    def title(cls, record: Any) -> str:
        """What a task about it is called."""
        return str(record)
