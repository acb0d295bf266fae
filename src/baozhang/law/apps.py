"""This room as a Django app."""

from django.apps import AppConfig


class Law(AppConfig):
    """Its name and label."""

    name = "baozhang.law"
    label = "law"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "法"
