"""A form that was sent: done once, and led to where that led; refused, it is shown again with what was typed."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from . import once
from .refusal import Forbidden, NotFound, Refused


def attempt(request: HttpRequest, work: Callable[[], str]) -> tuple[HttpResponse | None, Refused | None]:
    """This will do what a form asks for, if one was sent: the way on from there, or what refuses it for the page to say.

    `work` answers with the address to which one goes. That somebody may not, or that there is no such row, is no matter of
    what was filled in and is raised.
    """
    if request.method != "POST":
        return None, None
    try:
        return do(request, work), None
    except (Forbidden, NotFound):
        raise
    except Refused as refusal:
        return None, refusal


def do(request: HttpRequest, work: Callable[[], str]) -> HttpResponse:
    """This will do what a form asks for, and lead to where that led; of two that come at the same moment the second only follows."""
    done: list[str] = []

    def doing() -> str:
        done.append(work())
        return done[0]

    address = once.carry_out(request.POST.get("key", ""), once.said_in(request), request.actor, doing)  # type: ignore[attr-defined]
    return HttpResponseRedirect(address) if done else again(request, address)


def before(request: HttpRequest) -> HttpResponse | None:
    """Where the very same form led when it was sent before; None for one that is new.

    Asked where a form is refused: its first sending may have closed the way for the second, or taken the record out of sight.
    """
    address = once.answer_to(request, request.actor)  # type: ignore[attr-defined]
    return None if address is None else again(request, address)


def again(request: HttpRequest, address: str) -> HttpResponse:
    """The way to what came of a form before, with a word about it."""
    messages.info(request, _("这次提交已经办理，没有重复办理"))
    return HttpResponseRedirect(address)
