"""This room as a Django app."""

from django.apps import AppConfig


class Disposals(AppConfig):
    """Its name and label."""

    name = "baozhang.ch2_provision.disposal"
    label = "disposal"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "处置"

    def ready(self) -> None:
        """This will declare what people see of disposals, and what each step wants."""
        from . import hooks, resources, views  # noqa: F401
