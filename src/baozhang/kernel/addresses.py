"""Further addresses that a mechanism gives every resource, and how a view is bound to one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.urls import URLPattern, path

from .record import Record
from .resource import Resource

View = Callable[..., HttpResponseBase]
MORE: list[Callable[[Resource], list[URLPattern]]] = []


def bound(view: View, resource: Resource, **kwargs: Any) -> View:
    """The view of one resource."""
    return partial(view, resource=resource, **kwargs)


def give(model: type[Record], *pages: tuple[str, View, str]) -> None:
    """This will give one class of record further addresses, each with its view and its name."""

    def more(resource: Resource) -> list[URLPattern]:
        own = pages if resource.model is model else ()
        return [path(route, bound(view, resource), name=name) for route, view, name in own]

    MORE.append(more)
