"""No page offers what it then refuses, and none names two things alike: each kind of link is followed once."""

from __future__ import annotations

import re
from collections import Counter, deque

import pytest
from playwright.sync_api import Page

LINK = re.compile(r'href="(/[^"?#]*)"')  # the same address asked with other words is the same page
NAMED = re.compile(r'<[^>]+\sid="([^"]+)"')
LEFT = re.compile(
    r"^/(static|logout|lookup|switch)/|/(proof|history|why|chain|attachments)/|export\.|/\d+/[^/]+\.json$"
)


@pytest.mark.parametrize(
    "username", ["keyuan", "kuaiji", "jihua", "shidu"]
)  # much to look at, few rights, or much to decide
def test_whoever_follows_a_link_gets_a_page(page: Page, sign_in, username: str):
    sign_in(page, username)
    kinds: set[str] = set()
    waiting, faults = deque([("/", "")]), []
    while waiting:
        address, source = waiting.popleft()
        kind = re.sub(r"\d+", "1", address)
        if kind in kinds or LEFT.search(address):
            continue
        kinds.add(kind)
        answer = page.request.get(address)
        if answer.status != 200:
            faults.append(f"{answer.status} {address} from {source}")
        elif "text/html" in answer.headers["content-type"]:
            text = answer.text()
            waiting.extend((found, address) for found in LINK.findall(text))
            twice = [name for name, count in Counter(NAMED.findall(text)).items() if count > 1]
            faults += [f"id {name} twice on {address}" for name in twice]  # a label would lead to another's field
    assert not faults and len(kinds) > 100, (len(kinds), faults)
