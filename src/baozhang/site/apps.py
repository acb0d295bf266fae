"""This room as a Django app."""

from django.apps import AppConfig


class Site(AppConfig):
    """Its name and label."""

    name = "baozhang.site"
    label = "site"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "平台"
