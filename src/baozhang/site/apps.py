"""The assembly: when every app is loaded, names are settled, so that an unknown one stops the start."""

from django.apps import AppConfig


class Site(AppConfig):
    """The last app; it depends on all others and nothing depends on it."""

    name = "baozhang.site"
    label = "site"
    verbose_name = "平台"

    def ready(self) -> None:
        """This will join grants to roles and check all names."""
        from baozhang.kernel import access

        access.settle()
