"""This room as a Django app."""

from django.apps import AppConfig


class Demo(AppConfig):
    """Its name and label."""

    name = "baozhang.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "演示"
