"""This room as a Django app."""

from django.apps import AppConfig


class Allocation(AppConfig):
    """Its name and label."""

    name = "baozhang.ch2_provision.allocation"
    label = "allocation"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "配置"

    def ready(self) -> None:
        """This will declare what people see of needs."""
        from . import jobs, resources, round_resources  # noqa: F401
