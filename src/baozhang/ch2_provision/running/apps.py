"""This room as a Django app."""

from django.apps import AppConfig


class Running(AppConfig):
    """Its name and label."""

    name = "baozhang.ch2_provision.running"
    label = "running"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "公务用车单车核算"

    def ready(self) -> None:
        """This will declare what people see of costs, what the law watches, and what is due by the calendar."""
        from . import jobs, resources, rules  # noqa: F401
