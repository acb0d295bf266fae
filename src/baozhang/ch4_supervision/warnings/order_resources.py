"""What each field of an order and of the register of documents is for, and who may do what with them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.kernel import access, clock
from baozhang.kernel.access import Reach
from baozhang.kernel.documents import numbering
from baozhang.kernel.documents.register import Document
from baozhang.kernel.flow import limits
from baozhang.kernel.resource import Computed, Group, Page, Resource, register
from baozhang.kernel.views import papers, steps

from .choices import ORDER_COLOURS, OrderState
from .flows import OVERSEE, OrderFlow, figure_of
from .ordering import ORDER_ACTS, ORDER_FINDINGS
from .orders import DRAFT, ISSUE, RECHECK, Order
from .views import ORDER_PAGES

OPEN_STATES = (OrderState.ISSUED, OrderState.ORDERED, OrderState.ANSWERED, OrderState.AGAIN)


def left_words(order: Any) -> str:
    """This is how long the agency still has, or by how much it is late; empty where nothing is asked of it."""
    if order.state not in OPEN_STATES:
        return ""
    if order.due is None:
        return _("期限待核实")
    said = steps.due_words((order.due - clock.today()).days)["due_words"]
    return said + _("（节假日安排公布后可能调整）") if order.provisional else said


def term_words(order: Any) -> str:
    """This is how long the agency has from the day on which the order goes out: the figure in force, or a day set by hand."""
    if order.set_due is not None:
        return _("%(day)s，人工确定") % {"day": order.set_due}
    found = limits.limit_of.ask(figure_of(order), order.issued_on or clock.today(), order.organ_id)
    if found is None:
        return _("待核实：条例和标准没有规定天数，可以人工确定期限")
    said = _("自发出之日起 %(n)d 个工作日") if found[1] == "working_days" else _("自发出之日起 %(n)d 日")
    return said % {"n": found[0]}


@register
class Orders(Resource):
    """Risk warnings and orders to rectify."""

    model = Order
    slug = "warnings/orders"
    article = "第四十一条第二款"
    chapter = "supervision"
    icon = "document-text"
    purpose = gettext_lazy("向被监督单位发出的风险预警和整改通知：从起草、签发、签收、反馈到复查销号")
    columns = ("title", "kind", "organ", "state", "due", "left", "number", "issued_on")
    more_columns = ("issuer", "violation", "round", "closed_on")
    groups = (
        Group(
            gettext_lazy("文书"), ("kind", "number", "title", "organ", "issuer", "issued_on", "document", "referral")
        ),
        Group(gettext_lazy("要求和期限"), ("demand", "term", "due", "left", "set_due_reason", "round", "violation")),
        Group(gettext_lazy("反馈"), ("reply",), when=lambda order: bool(order.reply)),
        Group(gettext_lazy("办结"), ("closed_on", "overrule"), when=lambda order: order.closed_on is not None),
    )
    computed = {
        "left": Computed(gettext_lazy("剩余时间"), left_words),
        "term": Computed(gettext_lazy("反馈时限"), term_words),
    }
    readonly = frozenset(
        {"kind", "number", "title", "organ", "issuer", "issued_on", "document", "referral", "demand", "due", "set_due_reason",
         "round", "violation", "reply", "closed_on", "overrule"}
    )  # fmt: skip
    filters = ("organ", "kind", "state", "due", "issued_on", "violation")
    search = ("number", "title", "organ.name")
    sorts = ("due",)
    units = {"round": gettext_lazy("次")}
    key_facts = ("organ", "due", "left")
    state = "state"
    colours = ORDER_COLOURS
    flow = OrderFlow
    acts = ORDER_ACTS
    pages = ORDER_PAGES
    importable = False
    addable = False


@register
class Documents(Resource):
    """The register of official documents."""

    model = Document
    slug = "documents"
    article = "第四十一条第二款"
    chapter = "supervision"
    words = pgettext_lazy("list", "公文")
    icon = "document-duplicate"
    purpose = gettext_lazy("本平台制发的公文：编号、标题、发文机关、是否有效；公文上的二维码可由任何人核验")
    columns = ("number", "title", "kind", "issuer_name", "addressee_name", "day", "state")
    groups = (
        Group(gettext_lazy("公文"), ("number", "title", "kind", "issuer_name", "addressee_name", "day")),
        Group(gettext_lazy("核验"), ("shown_code", "address", "digest")),
        Group(gettext_lazy("失效"), ("ended_on", "reason", "replaced_by"), when=lambda document: not document.valid),
    )
    computed = {
        "shown_code": Computed(gettext_lazy("核验码"), lambda document: numbering.shown(document.code)),
        "address": Computed(gettext_lazy("核验地址"), lambda document: numbering.address(document.code)),
    }
    readonly = frozenset(
        {
            "number",
            "title",
            "kind",
            "issuer_name",
            "addressee_name",
            "day",
            "digest",
            "ended_on",
            "reason",
            "replaced_by",
        }
    )
    filters = ("kind", "state", "day")
    search = ("number", "title")
    sorts = ("day",)
    key_facts = ("number", "day")
    state = "state"
    colours = papers.COLOURS
    pages = {"pdf": Page(gettext_lazy("打开 PDF"), papers.pdf)}
    importable = False
    addable = False


_SEEN = [Order.right("view"), Order.right("export"), Document.right("view"), Document.right("export")]
_OFFICE = [DRAFT, RECHECK, Order.right("attach")]
access.grant(roles.AGENCY, [*_SEEN, Order.right("receive"), Order.right("attach")], Reach.OWN)
access.grant(roles.ASSET_CLERK, Order.right("answer"), Reach.OWN)
access.grant(roles.HEAD, Order.right("reply"), Reach.OWN)
access.grant(roles.SUPERVISOR, [*_SEEN, *_OFFICE, ORDER_FINDINGS], Reach.JURISDICTION)
access.grant(roles.SUPPORT_HEAD, [*_OFFICE, ISSUE], Reach.JURISDICTION)
access.grant(roles.SUPPORT_HEAD, [*_SEEN, OVERSEE, ORDER_FINDINGS], Reach.BELOW)
access.grant((roles.FINANCE_OFFICER, roles.AUDITOR), _SEEN, Reach.BELOW)
