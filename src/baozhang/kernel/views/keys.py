"""One's own keys for programs: made, shown once, ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from baozhang.kernel import clock, tokens
from baozhang.kernel.refusal import NotFound, Refused

from . import frame

MOST = 10  # keys of one person in one organ that are in use


class NewKey(forms.Form):
    """What a key is for, and for how long."""

    name = forms.CharField(label=gettext_lazy("用途"), max_length=60, help_text=gettext_lazy("如“财务系统取资产数据”"))
    days = forms.IntegerField(label=gettext_lazy("有效天数"), min_value=1, max_value=tokens.LONGEST, initial=90)


@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """The keys that one has in the organ in which one stands; a new one is shown this once."""
    who = frame.actor(request)
    form, key = NewKey(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        if who.organ_id is None:
            raise Refused(_("您目前没有任职"), why=_("密钥以任职单位的身份办理。"))
        if sum(not one.revoked and one.until >= clock.today() for one in tokens.of(who)) >= MOST:
            raise Refused(
                _("密钥过多"),
                why=_("每人在一个单位最多 %(most)s 个有效密钥。") % {"most": MOST},
                instead=_("请先注销不用的。"),
            )
        key = tokens.issue(form.cleaned_data["name"], by=who, days=form.cleaned_data["days"])
        form = NewKey()
    context = {
        "form": form, "key": key, "keys": [_row(one) for one in tokens.of(who)],
        "page": {"title": _("我的接口密钥"), "purpose": _("程序凭密钥以您在%(organ)s的身份办理，权限与您相同。") % {"organ": who.organ_name}},
    }  # fmt: skip
    response = render(request, "kernel/keys.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


def _row(one: tokens.Token) -> dict[str, Any]:
    over = one.revoked or one.until < clock.today()
    state = _("已注销") if one.revoked else (_("已过期") if over else _("有效"))
    return {
        "name": one.name,
        "until": one.until.isoformat(),
        "state": state,
        "revoke_url": "" if over else reverse("my-key-revoke", args=[one.pk]),
    }


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """The end of one of one's own keys."""
    who = frame.actor(request)
    one = tokens.of(who).filter(pk=pk, revoked=False).first()
    if one is None:
        raise NotFound(_("没有找到这个密钥"))
    tokens.revoke(one, by=who)
    messages.success(request, _("已注销密钥“%(name)s”，使用它的程序随即不能再办理。") % {"name": one.name})
    return HttpResponseRedirect(reverse("my-keys"))
