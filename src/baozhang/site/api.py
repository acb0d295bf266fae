"""Where programs ask: every resource's own addresses, and the description of them all."""

from __future__ import annotations

import json
from functools import cache, cached_property

from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, URLPattern, URLResolver, include, path
from django.urls.resolvers import RoutePattern
from django.utils.translation import get_language
from django.views.generic import RedirectView

from baozhang.kernel.resource import RESOURCES, Resource

from . import apidocs


class Late(URLPattern):
    """The addresses of one resource, made when the first of them is asked for: the schemas of all weigh as much as the pages.

    To Django it is one address, so that neither looking for a name nor a command's checks make what stands behind it.
    """

    def __init__(self, resource: Resource) -> None:
        super().__init__(RoutePattern(f"api/{resource.slug}/<path:rest>", is_endpoint=True), _description)
        self.resource = resource

    @cached_property
    def behind(self) -> URLResolver:
        """What stands behind it."""
        from baozhang.kernel.api.build import addresses_of

        return URLResolver(RoutePattern(f"api/{self.resource.slug}/"), addresses_of(self.resource))

    def resolve(self, path: str) -> ResolverMatch | None:
        """The address that is asked for; Resolver404 where there is no such one."""
        return self.behind.resolve(path) if path.startswith(f"api/{self.resource.slug}/") else None


def urlpatterns() -> list[URLPattern | URLResolver]:
    """All addresses of the API."""
    described = [
        path("docs", RedirectView.as_view(pattern_name="api-docs"), name="docs"),
        path("openapi.json", _description, name="openapi-json"),
    ]
    return [
        path("help/api/", apidocs.index, name="api-docs"),
        path("help/api/<path:slug>/", apidocs.of_one, name="api-docs-of"),
        path("api/", include((described, "api"), namespace="api")),
        *map(Late, RESOURCES.values()),
    ]


def _description(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_described(get_language() or ""), content_type="application/json; charset=utf-8")


@cache
def _described(language: str) -> bytes:
    """All addresses in the words of OpenAPI: three seconds of work that anybody may ask for, so that it is done once a language."""
    from ninja.responses import NinjaJSONEncoder

    from baozhang.kernel.api.build import whole

    del language
    described = whole().get_openapi_schema(path_prefix="/api/")
    return json.dumps(described, ensure_ascii=False, separators=(",", ":"), cls=NinjaJSONEncoder).encode()
