"""Times of day as people say them; what could be two moments is none."""

from __future__ import annotations

import pytest

from baozhang.kernel.hours import time_said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("8:30", "08:30"), ("８：３０", "08:30"), ("上午8:30", "08:30"), ("下午3点半", "15:30"), ("下午三点半", "15:30"), ("8点", "08:00"), ("8时05分", "08:05"),
        ("十点一刻", "10:15"), ("三点零五分", "03:05"), ("下午 3:05", "15:05"), ("3:05 pm", "15:05"), ("PM3:05", "15:05"), ("12:30AM", "00:30"), ("下午12:30", "12:30"),
        ("下午13:30", "13:30"), ("晚上8点", "20:00"), ("凌晨0:30", "00:30"), ("中午12点", "12:00"), ("中午1点", "13:00"), ("二十三点五十九分", "23:59"), ("8点30", "08:30"),
    ],
)  # fmt: skip
def test_a_time_of_day(text: str, said: str) -> None:
    found = time_said(text)
    assert found is not None and f"{found:%H:%M}" == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24:00",
        "8:60",
        "上午12:30",
        "上午13:00",
        "晚上12点",
        "下午0点",
        "8.30",
        "8点5",
        "三点五",
        "下午",
        "点半",
        "3点多",
        "上午8:30pm",
        "凌晨9点",
        "830",
    ],
)
def test_what_is_no_time_or_two_is_none(text: str) -> None:
    assert time_said(text) is None
