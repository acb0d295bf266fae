"""What journeys stand on: the server, the browser, and pages at the width of a desk and of a phone."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from system import BROWSER_FLAGS
from system import browser as chromium

from baozhang.demo.district import PASSWORD
from tests.journeys.house import House, open_house
from tests.journeys.watching import AT_HOME, Watch, shot, watch

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 375, "height": 812}


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The real server on a fresh database with a small demo district."""
    with open_house(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest.fixture(scope="session")
def address(house: House) -> str:
    """Where the pages of a journey come from; whatever lies elsewhere is not called."""
    return house.address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless; without it journeys are not run, which is a failure where all is required."""
    program = chromium()
    if program is None:
        if os.environ.get("BAOZHANG_REQUIRE_ALL") == "1":
            pytest.fail("Debian's Chromium is missing")
        pytest.skip("journeys were not run: Debian's Chromium is missing")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=[*BROWSER_FLAGS, AT_HOME])
        yield running
        running.close()


@pytest.fixture
def visit(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Opens pages, each with its own cookies: `visit(width)`; afterwards none may have gone wrong unseen."""
    watches: list[Watch] = []
    contexts = []

    def opened(size: dict[str, int] = DESK, **options: Any) -> Page:
        context = browser.new_context(
            base_url=address,
            viewport=size,
            locale=options.pop("locale", "zh-CN"),
            timezone_id="Asia/Shanghai",
            has_touch=size is PHONE,
            **options,
        )
        context.set_default_timeout(15_000)
        seen = watch(context)
        watches.append(seen)
        contexts.append(context)
        page = context.new_page()
        page.watch = seen  # type: ignore[attr-defined]
        return page

    yield opened
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    for number, context in enumerate(contexts):
        for page in context.pages:
            with suppressed():
                shot(page, f"ends/{name}" + (f"-{number}" if number else ""))
        context.close()
    faults = [fault for seen in watches for fault in seen.left()]
    assert not faults, "the browser complained:\n" + "\n".join(faults)


@contextmanager
def suppressed() -> Iterator[None]:
    """A last picture is a help, not a check: a page that is closed or too wide does not fail the test here."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 -- whatever the browser says, the test's own result stands
        print(f"no last picture: {error}")  # noqa: T201 -- shown by pytest with a failed test


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """A page as wide as a desk, 1440 px."""
    return visit(DESK)


@pytest.fixture
def phone(visit: Callable[..., Page]) -> Page:
    """A page as wide as a phone, 375 px."""
    return visit(PHONE)


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def either(visit: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    """A page at both widths, one test each; for looking, not for acts that can be done once."""
    return visit(request.param)


@pytest.fixture
def sign_in() -> Callable[..., None]:
    """Signs somebody in: `sign_in(page, "username")`, by the demo's password; the page then goes where the test wants it.

    The form is sent without being drawn, for a test of something else than the door draws nothing twice.
    """

    def signed(page: Page, username: str, password: str = PASSWORD) -> None:
        form = page.request.get("/login/").text()
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert found is not None, "the door asks for no token"
        said = {"csrfmiddlewaretoken": found.group(1), "username": username, "password": password}
        answer = page.request.post("/login/", form=said, max_redirects=0)
        assert answer.status == 302, f"{username} was not let in: {answer.status}"

    return signed


@pytest.fixture
def person(visit: Callable[..., Page], sign_in: Callable[..., None]) -> Callable[..., Page]:
    """Somebody at a desk or with a phone, signed in: `person(name, size)`."""

    def came(username: str, size: dict[str, int] = DESK) -> Page:
        page = visit(size)
        sign_in(page, username)
        return page

    return came


def take(page: Page, words: str, **fields: str) -> None:
    """Takes a step from the record's page: its button, its dialog with what is asked, its button again."""
    page.locator(".steps, .acts").get_by_role("link", name=words, exact=True).click()
    dialog = page.locator("dialog[open]")
    for name, value in fields.items():
        field = dialog.locator(f"[name={name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    dialog.get_by_role("button", name=words, exact=True).click()
    expect(page.locator(".messages")).to_contain_text(words)
