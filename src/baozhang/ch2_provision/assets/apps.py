"""This room as a Django app."""

from django.apps import AppConfig


class Assets(AppConfig):
    """Its name and label."""

    name = "baozhang.ch2_provision.assets"
    label = "assets"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "资产"

    def ready(self) -> None:
        """This will declare what people see of cards, classes and books, and tell plans and budgets what cards know."""
        from baozhang.ch2_provision.funding.queries import suggesting

        from . import jobs, resources  # noqa: F401
        from .queries import renewals

        suggesting.suggestions.fill(renewals.renewals)
        suggesting.suggestions.fill(renewals.repairs)
        suggesting.drivers.fill(renewals.drivers)
        from .views import desk, reconciling, registers, running  # noqa: F401
