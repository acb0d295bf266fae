"""Wrong rows go out as a sheet, are mended and dropped again; the sound rows wait, and nothing comes in twice."""

from __future__ import annotations

import io
from typing import Any

import pytest
import xlsxwriter
from tests import factories
from tests.kernel.test_imports import HEADINGS, book, officer, taken_in  # noqa: F401 -- a fixture

from baozhang.ch1_general.organs.models import Headcount
from baozhang.kernel import import_jobs, imports, jobs, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.imports import ImportSession, State
from baozhang.kernel.refusal import Refused
from baozhang.kernel.sheets.reading import open_workbook

pytestmark = pytest.mark.django_db
URL = "/organs/headcounts/import/"
GOOD = ["甲局", "处级及以下", 12, 9, "2024-1-1"]
WRONG = [["甲局", "司局级", "三四", 3, "2024-1-1"], ["=甲局+1", "处级及以下", 8, 8, "2024-1-1"]]


@pytest.fixture
def client(officer: Actor, as_user: Any) -> Any:  # noqa: F811
    factories.organ("甲局")
    factories.organ("乙局")
    return as_user("zhao")


def sheet(rows: list[list[Any]], name: str = "mended.xlsx") -> io.BytesIO:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        page = workbook.add_worksheet("人数")
        for at, line in enumerate(rows):
            page.write_row(at, 0, line)
    file.seek(0)
    file.name = name
    return file


def dropped(client: Any, file: io.BytesIO) -> Any:
    return client.post(URL, {"file": file}, follow=True)


def wrong_rows(client: Any, session: ImportSession) -> list[list[Any]]:
    answer = client.get(f"{URL}{session.pk}/wrong.xlsx")
    assert answer.status_code == 200
    with open_workbook(b"".join(answer), "wrong.xlsx") as workbook:
        assert len(workbook.sheets) == 1
        return [row for _number, row in workbook.sheets[0].rows()]


def brought(client: Any, *rows: list[Any]) -> ImportSession:
    lines = [["编制与实有人数统计表"], [], HEADINGS, *rows]
    assert dropped(client, sheet(lines, "heads.xlsx")).status_code == 200
    return ImportSession._base_manager.latest("pk")


def test_wrong_rows_keep_their_columns_and_say_what_is_wrong_and_what_to_do(client: Any) -> None:
    session = brought(client, GOOD, *WRONG)
    page = client.get(f"{URL}{session.pk}/check/").content.decode()
    assert f"{URL}{session.pk}/wrong.xlsx" in page and 'type="file"' in page
    headings, *rows = wrong_rows(client, session)
    assert headings == [*HEADINGS, "问题", f"原位置（导入{session.pk}）"]
    assert [row[:5] for row in rows] == WRONG
    assert "“三四”不是数字" in rows[0][5] and "列" in rows[0][5]
    assert "不在您的范围内" in rows[1][5] and "请填写编码或全称" in rows[1][5]
    assert [row[6] for row in rows] == ["人数!5", "人数!6"]


def test_a_cell_like_a_formula_stays_a_text(client: Any) -> None:
    session = brought(client, *WRONG)
    data = b"".join(client.get(f"{URL}{session.pk}/wrong.xlsx"))
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        xml = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert 't="inlineStr"><is><t xml:space="preserve">=甲局+1' in xml


def test_mended_rows_join_the_sound_ones(client: Any) -> None:
    session = brought(client, GOOD, *WRONG)
    headings, first, second = wrong_rows(client, session)
    first[2], second[0] = 3, "乙局"
    answer = dropped(client, sheet([headings, second, first]))
    assert answer.redirect_chain[-1][0] == f"{URL}{session.pk}/check/"
    session.refresh_from_db()
    assert (ImportSession._base_manager.count(), session.new, session.wrong, session.state) == (1, 3, 0, State.CHECKED)
    client.post(f"{URL}{session.pk}/commit/")
    found = {(row.organ.name, row.band, row.quota) for row in Headcount._base_manager.select_related("organ")}
    assert found == {("甲局", "division", 12), ("甲局", "bureau", 3), ("乙局", "division", 8)}
    assert dropped(client, sheet([headings, second, first])).status_code in (409, 422)
    assert Headcount._base_manager.count() == 3
    client.post(f"{URL}{session.pk}/undo/")
    assert Headcount._base_manager.count() == 0


