"""Whether a need stays within the standard in force, and the refusal where it does not (article 12, paragraph 1)."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.rules.words import count
from baozhang.kernel.refusal import Refused
from baozhang.law.explain import figure_sentence

from .models import Need
from .queries.standing import Limit, Standing, standing_of

ARTICLE = "第十二条第一款"


def excess(need: Need, *, outside: int | None = None, standing: Standing | None = None) -> tuple[Limit, Decimal] | None:
    """This is the figure that a need would pass, and by how many; None where it stays within all that have a value.

    `outside` is a number that would come from outside the agency (its idle pieces then count as well); without it the whole
    need is looked at, which idle pieces may answer. A permission of the authority's head reaches as far as it says.
    """
    if need.permitted is not None and need.quantity <= need.permitted:
        return None
    standing = standing or standing_of(need)
    more = Decimal(need.quantity if outside is None else outside) - min(Decimal(need.replaced), standing.count.old)
    over = [(limit, more - (limit.within if outside is None else limit.outside)) for limit in standing.limits]
    worst = max(over, key=lambda pair: (pair[1], pair[0].key), default=None)
    return worst if worst is not None and worst[1] > 0 and more > 0 else None


def must_be_within(need: Need, *, outside: int | None = None) -> None:
    """This will raise Refused, with article, figure and sums, where a need passes the standard."""
    standing = standing_of(need)
    if need.replaced > standing.count.old:
        raise Refused(
            _("只有 %(old)s 件已达最低使用年限，不能更新 %(n)s 件") % {"old": count(standing.count.old), "n": need.replaced}, article=ARTICLE,
            instead=_("请减少“其中更新”的数量；损坏无法修复的，先办理处置。"),
        )  # fmt: skip
    found = excess(need, outside=outside, standing=standing)
    if found is not None:
        raise _refusal(need, *found, outside=outside)


def _refusal(need: Need, limit: Limit, over: Decimal, *, outside: int | None) -> Refused:
    facts = {
        _("上限"): limit.most, _("在用数量"): count(limit.count.used), _("其中闲置"): count(limit.count.idle),
        _("在途需求"): count(limit.coming), _("本次需求"): outside if outside is not None else need.quantity, _("其中更新"): need.replaced,
        _("超出"): count(over),
    }  # fmt: skip
    return Refused(
        _("超出配置标准 %(over)s 件：%(name)s %(most)s") % {"over": count(over), "name": limit.name, "most": limit.most},
        why="；".join([limit.formula, *(figure_sentence(figure) for figure in limit.figures)]), article=ARTICLE, facts=facts,
        instead=_("请减少数量，或者先使用、处置现有的；确需超标准的，申请由机关事务管理部门负责人批准。"),
    )  # fmt: skip
