"""The security administrator's screens: roles × permissions, a grant suspended, sign-in failures, the policy in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.password_validation import get_default_password_validators
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from baozhang.kernel import access, cells, clock
from baozhang.kernel.access import Reach
from baozhang.kernel.chapters import CHAPTERS
from baozhang.kernel.numbers import whole
from baozhang.kernel.refusal import Invalid, NotFound
from baozhang.kernel.resource import BY_LABEL
from baozhang.site.admin import rights, suspensions

from . import frame

SHOWN = 100


def reach_words() -> dict[Reach, str]:
    """How far each reach goes, in words."""
    return {Reach.OWN: _("本单位"), Reach.JURISDICTION: _("本级"), Reach.BELOW: _("本级及以下"), Reach.ALL: _("全部")}


@require_GET
def matrix(request: HttpRequest) -> HttpResponse:
    """All roles and all permissions with the reach of each grant; a suspended one is struck out."""
    who = frame.must(request, rights.MATRIX)
    chosen = request.GET.get("role", "")
    roles = [one for one in access.matrix().values() if not chosen or one.code == chosen]
    if not roles:
        raise NotFound(_("没有这个角色"))
    may, now = who.can("organs.suspension:add"), who.suspended
    groups = [
        {"words": words, "rows": [_line(name, roles, now, may) for name in names]} for words, names in _groups(roles)
    ]
    choices = [{"words": one.words, "code": one.code, "active": one.code == chosen} for one in access.matrix().values()]
    context = {
        "roles": [{"words": one.words, "description": one.description, "admin": one.admin} for one in roles],
        "groups": groups, "choices": choices, "chosen": chosen, "span": len(roles) + 1,
        "page": frame.heading(
            request, _("角色与权限"), _("角色和权限由系统固定，这里可以核对，也可以停用某一项授权；三员的权限不能停用。")
        ),
    }  # fmt: skip
    return render(request, "site/rights.html", context)


def _groups(roles: list[access.Role]) -> Iterator[tuple[str, list[str]]]:
    """The permissions that any of the roles holds, in the menu's order of their classes of record."""
    held = {name for role in roles for name in role.grants}
    order = {
        label: place
        for place, (label, _one) in enumerate(
            sorted(BY_LABEL.items(), key=lambda pair: list(CHAPTERS).index(pair[1].chapter))
        )
    }
    labels = sorted({name.partition(":")[0] for name in held}, key=lambda label: (order.get(label, len(order)), label))
    for label in labels:
        if label in BY_LABEL:
            yield str(BY_LABEL[label].title), sorted(name for name in held if name.partition(":")[0] == label)
    if others := sorted(name for name in held if name.partition(":")[0] not in BY_LABEL):
        yield _("其他"), others


def _line(name: str, roles: list[access.Role], suspended: frozenset[tuple[str, str]], may: bool) -> dict[str, Any]:
    words, made = reach_words(), []
    for role in roles:
        reach = role.grants.get(name)
        off = (role.code, name) in suspended
        url = (
            f"{reverse('admin-suspend')}?{urlencode({'role': role.code, 'permission': name})}"
            if reach and may and not role.admin
            else ""
        )
        made.append({"words": words[reach] if reach else "", "off": off, "url": url})
    return {"words": access.PERMISSIONS[name].words, "name": name, "cells": made}


@require_http_methods(["GET", "POST"])
def suspend(request: HttpRequest) -> HttpResponse:
    """One grant: suspended with a reason, or what was decided on it."""
    who = frame.must(request, rights.MATRIX)
    role, permission = (
        access.ROLES.get(request.GET.get("role", "")),
        access.PERMISSIONS.get(request.GET.get("permission", "")),
    )
    if role is None or permission is None or permission.name not in role.grants:
        raise NotFound(_("该角色没有这项授权"))
    old = suspensions.found(role.code, permission.name)
    if old is not None and not old.lifted:
        return HttpResponseRedirect(reverse("admin/suspensions:detail", args=[old.pk]))
    refusal = None
    if request.method == "POST":
        try:
            who.must("organs.suspension:add")
            suspensions.suspend(role.code, permission.name, by=who, reason=request.POST.get("note", ""))
            messages.success(
                request, _("已停用：%(role)s不再能%(right)s。") % {"role": role.words, "right": permission.words}
            )
            return HttpResponseRedirect(reverse("admin-rights"))
        except Invalid as error:
            refusal = error
    step = {
        "name": "suspend", "words": _("停用这项授权"), "kind": "danger", "needs_note": True, "article": None, "fields": [],
        "url": request.get_full_path(), "note": None, "note_words": _("理由"), "back_url": reverse("admin-rights"),
        "says": _("停用后，所有%(role)s随即不能%(right)s（原范围：%(reach)s），直到恢复。") % {"role": role.words, "right": permission.words, "reach": reach_words()[role.grants[permission.name]]},
    }  # fmt: skip
    title = _("停用授权：%(role)s · %(right)s") % {"role": role.words, "right": permission.words}
    page = frame.heading(request, title, "", up=(_("角色与权限"), reverse("admin-rights")))
    return render(
        request,
        "site/suspend.html",
        {"step": step, "form": None, "refusal": refusal, "page": page},
        status=422 if refusal else 200,
    )


