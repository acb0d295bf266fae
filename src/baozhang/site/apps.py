"""The assembly: when every app is loaded, names are settled, so that an unknown one stops the start."""

import gc
import json

from django.apps import AppConfig
from django.conf import settings

# Objects made before the collector looks. A page makes some thousand and keeps none; an import or a patrol holds tens of
# thousands on purpose, and with Python's own 700 a quarter of its time went into looking at them again and again.
YOUNG = 20_000


class Site(AppConfig):
    """The last app; it depends on all others and nothing depends on it."""

    name = "baozhang.site"
    label = "site"
    verbose_name = "平台"

    def ready(self) -> None:
        """This will join grants to roles, check all names, and offer the accounts of a demonstration at the door."""
        from baozhang.kernel import access, citing, flow
        from baozhang.kernel.views import door, find

        from . import desk, law  # noqa: F401

        citing.cited.fill(law.cited)
        find.FINDERS.append(law.find)
        from .admin import menu, resources  # noqa: F401

        gc.set_threshold(YOUNG, 20, 20)
        access.settle()
        flow.settle()
        accounts = settings.HOME / "demo.json"
        if accounts.exists():
            door.DEMO[:] = json.loads(accounts.read_text(encoding="utf-8"))
