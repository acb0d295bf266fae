"""This room as a Django app."""

from django.apps import AppConfig


class Stocktaking(AppConfig):
    """Its name and label."""

    name = "baozhang.ch2_provision.stocktaking"
    label = "stocktaking"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "清查盘点"

    def ready(self) -> None:
        """This will declare what people see of counts, the pages of the phone, and tell what was counted."""
        from baozhang.ch2_provision.assets.queries import reconciling

        from . import resources  # noqa: F401
        from .queries import counted
        from .views import phone  # noqa: F401

        reconciling.counted.fill(counted.last_counts)
