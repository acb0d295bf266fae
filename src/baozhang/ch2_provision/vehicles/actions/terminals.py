"""What the gateway asks of the house about terminals: may it come in, is it who it says; and what people do with them.

The gateway acts as the system. A terminal's code is random, given once, and kept as a digest only: whoever reads the
table cannot pretend to be a terminal, and knowing its number is not enough.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch2_provision.vehicles.choices import Barred, TerminalState
from baozhang.ch2_provision.vehicles.models import CardEvent, MediaItem, Stranger, Terminal, TerminalHealth
from baozhang.kernel import ledger, observation, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

REGISTER = ledger.act("terminal_register", gettext_lazy("终端注册"))
LOGOUT = ledger.act("terminal_logout", gettext_lazy("终端注销"))
STATE = ledger.act("terminal_state", gettext_lazy("变更终端状态"))
GATEWAY = "车载终端接入"
STRANGERS_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Told:
    """What a terminal says of itself when it registers."""

    plate: str = ""
    maker: str = ""
    device: str = ""
    edition: int = 0

    @classmethod
    def of(cls, plate: str, maker: str, device: str, edition: int) -> Told:
        """The same with everything left out that is no character of a text."""
        clean = ["".join(filter(str.isprintable, text)).strip() for text in (plate, maker, device)]
        return cls(clean[0], clean[1], clean[2], edition)


@dataclass(frozen=True, slots=True)
class Known:
    """A terminal that may report: the key of its vehicle, and the digest of its code."""

    vehicle: int
    secret: str

    def is_code(self, code: str) -> bool:
        """True where the code is the one that was given."""
        return bool(self.secret) and hmac.compare_digest(self.secret, digest_of(code))


def digest_of(code: str) -> str:
    """What is kept of a code; it is random and long, so a plain digest cannot be guessed back."""
    return hashlib.sha256(code.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Entered:
    """A terminal that people have entered and not removed: who it would be, and what keeps it out."""

    known: Known
    in_use: bool
    device: str  # the number of the device that registered first; empty where none has

    def barred(self, device: str) -> Barred | None:
        """Why a device may not register under this number; None where it may."""
        if not self.in_use:
            return Barred.STOPPED
        return Barred.DEVICE if self.device and self.device != device else None


def entered(phones: Iterable[str]) -> dict[str, Entered]:
    """Those of some numbers that are terminals'."""
    rows = Terminal._base_manager.filter(phone__oneof=list(phones)).exclude(state=TerminalState.REMOVED)
    return {
        phone: Entered(Known(pk, secret), state == TerminalState.IN_USE, device)
        for phone, pk, secret, state, device in rows.values_list("phone", "pk", "secret", "state", "device")
    }


def put_out() -> set[int]:
    """The vehicles whose terminal may not report: few, while those that may are thousands."""
    rows = Terminal._base_manager.exclude(state=TerminalState.IN_USE)
    return set(rows.order_by().values_list("pk", flat=True))


def register(phone: str, told: Told, at: int) -> tuple[str, Barred | None]:
    """The code for a terminal that people have entered, or why there is none.

    The device that registers first is remembered; another one under the same number is not let in.
    """
    with scope.everything(GATEWAY) as by, transaction.atomic():
        terminal = Terminal._base_manager.filter(phone=phone).exclude(state=TerminalState.REMOVED).first()
        if terminal is None:
            return "", Barred.UNKNOWN
        found = Entered(Known(terminal.pk, ""), terminal.state == TerminalState.IN_USE, terminal.device)
        barred = found.barred(told.device)
        if barred is not None:
            return "", barred
        code = secrets.token_urlsafe(12)
        terminal.secret, terminal.device, terminal.maker = digest_of(code), told.device[:60], told.maker[:11]
        keep(terminal, by=by, act=REGISTER)
        observation.observe(
            TerminalHealth, ("vehicle_id", "heard", "edition", "told_plate", "good", "doubtful"),
            [(terminal.pk, at, told.edition, told.plate[:20], 0, 0)],
            merge={"heard": observation.MOST, "edition": observation.TAKE, "told_plate": observation.TAKE},
        )  # fmt: skip
        observation.forget(Stranger, '"phone" = %s', [phone])
    return code, None


