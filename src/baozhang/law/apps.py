"""The law as a Django app; when every class of record is known, the rules of all floors are loaded and settled."""

from django.apps import AppConfig


class Law(AppConfig):
    """Its name and label."""

    name = "baozhang.law"
    label = "law"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "法"

    def ready(self) -> None:
        """This will name the chapters, answer the flows' questions and load all rules; a wrong one stops the start."""
        from . import chapters, limits, rules

        chapters.fill()
        limits.fill()
        rules.discover()
