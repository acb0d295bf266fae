"""The register of organs as a Django app; it answers the kernel's questions about who holds what."""

from django.apps import AppConfig


class Organs(AppConfig):
    """Chapter one: the register."""

    name = "baozhang.ch1_general.organs"
    label = "organs"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "单位与任职"

    def ready(self) -> None:
        """This will fill the openings of kernel and law."""
        from baozhang.kernel import access
        from baozhang.law import case
        from baozhang.law.scenario import stage as scenes

        from . import (
            queries,
            resources,  # noqa: F401
            stage,
            views,  # noqa: F401 -- adds to the page of an appointment
        )

        access.holdings_of.fill(queries.holdings)
        access.organs_within.fill(queries.within)
        access.suspended_grants.fill(queries.suspended)
        access.holders_of.fill(queries.holders)
        access.appointed.fill(queries.appointed)
        access.people_of.fill(queries.people)
        access.seats_of.fill(queries.seats)
        access.organ_names.fill(queries.names)
        case.PLACES.fill(queries.places)
        scenes.SETTING.fill(stage.set_up)
