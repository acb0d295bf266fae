"""The door for platforms that report positions over HTTP: a key, a list, an answer when it is stored."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from baozhang.ch2_provision.vehicles.actions import sources
from baozhang.kernel import scope

BEARER = "Bearer "


def _said(status: int, what: str, **more: Any) -> JsonResponse:
    return JsonResponse({"what": what, **more}, status=status, json_dumps_params={"ensure_ascii": False})


@csrf_exempt  # a program with a key; there is no session that somebody could borrow
@require_POST
def positions(request: HttpRequest) -> JsonResponse:
    """{"positions": [...]} → how many are stored, and which were not, with the reason."""
    from baozhang.ch2_provision.vehicles.actions import intake  # what reads them is heavy, and few processes ever do

    given = request.headers.get("Authorization", "")
    with scope.everything("定位来源接入"):
        source = sources.source_of(given.removeprefix(BEARER).strip()) if given.startswith(BEARER) else None
        if source is None:
            answer = _said(401, "密钥无效或者平台已停用")
            answer["WWW-Authenticate"] = "Bearer"
            return answer
        try:
            said = json.loads(request.body)
            found = said["positions"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return _said(400, '正文应为 {"positions": [...]}')
        if not isinstance(found, list) or len(found) > intake.MOST:
            return _said(413, f"positions 应为列表，一次最多 {intake.MOST} 个")
        return JsonResponse(intake.take_in(source, found).as_dict(), json_dumps_params={"ensure_ascii": False})
