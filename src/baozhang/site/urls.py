"""The addresses of the whole house."""

from django.urls import URLPattern, URLResolver, include, path

import baozhang.kernel.views.imports  # noqa: F401 -- gives every importable resource its addresses
from baozhang.kernel import routes
from baozhang.kernel.api.build import build

from . import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("api/", build().urls),
    path("i18n/", include("django.conf.urls.i18n")),
    *routes.urlpatterns(),
]
