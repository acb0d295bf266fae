"""Opening an account and handing out a first password: the password stands on one page, once, and nowhere else."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from baozhang.kernel.accounts import User
from baozhang.kernel.forms import form_for, groups_of
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Forbidden, Refused
from baozhang.kernel.resource import Resource, get
from baozhang.kernel.views import frame
from baozhang.site.admin import accounts

from . import frame as admin

SLUG = "admin/accounts"


@require_http_methods(["GET", "POST"])
def open_account(request: HttpRequest) -> HttpResponse:
    """A new account with its first password; stands in the place of the plain form."""
    resource = get(SLUG)
    who = frame.must_view(request, resource)
    who.must(resource.right("add"))
    user, refusal = User(), None
    form = form_for(resource, by=who, data=request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                form.settle(by=who)
                given = accounts.hand_out([user], by=who)
            return _shown(request, given, _("已开设账号：%(name)s") % {"name": user.name})
        except Forbidden:
            raise
        except Refused as error:
            refusal = error
    frame.crumbs(request, resource)
    context = {
        "form": form, "form_groups": groups_of(form), "refusal": refusal, "back_url": frame.list_url(resource),
        "save_words": _("开设账号并生成初始密码"),
        "page": frame.page(resource, _("开设账号"), purpose=_("一人一个账号；同一个人在几个单位任职也只用一个。")),
    }  # fmt: skip
    return render(request, "kernel/form.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """A new password for somebody who has lost his."""
    who = frame.must_view(request, resource)
    who.must(resource.right("change"))
    user: Any = frame.row_of(resource, pk)
    if request.method == "POST":
        return _shown(request, accounts.hand_out([user], by=who), _("已重置密码：%(name)s") % {"name": user.name})
    frame.crumbs(request, resource, user)
    step = {
        "name": "password", "words": _("生成新的初始密码"), "kind": "primary", "needs_note": False, "article": None, "fields": [],
        "url": request.path, "note": False, "back_url": frame.url_of(resource, user),
        "says": _("原密码随即作废。新密码只在下一页显示一次，本人首次登录时须改掉。"),
    }  # fmt: skip
    return render(
        request,
        "kernel/step.html",
        {"step": step, "form": None, "page": frame.page(resource, _("重置密码：%(name)s") % {"name": user.name})},
    )


@require_http_methods(["GET", "POST"])
def hand_out(request: HttpRequest) -> HttpResponse:
    """First passwords for accounts that came in by a sheet, all at once."""
    who = admin.must(request, "kernel.user:change")
    waiting = accounts.without_password()
    if request.method == "POST":
        if not waiting:
            raise Refused(_("没有待发放的账号"), instead=_("请先开设或导入账号。"))
        return _shown(
            request, accounts.hand_out(waiting, by=who), _("已发放 %(count)s 个初始密码") % {"count": len(waiting)}
        )
    rows = [{"url": reverse(f"{SLUG}:detail", args=[user.pk]), "cells": [user.username, user.name]} for user in waiting]
    page = admin.heading(
        request, _("发放初始密码"), _("导入的账号没有密码，不能登录；在这里一次发放，打印后交给本人。"),
        actions=[{"words": _("全部发放"), "url": request.path, "method": "post", "kind": "primary",
                  "confirm": _("为 %(count)s 个账号生成初始密码？密码只显示一次，请准备好打印。") % {"count": len(waiting)}}] if waiting else [],
    )  # fmt: skip
    table = admin.table((_("登录名"), _("姓名")), rows, empty=_("没有待发放的账号。"))
    return render(request, "kernel/table.html", {"table": table, "page": page})


def _shown(request: HttpRequest, given: list[tuple[User, str]], title: str) -> HttpResponse:
    """The one page on which the passwords stand; no browser and no proxy keeps it."""
    resource = get(SLUG)
    single: Record | None = given[0][0] if len(given) == 1 else None
    frame.crumbs(request, resource, single)
    context = {
        "given": [{"username": user.username, "name": user.name, "password": password} for user, password in given],
        "appoint_url": f"{reverse('organs/appointments:add')}?user={single.pk}" if single else "",
        "back_url": frame.list_url(resource),
        "page": frame.page(
            resource, title, purpose=_("密码只在这一页显示一次，离开后无法再看到；本人首次登录时须改掉。")
        ),
    }
    response = render(request, "site/passwords.html", context)
    response["Cache-Control"] = "no-store"
    return response
