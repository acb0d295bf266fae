"""This room as a Django app."""

from django.apps import AppConfig


class Assets(AppConfig):
    """Its name and label."""

    name = "baozhang.ch2_provision.assets"
    label = "assets"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "资产"

    def ready(self) -> None:
        """This will declare what people see of cards, classes and books."""
        from . import jobs, resources  # noqa: F401
