"""The administrators' pages in the menu."""

from django.utils.translation import gettext_lazy as _

from baozhang.kernel import shell

from . import rights

for words, url_name, permission, order in (
    (_("发放初始密码"), "admin-passwords", "kernel.user:change", 30),
    (_("接口密钥"), "admin-keys", "kernel.token:view", 40),
    (_("后台任务"), "admin-jobs", rights.JOBS, 50),
    (_("角色与权限"), "admin-rights", rights.MATRIX, 10),
    (_("登录失败"), "admin-signins", rights.SIGN_INS, 40),
    (_("口令与登录策略"), "admin-policy", rights.POLICY, 50),
    (_("账本"), "admin-ledger", rights.LEDGER, 10),
    (_("验证账本"), "admin-verify", "kernel.verification:view", 20),
    (_("封账"), "admin-seals", rights.SEALS, 30),
):
    shell.entry("administration", words, url_name, permission, order=order, admin=True)
