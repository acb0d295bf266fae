"""The specimen as a Django app."""

from django.apps import AppConfig


class Specimen(AppConfig):
    """Installed by tests/settings.py alone."""

    name = "tests.specimen"
    label = "specimen"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "样例"
