"""The pictures of the guides are taken from the running demo district; none may be missing or too wide."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import groupby

from playwright.sync_api import Page

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.guides import ALL, PICTURES, Picture
from tests.journeys.watching import shot

ROWS = "table.rows tbody tr a, .rooms .entry"


def seat(picture: Picture) -> tuple[str, bool]:
    """Who looks, and with what: pictures of one seat are taken one after the other."""
    return picture.user, picture.phone


def test_every_picture_of_the_guides(visit: Callable[..., Page], sign_in: Callable[..., None]):
    PICTURES.mkdir(parents=True, exist_ok=True)
    for (user, phone), pictures in groupby(sorted(ALL, key=seat), key=seat):
        page = visit(PHONE if phone else DESK)
        if user:
            sign_in(page, user)
        for picture in pictures:
            page.goto(picture.page)
            if picture.behind is not None:
                row = page.locator(ROWS).first
                row.wait_for()
                href = row.get_attribute("href")
                if href:
                    page.goto(f"{href.split('?')[0]}{picture.behind}")
                else:
                    row.click()
                    page.wait_for_load_state("networkidle")
            if picture.click:
                page.get_by_role("button", name=picture.click).click()
                page.locator(".answer").wait_for(timeout=60_000)
            taken = shot(page, f"guides/{picture.name}")
            if taken.exists():  # `make test` walks the pages and takes no pictures
                shutil.copy(taken, PICTURES / f"{picture.name}.png")
