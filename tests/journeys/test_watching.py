"""The watch itself: what goes wrong in a browser unseen fails the journey."""

from __future__ import annotations

import http.server
import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.watching import shot

POLICY = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src * data:"
PAGES = {
    "/quiet": "<p>nothing happens</p>",
    "/loud": "<script src='/loud.js'></script>",
    "/thrown": "<script src='/thrown.js'></script>",
    "/inline": "<script>go()</script>",
    "/elsewhere": "<img src='http://192.0.2.1/dot.png'>",
    "/wide": "<div style='width:2000px'>wide</div>",
    "/loud.js": "console.error('loud')",
    "/thrown.js": "undefined_thing()",
}


class Shelf(http.server.BaseHTTPRequestHandler):
    """Serves PAGES with a strict content policy."""

    def do_GET(self) -> None:
        body = PAGES.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Type", "text/javascript" if self.path.endswith(".js") else "text/html")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        head = "" if self.path.endswith(".js") else "<!doctype html><link rel=icon href='data:,'><title>x</title>"
        self.wfile.write((head + (body or "nothing")).encode())

    def log_message(self, *_words: Any) -> None:
        """Keeps quiet."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A shelf of small pages in place of the product."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shelf) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/loud", "console: loud"),
        ("/thrown", "undefined_thing"),
        ("/inline", "content policy: script-src"),
        ("/elsewhere", "net::ERR_NAME_NOT_RESOLVED (http://192.0.2.1/"),
        ("/missing", "status of 404"),
    ],
)
def test_what_goes_wrong_is_remembered(visit, path, said):
    page = visit(DESK)
    page.goto(path, wait_until="networkidle")
    page.wait_for_timeout(100)
    assert any(said in fault for fault in page.watch.left()), page.watch.faults
    page.watch.allow(".")


def test_a_quiet_page_passes(page, phone):
    for one in (page, phone):
        one.goto("/quiet", wait_until="networkidle")
        assert one.watch.left() == []
        picture = shot(one, "rig-quiet")
        assert os.environ.get("BAOZHANG_PICTURES") == "0" or picture.stat().st_size > 0


def test_a_page_that_is_too_wide_fails(visit):
    page = visit(PHONE)
    page.goto("/wide")
    with pytest.raises(AssertionError, match=r"wider than 375 px.*div"):
        shot(page, "rig-wide")


def test_both_widths_are_real(either):
    either.goto("/quiet")
    assert either.evaluate("innerWidth") == either.viewport_size["width"]
