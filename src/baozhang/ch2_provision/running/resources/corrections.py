"""Corrections of published months, and their lines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.running.choices import CORRECTION_COLOURS, CorrectionState, Figure
from baozhang.ch2_provision.running.flows import CorrectionFlow
from baozhang.ch2_provision.running.flows.correction import LIST, look_again
from baozhang.ch2_provision.running.models import Correction, CorrectionLine, Review
from baozhang.ch2_provision.running.models.correction import said
from baozhang.kernel import access, scope
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Computed, Group, Related, Resource, register

ARTICLE = "第二十三条第一款"
KM = pgettext_lazy("unit", "公里")


def _month(review: Review) -> str:
    return f"{review.year}-{review.month:02d}"


def _said(line: CorrectionLine, value: Decimal) -> str:
    """A figure with its unit."""
    return said(Figure(line.figure), value)


def _again(made: Sequence[Correction], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    with scope.everything("单车核算更正") as system:
        look_again([one.review for one in made], by=system)
    return _("已按现在的数字重新列出")


@register
class Corrections(Resource):
    """What of published months is put right."""

    model = Correction
    slug = "running/corrections"
    article = ARTICLE
    chapter = "vehicles"
    icon = "pencil-square"
    place = 42
    words = gettext_lazy("单车核算更正")
    purpose = gettext_lazy(
        "已公示的月份，单据、派车单有迟到或者更正的，每晚自动列出；更正公示以后，原公示和更正后的数字都在公开网页上"
    )
    columns = ("month", "serial", "found_on", "state", "km_was", "km", "total_was", "total", "published_on", "organ")
    more_columns = ("review", "reason", "corrected", "document")
    groups = (
        Group(gettext_lazy("更正什么"), ("review", "organ", "serial", "found_on", "reason", "state")),
        Group(gettext_lazy("原公示和更正后"), ("km_was", "km", "total_was", "total")),
        Group(gettext_lazy("公示文件"), ("corrected", "document", "published_on")),
    )
    readonly = frozenset(name for group in groups for name in group.fields if name != "reason")
    computed = {"month": Computed(gettext_lazy("月份"), lambda one: _month(one.review), "text", needs=("review",))}
    filters = ("organ", "state", "review")
    state = "state"
    colours = CORRECTION_COLOURS
    key_facts = ("review", "km_was", "km", "total_was", "total")
    units = {"km": KM, "km_was": KM}
    importable = False
    addable = False
    flow = CorrectionFlow
    follows = ("review",)
    related = (
        Related("running/correction-lines", "correction", columns=("vehicle", "figure", "was_said", "now_said")),
    )
    acts = {
        "list": Act(
            gettext_lazy("重新列出"), LIST, _again, many=False, article=ARTICLE, icon="arrow-path", shown=lambda one: one.state == CorrectionState.OPEN,
        ),
    }  # fmt: skip


@register
class CorrectionLines(Resource):
    """Each figure of a vehicle that is put right."""

    model = CorrectionLine
    slug = "running/correction-lines"
    article = ARTICLE
    chapter = "vehicles"
    icon = "table-cells"
    place = 62
    words = gettext_lazy("单车核算更正明细")
    purpose = gettext_lazy("更正的每个数字：哪辆车、哪一项，原公示多少，更正为多少；由系统列出，不单独修改")
    columns = ("month", "vehicle", "figure", "was_said", "now_said", "organ")
    more_columns = ("correction", "was", "now")
    groups = (Group(gettext_lazy("更正明细"), ("correction", "organ", "vehicle", "figure", "was", "now")),)
    readonly = frozenset(groups[0].fields)
    computed = {
        "month": Computed(gettext_lazy("月份"), lambda one: _month(one.correction.review), "text", needs=("correction__review",)),
        "was_said": Computed(gettext_lazy("原公示"), lambda one: _said(one, one.was), "text"),
        "now_said": Computed(gettext_lazy("更正为"), lambda one: _said(one, one.now), "text"),
    }  # fmt: skip
    filters = ("organ", "vehicle", "figure", "correction")
    importable = False
    addable = False
    follows = ("correction",)


_SEE = [model.right(verb) for model in (Correction, CorrectionLine) for verb in ("view", "export")]
access.grant((*roles.AGENCY, roles.DISPATCHER), _SEE, Reach.OWN)
access.grant(roles.READERS, _SEE, Reach.BELOW)
access.grant((roles.ASSET_CLERK, roles.ACCOUNTANT, roles.HEAD), LIST, Reach.OWN)
