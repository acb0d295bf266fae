"""The frame around every page: menu by chapter, who I am, my notices; only what I may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from . import access, clock
from .chapters import CHAPTERS
from .resource import RESOURCES


@dataclass(frozen=True)
class Entry:
    """A page of the menu that is no list of records."""

    chapter: str
    words: Any
    url_name: str
    permission: str = ""  # empty: everybody who is signed in
    order: int = 50
    admin: bool | None = None  # True: administrators only; False: business only


SHORT = 16  # a menu of so few entries stands open
LONG = 9  # a chapter of more entries folds those of a place from SELDOM on
SELDOM = 50
MUCH = 5  # kinds of records that one adds to in a chapter
ENTRIES: list[Entry] = []
PUBLIC: list[tuple[Any, str]] = []  # pages open to everybody: words and the name of their address
FEEDS: dict[str, Callable[[Any], Any]] = {}  # "notices" → unread count, "todo" → {menu url: count}


def entry(
    chapter: str, words: Any, url_name: str, permission: str = "", *, order: int = 50, admin: bool | None = None
) -> None:
    """This will put a page into the menu."""
    ENTRIES.append(Entry(chapter, words, url_name, permission, order, admin))


def public(words: Any, url_name: str) -> None:
    """This will name a page that is open to everybody at the foot of every page, the door among them."""
    PUBLIC.append((words, url_name))


def _foot() -> list[dict[str, Any]]:
    return [{"words": words, "url": _address(url_name)} for words, url_name in PUBLIC]


def _may(actor: access.Actor, one: Entry) -> bool:
    if one.permission and not actor.can(one.permission):
        return False
    return one.admin is None or one.admin == is_admin(actor)


def is_admin(actor: access.Actor) -> bool:
    """True for one of the three administrators."""
    return any(access.ROLES[code].admin for code in actor.roles)


_address = lru_cache(maxsize=None)(reverse)  # addresses without arguments stay what they are


@lru_cache(maxsize=None)
def _lists() -> tuple[tuple[str, int, Any, str, str, str], ...]:
    """Of each resource its chapter, place and title, its address where it is in the menu, the right to view and to add."""
    return tuple(
        (
            one.chapter, one.place, one.title, _address(f"{one.slug}:list") if one.menu else "", one.right("view"),
            one.right("add") if one.fields and one.addable else "",
        )
        for one in RESOURCES.values()
    )  # fmt: skip


def menu(actor: access.Actor, path: str) -> list[dict[str, Any]]:
    """The chapters with the pages that an actor may open."""
    found: dict[str, list[tuple[int, dict[str, Any]]]] = {code: [] for code in CHAPTERS}
    works = dict.fromkeys(CHAPTERS, 0)
    for home, place, words, url, view, add in _lists():
        works[home] += bool(add) and actor.can(add)
        if url and actor.can(view):
            found[home].append((place, {"words": words, "url": url, "active": path.startswith(url)}))
    for one in ENTRIES:
        if _may(actor, one):
            url = _address(one.url_name)
            found[one.chapter].append((one.order, {"words": one.words, "url": url, "active": path == url}))
    chapters = [_chapter(code, entries) for code, entries in found.items() if entries]
    if sum(len(chapter["entries"]) + len(chapter["more"]) for chapter in chapters) <= SHORT:
        for chapter in chapters:
            chapter["open"] = True
    elif chapters and not any(chapter["open"] for chapter in chapters):
        # Where one has most to do; of several with much to do, the first in the order of the law.
        max(chapters, key=lambda chapter: min(works[chapter["code"]], MUCH))["open"] = True
    return chapters


def _chapter(code: str, entries: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    """One chapter with its entries in their places, the seldom ones apart."""
    entries.sort(key=lambda pair: pair[0])
    rows = [made for _order, made in entries]
    often = len(rows) if len(rows) <= LONG else sum(order < SELDOM for order, _made in entries)
    nearest = max((len(row["url"]) for row in rows if row["active"]), default=0)
    for row in rows:  # of a list and a page below it, the page alone is where one is
        row["active"] = row["active"] and len(row["url"]) == nearest
    return {
        "code": code, "words": CHAPTERS[code].words, "icon": CHAPTERS[code].icon, "entries": rows[:often], "more": rows[often:],
        "open": any(row["active"] for row in rows), "more_open": any(row["active"] for row in rows[often:]),
    }  # fmt: skip


def _roles(actor: access.Actor) -> str:
    words = [
        str(access.ROLES[h.role].words) + (_("（代%(name)s）") % {"name": h.for_name} if h.for_name else "")
        for h in actor.holdings
    ]
    return "、".join(dict.fromkeys(words))


def _holdings(actor: access.Actor) -> list[dict[str, Any]]:
    organs: dict[int, dict[str, Any]] = {}
    for holding in sorted((*actor.holdings, *actor.elsewhere), key=lambda one: one.appointment_id):
        one = organs.setdefault(
            holding.organ_id,
            {
                "id": holding.organ_id,
                "organ": holding.organ_name,
                "roles": [],
                "active": holding.organ_id == actor.organ_id,
            },
        )
        one["roles"].append(str(access.ROLES[holding.role].words))
    return [{**one, "role": "、".join(dict.fromkeys(one["roles"]))} for one in organs.values()]


def context(request: HttpRequest) -> dict[str, Any]:
    """The frame for the templates; empty on open pages."""
    actor: access.Actor | None = getattr(request, "actor", None)
    if actor is None:
        return {"shell": {"foot": _foot()}}
    # A part of a page, which htmx asks for while one types, has no frame: what is in it is found when it is looked for.
    return {"shell": SimpleLazyObject(partial(_shell, request, actor))}


def _shell(request: HttpRequest, actor: access.Actor) -> dict[str, Any]:
    return {
        "menu": menu(actor, request.path),
        "at_home": request.path == "/",
        "user": {"name": actor.name, "organ": actor.organ_name, "role": _roles(actor)},
        "holdings": _holdings(actor),
        "notices_unread": FEEDS["notices"](actor) if "notices" in FEEDS else 0,
        "todo_count": FEEDS["todo"](actor) if "todo" in FEEDS else 0,
        "me": [
            {"words": _("修改密码"), "url": "/password/", "icon": "lock-closed"},
            {"words": _("我的接口密钥"), "url": "/me/keys/", "icon": "key"},
        ],
        "day_words": _("今天 %(day)s") % {"day": clock.today().isoformat()},
        "crumbs": getattr(request, "crumbs", []),
        "foot": _foot(),
    }
