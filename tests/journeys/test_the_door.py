"""Who comes without an account sees the door, at both widths, and nothing behind it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from baozhang.demo.district import PASSWORD
from tests.journeys.watching import shot


def test_a_stranger_is_led_to_the_door(either: Page):
    either.goto("/")
    either.wait_for_url("**/login/**")
    expect(either.locator("input[name=username]")).to_be_visible()
    expect(either.locator("input[name=password]")).to_be_visible()
    shot(either, "the-door")


def test_a_wrong_password_is_refused_in_words(page: Page):
    page.watch.allow("status of 422")  # the browser reports the refusal's own status
    page.goto("/login/")
    page.locator("input[name=username]").fill("nobody")
    page.locator("input[name=password]").fill("not-the-password")
    page.locator("input[name=password]").press("Enter")
    expect(page.locator("input[name=password]")).to_be_visible()
    expect(page.locator("body")).to_contain_text("密码")
    assert "/login/" in page.url


def test_a_clerk_comes_in_and_stands_at_the_workbench(either: Page):
    either.goto("/login/")
    either.locator("input[name=username]").fill("jiaoyu")
    either.locator("input[name=password]").fill(PASSWORD)
    either.locator("input[name=password]").press("Enter")
    either.wait_for_url(lambda url: "/login/" not in url)
    expect(either).to_have_title(re.compile("工作台"))
    expect(either.locator("main")).to_be_visible()
    shot(either, "workbench")
