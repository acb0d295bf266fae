"""The addresses of the whole house."""

from django.urls import URLPattern, URLResolver, include, path
from django.urls.resolvers import RoutePattern

import baozhang.kernel.views.attachments
import baozhang.kernel.views.chains
import baozhang.kernel.views.holding
import baozhang.kernel.views.imports
import baozhang.kernel.views.proofs
import baozhang.kernel.views.steps  # noqa: F401 -- these give every resource its further addresses
from baozhang.ch2_provision.running import urls as running
from baozhang.ch2_provision.trips import urls as trips
from baozhang.ch2_provision.vehicles import urls as vehicles
from baozhang.ch3_mechanisms.standards.views import figures
from baozhang.kernel import routes
from baozhang.kernel.views import desk, keys, papers
from baozhang.site.admin import urls as administration

from . import law


class Late(URLResolver):
    """Addresses that are made when the first of them is asked for: their schemas are half of a process's memory."""

    def _populate(self) -> None:
        """Nothing out here turns a name into one of these addresses, so that no other page has to make them."""


handler500 = "baozhang.kernel.views.trouble.server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk.workbench, name="home"),
    path("notices/", desk.inbox, name="notices"),
    *vehicles.intake,
    Late(RoutePattern("api/"), "baozhang.site.api", app_name="ninja", namespace="api"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("me/keys/", keys.mine, name="my-keys"),
    path("me/keys/<int:pk>/revoke/", keys.revoke, name="my-key-revoke"),
    *administration.urlpatterns,
    *vehicles.urlpatterns,
    *trips.urlpatterns,
    *running.urlpatterns,
    *papers.urlpatterns(),
    *figures.urlpatterns(),
    *law.urlpatterns(),
    *routes.urlpatterns(),
]
