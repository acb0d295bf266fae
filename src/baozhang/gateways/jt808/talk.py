"""What is answered to what: each message of a terminal, by the rules of the standard and of the house."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from baozhang.ch2_provision.vehicles import actions
from baozhang.ch2_provision.vehicles.actions import Told
from baozhang.ch2_provision.vehicles.choices import Barred
from baozhang.kernel import clock

from . import answers, bodies, card, location, points
from .answers import Entry, Result
from .commit import Committer, held_by
from .door import Crowded, Door
from .framing import BadFrame
from .header import Message, parse
from .session import Session, Sessions
from .telling import Seldom

log = logging.getLogger("baozhang.gateway")
MOST_REFUSED = 10  # refusals after which a connection is ended
MOST_BAD = 1_000  # bad frames
MOST_TOLD = 3  # bodies of a terminal's session that are none and are written to the log: whoever is broken must not fill the disk
MOST_AT_ONCE = (
    4  # messages of one session that wait for the database; more are left unanswered, so that it sends them again
)
MOST_OF_ONE = 4 << 20  # bytes of one session that wait for the disk: a terminal gone mad is refused before all are
ENTRIES = {Barred.UNKNOWN: Entry.NO_TERMINAL, Barred.STOPPED: Entry.NO_TERMINAL, Barred.DEVICE: Entry.TERMINAL_TAKEN}
BEFORE_ENTRY = frozenset({0x0001, 0x0004, 0x0100, 0x0102})
MOST_VISITS = 500  # strangers noted between two writings


class Talk:
    """Hears messages and answers them."""

    def __init__(self, sessions: Sessions, commit: Committer, key: bytes) -> None:
        self.sessions, self.commit, self.key = sessions, commit, key
        self.door, self.faults = Door(commit), Seldom(log)
        self.messages = self.bad = 0
        self.ending = False
        self.visits: dict[str, tuple[Barred, int, int, Told]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._hearing: dict[int, Callable[[Session, Message], Any]] = {
            0x0001: self._replied, 0x0002: self._done, 0x0003: self._log_out, 0x0004: self._time, 0x0005: self._resend,
            0x0100: self._register, 0x0102: self._authenticate, 0x0104: self._parameters, 0x0200: self._position,
            0x0201: self._located, 0x0702: self._card, 0x0704: self._positions, 0x0800: self._done, 0x0801: self._media,
        }  # fmt: skip

    def hear(self, session: Session, data: bytes, at: float) -> None:
        """This will take what came over the line, whatever pieces it came in; nothing once the gateway ends."""
        if self.ending:
            return
        for inner in session.cutter.feed(data):
            try:
                message = parse(inner)
            except BadFrame as bad:
                self.bad += 1
                session.bad += 1
                log.debug("%s: %s", session.peer, bad)
                if session.bad > MOST_BAD:
                    self.sessions.drop(session)
                    return
                continue
            self.messages += 1
            if (
                session.known is not None
            ):  # bytes that are no message are no sign of life, and who is a stranger stays for so long
                session.heard = at
            self._take(session, message, at)
            if session.closed:
                return

    def _take(self, session: Session, message: Message, at: float) -> None:
        if session.known is None:
            session.meet(message)
        elif message.terminal != session.terminal:
            return  # one connection is one terminal; who writes another number is not believed
        if session.known is None and message.id not in BEFORE_ENTRY:
            self._refuse(session, message)
        elif message.encryption:
            self.reply(session, message, Result.UNSUPPORTED)  # no key was ever agreed upon
        elif message.packages and session.parts.is_known(message):
            if session.parts.is_answered(message):  # else its answer is on its way
                self.reply(session, message, Result.DONE)
        elif message.packages:
            whole = session.parts.add(message, at)
            if whole is not None:
                self._handle(session, whole)
        else:
            self._handle(session, message)

    def _handle(self, session: Session, message: Message) -> None:
        handler = self._hearing.get(message.id)
        if handler is None:
            self.reply(session, message, Result.UNSUPPORTED)
            return
        try:
            handler(session, message)
        except BadFrame as bad:
            self.bad += 1
            session.wrong += 1
            if session.known is not None and session.wrong <= MOST_TOLD:
                log.info("%s %s: %s", session.terminal, message.name, bad)
            self.reply(session, message, Result.WRONG)

    def reply(self, session: Session, message: Message, result: Result) -> None:
        """The general answer, one for each package of a divided message."""
        for serial in message.serials or (message.serial,):
            session.send(answers.REPLY, answers.reply(serial, message.id, result), message)
        if message.serials:
            session.parts.note_answered(message, durable=result is Result.DONE)

    def _soon(self, session: Session, work: Coroutine[Any, Any, None]) -> None:
        if session.busy >= MOST_AT_ONCE:
            work.close()
            return
        session.busy += 1
        task = asyncio.get_running_loop().create_task(self._work(session, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, session: Session, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Crowded as crowded:
            log.debug("%s: %s", session.peer, crowded)
        except Exception as error:  # noqa: BLE001 -- told; the terminal will send it again
            self.faults.tell("a message was not answered", error)
        finally:
            session.busy -= 1

    # -- coming in

    def _refuse(self, session: Session, message: Message) -> None:
        """A terminal that has not shown who it is; its position is not taken."""
        self.reply(session, message, Result.FAILED)
        session.refused += 1
        if session.refused == 1:
            self._soon(session, self._note_unknown(session))
        if session.refused >= MOST_REFUSED:
            self.sessions.drop(session)

    async def _note_unknown(self, session: Session) -> None:
        found = await self.door.find(session.terminal)
        if found is None or not found.in_use:
            self.visit(session.terminal, Barred.UNKNOWN, Told())

    def visit(self, terminal: str, why: Barred, told: Told) -> None:
        """This will note a terminal that was not let in; it is written with the next look around."""
        if terminal in self.visits or len(self.visits) < MOST_VISITS:
            _why, _at, times, before = self.visits.get(terminal, (why, 0, 0, told))
            # What it said of itself when it registered stays beside later visits that say nothing.
            self.visits[terminal] = (why, int(clock.now().timestamp()), times + 1, told if told.device else before)

    def _register(self, session: Session, message: Message) -> None:
        said = bodies.register(message)
        device = said.get("terminal_id") or said.get("terminal_id_hex") or ""
        told = Told.of(said["plate"], said["manufacturer"], device, bodies.register_layout(message))
        self._soon(session, self._registered(session, message, told))

    async def _registered(self, session: Session, message: Message, told: Told) -> None:
        found, code = await self.door.find(message.terminal), ""
        barred = Barred.UNKNOWN if found is None else found.barred(told.device)
        if barred is None:
            now = int(clock.now().timestamp())
            code, barred = await self.commit.ask(actions.register, message.terminal, told, now)
        session.refused += 1  # also where it is let in: who registers again and again, and never comes in, is put out
        if barred is not None:
            self.visit(message.terminal, barred, told)
        entry = ENTRIES[barred] if barred is not None else Entry.GRANTED
        session.send(answers.REGISTERED, answers.registered(message.serial, entry, code), message)
        if session.refused >= MOST_REFUSED:
            self.sessions.drop(session)

    def _authenticate(self, session: Session, message: Message) -> None:
        self._soon(session, self._authenticated(session, message, bodies.authenticate(message)["auth_code"]))

    async def _authenticated(self, session: Session, message: Message, code: str) -> None:
        found = await self.door.find(message.terminal)
        known = found.known if found is not None and found.in_use else None
        if session.closed or (session.known is not None and session.terminal != message.terminal):
            return  # it has gone, or another terminal of the same line was quicker
        if known is not None and known.is_code(code):
            session.heard = asyncio.get_running_loop().time()
            session.meet(message)
            session.refused = 0
            self.sessions.admit(session, known)
            self.commit.batch.heard[known.vehicle] = int(clock.now().timestamp())
            self.reply(session, message, Result.DONE)
            return
        self.visit(message.terminal, Barred.CODE if known else Barred.UNKNOWN, Told())
        self.reply(session, message, Result.FAILED)
        session.refused += 1
        if session.refused >= MOST_REFUSED:
            self.sessions.drop(session)

    def _log_out(self, session: Session, message: Message) -> None:
        self._soon(session, self._logged_out(session, message))

    async def _logged_out(self, session: Session, message: Message) -> None:
        if session.known is not None:
            await self.commit.ask(actions.log_out, session.known.vehicle)
            self.reply(session, message, Result.DONE)
            session.known = None
            self.sessions.drop(session)

    # -- positions

    def _position(self, session: Session, message: Message) -> None:
        self._store(session, message, [location.read(message.body)])

    def _positions(self, session: Session, message: Message) -> None:
        found, broken = location.batch(message.body)
        self.bad += broken
        # The good ones are kept; the batch as a whole is not acknowledged, since a part of it is not.
        self._store(session, message, found, Result.WRONG if broken else Result.DONE)

    def _located(self, session: Session, message: Message) -> None:
        if len(message.body) < 2:
            raise BadFrame("0x0201 without a serial")
        self._store(session, message, [location.read(message.body[2:])])
        self._answer_to(session, message.body[0] << 8 | message.body[1], message)

    def _store(
        self, session: Session, message: Message, found: list[location.Location], kept: Result = Result.DONE
    ) -> None:
        """This will answer when the positions are durable."""
        assert session.known is not None
        if self.commit.full or session.held >= MOST_OF_ONE:
            self.reply(session, message, Result.FAILED)
            return
        batch, vehicle, heard = self.commit.batch, session.known.vehicle, int(clock.now().timestamp())
        for one in found:
            points.add_to(batch, vehicle, one, heard, late=message.id == 0x0704)
        batch.heard[vehicle] = heard
        # Hundreds of thousands of these may wait: a partial takes a third of what a closure does.
        held = held_by(len(found), len(message.body))
        session.held += held
        self.commit.then(partial(self._durable, session, message, kept, held), held)

    def _durable(self, session: Session, message: Message, kept: Result, held: int, done: bool) -> None:
        session.held -= held
        self.reply(session, message, kept if done else Result.FAILED)

    # -- other things

    def _done(self, session: Session, message: Message) -> None:
        self._sign(session)
        self.reply(session, message, Result.DONE)

    def _sign(self, session: Session) -> None:
        if session.known is not None:
            self.commit.batch.heard[session.known.vehicle] = int(clock.now().timestamp())

    def _time(self, session: Session, message: Message) -> None:
        session.send(answers.TIME, answers.time(clock.now()), message)

    def _resend(self, session: Session, message: Message) -> None:
        first, packages = bodies.missing_packages(message)
        if not session.send_again(first, packages):
            self.reply(session, message, Result.FAILED)

    def _replied(self, session: Session, message: Message) -> None:
        body = bodies.general_reply(message)
        if body["result"] != Result.DONE or int(body["reply_id"], 16) not in answers.OWN_ANSWERS:
            self._answer_to(session, body["reply_serial"], message)

    def _parameters(self, session: Session, message: Message) -> None:
        self._answer_to(session, bodies.parameters(message)["reply_serial"], message)
        self.reply(session, message, Result.DONE)

    def _answer_to(self, session: Session, serial: int, message: Message) -> None:
        future = session.pending.pop(serial, None)
        if future is not None and not future.done():
            future.set_result(message)

    def _card(self, session: Session, message: Message) -> None:
        event = card.read(message.body, self.key)
        self._soon(session, self._carded(session, message, event))

    async def _carded(self, session: Session, message: Message, event: card.CardEvent) -> None:
        heard = int(clock.now().timestamp())
        if session.known is not None:
            await self.commit.ask(
                lambda vehicle: actions.note_card(
                    vehicle, event.at or heard, heard, put_in=event.put_in, result=event.result, holder=event.holder
                ),
                session.known.vehicle,
            )
        self.reply(session, message, Result.DONE)

    def _media(self, session: Session, message: Message) -> None:
        said = bodies.media_data(message)
        place = location.read(message.body[8:]) if "location" in said else None
        facts = {
            "number": said["multimedia_id"], "kind": said["multimedia_type"], "format": said["format"], "event": said["event"],
            "channel": said["channel"], "size": said.get("size", len(message.body) - 8),
            "at": None if place is None else location.seconds_of(place.time),
        }  # fmt: skip
        session.parts.note_answered(message, durable=False)  # sent once more, it is answered once more by its number
        self._soon(session, self._indexed(session, message, facts))

    async def _indexed(self, session: Session, message: Message, facts: dict[str, Any]) -> None:
        if session.known is not None:
            heard, digest = int(clock.now().timestamp()), hashlib.sha256(message.body).hexdigest()
            await self.commit.ask(actions.note_media, session.known.vehicle, heard, facts, digest)
        session.send(answers.MEDIA, answers.media(facts["number"]), message)

    async def end(self) -> None:
        """This will take nothing more, and finish what is being done."""
        self.ending = True
        await asyncio.gather(*self._tasks, return_exceptions=True)
