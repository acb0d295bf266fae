"""The limit of a page: a WSGI function that reads the rows and puts the page together, and knows nothing else."""

from __future__ import annotations

import html
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

COLUMNS = "id, number, name, category, quantity, value, acquired, use_state, custodian, department, organ_id"
_local = threading.local()


def _line() -> tuple[Any, str]:
    """This thread's connection and the mark for a parameter."""
    if not hasattr(_local, "line"):
        url = os.environ["BAOZHANG_DATABASE_URL"]
        if url.startswith("sqlite"):
            _local.line = sqlite3.connect(url.removeprefix("sqlite:///")), "?"
        else:
            import psycopg

            parts = urlsplit(url)
            query = parse_qs(parts.query)
            words = {"host": query["host"][0], "port": query["port"][0], "user": unquote(parts.username or "")}
            _local.line = psycopg.connect(dbname=parts.path.lstrip("/"), autocommit=True, **words), "%s"
    return _local.line


def _rows(line: Any, sql: str, values: list[Any]) -> list[Any]:
    cursor = line.cursor()
    cursor.execute(sql, values)
    return cursor.fetchall()


def _list(query: dict[str, list[str]]) -> str:
    line, mark = _line()
    wanted = [name for name in ("category", "use_state", "vehicle_use", "organ_id") if name in query]
    values: list[Any] = [query[name][0] for name in wanted]
    where = " AND ".join(f"{name} = {mark}" for name in wanted) or "1 = 1"
    if "q" in query:
        where, values = f"search LIKE {mark}", [f"%{query['q'][0]}%"]
    sort = query.get("sort", ["-id"])[0]
    order = f"{sort.lstrip('-')} {'DESC' if sort.startswith('-') else 'ASC'}"
    order += "" if sort.endswith("id") else f", id {'DESC' if sort.startswith('-') else 'ASC'}"
    rows = _rows(line, f"SELECT {COLUMNS} FROM assets_card WHERE {where} ORDER BY {order} LIMIT 51", values)
    count = _rows(
        line, f"SELECT count(*) FROM (SELECT 1 FROM assets_card WHERE {where} LIMIT 10001) AS counted", values
    )
    return f"<p>{count[0][0]}</p>{_table(rows)}"


def _table(rows: Iterable[Any]) -> str:
    escape = html.escape
    lines = [f"<tr>{''.join([f'<td>{escape(str(cell))}</td>' for cell in row])}</tr>" for row in rows]
    return f"<table>{''.join(lines)}</table>"


def _detail(query: dict[str, list[str]]) -> str:
    line, mark = _line()
    key = int(query["id"][0])
    card = _rows(line, f"SELECT * FROM assets_card WHERE id = {mark}", [key])
    past = f"SELECT * FROM kernel_entry WHERE kind = 'assets.card' AND record_id = {mark} ORDER BY seq DESC LIMIT 50"
    return _table(card) + _table(_rows(line, past, [key]))


def application(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """The page of a list or of one card."""
    query = parse_qs(environ["QUERY_STRING"])
    page = {"/list": _list, "/detail": _detail}.get(environ["PATH_INFO"])
    body = (page(query) if page else "").encode()
    start("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
