"""A browser page that is watched: errors on the console, refused content and calls elsewhere are remembered."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

SCREENSHOTS = Path(__file__).resolve().parent.parent.parent / "build" / "screenshots"
# No name but those of this machine leads anywhere. A handler of requests would do the same, and leave no page its cache.
AT_HOME = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
MOST_HEIGHT = 6000  # px; a longer page is cut into windows by the browser itself
WATCH_POLICY = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`content policy: ${event.violatedDirective} refused ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""
# What sticks out of the window sideways, deepest elements first; what scrolls in a box of its own does not count.
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > width + 1)
    .slice(-5)
    .map((one) => `${one.tagName.toLowerCase()}.${one.className} to ${Math.round(one.getBoundingClientRect().right)} px`);
}"""

GIVEN_UP = re.compile(r"htmx:(sendAbort|afterRequest), ")


@dataclass
class Watch:
    """What went wrong on a page while nobody looked, and what the test said may."""

    faults: list[str] = field(default_factory=list)
    allowed: list[re.Pattern[str]] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """Says that a fault with these words is meant, for instance `status of 403`."""
        self.allowed.append(re.compile(pattern))

    def note(self, fault: str) -> None:
        """Remembers a fault."""
        self.faults.append(fault)

    def left(self) -> list[str]:
        """The faults that nobody allowed."""
        return [fault for fault in self.faults if not any(pattern.search(fault) for pattern in self.allowed)]


def watch(context: BrowserContext) -> Watch:
    """Watches every page of a browser context; a call to another host fails (`AT_HOME`), which the console tells."""
    seen = Watch()

    def on_console(message: ConsoleMessage) -> None:
        # A part that was still being fetched when one went on is given up: that is no fault.
        if message.type == "error" and not GIVEN_UP.match(message.text):
            seen.note(f"console: {message.text} ({message.location.get('url', '')})")

    def on_page(page: Page) -> None:
        page.on("console", on_console)
        page.on("pageerror", lambda error: seen.note(f"script: {error} ({page.url})\n{error.stack}"))

    context.add_init_script(WATCH_POLICY)
    context.on("page", on_page)
    return seen


@contextmanager
def swapped(page: Page) -> Iterator[None]:
    """What is done inside changes a part of the page; afterwards that part is the new one."""
    page.evaluate(
        "document.addEventListener('htmx:afterSettle', () => document.documentElement.setAttribute('data-swapped', ''), { once: true })"
    )
    yield
    # Waiting for a function would evaluate text again and again, which the content policy forbids.
    page.locator("html[data-swapped]").wait_for(state="attached")
    page.evaluate("document.documentElement.removeAttribute('data-swapped')")


@contextmanager
def stretched(page: Page) -> Iterator[None]:
    """The window as high as its page, so that bars at its foot stand at the foot; what comes into sight late has come."""
    size = page.viewport_size or {"width": 0, "height": 0}
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], min(height, MOST_HEIGHT))})
    page.wait_for_load_state("networkidle")
    expect(page.locator(".chart:empty:visible")).to_have_count(0)
    yield
    page.set_viewport_size(size)


def shot(page: Page, name: str) -> Path:
    """Keeps a picture of the whole page in build/screenshots, named with the width; a page too wide fails the test.

    `make test` makes no pictures (BAOZHANG_PICTURES=0): nobody looks at them there, and they take a minute of a core.
    """
    page.wait_for_load_state()  # a click has begun another page, which has no element yet
    width = (page.viewport_size or {"width": 0})["width"]
    target = SCREENSHOTS / f"{name}-{width}.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    if os.environ.get("BAOZHANG_PICTURES") != "0":
        with stretched(page):
            page.screenshot(path=target, full_page=True, animations="disabled")
    wide = page.evaluate(STICKING_OUT)
    assert not wide, f"{page.url} is wider than {width} px: {wide}"
    return target
