"""What surrounds every request: who acts, in which scope, read-only for GET, and one way to show a refusal."""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from . import access, clock, scope, sent
from .refusal import Invalid, Refused

OPEN = ("/login/", "/static/", "/public/", "/i18n/", "/api/")
SAFE = ("GET", "HEAD", "OPTIONS")
_NUL_IN_JSON = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000|\x00")
Handler = Callable[[HttpRequest], HttpResponse]


class WriteOnGet(RuntimeError):
    """A page that only shows something tried to write."""


def _reading_only(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    verb = sql.lstrip(" (").split(None, 1)[0].upper()
    if (
        verb
        not in ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "DECLARE", "FETCH", "CLOSE", "WITH", "EXPLAIN", "SET")
        and "django_session" not in sql
    ):
        raise WriteOnGet(sql[:120])
    return execute(sql, params, many, context)


def _says_nul(request: HttpRequest) -> bool:
    """True where a text that was sent has the character NUL in it; files are not looked into."""
    if "%00" in request.META.get("QUERY_STRING", ""):
        return True
    if request.method in SAFE:
        return False
    if request.content_type == "application/json":
        return _NUL_IN_JSON.search(request.body) is not None
    return any("\0" in text for texts in request.POST.lists() for text in (texts[0], *texts[1]))


def _asked_from(request: HttpRequest) -> None:
    """This will name the address of whoever asks where a proxy says it: the last of so many words as there are proxies.

    What stands before them anybody may have written.
    """
    said = request.headers.get("X-Forwarded-For", "").split(",")
    if 0 < settings.PROXIES <= len(said):
        try:
            request.META["REMOTE_ADDR"] = str(ipaddress.ip_address(said[-settings.PROXIES].strip()))
        except ValueError:
            pass


class Desk:
    """Default deny: without a session there is only the door; with one, everything happens in the actor's scope."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """This will open the scope, run the view, and turn a refusal into a page or JSON."""
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        _asked_from(request)
        if request.method == "HEAD":  # the same answer; the server sends no body with it
            request.method = "GET"
        if request.path.startswith(OPEN):
            return self._run(request)
        user: Any = request.user
        if not user.is_authenticated:
            if request.path.startswith(settings.READABLE):
                return self._run(request)
            return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
        chosen = request.session.get("organ")
        actor = access.actor_of(user, clock.today(), chosen if isinstance(chosen, int) else None)
        request.actor = actor  # type: ignore[attr-defined]
        if user.must_change and not request.path.startswith(("/password/", "/logout/")):
            return redirect("/password/")
        with scope.within(actor):
            response: Any = self._run(request)
            if response.status_code >= 400 and request.method not in SAFE:
                response = sent.before(request) or response
            if hasattr(response, "render") and not response.is_rendered:
                response.render()
            return response

    def _run(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE and not request.path.startswith(("/login/", "/api/")):
            with connection.execute_wrapper(_reading_only):
                return self.get_response(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """What no database could keep is refused before anybody looks at it; one of the two would, the other breaks off."""
        del view, args, kwargs
        if not _says_nul(request):
            return None
        refused = Invalid(
            _("内容里有不能保存的字符"), why=_("文字里混有看不见的空字符，多半是从别的程序复制来的。"),
            instead=_("请删去这段文字，手工重新输入后再提交。"),
        )  # fmt: skip
        return refusal_response(request, refused)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page or JSON of a refusal; other errors go their own way."""
        return refusal_response(request, error) if isinstance(error, Refused) else None


def asked_by_program(request: HttpRequest) -> bool:
    """True where no person reads the answer."""
    return request.path.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json")


def refusal_response(request: HttpRequest, refused: Refused) -> HttpResponse:
    """What a refusal looks like: the same words on page and API."""
    if asked_by_program(request):
        return JsonResponse(refused.as_dict(), status=refused.status, json_dumps_params={"ensure_ascii": False})
    if refused.status == 404:
        return render(request, "404.html", status=404)
    return render(
        request,
        "kernel/refusal.html",
        {"refusal": refused, "page": {"title": str(refused.what)}},
        status=refused.status,
    )
