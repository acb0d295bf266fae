"""The addresses of the API, built once, when a program first asks for one of them."""

from baozhang.kernel.api.build import build

urlpatterns, app_name, _namespace = build().urls
