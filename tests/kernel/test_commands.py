"""`baozhang records` and `baozhang import`: what a file may hold, and a file taken in as a person of an organ."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from tests import factories
from tests.kernel.test_imports import book

from baozhang.ch1_general.organs.models import Headcount
from baozhang.kernel import ledger
from baozhang.kernel.imports import RememberedMapping

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Any:
    """Somebody who may import headcounts in his jurisdiction."""
    return factories.person("zhao", "support_head", factories.organ("管理局", competence="authority", code="GLJ"))


def run(*words: str) -> tuple[int, str]:
    """What a command printed, and its exit code."""
    out = io.StringIO()
    try:
        call_command(*words, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def saved(folder: Path, *rows: list[Any], **options: Any) -> str:
    """A workbook on the disk."""
    path = folder / "heads.xlsx"
    path.write_bytes(book(*rows, **options).getvalue())
    return str(path)


def import_(path: str, *more: str) -> tuple[int, dict[str, Any]]:
    """The import's answer as data."""
    code, said = run("import", "organs/headcounts", path, "--organ", "GLJ", "--as", "zhao", "--json", *more)
    return code, json.loads(said)


def test_a_file_comes_in_once_however_often_it_is_given(officer: Any, tmp_path: Path) -> None:
    path = saved(tmp_path, ["管理局", "处级及以下", 10, 9, "2024-01-01"], ["管理局", "司局级", 3, 3, "2024-01-01"])
    code, first = import_(path, "--dry-run")
    assert (code, first["new"], first["written"], Headcount._base_manager.count()) == (0, 2, False, 0)
    code, second = import_(path)
    assert (code, second["new"], second["written"], Headcount._base_manager.count()) == (0, 2, True, 2)
    assert set(ledger.Entry.objects.filter(kind="organs.headcount").values_list("by_name", "act")) == {
        ("zhao", "import")
    }
    code, third = import_(path)
    assert (code, third["new"], third["unchanged"]) == (0, 0, 2)


def test_a_wrong_row_names_its_place_and_nothing_is_written(officer: Any, tmp_path: Path) -> None:
    path = saved(
        tmp_path, ["管理局", "处级及以下", 10, 9, "2024-01-01"], ["管理局", "无此档", 3, "三四个", "2024-01-01"]
    )
    code, found = import_(path)
    assert (code, found["wrong"], found["written"], Headcount._base_manager.count()) == (1, 1, False, 0)
    places = {(e["sheet"], e["row"], e["column"], e["value"]) for e in found["errors"]}
    assert {("人数", 5, "职级档次", "无此档"), ("人数", 5, "实有人数", "三四个")} <= places
    assert all(error["reason"] for error in found["errors"])
    code, said = run("import", "organs/headcounts", path, "--organ", "管理局", "--as", "zhao")
    assert code == 1 and "第 5 行" in said and "无此档" in said and "没有写入任何一行" in said


def test_a_mapping_may_be_given_by_file_or_by_mark(officer: Any, tmp_path: Path) -> None:
    headings = ["单位", "职级档次", "甲数", "乙数", "起始日期"]
    path = saved(tmp_path, ["管理局", "处级及以下", 10, 9, "2024-01-01"], headings=headings)
    assert import_(path)[0] == 1
    pairs = tmp_path / "pairs.json"
    pairs.write_text(json.dumps({"甲数": "编制人数", "乙数": "actual"}), encoding="utf-8")
    code, found = import_(path, "--map", str(pairs))
    assert (code, found["new"]) == (0, 1)
    assert Headcount._base_manager.values_list("quota", "actual").get() == (10, 9)
    pairs.write_text(json.dumps({"丙数": "编制人数"}), encoding="utf-8")
    code, refused = import_(path, "--map", str(pairs))
    assert code == 1 and "丙数" in refused["refused"]["what"]
    code, refused = import_(path, "--map", "nosuchmark")
    assert code == 1 and "nosuchmark" in refused["refused"]["what"]


def test_a_mapping_that_was_remembered_is_used_again(officer: Any, tmp_path: Path) -> None:
    from baozhang.kernel.resource import get
    from baozhang.kernel.sheet_columns import columns_of
    from baozhang.kernel.sheets.headings import find_tables
    from baozhang.kernel.sheets.mapping import changed, propose
    from baozhang.kernel.sheets.reading import open_workbook

    headings = ["单位", "职级档次", "甲数", "乙数", "起始日期"]
    path = saved(tmp_path, ["管理局", "处级及以下", 10, 9, "2024-01-01"], headings=headings)
    columns = columns_of(get("organs/headcounts"))
    with open_workbook(Path(path), "heads.xlsx") as workbook:
        layout = find_tables(workbook, columns)[0].layout
        mapping = changed(
            propose(layout, columns), layout, columns, dict(enumerate(("organ", "band", "quota", "actual", "since")))
        )
    organ = factories.organ("管理局").pk
    RememberedMapping.objects.create(
        slug="organs/headcounts", organ_id=organ, fingerprint=mapping.fingerprint, mapping=mapping.to_json()
    )
    assert import_(path, "--dry-run", "--map", mapping.fingerprint[:8])[1]["new"] == 1
    assert import_(path)[1]["new"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "no/such", "x.xlsx", "--organ", "GLJ", "--as", "zhao"), "no/such"),
        (("import", "organs/headcounts", "x.xlsx", "--organ", "GLJ", "--as", "nobody"), "没有这个账号"),
        (("import", "organs/headcounts", "x.xlsx", "--organ", "NOWHERE", "--as", "zhao"), "没有这个单位"),
        (("import", "organs/headcounts", "x.xlsx", "--organ", "乙局", "--as", "zhao"), "没有任职"),
        (("import", "organs/headcounts", "x.xlsx", "--organ", "GLJ", "--as", "zhao"), "没有这个文件"),
        (("import", "organs/headcounts", __file__, "--organ", "GLJ", "--as", "clerk"), "没有任职"),
    ],
)
def test_wrong_words_are_refused_in_words(officer: Any, words: tuple[str, ...], said: str) -> None:
    factories.organ("乙局")
    factories.person("clerk", "asset_clerk", factories.organ("丙局"))
    with pytest.raises(CommandError, match=said):
        call_command(*words)


