"""States of terminals, why a position is set apart, why a terminal is not let in."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TerminalState(models.TextChoices):
    """Whether a terminal may report."""

    IN_USE = "in_use", pgettext_lazy("terminal", "在用")
    STOPPED = "stopped", pgettext_lazy("terminal", "停用")
    REMOVED = "removed", pgettext_lazy("terminal", "已拆除")


class Doubt(models.TextChoices):
    """Why a position is set apart: it says nothing of where the vehicle was."""

    NO_FIX = "no_fix", _("未定位")
    ZERO = "zero", _("坐标为零")
    PLACE = "place", _("坐标不可能")
    NO_TIME = "no_time", _("时间不可读")
    FUTURE = "future", _("时间超前")
    PAST = "past", _("时间过早")
    SPEED = "speed", _("速度不可能")


class Barred(models.TextChoices):
    """Why a terminal was not let in."""

    UNKNOWN = "unknown", _("未登记的终端")
    STOPPED = "stopped", _("终端已停用或拆除")
    DEVICE = "device", _("终端编号与首次登记不符")
    CODE = "code", _("鉴权码不对")
