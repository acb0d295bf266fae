"""Where the vehicles are: found by eye, by list and by keyboard, at a desk and on a phone; a day is replayed; nobody else's are seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from baozhang.ch2_provision.vehicles.telemetry import datum

PLACES = [(31.03, 121.22), (39.9, 116.4), (22.5, 114.06)]
SHIFTED = """async (places) => {
  const { shift } = await import("/static/vehicles/datum.js");
  return places.map(([lat, lon]) => { const moved = shift(lat, lon); return [lat + moved.north, lon + moved.east]; });
}"""


def test_a_vehicle_is_found_and_its_day_replayed(either: Page, sign_in: Callable[..., None]) -> None:
    sign_in(either, "shizichan")
    either.goto("/vehicles/map/")
    either.wait_for_selector("#fleet[data-painted]")
    expect(either.locator("#fleet-counts")).to_contain_text("辆")
    first = either.locator("#fleet-list button").first
    plate = first.locator("b").inner_text()
    either.locator("#fleet-find").fill(plate.lower())
    expect(either.locator("#fleet-list li")).to_have_count(1)
    either.locator("#fleet-find").press("Enter")
    expect(either.locator("#chosen-plate")).to_have_text(plate)
    expect(either.locator("#chosen-day")).to_contain_text("公里")
    either.locator("#ground").focus()
    before = either.locator("#ground").screenshot()
    either.keyboard.press("-")
    either.keyboard.press("ArrowRight")
    either.wait_for_timeout(400)
    assert either.locator("#ground").screenshot() != before, "the map does not follow the keyboard"
    assert either.evaluate("document.documentElement.scrollWidth") <= either.viewport_size["width"]
    either.locator("#chosen-track").click()
    for _ in range(10):  # back to a working day: at weekends and on holidays the fleet stands
        either.get_by_text("前一天").locator("xpath=..").click()
        expect(either.locator("#replay-sum")).not_to_be_empty()
        if "段行程" in either.locator("#replay-sum").inner_text():
            break
    expect(either.locator("#replay-sum")).to_contain_text("段行程")
    slider = either.locator("#slider")
    slider.focus()
    at = either.locator("#moment").inner_text()
    for _ in range(3):
        slider.press("PageUp")
    expect(either.locator("#moment")).not_to_have_text(at)
    either.locator("#replay-list button").last.click()
    expect(either.locator("#replay-list li.now")).to_have_count(1)
    assert either.evaluate("document.documentElement.scrollWidth") <= either.viewport_size["width"]


def test_the_browser_shifts_as_the_house_does(page: Page, sign_in: Callable[..., None]) -> None:
    sign_in(page, "shizichan")
    page.goto("/vehicles/map/")
    for moved, place in zip(page.evaluate(SHIFTED, PLACES), PLACES, strict=True):
        assert moved == pytest.approx(datum.to_gcj02(*place), abs=1e-9)
