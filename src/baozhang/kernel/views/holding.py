"""What a thing is held for, on its own page: whoever looks at it sees that it is promised, and until when."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from baozhang.kernel import cells, holds, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import BY_LABEL, Resource

from . import details, frame


def _panel(resource: Resource, record: Any, _who: Actor) -> dict[str, Any]:
    hold = holds.held(resource.label, [record.pk]).get(record.pk)
    if hold is None:
        return {}
    words: Any = hold.words
    case = BY_LABEL.get(hold.case_kind)
    if case and scope.current().can(case.right("view")) and case.model.objects.filter(pk=hold.case_id).exists():
        words = format_html('<a href="{}">{}</a>', frame.url_of(case, hold.case_id), hold.words)
    rows = [{"words": _("用途"), "value": words}, {"words": _("自"), "value": cells.moment(hold.at)}]
    if hold.until:
        rows.append({"words": _("保留至"), "value": cells.moment(hold.until)})
    return {"panels": [{"title": _("占用"), "rows": rows}]}


details.EXTRAS.append(_panel)
