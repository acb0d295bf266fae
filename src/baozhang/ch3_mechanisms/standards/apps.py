"""This room as a Django app; it gives the law the figures that authorities have issued."""

from django.apps import AppConfig


class Standards(AppConfig):
    """Its name and label."""

    name = "baozhang.ch3_mechanisms.standards"
    label = "standards"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "标准"

    def ready(self) -> None:
        """This will fill the law's opening, declare path, screens and jobs, and put the pages into the menu."""
        from baozhang.law.issued import provide_issued

        from . import flows, jobs, price_resources, queries, resources  # noqa: F401

        provide_issued(queries.issued_values, version=queries.stamp, turns=queries.turns)
