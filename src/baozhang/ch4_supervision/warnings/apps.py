"""This room as a Django app."""

from django.apps import AppConfig


class Warnings(AppConfig):
    """Its name and label."""

    name = "baozhang.ch4_supervision.warnings"
    label = "warnings"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "监督"

    def ready(self) -> None:
        """This will declare what people see of findings, and let scenarios patrol."""
        from baozhang.law.scenario import outcome

        from . import desk, jobs, order_resources, resources, scenes  # noqa: F401

        outcome.PATROL.fill(scenes.patrolled)
