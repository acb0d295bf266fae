"""Who decides: the authority of a place, and, across levels, the one above both sides (articles 5 and 14)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from baozhang.ch1_general.organs.choices import Competence, State
from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import authority_of
from baozhang.kernel.refusal import Refused
from baozhang.law.case import places
from baozhang.law.figures import Figures
from baozhang.law.figurespec import NATION


def authority_for(organ: Organization) -> Organization:
    """The authority whose warehouse an organ's things enter; Refused where the register has none."""
    found = authority_of(organ)
    if found is None:
        raise Refused(
            _("查不到%(organ)s的同级机关事务管理部门") % {"organ": organ}, article="第十四条第二款",
            instead=_("请机关事务管理部门负责人核对单位登记中的职能和行政区划。"),
        )  # fmt: skip
    return found


def authority_at(path: str) -> Organization | None:
    """The authority that serves a jurisdiction, by its path: its own, or the nearest above."""
    codes = path.strip("/").split("/")
    prefixes = ["/".join(codes[:count]) + "/" for count in range(1, len(codes) + 1)]
    rows = Organization._base_manager.filter(
        competence=Competence.AUTHORITY, state=State.ACTIVE, jurisdiction__path__in=prefixes
    )
    return rows.order_by("-jurisdiction__path").first()


def decider(owner: Organization, taker: Organization) -> Organization:
    """The authority that decides on a thing of one organ for another: their own, or that of the level above both."""
    mine, theirs = authority_for(owner), authority_for(taker)
    if mine.pk == theirs.pk:
        return mine
    first, second = (one.jurisdiction.path.strip("/").split("/") for one in (mine, theirs))
    common: list[str] = []
    for left, right in zip(first, second, strict=False):
        if left != right:
            break
        common.append(left)
    found = authority_at("/".join(common)) if common else None
    if found is None:
        raise Refused(
            _("查不到%(owner)s和%(taker)s共同的上级机关事务管理部门") % {"owner": owner, "taker": taker},
            article="第十四条第二款", instead=_("请机关事务管理部门负责人核对单位登记中的职能和行政区划。"),
        )  # fmt: skip
    return found


def set_number(key: str, day: dt.date, organ: int) -> int | None:
    """A number of days or times in force where an organ stands; None while it is 待核实."""
    value = Figures(day, places().get(organ) or NATION).get(key)
    return None if value is None else int(value)