def test_without_the_right_to_import_nothing_comes_in(officer: Any, tmp_path: Path) -> None:
    factories.person("clerk", "asset_clerk", factories.organ("管理局"))
    path = saved(tmp_path, ["管理局", "处级及以下", 10, 9, dt.date(2024, 1, 1).isoformat()])
    with pytest.raises(CommandError, match="权限"):
        call_command("import", "organs/headcounts", path, "--organ", "GLJ", "--as", "clerk")
    assert Headcount._base_manager.count() == 0


def test_the_schema_of_every_record_is_told(officer: Any) -> None:
    found = {one["resource"]: one for one in json.loads(run("records", "--schema", "--json")[1])}
    heads = {column["name"]: column for column in found["organs/headcounts"]["columns"]}
    assert heads["band"]["choices"].items() >= {"司局级": "bureau", "处级及以下": "division", "局级": "bureau"}.items()
    assert (
        heads["quota"]["required"] and heads["quota"]["kind"] == "integer" and heads["quota"]["heading"] == "编制人数"
    )
    assert not heads["until"]["required"] and heads["organ"]["refers_to"] == "单位"
    assert found["organs/headcounts"]["key"] == ["单位", "职级档次", "起始日期"]
    assert found["assets/cards"]["columns"]
    case = found["disposal/cases"]
    decide = {step["words"]: step["fields"] for step in case["steps"]}["内部决策通过"]
    assert (case["importable"], decide) == (False, ["内部决策日期", "会议纪要编号"])
    assert {act["words"] for act in found["assets/cards"]["acts"]} >= {"拟处置", "拆分"}
    proposals = run("records", "warehouse/proposals")[1]
    assert (
        "不能用表格导入" in proposals
        and "步骤  不同意入仓，填写：不同意的理由" in proposals
        and "应入仓情形" in proposals
    )
    trips = found["trips/requests"]
    assert not trips["importable"] and "用车事由" in [column["heading"] for column in trips["columns"]]
    (urgent,) = [step for step in trips["steps"] if step["words"] == "紧急先用车"]
    assert (urgent["fields"], urgent["needs_note"]) == ([], True)
    assert {"资产管理员", "工作人员", "车辆调度员"} <= set(urgent["who"]) == set(
        trips["who"]
    ) and "驾驶员" not in urgent["who"]
    assert "单位负责人" in run("records", "trips/requests")[1]
    assert "资产管理员" not in case["who"] and "内部决策会议纪要" in case["papers"]
    assert "待单位答复" in found["warehouse/proposals"]["shown_choices"]["答复状态"]
    assert [one["words"] for one in trips["acts"]] == ["补办审批", "改由他人承办", "对应已出车的派车单"]
    words = run("records", "organs/headcounts")[1]
    assert "编制人数" in words and "处级及以下" in words
    with pytest.raises(CommandError, match="no/such"):
        call_command("records", "no/such")


def test_rules_and_figures_are_listed_for_writers_of_scenarios() -> None:
    found = {one["name"]: one for one in json.loads(run("law", "rules", "--json")[1])}
    assert found["over_price"]["title"] == "资产价格超过配置标准" and "第十二条" in found["over_price"]["article"]
    words = run("law", "figures", "assets.disposal")[1]
    assert "资产处置审批限额" in words and "form、kind" in words and "待核实" in words
    assert "没有找到" in run("law", "rules", "no-such-word")[1]


def test_a_record_to_be_proved_is_named_as_people_name_it() -> None:
    first = factories.organ("甲局", code="A01")
    for said in (f"organs/organizations:{first.pk}", f"/organs/organizations/{first.pk}/", "单位:A01",
                 f"http://127.0.0.1:8000/organs/organizations/{first.pk}/"):  # fmt: skip
        code, text = run("ledger", "prove", said)
        assert code == 0 and json.loads(text)["id"] == first.pk, said


def test_what_names_no_record_or_two_is_said() -> None:
    first = factories.organ("甲局", code="A01")
    factories.organ("乙局", code=str(first.pk))
    for said, wrong in (
        (f"organs/organizations:{first.pk}", "不止指一条.*甲局.*乙局"), ("organs/organizations:none", "没有找到“单位”none"),
        ("nothing:1", "没有这类记录.*assets/cards:17"), ("17", "没有写是哪类记录"), ("", "没有写"),
    ):  # fmt: skip
        with pytest.raises(CommandError, match=wrong):
            run("ledger", "prove", said)


def test_whoever_stops_reading_what_a_command_says_gets_no_traceback() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    words = [sys.executable, "-c", "from baozhang.site.command import main; main()", "records"]
    done = subprocess.run(words, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")
