"""The gateway as a Django app: it has commands, and no tables."""

from django.apps import AppConfig


class Gateway(AppConfig):
    """Its name and label."""

    name = "baozhang.gateways.jt808"
    label = "jt808"
    verbose_name = "车载终端接入"
