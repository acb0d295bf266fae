"""Pages over HTTP from the real server: lists, their ends, search, and one card with its history."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from baozhang.ch2_provision.assets.models import Card

from .meter import Measure, middle, p95, used
from .room import Room
from .serving import Answer, Server, bare, cookie_of, product

BASE = "/assets/cards/"
LIMIT = "one query and a joined string behind the same server"
# Pairs of filters with a sort, from those that let half of all cards through to those that let none.
PAIRS: tuple[dict[str, str], ...] = (
    {"category": "equipment", "use_state": "in_use", "sort": "-value"},
    {"category": "furniture", "use_state": "idle", "sort": "acquired"},
    {"category": "vehicle", "vehicle_use": "emergency", "sort": "value"},
    {"category": "furniture", "use_state": "in_use", "sort": "-id"},
    {"acquisition": "donated", "use_state": "repair", "sort": "acquired"},
    {"acquired_from": "2024-03-01", "acquired_to": "2024-03-31", "category": "equipment", "sort": "-value"},
    {"value_from": "60000", "use_state": "disposing", "sort": "-acquired"},
    {"class_code": "A02010105", "use_state": "in_use", "sort": "acquired"},
    {"department": "财务科", "category": "furniture", "sort": "-value"},
    {"class_code": "A020212", "department": "信息", "sort": "value"},
    {"acquisition": "built", "use_state": "lost", "sort": "acquired"},
    {"category": "house", "use_state": "idle", "sort": "-value"},
)
PLAIN = [
    pair
    for pair in PAIRS
    if set(pair) <= {"category", "use_state", "vehicle_use", "sort"} and pair["category"] != "house"
]


def _url(**query: Any) -> str:
    return f"{BASE}?{urlencode(query)}"


def _sound(answers: Iterable[Answer]) -> list[float]:
    """The seconds of answers that were pages; anything else ends the bench."""
    answers = list(answers)
    if wrong := [answer.status for answer in answers if answer.status != 200]:
        raise SystemExit(f"{len(wrong)} of {len(answers)} pages failed: {sorted(set(wrong))}")
    return [answer.seconds for answer in answers]


def _cursor(value: Any, key: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, key]).encode()).decode()


def _deep(rows: Any, pairs: Sequence[dict[str, str]]) -> list[str]:
    """The last pages, and pages from somewhere far down."""
    urls = [_url(**pair, at="end") for pair in pairs]
    for pair in pairs:
        name = pair["sort"].lstrip("-")
        wanted = {key: value for key, value in pair.items() if key in ("category", "use_state", "vehicle_use")}
        found = rows.filter(**wanted).order_by("pk").values_list(name, "pk")
        for value, key in found[len(wanted) : 4_000 : 1_300]:
            urls.append(_url(**pair, after=_cursor(None if value is None else str(value), key)))
    return urls


def lists(room: Room) -> list[Measure]:
    """Lists for a clerk, a district's reader and the city's reader; their deepest pages; eight people at once."""
    city, chance = room.city, Random(2)
    clerks = chance.sample(city.organs, min(12, len(city.organs)))
    made: list[Measure] = []
    with bare() as limit, product() as server:
        floor = {_key(pair): _floor(limit, pair) for pair in PLAIN}
        near = middle(list(floor.values()))
        made.append(_narrow(room, server, clerks, near))
        for who, user in (("district", city.district_reader), ("city", city.city_reader)):
            made += _broad(server, who, cookie_of(user), near)
        made.append(_crowd(room, server, limit, clerks))
    return made


def _key(pair: dict[str, str]) -> str:
    return urlencode(pair)


def _floor(limit: Server, pair: dict[str, str]) -> float:
    return middle(_sound(limit.walk([f"/list?{urlencode(pair)}"] * 6, ""))[1:])


def _measure(name: str, words: str, target: float, answers: Sequence[Answer], limit: float, cpu: Any) -> Measure:
    times = _sound(answers)
    size = max(answer.size for answer in answers)
    count = len(answers)
    return Measure(
        name, words, f"p95 < {target * 1000:.0f} ms, page < 60 KB", met=p95(times) < target and size < 60 * 1024,
        median=middle(times), p95=p95(times), limit=limit, limit_words=LIMIT, ratio=middle(times) / limit,
        app_cpu=cpu.app / count, server_cpu=cpu.server / count, notes=[f"largest page {size / 1024:.0f} KB"],
    )  # fmt: skip


def _narrow(room: Room, server: Server, clerks: Sequence[int], limit: float) -> Measure:
    answers: list[Answer] = []
    cookies = [cookie_of(room.city.clerks[organ]) for organ in clerks]
    for cookie in cookies:
        server.walk([_url(**PAIRS[0])], cookie)
    with used(server.pid) as cpu:
        for cookie in cookies:
            answers += server.walk([_url(**pair) for pair in PAIRS], cookie)
    return _measure("list-narrow", "list, two filters and a sort, a clerk's agency", 0.060, answers, limit, cpu)


def _broad(server: Server, who: str, cookie: str, limit: float) -> list[Measure]:
    urls = [_url(**pair) for pair in PAIRS]
    server.walk(urls[:3], cookie)
    with used(server.pid) as cpu:
        answers = server.walk(urls * 6, cookie)
    slow = max(range(len(urls)), key=lambda i: middle([answers[j].seconds for j in range(i, len(answers), len(urls))]))
    first = _measure(f"list-{who}", f"list, two filters and a sort, the {who}'s reader", 0.120, answers, limit, cpu)
    first.notes.append(
        f"slowest: {_key(PAIRS[slow])} {1000 * middle([a.seconds for a in answers[slow :: len(urls)]]):.0f} ms"
    )
    deep = _deep(Card._base_manager, PLAIN)
    server.walk(deep[:3], cookie)
    with used(server.pid) as cpu:
        answers = server.walk(deep * 3, cookie)
    return [first, _measure(f"deep-{who}", f"its deepest pages, the {who}'s reader", 0.120, answers, limit, cpu)]


def _crowd(room: Room, server: Server, limit: Server, clerks: Sequence[int]) -> Measure:
    """Eight people: six clerks, a district's and the city's reader."""
    users = [room.city.clerks[organ] for organ in clerks[:6]] + [room.city.district_reader, room.city.city_reader]
    cookies = [cookie_of(user) for user in users]
    urls = [_url(**pair) for pair in PAIRS]
    server.crowd(urls[:4], cookies, 8)
    with used(server.pid) as cpu:
        answers, seconds = server.crowd(urls * 3, cookies, 8)
    times = _sound(answers)
    lines = [f"/list?{urlencode(pair)}" for pair in PLAIN]
    bare_answers, bare_seconds = limit.crowd(lines * 9, [""], 8)
    rate, most = len(answers) / seconds, len(_sound(bare_answers)) / bare_seconds
    return Measure(
        "list-eight", "lists, eight people at once", "40 pages/s", met=rate >= 40, median=middle(times), p95=p95(times), rate=rate,
        unit="pages/s", limit=1 / most, limit_words=f"{LIMIT}: {most:.0f} pages/s", ratio=most / rate,
        app_cpu=cpu.app / len(answers), server_cpu=cpu.server / len(answers),
    )  # fmt: skip


WORDS = ("台式计算机", "轿车", "江A", "赵文博", "财务", "M720", "ZC0", "投影仪", "TWIN", "会议椅")


def search(room: Room) -> list[Measure]:
    """Search in a list by Chinese words, names, codes and number plates, over everything in the city's sight."""
    cookie = cookie_of(room.city.city_reader)
    numbers = list(Card._base_manager.order_by("-pk").values_list("number", "serial")[10:9_010:900])
    words = [
        *WORDS,
        *(number for number, _serial in numbers[:4]),
        *(serial for _number, serial in numbers[4:8] if serial),
    ]
    with bare() as limit, product() as server:
        one = f"/list?q={quote(str(numbers[0][0]).lower())}"
        floor = middle(_sound(limit.walk([one] * 8, ""))[2:])
        urls = [_url(q=word) for word in words]
        server.walk(urls[:3], cookie)
        with used(server.pid) as cpu:
            answers = server.walk(urls * 6, cookie)
    made = _measure("search", "search in Chinese and by codes, the city's reader", 0.080, answers, floor, cpu)
    by_word = {word: middle([a.seconds for a in answers[i :: len(urls)]]) for i, word in enumerate(words)}
    slow = max(by_word, key=lambda word: by_word[word])
    made.target = "p95 < 80 ms"
    made.notes.append(f"slowest: {slow} {1000 * by_word[slow]:.0f} ms")
    return [made]


def detail(room: Room) -> list[Measure]:
    """The page of one card, and its history."""
    cookie = cookie_of(room.city.city_reader)
    keys = list(Card._base_manager.order_by("pk").values_list("pk", flat=True)[: room.cards : max(1, room.cards // 40)])
    with bare() as limit, product() as server:
        floor = middle(_sound(limit.walk([f"/detail?id={key}" for key in keys], "")))
        pages = [f"{BASE}{key}/{end}" for key in keys for end in ("", "history/")]
        server.walk(pages[:6], cookie)
        with used(server.pid) as cpu:
            answers = server.walk(pages * 2, cookie)
    made = _measure("detail", "one card and its history", 0.050, answers, floor, cpu)
    made.target = "p95 < 50 ms"
    return [made]
