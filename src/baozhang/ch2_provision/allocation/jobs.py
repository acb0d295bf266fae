"""What is due by the calendar: matches follow the warehouse's own papers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from baozhang.kernel.schedule import every

from .matching import follow_warehouse


@every("*/10 * * * *", name="allocation.follow", words=_("存量落实随公物仓更新"), follows=True)
def follow() -> int:
    """This will receive what was handed over and end what the warehouse let go."""
    return follow_warehouse()
