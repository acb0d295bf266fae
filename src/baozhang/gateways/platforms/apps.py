"""The processes that speak with other platforms, as a Django app: it has commands, and no tables."""

from django.apps import AppConfig


class Platforms(AppConfig):
    """Its name and label."""

    name = "baozhang.gateways.platforms"
    label = "platforms"
    verbose_name = "平台对接"
