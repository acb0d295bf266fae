"""The chapters and sections of the regulation, as the menu shows them; behind them what serves the platform itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from baozhang.kernel.chapters import Chapter, declare


def fill() -> None:
    """This will declare them, in the order of the law."""
    declare(
        Chapter("general", _("总则"), "building-library"),
        Chapter("funding", _("经费"), "banknotes"),
        Chapter("assets", _("资产"), "cube"),
        Chapter("warehouse", _("公物仓"), "archive-box"),
        Chapter("premises", _("办公用房"), "building-office"),
        Chapter("vehicles", _("公务用车"), "truck"),
        Chapter("services", _("服务"), "wrench-screwdriver"),
        Chapter("saving", _("资源节约"), "bolt"),
        Chapter("mechanisms", _("保障机制"), "adjustments-horizontal"),
        Chapter("supervision", _("监督"), "shield-check"),
        Chapter("administration", _("系统管理"), "cog-6-tooth"),
    )
