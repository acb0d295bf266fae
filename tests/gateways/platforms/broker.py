"""An MQTT 3.1.1 broker of a hundred lines, for one subscriber: lasting sessions, quality 1, and it can cut the line."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import OrderedDict

CONNECT, PUBLISH, PUBACK, SUBSCRIBE, PING, DISCONNECT = 1, 3, 4, 8, 12, 14


def _length(count: int) -> bytes:
    out = bytearray()
    while True:
        count, digit = divmod(count, 128)
        out.append(digit | (128 if count else 0))
        if not count:
            return bytes(out)


class Broker:
    """Listens on a free port; what was published and not acknowledged is sent again when the subscriber comes back."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.server.getsockname()[1])
        self.waiting: OrderedDict[int, bytes] = OrderedDict()  # number → payload, not acknowledged
        self.acknowledged: list[int] = []
        self.connects = 0
        self.names: set[str] = set()
        self.topics: list[str] = []
        self._number = 0
        self._line: socket.socket | None = None
        self._lock = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def publish(self, payload: bytes) -> int:
        """This will hand a message over, now or when somebody subscribes; its number."""
        with self._lock:
            self._number += 1
            self.waiting[self._number] = payload
            if self._line is not None:
                self._send(self._number, again=False)
            return self._number

    def cut(self) -> None:
        """This will end the line without a word."""
        with self._lock:
            if self._line is not None:
                self._line.shutdown(socket.SHUT_RDWR)

    def wait(self, numbers: int, seconds: float = 30.0) -> bool:
        """True when so many messages were acknowledged."""
        with self._lock:
            return self._lock.wait_for(lambda: len(self.acknowledged) >= numbers, seconds)

    def end(self) -> None:
        """This will stop listening."""
        self._ended = True
        self.cut()
        self.server.close()

    def _send(self, number: int, *, again: bool) -> None:
        topic = b"baozhang/positions/one"
        body = len(topic).to_bytes(2, "big") + topic + number.to_bytes(2, "big") + self.waiting[number]
        assert self._line is not None
        with contextlib.suppress(OSError):
            self._line.sendall(bytes((PUBLISH << 4 | 2 | (8 if again else 0),)) + _length(len(body)) + body)

    def _serve(self) -> None:
        while not self._ended:
            try:
                line, _peer = self.server.accept()
            except OSError:
                return
            with contextlib.suppress(OSError, EOFError):
                self._hear(line)
            with self._lock:
                self._line = None
            line.close()

    def _hear(self, line: socket.socket) -> None:
        stream = line.makefile("rb")

        def exactly(count: int) -> bytes:
            data = stream.read(count)
            if len(data) < count:
                raise EOFError
            return data

        while True:
            kind = exactly(1)[0] >> 4
            length, shift = 0, 0
            while (digit := exactly(1)[0]) & 128:
                length, shift = length + ((digit & 127) << shift), shift + 7
            self._take(line, kind, exactly(length + (digit << shift)))
            if kind == DISCONNECT:
                return

    def _take(self, line: socket.socket, kind: int, body: bytes) -> None:
        if kind == CONNECT:
            assert not body[7] & 2, "the session must last"
            size = int.from_bytes(body[10:12], "big")
            self.names.add(body[12 : 12 + size].decode())
            self.connects += 1
            line.sendall(bytes((0x20, 2, int(self.connects > 1), 0)))
        elif kind == SUBSCRIBE:
            size = int.from_bytes(body[2:4], "big")
            self.topics.append(body[4 : 4 + size].decode())
            line.sendall(bytes((0x90, 3)) + body[:2] + body[-1:])
            with self._lock:
                self._line = line
                for number in list(self.waiting):
                    self._send(number, again=True)
        elif kind == PUBACK:
            with self._lock:
                self.waiting.pop(int.from_bytes(body[:2], "big"), None)
                self.acknowledged.append(int.from_bytes(body[:2], "big"))
                self._lock.notify_all()
        elif kind == PING:
            line.sendall(b"\xd0\x00")
