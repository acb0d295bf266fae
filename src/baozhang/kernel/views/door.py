"""Coming in and going out: login, logout, which organ I stand in, a new password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from baozhang.kernel import access, clock
from baozhang.kernel.accounts import User
from baozhang.kernel.numbers import whole
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden

from . import frame

DEMO: list[dict[str, str]] = []  # accounts to offer on the door of a demonstration


class Login(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=gettext_lazy("登录名"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class Password(forms.Form):
    """The old password and a new one, twice."""

    old = forms.CharField(label=gettext_lazy("原密码"), widget=forms.PasswordInput)
    new = forms.CharField(
        label=gettext_lazy("新密码"), widget=forms.PasswordInput, help_text=gettext_lazy("至少 10 位，不要全是数字")
    )
    again = forms.CharField(label=gettext_lazy("再输一遍新密码"), widget=forms.PasswordInput)


def _onward(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else "/"


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The door; after eight wrong passwords it stays shut for a quarter of an hour."""
    form = Login(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user: Any = authenticate(request, **form.cleaned_data)
        if user is None:
            form.add_error(None, _("登录名或密码不对。"))
        elif not access.holdings_of.ask(user.pk, clock.today()):
            form.add_error(None, _("您目前没有任职，不能办理业务。请联系系统管理员。"))
        else:
            login(request, user, backend="baozhang.kernel.accounts.Backend")
            return HttpResponseRedirect(_onward(request))
    context = {"form": form, "next": _onward(request), "demo_accounts": DEMO, "page": {"title": _("登录")}}
    return render(request, "kernel/login.html", context, status=422 if form.errors else 200)


def barred(request: HttpRequest, _response: HttpResponse, _credentials: Any) -> HttpResponse:
    """The door after too many wrong passwords: how long it stays shut, and who can open it."""
    form = Login(request.POST or None)
    form.is_valid()
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    form.add_error(
        None, _("密码连续错了多次，请 %(minutes)s 分钟后再试，或请系统管理员解除锁定。") % {"minutes": minutes}
    )
    context = {"form": form, "next": _onward(request), "demo_accounts": DEMO, "page": {"title": _("登录")}}
    return render(request, "kernel/login.html", context, status=429)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The way out."""
    logout(request)
    return HttpResponseRedirect("/login/")


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """This will let the user stand in another of the organs in which he holds a role."""
    wanted = whole(request.POST.get("holding"))
    held = {holding.organ_id for holding in access.holdings_of.ask(frame.actor(request).user_id or 0, clock.today())}
    if wanted not in held:
        raise Forbidden(_("您在该单位没有任职"))
    request.session["organ"] = wanted
    return HttpResponseRedirect("/")


@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """A new password for oneself."""
    user: Any = request.user
    form = Password(request.POST or None)
    if request.method == "POST" and form.is_valid() and _acceptable(form, user):
        account = User._base_manager.get(pk=user.pk)
        account.set_password(form.cleaned_data["new"])
        account.must_change = False
        keep(account, by=access.system_actor(user.name))
        update_session_auth_hash(request, account)
        messages.success(request, _("密码已修改，下次登录请用新密码。"))
        return HttpResponseRedirect("/")
    return render(
        request,
        "kernel/form.html",
        {"form": form, "page": {"title": _("修改密码"), "purpose": _("请定期更换密码。")}, "save_words": _("修改密码")},
    )


def _acceptable(form: Password, user: Any) -> bool:
    if not user.check_password(form.cleaned_data["old"]):
        form.add_error("old", _("原密码不对"))
    elif form.cleaned_data["new"] != form.cleaned_data["again"]:
        form.add_error("again", _("两遍新密码不一致"))
    elif form.cleaned_data["new"] == form.cleaned_data["old"]:
        form.add_error("new", _("新密码与原密码相同"))
    else:
        try:
            validate_password(form.cleaned_data["new"], user)
        except ValidationError as error:
            form.add_error("new", error)
    return not form.errors
