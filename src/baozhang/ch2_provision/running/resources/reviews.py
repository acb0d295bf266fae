"""Monthly accounts and the vehicles in them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.running.choices import LOOKED_OVER, REVIEW_COLOURS, ReviewState
from baozhang.ch2_provision.running.flows import ReviewFlow
from baozhang.ch2_provision.running.flows.correction import LIST, look_again
from baozhang.ch2_provision.running.flows.review import PUBLISH, SUBMIT
from baozhang.ch2_provision.running.models import Account, Review
from baozhang.kernel import access, scope
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Computed, Group, Related, Resource, register

ARTICLE = "第二十三条第一款"
KM, YUAN = pgettext_lazy("unit", "公里"), gettext_lazy("元")
_UNITS = {"km": KM, "km_tracks": KM, "litres": pgettext_lazy("unit", "升"), "kwh": "kWh"}


def _a_kilometre(account: Any) -> Any:
    return (account.total / account.km).quantize(Decimal("0.01")) if account.km else None


def _again(reviews: Sequence[Review], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    with scope.everything("单车核算更正") as system:
        n = look_again(reviews, by=system)
    return _("有 %(n)s 个月的数字与公示不一致，已列出更正") % {"n": n} if n else _("数字与公示一致，没有需要更正的")


@register
class Reviews(Resource):
    """The months of units."""

    model = Review
    slug = "running/reviews"
    article = ARTICLE
    chapter = "vehicles"
    icon = "calculator"
    place = 40
    words = gettext_lazy("单车核算月报")
    purpose = gettext_lazy("每月逐车核对里程和费用，另一人审核后编号公示；公示以后单据有迟到、更正的，另作更正公示")
    columns = ("organ", "year", "month", "state", "vehicles", "km", "total", "published_on", "document")
    groups = (
        Group(gettext_lazy("哪个月"), ("organ", "year", "month", "checked")),
        Group(gettext_lazy("核算结果"), ("vehicles", "km", "total", "state", "published_on", "document")),
    )
    readonly = frozenset({"vehicles", "km", "total", "state", "published_on", "document"})
    filters = ("organ", "state", "year", "month")
    state = "state"
    colours = REVIEW_COLOURS
    key_facts = ("vehicles", "km", "total", "published_on")
    units = {"km": KM, "vehicles": gettext_lazy("辆")}
    importable = False
    flow = ReviewFlow
    related = (
        Related(
            "running/corrections", "review", columns=("serial", "found_on", "state", "total_was", "total", "document")
        ),
        Related("running/accounts", "review", columns=LOOKED_OVER),
    )
    acts = {
        "list": Act(
            gettext_lazy("列出更正"), LIST, _again, article=ARTICLE, icon="arrow-path", shown=lambda one: one.state == ReviewState.PUBLISHED,
        ),
    }  # fmt: skip


@register
class Accounts(Resource):
    """Each vehicle's month."""

    model = Account
    slug = "running/accounts"
    article = ARTICLE
    chapter = "vehicles"
    icon = "table-cells"
    place = 61
    words = gettext_lazy("单车月度核算")
    purpose = gettext_lazy("核对提交时汇总的每辆车每月里程、用量和费用；由单车核算月报生成，不单独修改")
    columns = ("vehicle", "year", "month", "km", "litres", "energy", "road", "upkeep", "total", "rate", "organ")
    more_columns = ("km_tracks", "kwh", "insurance", "other", "depreciation", "review")
    groups = (
        Group(gettext_lazy("哪辆车、哪个月"), ("vehicle", "organ", "year", "month", "review")),
        Group(gettext_lazy("里程和用量"), ("km", "km_tracks", "litres", "kwh")),
        Group(
            gettext_lazy("费用"), ("energy", "road", "insurance", "upkeep", "other", "total", "rate", "depreciation")
        ),
    )
    readonly = frozenset(name for group in groups for name in group.fields if name != "rate")
    computed = {"rate": Computed(gettext_lazy("每公里费用"), _a_kilometre, "money", YUAN)}
    filters = ("organ", "vehicle", "year", "month", "review")
    key_facts = ("vehicle", "km", "total")
    units = _UNITS
    importable = False
    addable = False
    follows = ("review",)


_SEE = [model.right(verb) for model in (Review, Account) for verb in ("view", "export")]
access.grant((*roles.AGENCY, roles.DISPATCHER), _SEE, Reach.OWN)
access.grant(roles.READERS, _SEE, Reach.BELOW)
_STEPS = [Review.right(verb) for verb in ("add", "change", "remove")]
access.grant((roles.ASSET_CLERK, roles.ACCOUNTANT), [*_STEPS, SUBMIT], Reach.OWN)
access.grant(roles.HEAD, PUBLISH, Reach.OWN)