def log_out(vehicle: int) -> None:
    """This will make a terminal's code void; it has to register again."""
    with scope.everything(GATEWAY) as by, transaction.atomic():
        terminal = Terminal._base_manager.get(pk=vehicle)
        terminal.secret = ""
        keep(terminal, by=by, act=LOGOUT)


def turn_away(visits: Sequence[tuple[str, Barred, int, int, Told]]) -> None:
    """This will note terminals that were not let in: (number, why, when, how often, what it said).

    The newest of those that nobody knows are kept, and all whose number is one of ours: a flood washes none of them away.
    """
    rows = [
        (phone[:20], why.value, at, at, times, told.plate[:20], told.maker[:11], told.device[:60])
        for phone, why, at, times, told in visits
    ]
    names = ("phone", "barred", "first_heard", "heard", "times", "told_plate", "maker", "device")
    merge = {"barred": observation.TAKE, "heard": observation.MOST, "times": observation.ADD} | dict.fromkeys(
        ("told_plate", "maker", "device"), observation.MOST
    )
    with transaction.atomic():
        observation.observe(Stranger, names, rows, merge=merge)
        unknown = Stranger.objects.filter(barred=Barred.UNKNOWN).order_by("-heard", "phone")
        last = unknown.values_list("heard", flat=True)[STRANGERS_KEPT - 1 : STRANGERS_KEPT].first()
        if last is not None:
            observation.forget(Stranger, '"barred" = %s AND "heard" < %s', [Barred.UNKNOWN.value, last])


def note_card(vehicle: int, at: int, heard: int, *, put_in: bool, result: int, holder: str) -> None:
    """This will keep that a driver's card was put in or taken out."""
    names = ("vehicle", "at", "put_in", "result", "holder", "heard")
    observation.observe(CardEvent, names, [(vehicle, at, put_in, result, holder, heard)])


def note_media(vehicle: int, heard: int, said: dict[str, int | None], digest: str) -> None:
    """This will keep what a picture, sound or film was."""
    names = ("vehicle", "number", "heard", "kind", "format", "event", "channel", "at", "size", "digest")
    values = [said[name] for name in ("kind", "format", "event", "channel", "at", "size")]
    observation.observe(MediaItem, names, [(vehicle, said["number"], heard, *values, digest)])


_MOVES = {
    TerminalState.IN_USE: {TerminalState.STOPPED, TerminalState.REMOVED},
    TerminalState.STOPPED: {TerminalState.IN_USE, TerminalState.REMOVED},
    TerminalState.REMOVED: {TerminalState.IN_USE},
}
WORDS = {
    TerminalState.IN_USE: pgettext_lazy("terminal", "恢复使用"),
    TerminalState.STOPPED: pgettext_lazy("terminal", "停止使用"),
    TerminalState.REMOVED: pgettext_lazy("terminal", "登记拆除"),
}


def move(terminals: Sequence[Terminal], *, to: TerminalState, by: Actor, note: str) -> int:
    """This will stop, resume or remove terminals; one that was stopped or removed must register again."""
    for terminal in terminals:
        if to not in _MOVES[TerminalState(terminal.state)]:
            raise Refused(
                _("%(terminal)s 不能“%(act)s”") % {"terminal": terminal, "act": WORDS[to]},
                why=_("终端目前的状态是“%(state)s”。") % {"state": terminal.get_state_display()},
                article="第二十三条第一款",
                instead=_("请先核对终端的状态。"),
            )
        terminal.state = to
        if to != TerminalState.IN_USE:
            terminal.secret = ""
        if to == TerminalState.REMOVED:
            terminal.device = terminal.maker = ""
    keep(list(terminals), by=by, act=STATE, note=note, moves=frozenset({"state"}))
    return len(terminals)
