"""Cards that were counted may be put together once their counts are closed; what was told of them then stays as it was told."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import models
from django.utils.translation import gettext as _

from baozhang.ch2_provision.stocktaking.choices import OPEN_STATES, UNSETTLED, Settled
from baozhang.ch2_provision.stocktaking.models import Difference, Line, Scan
from baozhang.kernel.refusal import Refused

from .freezing import ARTICLE

TELLING: tuple[type[models.Model], ...] = (Line, Scan, Difference)


def may_go(cards: Sequence[int]) -> Collection[type[models.Model]]:
    """These are the classes that tell of cards as they were; Refused where a count at work, or a debt of one, still asks for them."""
    at_work = {"card__in": list(cards), "count__state__in": OPEN_STATES}
    for model in (Line, Scan):
        busy = model._base_manager.filter(**at_work).select_related("count", "card").order_by("pk").first()
        if busy is not None:
            raise Refused(
                _("%(card)s 正在盘点，不能并入") % {"card": busy.card}, why=_("“%(count)s”还没有办结。") % {"count": busy.count}, article=ARTICLE,
                instead=_("请在盘点办结以后再合并。"),
            )  # fmt: skip
    owed = Difference._base_manager.filter(card__in=list(cards), state__in=(*UNSETTLED, Settled.DEBT))
    debt = owed.select_related("count", "card").order_by("pk").first()
    if debt is not None:
        raise Refused(
            _("%(card)s 有没有查清的盘点差异，不能并入") % {"card": debt.card}, why=_("“%(count)s”：%(debt)s。") % {"count": debt.count, "debt": debt},
            article=ARTICLE, instead=_("请先查清这项差异再合并。"),
        )  # fmt: skip
    return TELLING
