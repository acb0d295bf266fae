"""This room as a Django app."""

from django.apps import AppConfig


class Vehicles(AppConfig):
    """Its name and label."""

    name = "baozhang.ch2_provision.vehicles"
    label = "vehicles"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "公务用车"

    def ready(self) -> None:
        """This will declare what people see of terminals, and what is done by the calendar."""
        from . import jobs, resources, rules  # noqa: F401