@require_GET
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Who failed to sign in, from where and when; and which names are barred at present."""
    frame.must(request, rights.SIGN_INS)
    user, before = request.GET.get("user", "").strip(), request.GET.get("before", "")
    rows = AccessFailureLog.objects.order_by("-id")
    rows = rows.filter(username__icontains=user) if user else rows
    rows = rows.filter(id__lt=whole(before)) if whole(before) else rows
    found = list(rows[: SHOWN + 1])
    more = urlencode({"user": user, "before": found[SHOWN - 1].pk}) if len(found) > SHOWN else ""
    lines = [
        {
            "cells": [
                cells.moment(one.attempt_time),
                one.username or "",
                one.ip_address or "",
                _("当时已锁定") if one.locked_out else "",
                one.user_agent[:80],
            ]
        }
        for one in found[:SHOWN]
    ]
    context = {
        "barred": frame.table((_("登录名"), _("来源地址"), _("失败次数"), _("锁定至")), _barred(), empty=_("目前没有被锁定的登录名。"), numbers=(2,)),
        "table": frame.table((_("时间"), _("登录名"), _("来源地址"), _("状态"), _("浏览器")), lines, empty=_("没有登录失败的记录。")),
        "user": user, "more": more,
        "page": frame.heading(request, _("登录失败"), _("只有登录名、地址和时间，不含密码；解除锁定由系统管理员办理。")),
    }  # fmt: skip
    return render(request, "site/signins.html", context)


def _barred() -> Iterator[dict[str, Any]]:
    """The names and addresses that have to wait."""
    pause = settings.AXES_COOLOFF_TIME * 3600
    attempts = (
        AccessAttempt.objects.order_by()
        .values("username", "ip_address")
        .annotate(count=Sum("failures_since_start"), last=Max("attempt_time"))
    )
    for one in attempts.filter(count__gte=settings.AXES_FAILURE_LIMIT):
        left = pause - (clock.now() - one["last"]).total_seconds()
        if left > 0:
            until = cells.moment(one["last"] + dt.timedelta(seconds=pause))
            yield {"cells": [one["username"] or "", one["ip_address"] or "", one["count"], until]}


@require_GET
def policy(request: HttpRequest) -> HttpResponse:
    """The rules of passwords and sessions in force; they are settings of the deployment, so they are only shown."""
    frame.must(request, rights.POLICY)
    rules = [str(one.get_help_text()) for one in get_default_password_validators()]
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    rows = [
        (_("密码"), "；".join(rule.strip("。. ") for rule in rules)),
        (_("首次登录"), _("初始密码由系统随机生成，本人首次登录时必须改掉")),
        (_("密码存放"), _("只存 Argon2 加盐摘要，任何人都看不到原文")),
        (
            _("登录失败"),
            _("同一登录名和地址连续错 %(count)s 次，锁定 %(minutes)s 分钟")
            % {"count": settings.AXES_FAILURE_LIMIT, "minutes": minutes},
        ),
        (
            _("会话"),
            _("登录 %(hours)s 小时后须重新登录；停用账号后会话随即失效")
            % {"hours": settings.SESSION_COOKIE_AGE // 3600},
        ),
        (_("接口密钥"), _("最长一年，只存摘要，随账号停用和任职结束失效")),
        (
            _("传输"),
            _("全程加密，会话只经 HTTPS 传送")
            if settings.SESSION_COOKIE_SECURE
            else _("本部署未启用 HTTPS，只宜在本机或内网试用"),
        ),
    ]
    panel = {
        "title": _("在用的规则"),
        "rows": [{"words": words, "value": value, "wide": True} for words, value in rows],
    }
    page = frame.heading(request, _("口令与登录策略"), _("由部署时的设置决定，更改须修改设置并重启。"))
    return render(request, "site/panel.html", {"panel": panel, "page": page})
