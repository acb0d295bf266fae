"""This room as a Django app."""

from django.apps import AppConfig


class Procurement(AppConfig):
    """Its name and label."""

    name = "baozhang.ch3_mechanisms.procurement"
    label = "procurement"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "采购"

    def ready(self) -> None:
        """This will declare what people see of purchases."""
        from . import resources  # noqa: F401
