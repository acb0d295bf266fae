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
    EXPLAINED = "explained", _("已说明")  # what the rule says is so, and there was a good reason for it


class RunState(TextChoices):
    """Where a patrol stands."""

    RUNNING = "running", _("进行中")
    DONE = "done", _("完成")
    BROKEN = "broken", _("中断")


class OrderKind(TextChoices):
    """What goes out to an agency."""

    WARNING = "warning", _("风险预警")
    ORDER = "order", _("整改通知")


class OrderState(TextChoices):
    """Where a warning or order stands."""

    DRAFT = "draft", _("拟稿")
    SUBMITTED = "submitted", _("待签发")
    ISSUED = "issued", _("待签收")
    ORDERED = "ordered", _("整改中")
    ANSWERED = "answered", _("待单位审定")
    REPLIED = "replied", _("待复查")
    AGAIN = "again", _("再次整改中")
    CLOSED = "closed", _("已销号")
    REVOKED = "revoked", _("已撤销")
    REFERRED = "referred", _("已移送")


ORDER_COLOURS = {
    OrderState.DRAFT: "plain", OrderState.SUBMITTED: "blue", OrderState.ISSUED: "amber", OrderState.ORDERED: "amber",
    OrderState.ANSWERED: "amber", OrderState.REPLIED: "blue", OrderState.AGAIN: "red", OrderState.CLOSED: "green",
    OrderState.REVOKED: "plain", OrderState.REFERRED: "red",
}  # fmt: skip


class Violation(TextChoices):
    """The kinds of violation for which somebody may be held liable (article 44)."""

    FUNDS = "funds", _("违规使用机关运行经费")
    PREMISES = "premises", _("违规建设、配置、使用、维修、处置办公用房或者擅自改变用途")
    VEHICLES = "vehicles", _("违规配备、使用、处置公务用车")
    OTHER = "other", _("其他违反机关运行保障规定的情形")


class Result(TextChoices):
    """What the last re-check said of one finding of an order."""

    GONE = "gone", _("已消除")
    STANDS = "stands", _("仍存在")
    UNDECIDED = "undecided", _("无法判断")
