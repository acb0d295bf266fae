"""The words of the phone's page, in the reader's language; the scripts have none of their own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch2_provision.stocktaking.choices import Condition, Result


def words() -> dict[str, Any]:
    """All that the page may say; `{n}` and the like are filled in by the script."""
    return {**_frame(), **_rooms(), **_scanning(), **_forms()}


def _frame() -> dict[str, Any]:
    return {
        "title": _("盘点"), "online": _("已联网"), "offline": _("没有网络"), "waiting": _("待上传 {n}"), "synced": _("已全部上传"),
        "syncing": _("正在上传"), "sign_in": _("登录已过期，盘点记录都在本机，登录后自动上传"), "sign_in_act": _("去登录"),
        "refused": _("有 {n} 条没有被接收"), "failed": _("服务器没有接收，稍后自动再传"), "others": _("本机还有{name}未上传的 {n} 条，请本人登录后上传"),
        "no_worker": _("当前连接不加密，断网后不要刷新页面；已盘的记录仍会保留"), "back": _("返回"), "home": _("回工作台"),
        "sync_now": _("立即上传"), "clear": _("清除本机数据"), "clear_ask": _("清除本机保存的清单？已上传的记录不受影响。"),
        "clear_no": _("还有未上传的记录，不能清除"), "loading": _("正在取清单"), "never": _("请先联网打开一次，把清单取到本机"),
        "updated": _("清单更新于 {when}"), "broken": _("本机存储不可用：{why}。请退出无痕模式，或者换一个浏览器"), "close": _("关闭"),
        "late": _("清点已结束，{n} 条另行保留，不计入结果"), "over": _("这次盘点的清点已结束"),
    }  # fmt: skip


def _rooms() -> dict[str, Any]:
    return {
        "none": _("现在没有需要您盘点的任务"), "none_why": _("盘点方案批准以后，分给您的房间和您名下的资产会出现在这里。"),
        "progress": _("已盘 {done} / {all}"), "mine": _("我名下的资产"), "mine_why": _("逐件确认，见到实物的点一下"),
        "rooms": _("房间"), "find_room": _("找房间、资产名称或编号"), "done": _("盘完"), "left": _("还剩 {n}"), "given": _("由{name}盘点"),
        "here": _("本室清单"), "all_told": _("本室全部盘完"), "not_seen": _("确认未见 {n} 件"), "not_seen_ask": _("这 {n} 件确认没有见到？之后见到了再扫一次即可。"),
        "elsewhere": _("已在 {place} 见到"), "extra": _("在本室多出的"), "nothing": _("没有符合的"), "missing_list": _("还没盘的"), "told_list": _("已盘的"),
    }  # fmt: skip


def _scanning() -> dict[str, Any]:
    return {
        "scan": _("扫码"), "stop": _("停止扫码"), "type": _("输入编号或最后几位"), "enter": _("查找"), "aim": _("把二维码放在框内"),
        "no_reader": _("这个浏览器不能识别二维码，请输入编号最后几位，或者用扫码枪"), "no_camera": _("打不开摄像头：{why}。可输入编号最后几位"),
        "several": _("有 {n} 件符合，请选择"), "recorded": _("已记：{name} {result}"), "changed": _("已改记"), "by": _("{name} {when} 记"),
        "pending": _("待上传"), "twice": _("刚才已记过：{name}"), "unknown_code": _("清单中没有这个编号"), "wrong_place": _("账面在 {place}"), "no_place": _("未登记地点"),
        "both": _("{name}记为{result}，以最后一次为准"),
    }  # fmt: skip


def _forms() -> dict[str, Any]:
    return {
        "result": {value: str(label) for value, label in Result.choices}, "condition": {value: str(label) for value, label in Condition.choices},
        "in_here": _("在这里，相符"), "is_here": _("在这里，记位置不符"), "not_here": _("没有见到"), "add_unknown": _("登记账外物品"), "what": _("是什么物品"),
        "what_help": _("例如：台式计算机"), "where": _("所在地点"), "state": _("实物状况"), "user": _("使用人"), "quantity": _("数量"), "unit_of": _("账面 {n}"),
        "note": _("备注"), "photo": _("拍照"), "photo_kept": _("照片已存在本机"), "save": _("保存"), "more": _("状况、使用人、照片"), "number": _("编号"),
        "keeper": _("保管人"), "books": _("账面地点"), "need_name": _("请写明是什么物品"), "model": _("规格"),
    }  # fmt: skip
