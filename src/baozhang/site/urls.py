"""The addresses of the whole house."""

from django.urls import URLPattern, URLResolver, include, path

import baozhang.kernel.views.attachments
import baozhang.kernel.views.imports
import baozhang.kernel.views.proofs
import baozhang.kernel.views.steps  # noqa: F401 -- these give every resource its further addresses
from baozhang.kernel import routes
from baozhang.kernel.api.build import build
from baozhang.kernel.views import desk

urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk.workbench, name="home"),
    path("notices/", desk.inbox, name="notices"),
    path("api/", build().urls),
    path("i18n/", include("django.conf.urls.i18n")),
    *routes.urlpatterns(),
]
