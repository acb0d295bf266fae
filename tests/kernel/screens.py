"""The least that each template needs, as views hand it over; docs/screens.md says the same in words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.safestring import mark_safe

from baozhang.kernel.refusal import Fault, Refused

ARTICLE = {"words": "第十二条", "url": "/law/12/"}
NO_ARTICLE = {"words": "", "url": ""}


class Paper(forms.Form):
    name = forms.CharField(label="名称", help_text="按铭牌填写")
    kind = forms.ChoiceField(label="方式", choices=[("a", "购置"), ("b", "调剂")], widget=forms.RadioSelect)
    imported = forms.BooleanField(label="进口", required=False)


def frame(**more: Any) -> dict[str, Any]:
    """The frame as a signed-in page has it."""
    entries = [{"words": f"页面 {n}", "url": f"/some/page-{n}/", "active": n == 2} for n in range(5)]
    shell = {
        "at_home": False,
        "todo_count": 3,
        "notices_unread": 2,
        "crumbs": [{"words": "资产", "url": "/a/"}],
        "menu": [{"words": f"章 {n}", "icon": "cube", "entries": entries} for n in range(10)],
        "user": {"name": "陈丽华", "organ": "教育局", "role": "经办人"},
        "me": [{"words": "修改密码", "url": "/p/", "icon": "key"}],
        "holdings": [
            {"id": 1, "organ": "教育局", "role": "经办人", "active": True},
            {"id": 2, "organ": "文旅局", "role": "经办人", "active": False},
        ],
    }
    return {"shell": shell, "page": {"title": "标题"}, **more}


def listing(rows: int = 2, columns: int = 3) -> dict[str, Any]:
    """A list with every part of it."""
    kinds = ["link", "text", "state", "number", "money", "date"]
    return {
        "url": "/cards/",
        "q": "",
        "page_size": 50,
        "page_sizes": (20, 50),
        "count_words": "3,412 条",
        "clear_url": "",
        "first": "",
        "prev": "",
        "next": "/cards/?after=WyJ4IiwxXQ==",
        "last": "/cards/?at=end",
        "hidden": [("sort", "-value")],
        "columns": [
            {
                "key": f"c{n}",
                "words": f"列名 {n}",
                "kind": kinds[n % 6],
                "unit": "元" if n % 6 == 4 else "",
                "sorted": "",
                "sort_url": f"/cards/?q=abc&state=1&sort=c{n}",
            }
            for n in range(columns)
        ],
        "rows": [
            {
                "id": 31000 + n,
                "url": f"/cards/{31000 + n}/",
                "cells": [
                    mark_safe('<span class="state done">在用中</span>') if c == 2 else f"值 {n}-{c} 教育局台式机"
                    for c in range(columns)
                ],
            }
            for n in range(rows)
        ],
        "filters": [
            {
                "name": f"f{n}",
                "words": f"条件 {n}",
                "kind": kind,
                "options": [("1", "是", True), ("0", "否", False)],
                "value": "",
                "value_to": "",
                "active_words": "",
                "clear_url": "",
                "unit": "",
            }
            | ({"lookup_url": "/lookup/"} if kind == "reference" else {})
            for n, kind in enumerate(["choice", "multi", "date", "number", "text", "bool", "reference"])
        ],
        "views": [{"words": "全部", "url": "/cards/", "active": True}],
        "view_save_url": "/cards/views/",
        "column_choices": [(f"c{n}", f"列名 {n}", True) for n in range(columns)],
        "bulk": [{"name": "hand", "words": "移交", "needs_note": True, "confirm": "", "icon": "", "kind": ""}],
        "bulk_url": "/cards/acts/?",
        "exports": [{"words": "CSV", "url": "/cards/export.csv?"}],
        "import_url": "/cards/import/",
        "add_url": "/cards/add/",
        "empty": {"why": "没有"},
    }


def bare_listing() -> dict[str, Any]:
    """A list that may only be looked at, and shows nothing."""
    return {
        **listing(),
        "rows": [],
        "bulk": [],
        "exports": [],
        "import_url": "",
        "add_url": "",
        "views": [],
        "filters": [],
        "next": "",
        "last": "",
    }


STEP = {"name": "agree", "words": "同意", "kind": "primary", "needs_note": False, "url": "/x/"}
REFUSED_STEP = {
    "name": "scrap",
    "words": "报废",
    "kind": "danger",
    "refused": {"what": "还不能报废", "why": "年限未到"},
}
RECORD = {"title": "台式计算机", "key_facts": [{"words": "原值", "value": "6,800.00", "unit": "元"}]}
PATH = [
    {"words": "申请", "status": "done", "who": "张某", "when": "2026-03-01", "days": 2},
    {"words": "审核", "status": "now", "due": "2026-03-10", "days": -1},
    {"words": "办结", "status": "next"},
]
PANEL = {
    "title": "基本情况",
    "rows": [
        {"words": "名称", "value": "计算机"},
        {"words": "证件", "value": "3***", "masked": True},
        {"words": "保管人", "value": ""},
    ],
}
REFUSAL = Refused(
    "还不能报废",
    why="年限未到",
    article="第十七条",
    instead="送公物仓",
    facts={"年限": "6 年"},
    faults=[Fault("不是日期", field="got", row=3)],
)
CHECK = {
    "new": 1,
    "changed": 0,
    "unchanged": 2,
    "wrong": 1,
    "errors": [{"reason": "不是日期", "row": 4}],
    "changes": [],
    "commit_url": "/x/",
    "again_url": "/y/",
    "can_commit": False,
}
MAPPING = {
    "sheet": "台账",
    "heading": 3,
    "sheets": [],
    "heading_rows": [{"value": 3, "words": "第 3 行", "selected": True}],
    "fields": [{"key": "name", "words": "名称", "required": True}],
    "columns": [{"index": 0, "letter": "A", "heading": "名称", "field": "name", "samples": ["甲"]}],
    "found_words": "认出 1 列",
    "back_url": "/x/",
}

LEAST: dict[str, dict[str, Any]] = {
    "list": {"list": listing()},
    "list bare": {"list": bare_listing()},
    "_rows": {"list": listing()},
    "detail": {"record": RECORD},
    "detail full": {
        "record": {
            **RECORD,
            "state": {"words": "在用", "colour": "done"},
            "notices": [{"tone": "soon", "words": "超标"}],
        },
        "path": PATH,
        "steps": [STEP, REFUSED_STEP],
        "panels": [PANEL],
        "related": [
            {"title": "维修", "columns": [{"words": "日期"}], "rows": [{"url": "/r/", "cells": ["2024"]}]},
            {"title": "线索", "rows": [], "empty": {"why": "没有"}},
        ],
        "actions": [
            {"words": "修改", "url": "/e/"},
            {"words": "签收", "url": "/s/", "method": "post", "kind": "primary"},
        ],
        "attach_url": "/a/",
        "attachments": [{"name": "验收单.pdf", "size": "3 KB", "url": "/f/", "kind": "pdf"}],
        "history_url": "/h/",
    },
    "history": {
        "history": [{"sentence": "张某 登记", "when": "2026-03-01", "who": "教育局", "seq": 1, "proof_url": "/p/"}]
    },
    "form": {"form": Paper()},
    "form wrong": {"form": Paper({}), "refusal": REFUSAL, "hint_url": "/h/", "version": 3, "back_url": "/b/"},
    "form groups": {
        "form": Paper(),
        "form_groups": [
            {"title": "基本", "fields": [Paper()["name"]], "open": True},
            {"title": "其他", "fields": [Paper()["kind"]], "open": False},
        ],
    },
    "_hints": {
        "hints": [
            {"words": "单价上限 5,000 元", "article": NO_ARTICLE},
            {"words": "超出", "tone": "soon", "article": ARTICLE},
        ]
    },
    "step": {"step": STEP},
    "import_upload": {"upload": {}},
    "import_map": {"mapping": MAPPING},
    "import_check": {"check": CHECK},
    "import_check running": {"check": {}, "job": {"done": False, "failed": False, "words": "台账.xlsx"}},
    "import_check failed": {
        "check": {},
        "job": {"done": False, "failed": True, "words": "台账.xlsx", "error": "磁盘已满"},
    },
    "import_done": {"done": {"words": "已写入"}},
    "_progress": {"job": {"done": False, "words": "巡查", "percent": 40, "count": 4, "total": 10}},
    "fill": {"columns": [], "rows": [], "back_url": "/l/"},
    "fill full": {
        "columns": [{"words": "单位"}, {"words": "限额"}],
        "rows": [
            {
                "pk": 1,
                "version": 1,
                "url": "/l/1/",
                "cells": [("单位", "教育局")],
                "wrong": ["已截止"],
                "typed": [{"words": "限额", "drawn": "<input>", "number": True, "wrong": ["必填"]}],
            }
        ],
        "back_url": "/l/",
        "prev_url": "",
        "next_url": "?after=1",
        "total": 3,
    },
    "workbench": {"todo": {"groups": []}},
    "workbench full": {
        "todo": {
            "count": 1,
            "groups": [
                {
                    "words": "整改",
                    "items": [
                        {"title": "整改通知", "url": "/t/", "organ": "教育局", "due_words": "还剩 2 天", "tone": "soon"}
                    ],
                }
            ],
        },
        "tiles": [{"words": "资产", "value": "12", "url": "/a/"}],
        "findings": [{"words": "超标", "url": "/f/", "tone": "forbidden"}],
        "changes": [{"words": "提交", "url": "#", "when": "今天"}],
        "done_items": [{"title": "入库", "url": "/d/", "when": "昨天"}],
    },
    "login": {"form": Paper({}), "demo_accounts": [{"name": "jyj", "password": "x", "words": "教育局"}]},
    "refusal": {"refusal": REFUSAL},
    "notices": {"notices": [{"words": "请审核", "when": "今天", "url": "/n/", "read": False}]},
    "why": {"why": {"words": "净值", "value": "2,266.67"}},
    "why full": {
        "why": {
            "words": "净值",
            "value": "2,266.67",
            "unit": "元",
            "day": "2026-03-05",
            "formula": "a",
            "facts": [{"words": "原值", "value": "1"}],
            "figures": [{"words": "年限", "value": None}],
            "article": ARTICLE,
        }
    },
    "search": {"q": "联想", "groups": [{"words": "卡片", "items": [{"words": "联想", "url": "/c/"}]}]},
    "_suggest": {"q": "联想", "groups": []},
    "_chart": {
        "chart": {
            "id": "c1",
            "title": "三家占 62%",
            "data": {"kind": "bar"},
            "table": {"columns": [{"words": "单位"}], "rows": [{"cells": ["教育局"]}]},
        }
    },
}
