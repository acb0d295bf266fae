"""This room as a Django app."""

from django.apps import AppConfig


class Funding(AppConfig):
    """Its name and label."""

    name = "baozhang.ch2_provision.funding"
    label = "funding"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "经费"

    def ready(self) -> None:
        """This will declare paths, acts and what people see of plans and budgets."""
        from . import actions, flows, resources  # noqa: F401
