"""Commands to terminals from the same machine, over a socket in the data folder that its owner alone may open.

One request a line, one answer a line, both JSON: {"do": "sessions"} · {"do": "locate", "terminal": …} ·
{"do": "text", "terminal": …, "words": …} · {"do": "parameters", "terminal": …, "numbers"?: […]} ·
{"do": "set", "terminal": …, "values": {"0001": hex}}.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import answers, reading

if TYPE_CHECKING:
    from .server import Gateway


async def listen(gateway: Gateway, path: str) -> asyncio.Server:
    """The socket at a path."""
    _clear(Path(path))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                writer.write(json.dumps(await answer(gateway, line), ensure_ascii=False).encode() + b"\n")
                await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(serve, path)
    _close_to_others(Path(path))
    return server


def _clear(place: Path) -> None:
    place.unlink(missing_ok=True)


def _close_to_others(place: Path) -> None:
    place.chmod(0o600)


async def answer(gateway: Gateway, line: bytes) -> dict[str, Any]:
    """What is answered to one request; an error is an answer too."""
    try:
        asked = json.loads(line)
        if asked["do"] == "sessions":
            return {
                "sessions": _sessions(gateway),
                "stored": gateway.commit.stored,
                "doubtful": gateway.commit.doubtful,
            }
        number, body = _message(gateway, asked)
        return reading.described(await gateway.ask(asked["terminal"], number, body))
    except TimeoutError:
        return {"error": "the terminal did not answer in time"}
    except KeyError as error:
        return {"error": f"the request does not say {error}"}
    except (LookupError, ValueError, TypeError, AttributeError, ConnectionError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def _sessions(gateway: Gateway) -> list[dict[str, Any]]:
    now = gateway.now()
    return [
        {"terminal": one.terminal, "peer": one.peer, "udp": one.udp, "edition": one.edition, "silent_s": round(now - one.heard, 1)}
        for one in gateway.sessions.by_terminal.values()
    ]  # fmt: skip


def _message(gateway: Gateway, asked: dict[str, Any]) -> tuple[int, bytes]:
    what, edition = asked["do"], gateway.edition_of(asked["terminal"])
    if what == "locate":
        return answers.LOCATE, b""
    if what == "text":
        return answers.TEXT, answers.text(asked["words"], edition)
    if what == "parameters":
        numbers = [int(number, 16) for number in asked.get("numbers", ())]
        return (
            (answers.SOME_PARAMETERS, answers.parameter_numbers(numbers)) if numbers else (answers.ALL_PARAMETERS, b"")
        )
    if what == "set":
        return answers.SET_PARAMETERS, answers.parameters(
            {int(number, 16): bytes.fromhex(value) for number, value in asked["values"].items()}
        )
    raise ValueError(f"unknown request {what}")
