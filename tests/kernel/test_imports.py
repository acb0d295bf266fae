"""An import: checked whole, written whole or not at all, never twice, and taken back while nothing is built on it."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db.models import ForeignKey
from tests import factories

from baozhang.ch1_general.organs.models import Headcount, Organization
from baozhang.ch1_general.organs.resources import Headcounts
from baozhang.kernel import border, imports, intake, ledger, resource, scope
from baozhang.kernel.access import Actor, Holding
from baozhang.kernel.accounts import User
from baozhang.kernel.imports import ImportSession, State
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused
from baozhang.kernel.sheet_columns import columns_of
from baozhang.kernel.sheets.matching import Matcher
from baozhang.kernel.sheets.refusals import SheetError
from baozhang.kernel.views import import_words

pytestmark = pytest.mark.django_db
HEADINGS = ["单位", "职级档次", "编制人数", "实有人数", "起始日期"]


@pytest.fixture
def officer() -> Actor:
    """Somebody who may import headcounts in his jurisdiction."""
    where = factories.organ("管理局", competence="authority")
    return Actor(
        factories.person("zhao", "support_head", where).pk, "赵红", (Holding(where.pk, where.name, "support_head"),)
    )


def book(*rows: list[Any], headings: list[str] | None = None) -> io.BytesIO:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("人数")
        sheet.write(0, 0, "编制与实有人数统计表")
        for at, line in enumerate([headings or HEADINGS, *rows], 2):
            sheet.write_row(at, 0, line)
    file.seek(0)
    return file


def taken_in(file: io.BytesIO, by: Actor) -> ImportSession:
    with scope.within(by):
        session = imports.upload(resource.get(Headcounts.slug), file, "heads.xlsx", organ_id=by.organ_id or 0, by=by)
        imports.preview(session, by=by)
    return session


def test_a_preview_says_what_it_does_not_show(officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "SHOWN", 1)
    monkeypatch.setattr(intake, "SHOWN_NEW", 1)
    organs = [factories.organ(f"{name}局") for name in "甲乙丙丁"]
    rows = [[where.name, "处级及以下", 10, 9, "2024-01-01"] for where in organs]
    with scope.within(officer):
        imports.commit(taken_in(book(*rows[:2]), officer), by=officer)
        for row in rows:
            row[3] = 8
        said = import_words.check(taken_in(book(*rows), officer))
    assert len(said["changes"]) == 1 and said["changes_more"] == "共改动 2 行，这里显示前 1 行"
    assert len(said["news"]["rows"]) == 1 and said["news_more"] == "共新增 2 行，这里显示前 1 行"


def test_new_changed_and_unchanged_are_told_apart(officer: Actor) -> None:
    first, second = factories.organ("甲局"), factories.organ("乙局")
    for where in (first, second):
        factories.save(Headcount(organ=where, band="division", quota=10, actual=9, since=dt.date(2024, 1, 1)))
    file = book(
        ["甲局", "处级及以下", 10, 9, "2024-1-1"],
        ["乙局", "处级及以下", 12, 9, "2024年1月1日"],
        ["甲局", "司局级", "3", 3.0, 45292],
        ["", "", "", "", ""],
        ["合计", "", 25, 21, ""],
    )
    session = taken_in(file, officer)
    assert (session.new, session.changed, session.unchanged, session.wrong) == (1, 1, 1, 0)
    assert Headcount._base_manager.count() == 2, "a preview writes nothing"
    with scope.within(officer):
        imports.commit(session, by=officer)
        imports.commit(session, by=officer)  # asked twice, done once
    assert Headcount._base_manager.count() == 3
    assert Headcount._base_manager.get(organ=second).quota == 12
    again = taken_in(file, officer)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 3)


def test_every_wrong_row_is_named_and_nothing_is_written(officer: Actor) -> None:
    factories.organ("甲局")
    file = book(
        ["甲局", "处级及以下", 10, 9, "2024-2-30"],
        ["无名局", "处级及以下", 10, 9, "2024-1-1"],
        ["甲局", "处级", 10, -1, "2024-1-1"],
        ["甲局", "司局级", 3, 3, "2024-1-1"],
    )
    session = taken_in(file, officer)
    faults = imports.checked(session)["faults"]
    assert sorted((fault["row"], fault["column"]) for fault in faults if fault["row"] < 6) == [
        (4, "起始日期"),
        (5, "单位"),
    ]
    assert {fault["row"] for fault in faults} == {4, 5, 6}
    assert all(fault["reason"] for fault in faults)
    with scope.within(officer), pytest.raises(Invalid):
        imports.commit(session, by=officer)
    assert Headcount._base_manager.count() == 0


def test_a_foreign_organs_rows_are_refused(officer: Actor) -> None:
    far = factories.organ("远局", factories.district("月泾区"))
    session = taken_in(book(["远局", "处级及以下", 10, 9, "2024-1-1"]), officer)
    assert session.wrong == 1
    assert "不在您的范围内" in imports.checked(session)["faults"][0]["reason"]
    assert Headcount._base_manager.filter(organ=far).count() == 0


def test_an_import_is_taken_back_whole(officer: Actor) -> None:
    where = factories.organ("甲局")
    factories.save(Headcount(organ=where, band="division", quota=10, actual=9, since=dt.date(2024, 1, 1)))
    session = taken_in(book(["甲局", "处级及以下", 12, 9, "2024-1-1"], ["甲局", "司局级", 3, 3, "2024-1-1"]), officer)
    with scope.within(officer):
        imports.commit(session, by=officer)
        imports.undo(session, by=officer)
    rows = list(Headcount._base_manager.all())
    assert [(row.band, row.quota, row.version) for row in rows] == [("division", 10, 3)]
    assert ImportSession._base_manager.get().state == State.UNDONE
    acts = set(ledger.Entry.objects.filter(batch=f"undo-{session.pk}").values_list("act", flat=True))
    assert acts == {"undo"}


def test_what_is_over_is_not_checked_again(officer: Actor, as_user: Any) -> None:
    client = as_user(User._base_manager.get(pk=officer.user_id))
    session = taken_in(book(["管理局", "处级及以下", 10, 9, "2024-1-1"]), officer)
    for act in (imports.commit, imports.undo):
        with scope.within(officer):
            act(session, by=officer)
        before = ImportSession._base_manager.get(pk=session.pk)
        with scope.within(officer), pytest.raises(Refused, match="已经结束"):
            imports.preview(ImportSession._base_manager.get(pk=session.pk), by=officer)
        answer = client.post(f"/organs/headcounts/import/{session.pk}/map/", {"sheet": "人数", "heading": "2"})
        assert answer.status_code in (409, 422)
        after = ImportSession._base_manager.get(pk=session.pk)
        assert (after.state, after.version) == (before.state, before.version)


def test_what_has_moved_on_is_not_taken_back(officer: Actor) -> None:
    factories.organ("甲局")
    session = taken_in(book(["甲局", "处级及以下", 12, 9, "2024-1-1"]), officer)
    with scope.within(officer):
        imports.commit(session, by=officer)
    row = Headcount._base_manager.get()
    row.actual = 8
    factories.save(row)
    with scope.within(officer), pytest.raises(Refused, match="又有办理"):
        imports.undo(session, by=officer)
    assert Headcount._base_manager.count() == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 but then nothing", b"\x00\x01\x02 no workbook"])
def test_what_is_no_workbook_is_refused_before_anything_is_kept(officer: Actor, content: bytes) -> None:
    with scope.within(officer), pytest.raises(SheetError):
        imports.upload(
            resource.get(Headcounts.slug), io.BytesIO(content), "x.xlsx", organ_id=officer.organ_id or 0, by=officer
        )
    assert ImportSession._base_manager.count() == 0


def test_the_screens_carry_an_import_from_file_to_undo(officer: Actor, as_user: Any) -> None:
    factories.organ("甲局")
    client = as_user("zhao")
    file = book(["甲局", "处级及以下", 12, 9, "2024-1-1"])
    file.name = "heads.xlsx"
    answer = client.post("/organs/headcounts/import/", {"file": file}, follow=True)
    assert answer.status_code == 200
    session = ImportSession._base_manager.get()
    assert answer.redirect_chain[-1][0].endswith(f"/import/{session.pk}/check/")
    assert "确认写入 1 行" in answer.content.decode()
    assert client.post(f"/organs/headcounts/import/{session.pk}/commit/", follow=True).status_code == 200
    assert Headcount._base_manager.count() == 1
    client.post(f"/organs/headcounts/import/{session.pk}/undo/", follow=True)
    assert Headcount._base_manager.count() == 0


def test_somebody_elses_import_does_not_exist(officer: Actor, as_user: Any) -> None:
    factories.organ("甲局")
    session = taken_in(book(["甲局", "处级及以下", 12, 9, "2024-1-1"]), officer)
    other = factories.organ("远管理局", factories.district("月泾区"), competence="authority")
    factories.person("far", "support_head", other)
    client = as_user("far")
    for end in ("check/", "map/", "done/", "errors.csv"):
        assert client.get(f"/organs/headcounts/import/{session.pk}/{end}").status_code == 404
    assert client.post(f"/organs/headcounts/import/{session.pk}/commit/").status_code == 404
    assert Headcount._base_manager.count() == 0


@pytest.mark.django_db
def test_a_unit_is_found_by_its_short_name_where_only_one_in_sight_has_it() -> None:
    mine, other = factories.organ("云间区教育局", short="教育局"), factories.organ("月泾区教育局", short="教育局")
    with scope.everything("test"):
        among = Organization._base_manager.filter(pk=mine.pk)
        assert border.lookup(Organization, ["教育局"], among) == {"教育局": mine}
        assert border.lookup(Organization, ["教育局", other.code]) == {other.code: other}


def test_a_row_that_points_nowhere_is_told_so_in_every_list(officer: Actor) -> None:
    broken = []
    for one in resource.RESOURCES.values():
        pointing = [name for name in one.fields if isinstance(one.field(name), ForeignKey)] if one.importable else []
        for unknown in [[name] for name in pointing] + [pointing] * bool(pointing):
            with scope.within(officer):
                found = border.accept(one, [border.Row(dict.fromkeys(unknown, "查无此物"), 2)], by=officer)
            if not {fault.field for fault in found.faults} >= set(unknown):
                broken.append((one.slug, unknown))
    assert not broken


@pytest.mark.parametrize(
    ("slug", "values", "field"),
    [
        ("trips/drivers", [{"name": "张三"}, {"name": "李四"}], "account"),
        (
            "organs/appointments",
            [{"role": "head", "since": dt.date(2026, 3, 1), "until": dt.date(2026, 2, 1)}],
            "until",
        ),
    ],
)
def test_what_the_database_would_refuse_is_told_with_its_row_before(
    slug: str, values: list[dict[str, Any]], field: str
) -> None:
    where = factories.organ("甲局")
    person = factories.person("qian", "head", where)
    own = {"organ": where, "account" if field == "account" else "user": person}
    rows = [border.Row(own | one, number) for number, one in enumerate(values, 2)]
    with scope.everything("test") as by:
        found = border.accept(resource.get(slug), rows, by=by)
    (fault,) = found.faults
    assert (fault.row, fault.field, bool(fault.column)) == (len(values) + 1, field, True)
    assert len(found.new) == len(values) - 1


class Needs:
    """Lists of needs that bring no numbers of ours, as offices write them."""

    headings = ("需求编号", "配置项目", "需要数量", "用途", "需用日期")

    def __init__(self, tmp_path: Path) -> None:
        self.organ = factories.organ("甲局")
        person = factories.person("qian", "asset_clerk", self.organ)
        self.clerk = Actor(person.pk, "钱进", (Holding(self.organ.pk, self.organ.name, "asset_clerk"),))
        self.resource, self.path = resource.get("allocation/needs"), tmp_path / "needs.xlsx"

    def write(self, *rows: list[Any]) -> None:
        self.path.write_bytes(book(*rows, headings=list(self.headings)).getvalue())

    def bring(self, *rows: list[Any]) -> tuple[int, int, int]:
        """New, changed and unchanged."""
        if rows:
            self.write(*rows)
        found = imports.from_file(self.resource, self.path, organ_id=self.organ.pk, by=self.clerk)
        assert found["errors"] == []
        return found["new"], found["changed"], found["unchanged"]

    def kept(self) -> list[tuple[Any, ...]]:
        return list(self.resource.model._base_manager.order_by("pk").values_list("item", "quantity", "purpose"))

    def session(self) -> imports.ImportSession:
        file = io.BytesIO(self.path.read_bytes())
        session = imports.upload(self.resource, file, self.path.name, organ_id=self.organ.pk, by=self.clerk)
        imports.preview(session, by=self.clerk)
        return session


def test_rows_without_a_number_find_their_records_again(tmp_path: Path) -> None:
    """Two that say the same stay two; what was mended in the list is mended in the register."""
    needs = Needs(tmp_path)
    chair, desk = ["", "办公椅", 2, "新进人员", "2026-06-01"], ["", "办公桌", 1, "新进人员", "2026-06-01"]
    assert needs.bring(chair, chair, desk) == (3, 0, 0)
    assert needs.bring() == (0, 0, 3)
    assert needs.bring(desk, chair, [*chair[:2], 5, *chair[3:]]) == (0, 1, 2)
    assert needs.kept() == [("chair", 2, "新进人员"), ("chair", 5, "新进人员"), ("desk", 1, "新进人员")]
    assert needs.bring(chair, chair, chair) == (1, 1, 1), "a third one alike is a third"


def test_a_row_with_a_number_is_nobodys_twin(tmp_path: Path) -> None:
    needs = Needs(tmp_path)
    chair = ["办公椅", 2, "新进人员", "2026-06-01"]
    assert needs.bring(["X-1", *chair]) == (1, 0, 0)
    assert needs.bring(["", *chair], ["X-1", *chair]) == (1, 0, 1)
    assert needs.bring() == (0, 0, 2)


def test_the_same_file_is_refused_where_a_row_cannot_be_told_from_a_new_one(tmp_path: Path) -> None:
    needs = Needs(tmp_path)
    assert needs.bring(["", "办公椅", 2, "新进人员", "2026-06-01"]) == (1, 0, 0)
    (need,) = needs.resource.model._base_manager.all()
    need.purpose = "更新"
    with scope.within(needs.clerk):
        keep(need, by=needs.clerk)
    with pytest.raises(Refused, match="1 行没有编号"):
        needs.bring()
    with scope.within(needs.clerk):
        session = needs.session()
        first = imports.commit(session, by=needs.clerk)
        assert first.new == 1, "another door, never brought in here"
        need = needs.resource.model._base_manager.order_by("-pk")[0]
        imports.undo(first, by=needs.clerk)
        assert imports.commit(needs.session(), by=needs.clerk).new == 1, "taken back, it may come again"
    assert len(needs.kept()) == 2


def test_a_sheet_that_names_its_agencies_is_never_taken_for_ones_own(tmp_path: Path) -> None:
    """Wherever the agency may be named, the headings of offices name it; else the rows would be the importer's."""
    for slug, one in resource.RESOURCES.items():
        if one.model.scope_field == "organ_id" and "organ" in one.fields and one.importable:
            columns = columns_of(one)
            for word in ("单位名称", "单位编码"):
                (match,), _rivals = Matcher(columns).assign([(0, word)])
                assert match.column == "organ", (slug, word)


