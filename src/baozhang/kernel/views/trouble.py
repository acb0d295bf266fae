"""What a person sees when a page fails: a full disk and crossing acts by their names, anything else calmly."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.views.defaults import server_error as plain_page

from baozhang.kernel import troubles
from baozhang.kernel.middleware import refusal_response


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of an error; it is asked while the error is still at hand."""
    error = sys.exc_info()[1]
    refused = troubles.said(error) if error is not None else None
    return refusal_response(request, refused) if refused is not None else plain_page(request)
