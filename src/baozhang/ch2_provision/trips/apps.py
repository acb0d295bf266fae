"""This room as a Django app."""

from django.apps import AppConfig


class Trips(AppConfig):
    """Its name and label."""

    name = "baozhang.ch2_provision.trips"
    label = "trips"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "公务用车使用"

    def ready(self) -> None:
        """This will declare what people see of trips, what the law watches, and what is due by the calendar."""
        from . import jobs, resources, rules  # noqa: F401