def test_what_is_written_in_another_spelling_is_the_same_record() -> None:
    pairs = resource.get("assets/class-pairs")
    row = {"old_code": "2010104", "new_code": "A02010105", "name": "台式计算机"}
    with scope.everything("test") as by:
        assert border.commit(pairs, [border.Row(dict(row))], by=by).new == 1
        assert pairs.model._base_manager.get().old_code != row["old_code"], "it is kept in the one form of codes"
        again = border.accept(pairs, [border.Row({**row, "name": "台式机"})], by=by)
    assert (again.faults, len(again.new), len(again.changed)) == ([], 0, 1)


def test_days_and_references_go_by_what_offices_write_over_them() -> None:
    headings = {"terminals": "安装时间", "certificates": "起始时间"}
    found = {
        word: {alias for one in columns_of(resource.get(f"vehicles/{slug}")) for alias in one.aliases}
        for slug, word in headings.items()
    }
    assert all(word in aliases for word, aliases in found.items())
    plan = next(one for one in columns_of(resource.get("funding/lines")) if one.name == "plan")
    assert {"计划编号", "计划名称"} <= {*plan.aliases}


def test_several_applications_of_one_list_get_numbers_of_their_own() -> None:
    organ = factories.organ("乙局")
    row = {"organ": organ, "kind": "new", "use": "confidential", "body": "car", "energy": "electric", "price": 100000}
    rows = [border.Row({**row, "reason": word}, number) for number, word in enumerate("甲乙", 2)]
    with scope.everything("test") as by:
        found = border.accept(resource.get("vehicles/additions"), rows, by=by, listed=True)
    numbers = [one.values["number"] for one in rows]
    assert len({*numbers}) == 2 and not [fault for fault in found.faults if fault.field == "number"]
