"""This room as a Django app."""

from django.apps import AppConfig


class Warehouse(AppConfig):
    """Its name and label."""

    name = "baozhang.ch2_provision.warehouse"
    label = "warehouse"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "公物仓"

    def ready(self) -> None:
        """This will declare what people see of the warehouse, and what the calendar does in it."""
        from . import jobs, resources, views  # noqa: F401
        from .queries import custody  # noqa: F401
