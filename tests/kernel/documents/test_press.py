"""The compiler and its fonts: shared by threads, honest about forks, missing faces and missing characters."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fonts as font_script
import pytest
from django.test import override_settings
from tests.kernel.documents.pages import plain, texts

from baozhang.kernel.documents import fonts
from baozhang.kernel.documents.model import DocumentError
from baozhang.kernel.documents.typeset import pdf


@pytest.mark.slow
def test_threads_share_one_compiler_and_get_their_own_pages() -> None:
    titles = [f"关于第{number}号事项的通知" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda title: pdf(plain(title=title)), titles))
    for title, data in zip(titles, made, strict=True):
        assert title in texts(data)[0]


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_is_refused_instead_of_hanging() -> None:
    pdf(plain())
    child = os.fork()
    if child == 0:
        try:
            pdf(plain())
        except RuntimeError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_a_character_without_a_face_is_named() -> None:
    with pytest.raises(DocumentError) as refused:
        pdf(plain(addressee="某\U0001f9ff馆"))
    assert "U+1F9FF" in str(refused.value)
    assert refused.value.faults[0].value == "\U0001f9ff"
    with pytest.raises(DocumentError, match="U\\+E000"):
        pdf(plain(addressee="某\ue000馆"))


def test_rare_characters_of_names_are_set() -> None:
    assert "龘淼喆赟" in texts(pdf(plain(addressee="龘淼喆赟")))[0]


def test_licensed_faces_come_before_free_ones() -> None:
    chosen = fonts.families(["FandolFang R", "FangSong_GB2312", "Noto Serif CJK SC", "FandolKai", "DejaVu Sans"])
    assert chosen["fang"] == ["FangSong_GB2312", "FandolFang R", "Noto Serif CJK SC", "FandolKai"]
    assert chosen["kai"][0] == "FandolKai"
    assert "DejaVu Sans" not in chosen["title"]


def test_a_role_without_a_face_takes_another_chinese_one() -> None:
    assert fonts.families(["Noto Sans SC"])["fang"] == ["Noto Sans SC"]


def test_no_chinese_face_at_all_is_refused_with_the_way_out() -> None:
    with pytest.raises(DocumentError, match="make setup"):
        fonts.families(["DejaVu Sans"])


def test_the_named_folders_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with override_settings(BAOZHANG_FONT_DIRS=[str(tmp_path)]):
        assert fonts.font_paths()[0] == tmp_path
    with override_settings(BAOZHANG_FONT_DIRS=None):
        monkeypatch.setenv("BAOZHANG_FONT_DIRS", str(tmp_path))
        assert fonts.font_paths()[0] == tmp_path


def test_a_named_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    missing = tmp_path / "字体"
    with override_settings(BAOZHANG_FONT_DIRS=[str(missing)]), pytest.raises(DocumentError, match="字体目录不存在"):
        fonts.font_paths()


def test_the_script_leaves_full_folders_alone_and_never_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(font_script, "TARGET", tmp_path)
    monkeypatch.setattr(font_script, "from_debian", lambda: False)
    monkeypatch.setattr(font_script, "from_pypi", lambda: False)
    (tmp_path / font_script.FANDOL[0]).write_bytes(b"")
    assert font_script.main([]) == 0
    assert "none could be fetched" in capsys.readouterr().out
    for name in font_script.FANDOL:
        (tmp_path / name).write_bytes(b"")
    assert font_script.main([]) == 0
    assert "already there" in capsys.readouterr().out
