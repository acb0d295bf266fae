"""Dated figures: what the catalogue refuses, which value wins, what is remembered, what has no value."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from baozhang.law import issued
from baozhang.law.allowance import allowed
from baozhang.law.articles import cites
from baozhang.law.catalogue import CatalogueError, read_catalogue
from baozhang.law.figures import (
    FigureError,
    Figures,
    IssuedValue,
    UnknownFigure,
    catalogue,
    check_issued,
    invalidate,
    provide_issued,
    spec,
    strays,
)

DAY = dt.date(2026, 3, 4)
DISTRICT = "310000/310199"
DESKTOP = "assets.quantity.desktop"


def figures(*given: IssuedValue, day: dt.date = DAY, place: str = DISTRICT, overlay=()) -> Figures:
    return Figures(day, place, issued=given, overlay=overlay)


def value(held, place: str = "310000", key: str = DESKTOP, since: dt.date = dt.date(2025, 1, 1), **more) -> IssuedValue:
    return IssuedValue(key, place, held, since, document="云机管〔2024〕9号", **more)


# The catalogue that ships


def test_article_seven_names_four_kinds_of_figure_and_each_has_keys_that_can_be_issued():
    """Physical quotas, service standards, expenditure quotas, spending standards: dated, with a source, for each place."""
    key = "services.standard.repair"
    for folder in ("assets.quantity.", "services.standard.", "funding.quota.", "funding.spending."):
        assert [one for one in catalogue() if one.startswith(folder)], folder
    assert not spec(key).verified and spec(key).unit_name == "小时", "nobody has verified one, so it has no value"
    city = IssuedValue(key, "310000", 2, dt.date(2025, 1, 1), document="沪机管〔2024〕31号")
    own = IssuedValue(key, DISTRICT.rpartition("/")[2], 1, dt.date(2025, 7, 1), document="云机管〔2025〕3号")
    assert figures(city, own, day=dt.date(2024, 12, 31)).services.standard.repair is None
    assert figures(city, own, day=dt.date(2025, 6, 30)).services.standard.repair == 2
    assert figures(city, own).services.standard.repair == 1


def test_every_figure_cites_its_basis():
    assert len(catalogue()) > 70
    for key, figure in catalogue().items():
        assert figure.title and figure.title_en and figure.basis and figure.main.source, key
        article = figure.basis.split("；")[0]
        assert article.startswith("条例"), key
        assert cites(article.removeprefix("条例"))


def test_a_figure_nobody_verified_has_no_value():
    unverified = {key for key, figure in catalogue().items() if not figure.verified}
    # Those whose number no source that we could read gives; each room adds its own.
    assert unverified >= {"assets.disposal", "supervision.rectify_days", "warehouse.idle_days", "standards.price_drift"}
    for key in unverified:
        assert catalogue()[key].main.confidence == "unverified", key
    law = figures()
    assert law.warehouse.idle_days is None
    with translation.override("zh-hans"):
        assert law.read[0].shown == "待核实"
    assert law.get("assets.disposal", form="sale", kind="house") is None


def test_tables_have_no_gaps():
    assert [gap for figure in catalogue().values() for gap in figure.gaps()] == []


def test_names_of_folders_do_not_hide_the_acts_of_figures():
    roots = {key.split(".")[0] for key in catalogue()}
    assert not roots & set(dir(Figures))
    keys = set(catalogue())
    assert not [key for key in keys if any(other.startswith(f"{key}.") for other in keys)]


@pytest.mark.parametrize(
    ("key", "row", "expected"),
    [
        ("assets.quantity.desktop", {}, Decimal("1.0")),
        ("assets.quantity.printer_a3", {}, Decimal("0.15")),
        ("assets.price.laptop", {}, 7000),
        ("assets.price.desk", {"rank": "bureau"}, 4500),
        ("assets.price.desk", {"rank": "division"}, 3000),
        ("assets.price.meeting_table", {"area": 50}, 1600),
        ("assets.price.meeting_table", {"area": Decimal("50.01")}, 1200),
        ("assets.price.meeting_table", {"area": 101}, 1000),
        ("assets.years.file_cabinet", {}, 20),
        ("assets.depreciation", {"group": "furniture"}, 15),
        ("assets.capitalisation", {"kind": "special"}, 1500),
        ("assets.vehicle.price", {"use": "emergency", "body": "car"}, 180000),
        ("assets.vehicle.price", {"use": "special", "body": "car"}, None),
        ("assets.vehicle.displacement", {"use": "enforcement", "body": "car"}, Decimal("1.6")),
        ("services.filing", {}, 60),
    ],
)
def test_the_figures_in_force(key, row, expected):
    assert figures().get(key, **row) == expected


# Reading


def test_a_figure_is_read_by_its_path_and_remembered():
    law = figures()
    assert law.assets.price.laptop == 7000
    assert law.assets["price"]["desk"](rank="division") == 3000
    assert law.assets.price.laptop == 7000
    assert [(r.key, r.value, r.row) for r in law.read] == [
        ("assets.price.laptop", 7000, ()),
        ("assets.price.desk", 3000, (("rank", "division"),)),
    ]
    reading = law.read[0]
    assert (reading.valid_from, reading.jurisdiction, reading.origin) == (dt.date(2016, 7, 1), "CN", "file")
    assert "2016" in reading.basis and reading.confidence == "seen"
    assert json.loads(json.dumps(reading.as_dict()))["value"] == 7000
    law.forget()
    assert law.read == []
    assert law.assets.price.laptop == 7000 and len(law.read) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda law: law.assets.price.spaceship,
        lambda law: law.spaceships,
        lambda law: law.get("assets.price.spaceship"),
        lambda law: law.get("assets.price.desk"),
        lambda law: law.get("assets.price.desk", grade="bureau"),
        lambda law: law.get("assets.price.desk", rank="king"),
        lambda law: law.get("assets.price.laptop", rank="bureau"),
        lambda law: law.assets.price.desk(),
    ],
)
def test_an_unknown_figure_fails_at_once(wrong):
    law = figures()
    with pytest.raises(UnknownFigure):
        wrong(law)
    with pytest.raises(AttributeError):
        wrong(law)
    assert law.read == []


def test_before_its_date_a_figure_has_no_value():
    law = figures(day=dt.date(2016, 6, 30))
    assert law.assets.price.laptop is None
    assert law.read[0].state == "not_yet"
    assert figures(day=dt.date(2016, 7, 1)).assets.price.laptop == 7000
    assert figures(day=dt.date(2022, 10, 31)).services.filing is None


def test_a_shanghai_agency_reads_the_central_figure_as_reference():
    shanghai = figures().reading(DESKTOP)
    assert (shanghai.value, shanghai.jurisdiction, shanghai.reference) == (Decimal("1.0"), "CN", True)
    assert "39号" in shanghai.note
    other = figures(place="330000").reading(DESKTOP)
    assert (other.value, other.reference) == (Decimal("1.0"), False)


# Issued values and drafts


def test_an_issued_value_outranks_the_file_from_its_date_to_its_last_day():
    given = value(Decimal("0.9"), valid_to=dt.date(2025, 12, 31))
    for day, expected in [("2024-12-31", "1.0"), ("2025-01-01", "0.9"), ("2025-12-31", "0.9"), ("2026-01-01", "1.0")]:
        law = figures(given, day=dt.date.fromisoformat(day))
        assert law.assets.quantity.desktop == Decimal(expected), day
    reading = figures(given, day=dt.date(2025, 6, 1)).reading(DESKTOP)
    assert (reading.origin, reading.source, reading.jurisdiction) == ("issued", "云机管〔2024〕9号", "310000")
    assert reading.reference is False and reading.basis == spec(DESKTOP).basis


def test_the_nearest_jurisdiction_wins():
    given = (value(Decimal("0.9")), value(Decimal("0.8"), "310000/310199"), value(Decimal("0.7"), "310000/310117"))
    assert figures(*given).assets.quantity.desktop == Decimal("0.8")
    assert figures(*given, place="310000/310117").assets.quantity.desktop == Decimal("0.7")
    assert figures(*given, place="310000").assets.quantity.desktop == Decimal("0.9")
    assert figures(*given, place="310000/310110").assets.quantity.desktop == Decimal("0.9")
    assert figures(*given, place="310000/310199/310199101").assets.quantity.desktop == Decimal("0.8")
    assert figures(*given, place="").assets.quantity.desktop == Decimal("1.0")
    assert figures(value(Decimal("0.6"), "CN")).reading(DESKTOP).reference is True


def test_of_two_issued_values_the_later_is_in_force():
    given = (value(3), value(2, since=dt.date(2026, 1, 1)), value(9, since=dt.date(2026, 3, 5)))
    assert figures(*given).assets.quantity.desktop == 2
    assert figures(*given, day=dt.date(2025, 12, 31)).assets.quantity.desktop == 3


def test_an_ended_value_lets_the_level_above_speak():
    ended = value(None, "310000/310199")
    assert figures(ended, value(Decimal("0.9"))).assets.quantity.desktop == Decimal("0.9")
    nowhere = figures(value(None, "CN"), place="")
    assert nowhere.assets.quantity.desktop is None and nowhere.read[0].state == "ended"


def test_an_issued_row_replaces_its_row_alone():
    law = figures(value(5000, key="assets.price.desk", row_keys={"rank": "bureau"}))
    assert (law.get("assets.price.desk", rank="bureau"), law.get("assets.price.desk", rank="division")) == (5000, 3000)
    assert [r.origin for r in law.read] == ["issued", "file"]
    rows = {r.row: r.value for r in law.table("assets.price.desk")}
    assert rows == {(("rank", "bureau"),): 5000, (("rank", "division"),): 3000}


def test_an_unverified_figure_gets_its_value_by_being_issued():
    law = figures(value(180, key="warehouse.idle_days", place="310000"))
    assert law.warehouse.idle_days == 180
    with translation.override("zh-hans"):
        assert law.read[0].shown == "180 日"


def test_a_draft_is_tried_before_its_date_and_changes_nothing_else():
    draft = value(Decimal("0.5"), since=dt.date(2030, 1, 1))
    law = figures(value(Decimal("0.9")), overlay=[draft])
    assert law.assets.quantity.desktop == Decimal("0.5") and law.read[0].origin == "overlay"
    assert law.assets.quantity.laptop == Decimal("0.5") and law.read[1].origin == "file"
    own = figures(value(Decimal("0.8"), "310000/310199"), overlay=[draft])
    assert own.assets.quantity.desktop == Decimal("0.8")
    assert figures(value(Decimal("0.9"))).assets.quantity.desktop == Decimal("0.9")


@pytest.fixture
def opening(monkeypatch) -> Iterator[None]:
    """The opening for issued values, empty, and as it was afterwards."""
    monkeypatch.setattr(issued.ISSUED, "answers", [])
    monkeypatch.setattr(issued, "_versions", [])
    invalidate()
    yield
    invalidate()


def test_the_provider_is_asked_once_a_day_until_something_is_issued(opening):
    published, asked = [value(Decimal("0.9"))], []

    def provider(day):
        asked.append(day)
        return published

    assert Figures(DAY, DISTRICT).assets.quantity.desktop == Decimal("1.0")
    provide_issued(provider)
    assert Figures(DAY, DISTRICT).assets.quantity.desktop == Decimal("0.9")
    published.append(value(Decimal("0.7"), since=DAY))
    assert Figures(DAY, DISTRICT).assets.quantity.desktop == Decimal("0.9") and asked == [DAY]
    invalidate()
    assert Figures(DAY, DISTRICT).assets.quantity.desktop == Decimal("0.7")
    assert Figures(DAY - dt.timedelta(1), DISTRICT).assets.quantity.desktop == Decimal("0.9")


def test_another_process_learns_of_an_issue_by_its_version(opening):
    published: list[IssuedValue] = []
    provide_issued(lambda day: published, version=lambda: len(published))
    assert Figures(DAY, DISTRICT).assets.quantity.desktop == Decimal("1.0")
    published.append(value(Decimal("0.9")))
    assert Figures(DAY, DISTRICT).assets.quantity.desktop == Decimal("0.9")


def test_an_issued_value_that_left_the_catalogue_is_reported(opening):
    provide_issued(lambda day: [value(1, key="assets.quantity.typewriter")])
    assert [stray.key for stray in strays(DAY)] == ["assets.quantity.typewriter"]
    assert Figures(DAY, DISTRICT).assets.quantity.desktop == Decimal("1.0")


def test_a_good_value_may_be_issued():
    check_issued(value(180, key="warehouse.idle_days"))
    check_issued(value(None))
    check_issued(value(25, key="assets.quantity.copier", row_keys={"headcount": {"over": 0, "to": 200}}))


@pytest.mark.parametrize(
    "wrong",
    [
        value(1, key="assets.quantity.typewriter"),
        value(1, row_keys={"rank": "bureau"}),
        value(1, key="assets.price.desk"),
        value(1, key="assets.price.desk", row_keys={"rank": "king"}),
        value(1, key="assets.quantity.copier", row_keys={"headcount": 20}),
        value(1, key="assets.quantity.copier", row_keys={"headcount": {"over": 20, "to": 10}}),
        value("多"),
        value(1.5),
        value(True),
        value(-1),
        value(0, key="assets.quantity.copier", row_keys={"headcount": {"over": 0, "to": 200}}),
        value(1, valid_to=dt.date(2024, 1, 1)),
    ],
)
def test_a_wrong_value_is_refused_before_it_is_issued(wrong):
    with pytest.raises(FigureError):
        check_issued(wrong)


# How many pieces


@pytest.mark.parametrize(
    ("heads", "copiers"), [(0, 0), (1, 1), (20, 1), (21, 2), (100, 5), (101, 6), (130, 6), (131, 7)]
)
def test_copiers_are_counted_by_bands(heads, copiers):
    assert allowed(figures(), "assets.quantity.copier", heads) == copiers


def test_an_issued_band_changes_its_heads_alone():
    law = figures(value(10, key="assets.quantity.copier", row_keys={"headcount": {"over": 0, "to": 40}}))
    assert allowed(law, "assets.quantity.copier", 100) == 4 + 3


def test_a_share_of_a_piece_counts_as_a_piece():
    assert allowed(figures(), "assets.quantity.printer", 7) == 6
    assert allowed(figures(), "assets.quantity.bookcase", 3, rank="bureau") == 6
    assert allowed(figures(day=dt.date(2010, 1, 1)), "assets.quantity.printer", 7) is None


# What the catalogue refuses

GOOD = """
title: 甲
title_en: A
unit: CNY
basis: 条例第十二条
source: 来源
confidence: seen
reviewed: 2026-11-22
"""


def built(tmp_path: Path, text: str):
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    return dict(read_catalogue(tmp_path))["a"]


def test_a_value_ends_with_null_and_fractions_are_exact(tmp_path):
    figure = built(tmp_path, GOOD + "values: {2020-01-01: 1.10, 2022-01-01: null}")
    (row,) = figure.main.rows
    assert str(row.dated.on(dt.date(2021, 1, 1))[1]) == "1.10"
    assert row.dated.on(dt.date(2022, 1, 1)) == (dt.date(2022, 1, 1), None)
    assert row.dated.on(dt.date(2019, 12, 31)) is None


def test_gaps_are_reported(tmp_path):
    rows = "rows:\n - {rank: a, area: {to: 50}, values: {2020-01-01: 1}}\n - {rank: [a, b], area: {over: 60}, values: {2020-01-01: 2}}\n"
    figure = built(tmp_path, GOOD + "keys: {rank: [a, b], area: number}\n" + rows)
    assert figure.gaps() == ["a: rank=a, area=60", "a: rank=b, area=50", "a: rank=b, area=60"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("basis: 条例第十二条\n", "") + "values: {2020-01-01: 1}", "basis"),
        (GOOD + "colour: red\nvalues: {2020-01-01: 1}", "colour"),
        (GOOD.replace("CNY", "beer") + "values: {2020-01-01: 1}", "beer"),
        (GOOD.replace("2026-11-22", "lately") + "values: {2020-01-01: 1}", "reviewed"),
        (GOOD + "values: {soon: 1}", "no date"),
        (GOOD + "values: {2020-01-01: true}", "no value"),
        (GOOD + "values: {2020-01-01: 1, 2020-01-01: 2}", "twice"),
        (GOOD + "values: {}", "unverified"),
        (GOOD.replace("seen", "unverified") + "values: {2020-01-01: 1}", "unverified"),
        (GOOD + "rows: [{values: {2020-01-01: 1}}]", "keys"),
        (GOOD + "keys: {rank: [a]}\nvalues: {2020-01-01: 1}", "rows, not values"),
        (GOOD + "values: {2020-01-01: 1}\nlocal: {CN: {basis: b, source: s, confidence: seen, reviewed: 2026-01-01}}", "twice"),
        (GOOD + "values: {2020-01-01: 1}\nlocal: {'31': {basis: b}}", "source"),
        (
            GOOD + "keys: {rank: [a, b]}\nrows: [{rank: a, values: {2020-01-01: 1}}, {rank: [a, b], values: {2020-01-01: 2}}]",
            "overlap",
        ),
        (
            GOOD + "keys: {n: number}\nrows: [{n: {to: 50}, values: {2020-01-01: 1}}, {n: {over: 49}, values: {2020-01-01: 2}}]",
            "overlap",
        ),
        ("[1, 2]", "mapping"),
    ],
)  # fmt: skip
def test_a_faulty_file_is_refused(tmp_path, text, said):
    with pytest.raises((CatalogueError, ValueError), match=said):
        built(tmp_path, text)


@pytest.mark.parametrize(
    "row", ["{rank: c, values: {2020-01-01: 1}}", "{grade: a, values: {2020-01-01: 1}}", "{values: {}}"]
)
def test_a_faulty_row_is_refused(tmp_path, row):
    with pytest.raises(FigureError):
        built(tmp_path, GOOD + f"keys: {{rank: [a, b]}}\nrows: [{row}]")
