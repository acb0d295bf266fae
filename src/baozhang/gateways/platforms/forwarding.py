"""Positions to a higher platform: parcels over HTTP, each with a number, sent again under that number until it is taken.

What waits lies in the database; a parcel's contents are settled there before it is sent, so that a process that dies
between sending and noting sends the very same parcel again, and whoever receives it can tell.
"""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Min

from baozhang.ch2_provision.vehicles.actions.intake import written
from baozhang.ch2_provision.vehicles.models import Relay, RelayHealth, RelayItem, Terminal
from baozhang.ch2_provision.vehicles.telemetry.relaying import NAMES
from baozhang.kernel import clock, observation

log = logging.getLogger("baozhang.forward")
MOST = 1_000  # positions in one parcel
PATIENCE = 30.0  # seconds for an answer
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds before it is tried again, doubled each time
Post = Callable[[str, bytes, dict[str, str]], bytes]


class NotTaken(Exception):
    """The other side did not take a parcel; the text says why."""


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """An answer that sends elsewhere is no answer: positions and key go to the address that people entered, and nowhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """This will follow nothing."""


_opener = urllib.request.build_opener(_NoDetours, urllib.request.ProxyHandler({}))


def post(url: str, body: bytes, headers: dict[str, str]) -> bytes:
    """This will send a parcel and return the answer when it was taken (2xx); NotTaken otherwise."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json", **headers}, method="POST")  # noqa: S310
    try:
        with _opener.open(request, timeout=PATIENCE) as answer:
            return bytes(answer.read(1 << 20))
    except urllib.error.HTTPError as error:
        raise NotTaken(f"{error.code} {error.reason}") from error
    except (OSError, ValueError) as error:
        raise NotTaken(f"{type(error).__name__}: {error}") from error


class Forwarder:
    """Passes on to one platform. `step` sends one parcel; call it again and again."""

    def __init__(self, relay: Relay, key: str, send: Post = post) -> None:
        self.relay, self.key, self.send = relay, key, send
        self.pause = 0.0  # seconds, after a failure

    def step(self) -> int:
        """This will send the parcel that is next and return how many positions it held; 0 where none waits; NotTaken."""
        number, rows = self._parcel()
        if not rows:
            return 0
        body = json.dumps({"parcel": number, "positions": rows}, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": f"{self.relay.pk}-{number}"}
        try:
            refused = _refused(self.send(self.relay.url, body, headers))
        except NotTaken as error:
            self._note(fault=str(error))
            self.pause = min(self.pause * 2 or FIRST_PAUSE, LONGEST_PAUSE)
            raise
        with transaction.atomic():
            observation.withdraw(RelayItem, ("at",), '"relay" = %s AND "parcel" = %s', [self.relay.pk, number])
            self._note(sent=len(rows), refused=refused)
        self.pause = 0.0
        return len(rows)

    def _parcel(self) -> tuple[int, list[dict[str, Any]]]:
        """The parcel that was on its way, or a new one of those that wait longest."""
        mine = RelayItem.objects.filter(relay=self.relay.pk)
        with transaction.atomic():
            number = mine.filter(parcel__isnull=False).aggregate(first=Min("parcel"))["first"]
            if number is None:
                number = int(clock.now().timestamp() * 1_000)
                self._settle(number)
            items = list(mine.filter(parcel=number).order_by("at", "vehicle").values())
        terminals = Terminal._base_manager.filter(pk__oneof=sorted({item["vehicle"] for item in items}))
        names = {
            pk: {"plate": plate, "phone": phone} for pk, plate, phone in terminals.values_list("pk", "plate", "phone")
        }
        gone = {"plate": "", "phone": ""}
        return number, [written(item | names.get(item["vehicle"], gone)) for item in items]

    def _settle(self, number: int) -> None:
        waiting = RelayItem.objects.filter(relay=self.relay.pk, parcel__isnull=True).order_by("heard", "vehicle", "at")
        rows = [(*row, number) for row in waiting.values_list(*NAMES)[:MOST]]
        observation.observe(RelayItem, (*NAMES, "parcel"), rows, merge={"parcel": observation.TAKE})

    def _note(self, *, sent: int = 0, fault: str = "", refused: str = "") -> None:
        now = int(clock.now().timestamp())
        wrong = fault or refused
        row = (self.relay.pk, sent, now if sent else None, now if wrong else None, wrong[:200])
        merge = {
            "sent": observation.ADD,
            "at": observation.MOST,
            "failed_at": observation.MOST,
            "fault": observation.TAKE,
        }
        observation.observe(RelayHealth, ("relay", "sent", "at", "failed_at", "fault"), [row], merge=merge)


def _refused(answer: bytes) -> str:
    """What the other side took and would not keep, where it says so in this house's own format."""
    try:
        found = json.loads(answer)["refused"]
        return f"{len(found)} refused, first: {found[0]['why']}" if found else ""
    except (ValueError, KeyError, TypeError, IndexError):
        return ""
