"""Home: the workbench."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def home(request: HttpRequest) -> HttpResponse:
    """Where the day starts."""
    return render(request, "kernel/workbench.html", {"page": {"title": _("工作台")}, "todo": {"groups": []}})
