"""No page offers what it then refuses: each kind of link that somebody meets is followed once."""

from __future__ import annotations

import re
from collections import deque

import pytest
from playwright.sync_api import Page

LINK = re.compile(r'href="(/[^"?#]*)"')  # the same address asked with other words is the same page
LEFT = re.compile(
    r"^/(static|logout|lookup|switch)/|/(proof|history|why|chain|attachments)/|export\.|/\d+/[^/]+\.json$"
)


@pytest.mark.parametrize("username", ["keyuan", "kuaiji", "shidu"])  # those who may look at much and do little
def test_whoever_follows_a_link_gets_a_page(page: Page, sign_in, username: str):
    sign_in(page, username)
    kinds: set[str] = set()
    waiting, refused = deque([("/", "")]), []
    while waiting:
        address, source = waiting.popleft()
        kind = re.sub(r"\d+", "1", address)
        if kind in kinds or LEFT.search(address):
            continue
        kinds.add(kind)
        answer = page.request.get(address)
        if answer.status != 200:
            refused.append(f"{answer.status} {address} from {source}")
        elif "text/html" in answer.headers["content-type"]:
            waiting.extend((found, address) for found in LINK.findall(answer.text()))
    assert not refused and len(kinds) > 100, (len(kinds), refused)