def test_what_does_not_come_back_stays_wrong_and_what_comes_twice_counts_once(client: Any) -> None:
    session = brought(client, GOOD, *WRONG)
    headings, first, second = wrong_rows(client, session)
    first[2] = 3
    dropped(client, sheet([headings, first]))
    session.refresh_from_db()
    assert (session.new, session.wrong) == (2, 1)
    still_wrong = [headings, first, [*second[:2], -5, *second[3:]]]
    dropped(client, sheet(still_wrong))
    session.refresh_from_db()
    assert (session.new, session.wrong) == (2, 1)
    headings, row = wrong_rows(client, session)
    assert (headings[-2:], row[2], row[6]) == (["问题", f"原位置（导入{session.pk}）"], -5, "人数!6")
    row[0], row[2] = "乙局", 8
    dropped(client, sheet([headings, row]))
    session.refresh_from_db()
    assert (session.new, session.wrong) == (3, 0)


def test_columns_paired_by_hand_stay_paired(client: Any) -> None:
    headings = ["单位", "职级档次", "甲数", "乙数", "起始日期"]
    file = book(GOOD, WRONG[0], headings=headings)
    file.name = "heads.xlsx"
    dropped(client, file)
    session = ImportSession._base_manager.get()
    pairs = {f"column-{n}": name for n, name in enumerate(("organ", "band", "quota", "actual", "since"))}
    client.post(f"{URL}{session.pk}/map/", {"sheet": "人数", "heading": "3", **pairs})
    session.refresh_from_db()
    assert (session.new, session.wrong) == (1, 1)
    headings, row = wrong_rows(client, session)
    row[2] = 3
    dropped(client, sheet([headings, row]))
    session.refresh_from_db()
    assert (session.new, session.wrong) == (2, 0)


def test_rows_of_somebody_elses_import_are_not_found(client: Any, as_user: Any) -> None:
    session = brought(client, *WRONG)
    rows = wrong_rows(client, session)
    other = factories.organ("远管理局", factories.district("月泾区"), competence="authority")
    factories.person("far", "support_head", other)
    stranger = as_user("far")
    assert stranger.get(f"{URL}{session.pk}/wrong.xlsx").status_code == 404
    assert dropped(stranger, sheet(rows)).status_code in (404, 422)
    assert ImportSession._base_manager.count() == 1


def test_a_large_file_is_mended_in_the_background(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_jobs, "INLINE", 0)
    session = brought(client, GOOD, *WRONG)
    jobs.perform(jobs.Job.objects.latest("pk").pk)
    headings, first, second = wrong_rows(client, session)
    first[2], second[0] = 3, "乙局"
    dropped(client, sheet([headings, first, second]))
    jobs.perform(jobs.Job.objects.latest("pk").pk)
    client.post(f"{URL}{session.pk}/commit/")
    jobs.perform(jobs.Job.objects.latest("pk").pk)
    assert [job.state for job in jobs.Job.objects.all()] == ["done"] * 3
    assert Headcount._base_manager.count() == 3


def test_a_corrected_file_overwrites_what_it_names(client: Any) -> None:
    session = brought(client, GOOD)
    client.post(f"{URL}{session.pk}/commit/")
    session = brought(client, ["甲局", "处级及以下", 15, 9, "2024-1-1"])
    assert (session.new, session.changed) == (0, 1)
    client.post(f"{URL}{session.pk}/commit/")
    assert Headcount._base_manager.get().quota == 15


def test_two_corrections_at_once_are_both_kept(officer: Actor) -> None:  # noqa: F811
    factories.organ("甲局")
    session = taken_in(book(*WRONG), officer)
    with scope.within(officer):
        for _n in range(2):
            imports.correct(session, sheet([["x", f"原位置（导入{session.pk}）"], [1, "人数!4"]]), "a.xlsx", by=officer)
        session.refresh_from_db()
        session.state = State.UNDONE
        factories.save(session)
        with pytest.raises(Refused):
            imports.correct(session, sheet([["x"]]), "a.xlsx", by=officer)
    assert (session.folder / "correction-2").exists()
