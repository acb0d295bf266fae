"""Further addresses that a mechanism gives every resource, and how a view is bound to one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.urls import URLPattern

from .resource import Resource

View = Callable[..., HttpResponseBase]
MORE: list[Callable[[Resource], list[URLPattern]]] = []


def bound(view: View, resource: Resource, **kwargs: Any) -> View:
    """The view of one resource."""
    return partial(view, resource=resource, **kwargs)
