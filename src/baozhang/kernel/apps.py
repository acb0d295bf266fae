"""The kernel as a Django app: when everything is loaded, names are settled and openings are checked."""

from django.apps import AppConfig


class Kernel(AppConfig):
    """The ground floor."""

    name = "baozhang.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "内核"
