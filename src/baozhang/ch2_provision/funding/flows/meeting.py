"""What is asked of an agency's own decision before it applies (articles 8 and 9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.refusal import Fault, Invalid


def must_have_met(values: Mapping[str, Any], day: dt.date) -> None:
    """This will raise Invalid where the meeting that is said to have decided is still to come."""
    met = values.get("decided_on")
    if met is not None and met > day:
        raise Invalid(
            _("决策日期晚于今天"), article="第九条", instead=_("请填写会议纪要上的日期。"),
            faults=[Fault(_("晚于今天 %(day)s") % {"day": day}, "decided_on", str(met), column=_("决策日期"))],
        )  # fmt: skip
