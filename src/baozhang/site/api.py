"""Where programs ask: every resource's own addresses, and the description of them all."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, URLPattern, URLResolver, include, path
from django.urls.resolvers import RoutePattern

from baozhang.kernel.resource import RESOURCES, Resource


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
    described = [path("docs", _docs, name="openapi-view"), path("openapi.json", _description, name="openapi-json")]
    return [path("api/", include((described, "ninja"), namespace="api")), *map(Late, RESOURCES.values())]


def _docs(request: HttpRequest) -> HttpResponse:
    from baozhang.kernel.api.build import whole

    return whole().docs.render_page(request, whole())


def _description(request: HttpRequest) -> HttpResponse:
    from ninja.responses import Response

    from baozhang.kernel.api.build import whole

    return Response(whole().get_openapi_schema(path_prefix="/api/"))
