"""The addresses that every resource has, and those of the door and the search."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from . import resource as resources
from .addresses import MORE, bound
from .resource import RESOURCES, Resource
from .views import details, door, edits, exports, filling, find, lists


def _of(resource: Resource) -> URLResolver:
    patterns = [
        path("", bound(lists.index, resource), name="list"),
        path("export.csv", bound(exports.export, resource, form="csv"), name="csv"),
        path("export.xlsx", bound(exports.export, resource, form="xlsx"), name="xlsx"),
        path("acts/", bound(edits.act_many, resource), name="acts"),
        path("views/", bound(edits.save_view, resource), name="views"),
        path("<int:pk>/", bound(details.detail, resource), name="detail"),
        path("<int:pk>/history/", bound(details.history, resource), name="history"),
        path("<int:pk>/why/<slug:name>/", bound(details.why, resource), name="why"),
        path("<int:pk>/acts/<slug:name>/", bound(edits.act_one, resource), name="act"),
    ]
    if resource.fields:
        patterns += [
            path("add/", bound(edits.add, resource), name="add"),
            path("hints/", bound(edits.hints, resource), name="hints"),
            path("<int:pk>/edit/", bound(edits.edit, resource), name="edit"),
        ]
    if resource.typed:
        patterns.append(path("fill/", bound(filling.fill, resource), name="fill"))
    patterns += [
        path(f"<int:pk>/{name}/", bound(page.view, resource), name=name) for name, page in resource.pages.items()
    ]
    for more in MORE:
        patterns += more(resource)
    return path(f"{resource.slug}/", include((patterns, resource.slug), namespace=resource.slug))


def _lookup(request: HttpRequest, slug: str, field: str) -> HttpResponse:
    return lists.lookup(request, resources.get(slug), field)


def urlpatterns() -> list[URLPattern | URLResolver]:
    """All addresses that follow from the declarations; asked once, when every app is loaded."""
    return [
        path("login/", door.enter, name="login"),
        path("logout/", door.leave, name="logout"),
        path("switch/", door.switch, name="switch"),
        path("password/", door.password, name="password"),
        path("search/", find.everything, name="search"),
        path("search/suggest", find.suggest, name="suggest"),
        path("lookup/<path:slug>/<slug:field>", _lookup, name="lookup"),
        *(_of(resource) for resource in RESOURCES.values()),
    ]
