"""A sentence made once is said in either language: joined, cut and put into another, it keeps its message and values."""

from __future__ import annotations

import datetime as dt
import json
import threading
from contextvars import copy_context
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from baozhang.kernel import jobs, told
from baozhang.kernel.refusal import Refused

LAZY = gettext_lazy("已写入")


def kept(text: object) -> told.Heard:
    return told.heard(text)


def said(heard: told.Heard, language: str) -> str:
    """What comes out of the parts after they were data in a database."""
    with translation.override(language):
        return told.say(json.loads(json.dumps(told.parts_of(heard), ensure_ascii=False)))


def test_message_and_values_in_both_languages() -> None:
    with translation.override("zh-hans"), told.recording():
        one = kept(_("%(count)s 条") % {"count": f"{Decimal('1234'):,}"})
    assert one == "1,234 条"
    assert (said(one, "zh-hans"), said(one, "en")) == ("1,234 条", "1,234 records")


def test_a_message_within_a_message_and_beside_others() -> None:
    with translation.override("zh-hans"), told.recording():
        inner = _("已保存视图“%(name)s”") % {"name": LAZY}
        whole = kept("；".join([inner, f"{LAZY}：{dt.date(2026, 3, 4)}", told.both("张", "sheets")]) + "。")
    assert whole == "已保存视图“已写入”；已写入：2026-03-04；张。"
    assert said(whole, "en") == "View “Committed” saved; Committed：2026-03-04；sheets."


def test_what_is_plain_stays_plain_and_what_is_cut_shows_no_mark() -> None:
    with told.recording():
        assert (kept("甲"), kept(""), told.heard(3), told.heard(None)) == ("甲", "", 3, None)
        whole = _("已保存视图“%(name)s”") % {"name": _("%(count)s 条") % {"count": 5}}
        cut = [kept(whole[start:end]) for start in range(len(whole)) for end in range(start, len(whole) + 1)]
    shown = "".join([*cut, *(said(one, "en") for one in cut if one != whole)])
    assert not any("\ue000" <= sign <= "\ue004" for sign in shown)


def test_a_context_is_kept_and_the_language_comes_back() -> None:
    with translation.override("en"):
        with told.recording():
            row = kept(pgettext("row", "轿车"))
        assert _("已写入") == "Committed"
        assert row == pgettext("row", "轿车") != "轿车"
    assert said(row, "zh-hans") == "轿车"
    with told.recording():
        assert told.plain(_("已写入")) == "已写入" and told.is_recording()
    assert not told.is_recording()


def test_each_thread_has_its_own_language_and_a_new_one_none() -> None:
    heard = []

    def elsewhere() -> None:
        heard.append(get_language())
        with translation.override("en"):
            heard.append(_("已写入"))
        heard.append(get_language())

    with translation.override("zh-hans"), told.recording():
        other = threading.Thread(target=elsewhere)
        other.start()
        other.join()
        assert told.is_recording()
    translation.deactivate()
    assert heard == [settings.LANGUAGE_CODE, "Committed", settings.LANGUAGE_CODE] and get_language() == heard[0]
    assert copy_context().run(elsewhere) is None and heard[3:] == heard[:3]


def test_numbers_keep_their_form() -> None:
    with translation.override("zh-hans"), told.recording():
        one = kept(_("工作簿有 %(count)d 个工作表，最多 %(most)d 个。") % {"count": 7, "most": 5})
    assert one == "工作簿有 7 个工作表，最多 5 个。"
    assert "7" in said(one, "en") and "工作" not in said(one, "en")


@pytest.mark.django_db
def test_a_job_refuses_in_the_language_in_which_it_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(job: jobs.Job) -> dict[str, object]:
        raise Refused(_("没有选取文件"))

    monkeypatch.setitem(jobs.WORKS, "told", work)
    for language, words in (("en", "No file was chosen"), ("zh-hans", "没有选取文件")):
        with translation.override(language):
            job = jobs.ask("told", key=language)
        with translation.override("zh-hans"):
            jobs.perform(job.pk)
        job.refresh_from_db()
        assert (job.state, job.error) == ("refused", words)
