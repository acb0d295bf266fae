"""This room as a Django app."""

from django.apps import AppConfig


class Standards(AppConfig):
    """Its name and label."""

    name = "baozhang.ch3_mechanisms.standards"
    label = "standards"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "标准"
