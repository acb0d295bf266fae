"""The page from which a month's depreciation is charged: at once for a few cards, as long work for many."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from baozhang.ch2_provision.assets import jobs as works
from baozhang.ch2_provision.assets.actions import charging
from baozhang.ch2_provision.assets.models import Card, DepreciationRun
from baozhang.ch2_provision.assets.queries.reconciling import charged_until
from baozhang.kernel import addresses, cells, clock, jobs, shell
from baozhang.kernel.refusal import Invalid
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import frame

from .reconciling import organs_of

AT_ONCE = 20_000  # cards; more than that is long work


@require_http_methods(["GET", "POST"])
def run(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The next month of each agency that one may charge, and the button that charges it."""
    who = frame.must_view(request, resource)
    who.must(charging.RUN)
    organs = organs_of(who, charging.RUN)
    last = charged_until(organs)
    month = _month(request.POST.get("month", "")) if request.method == "POST" else _next(last)
    if request.method == "POST":
        return _charge(request, resource, month, list(organs))
    frame.crumbs(request, resource)
    job = jobs.Job.objects.filter(name=works.WORK, user_id=who.user_id).order_by("-pk").first()
    context = {
        "month": month, "organs": [{"name": name, "last": last.get(pk)} for pk, name in organs.items()], "future": month > clock.today(),
        "job": {"words": job.title, "done": job.over, "error": job.error.splitlines()[0] if job.error else ""} if job else None,
        "page": frame.page(resource, _("计提折旧"), purpose=_("逐月计提，每单位一张凭证；重复办理不会重复计提")),
    }  # fmt: skip
    return render(request, "assets/run.html", context)


def _charge(request: HttpRequest, resource: Resource, month: dt.date, organs: list[int]) -> HttpResponse:
    who = frame.actor(request)
    if Card._base_manager.filter(organ__in=organs)[: AT_ONCE + 1].count() <= AT_ONCE:
        done = charging.charge(month, organs=organs, by=who)
        messages.success(request, _("%(month)s 计提 %(cards)s 张卡片，合计 %(charge)s 元；%(before)s 个单位此前已计提") % {
            "month": f"{month:%Y-%m}", "cards": f"{done.cards:,}", "charge": cells.money(done.charge), "before": done.before})  # fmt: skip
        return HttpResponseRedirect(frame.list_url(resource))
    title = _("计提 %(month)s 折旧") % {"month": f"{month:%Y-%m}"}
    attempts = DepreciationRun._base_manager.filter(organ__in=organs, month=month).count()
    jobs.ask(works.WORK, key=f"{works.WORK}-{who.organ_id}-{month}-{attempts}", title=title, user_id=who.user_id, organ_id=who.organ_id,
             url=request.path, month=month.isoformat(), organs=organs)  # fmt: skip
    messages.success(request, _("%(title)s已在后台进行，完成后可在列表查看") % {"title": title})
    return HttpResponseRedirect(request.path)


def _month(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Invalid(_("月份“%(text)s”读不懂") % {"text": text}, instead=_("月份写作 2026-03。")) from None


def _next(last: dict[int, dt.date]) -> dt.date:
    """The month after the earliest that was charged last; last month where nothing was."""
    if last:
        return (min(last.values()) + dt.timedelta(days=32)).replace(day=1)
    return (clock.today().replace(day=1) - dt.timedelta(days=1)).replace(day=1)


addresses.give(DepreciationRun, ("run/", run, "run"))
shell.entry("assets", gettext_lazy("计提折旧"), "assets/depreciation:run", charging.RUN, order=58)
