"""States of a finding and of a patrol, and what a reviewer says of a finding: value and words in one line."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

LANGUAGE = "zh-hans"  # findings are kept in the language of the law

class State(TextChoices):
    """Where a finding stands."""

    OPEN = "open", _("待处理")
    HANDLED = "handled", _("已处理")
    FALSE_ALARM = "false_alarm", _("误报")
    RESOLVED = "resolved", _("已消除")


LIVE = (State.OPEN, State.HANDLED, State.FALSE_ALARM)  # the patrol still finds it
COLOURS = {State.OPEN: "amber", State.HANDLED: "blue", State.FALSE_ALARM: "plain", State.RESOLVED: "green"}


class Severity(TextChoices):
    """How much it weighs."""

    SERIOUS = "serious", _("严重")
    WARNING = "warning", _("一般")
    NOTICE = "notice", _("提示")


class Review(TextChoices):
    """What a reviewer says of a finding."""

    TRUE = "true", _("属实")
    FALSE = "false", _("误报")


class RunState(TextChoices):
    """Where a patrol stands."""

    RUNNING = "running", _("进行中")
    DONE = "done", _("完成")
    BROKEN = "broken", _("中断")
