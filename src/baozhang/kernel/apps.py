"""The kernel as a Django app: when everything is loaded, names are settled and openings are checked."""

from django.apps import AppConfig


class Kernel(AppConfig):
    """The ground floor."""

    name = "baozhang.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "内核"

    def ready(self) -> None:
        """This will declare long work and what is done by the calendar."""
        from . import import_jobs, upkeep  # noqa: F401
