"""The addresses of the whole house."""

from django.urls import URLPattern, URLResolver, include, path

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

from . import api, law

handler404 = "baozhang.kernel.views.trouble.not_found"
handler500 = "baozhang.kernel.views.trouble.server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk.workbench, name="home"),
    path("notices/", desk.inbox, name="notices"),
    *vehicles.intake,
    *api.urlpatterns(),
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
