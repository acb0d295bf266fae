"""What a card's page says of the warehouse: where it stands there, or that it should enter."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.choices import LIVE, ProposalState
from baozhang.ch2_provision.warehouse.models import Item, Proposal
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.rows import in_scope
from baozhang.kernel.statement import Statement
from baozhang.kernel.views import details, frame


def _panel(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    if resource.model is not Card or not who.can(Item.right("view")):
        return {}
    item = _shown(Item, _ITEM.first(record.pk))
    if item is not None:
        state = item.get_state_display()
        return _rows(
            _("在仓状态"), format_html('<a href="{}">{}</a>', frame.url_of(BY_LABEL["warehouse.item"], item), state)
        )
    waiting = _shown(Proposal, _PROPOSAL.first(record.pk))
    if waiting is not None:
        url = frame.url_of(BY_LABEL["warehouse.proposal"], waiting)
        return _rows(_("入仓建议"), format_html('<a href="{}">{}</a>', url, waiting.sentence))
    return {}


# Of most cards there is neither: whether there is any is asked by a statement composed once, and only then who may see it.
_ITEM = Statement(
    lambda card: Item._base_manager.filter(card_id=card, state__in=LIVE).order_by("pk").values_list("pk", flat=True)[:1]
)
_PROPOSAL = Statement(
    lambda card: (
        Proposal._base_manager.filter(card_id=card, state=ProposalState.OPEN)
        .order_by("pk")
        .values_list("pk", flat=True)[:1]
    )
)


def _shown(model: Any, key: int | None) -> Any:
    return in_scope(model, [key]).get(key) if key else None


def _rows(words: str, value: str) -> dict[str, Any]:
    return {"panels": [{"title": _("公物仓"), "rows": [{"words": words, "value": value, "wide": True}]}]}


details.EXTRAS.append(_panel)
