"""What a person or a program sees when a page fails or is not there: known troubles by their names, anything else calmly."""

from __future__ import annotations

import logging
import sys

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext as _

from baozhang.kernel import troubles
from baozhang.kernel.middleware import asked_by_program, refusal_response
from baozhang.kernel.refusal import NotFound

log = logging.getLogger("baozhang.trouble")


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of an error, with the number under which the log has it; it is asked while the error is still at hand."""
    error = sys.exc_info()[1]
    refused = troubles.said(error) if error is not None else None
    if refused is not None:
        return refusal_response(request, refused)
    number = str(getattr(request, "request_id", ""))[:8]
    log.error("%s: %s %s failed", number, request.method, request.path)
    if asked_by_program(request):
        return refusal_response(request, troubles.unknown(number))
    # Nothing is asked of the database here: it may be what has failed.
    return HttpResponse(loader.get_template("500.html").render({"reference": number}), status=500)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What stands at an address that leads nowhere."""
    del exception
    return refusal_response(request, NotFound(_("没有找到这个地址"), instead=_("全部地址见 /api/openapi.json。")))
