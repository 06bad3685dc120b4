"""The explorer on this machine: a server for one page, by the standard library, on loopback alone.

Whoever asks must know the token, which is in the address of the page and nowhere else, and must
call this machine by its own name: a page of elsewhere that makes a browser believe its name were
that of this machine (DNS rebinding) is told apart by the name that it asks for. What is dropped on
the page is written to a temporary file, read like any other, and removed.
"""

from __future__ import annotations

import json
import re
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote

from .operations import Answer, Explorer
from .page import local_page

__all__ = ["ExplorerServer"]

_HOST = "127.0.0.1"  # never another
_LONGEST_QUESTION = 10_000  # bytes
_LARGEST_LOG = 2**32  # bytes
_PIECE = 2**20
_LONGEST_NAME = 100


class ExplorerServer(ThreadingHTTPServer):
    """A server of the explorer's page; `serve_forever` runs it, `server_close` ends it.

    * `port`: 0 for any that is free.
    * `address`: where the page is, for whoever may see it.
    """

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__((_HOST, port), _Handler)
        self.names = {f"{name}:{self.server_port}" for name in (_HOST, "localhost")}
        self.root = f"/{secrets.token_urlsafe(16)}/"
        self.address = f"http://{_HOST}:{self.server_port}{self.root}"
        self.page = local_page()
        self._explorer = Explorer()
        self._lock = Lock()  # the precision of flint and the filters of warnings are global

    def answer(self, name: str, question: Any) -> Answer:
        """Answer a question, one at a time."""
        with self._lock:
            return self._explorer.answer(name, question)

    def read(self, log: Path, columns: Sequence[str]) -> Answer:
        """Read a log, one at a time."""
        with self._lock:
            return self._explorer.read(log, columns)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a page that was closed before it had its answer."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def _as_file(body: BufferedIOBase, size: int, name: str) -> Iterator[Path]:
    """Write a body of `size` bytes to a file of this name, for as long as it is needed."""
    with TemporaryDirectory() as room:
        path = Path(room) / _file_name(name)
        with path.open("wb") as file:
            while size and (piece := body.read(min(size, _PIECE))):
                size -= file.write(piece)
        yield path


def _file_name(name: str) -> str:
    """Return a name that any file may have; reports call the log by it.

    >>> _file_name("read/../.my%20log.csv"), _file_name("%2F%00"), _file_name("..")
    ('my log.csv', '_', 'log')
    """
    last = unquote(name).rpartition("/")[2]
    return re.sub(r"[^\w. -]", "_", last).lstrip(".")[-_LONGEST_NAME:] or "log"


class _Handler(BaseHTTPRequestHandler):
    server: ExplorerServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: 40 ms less for every answer
    timeout = 600  # seconds

    def do_GET(self) -> None:
        path = self._path()
        if path == "":
            self._send(self.server.page.encode(), "text/html; charset=utf-8")
        elif path is not None:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        path = self._path()
        if path is None:
            return
        kind, _, name = path.partition("/")
        if kind == "ask":
            self._ask(name)
        elif kind == "read":
            self._read(name)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _ask(self, name: str) -> None:
        size = self._size(_LONGEST_QUESTION)
        if size is None:
            return
        try:
            question = json.loads(self.rfile.read(size))
        except ValueError:
            question = None
        if isinstance(question, dict):
            self._reply(self.server.answer(name, question))
        else:
            self.send_error(HTTPStatus.BAD_REQUEST)

    def _read(self, name: str) -> None:
        name, _, asked = name.partition("?")
        columns = parse_qs(asked, keep_blank_values=True).get("column", [])
        size = self._size(_LARGEST_LOG)
        if size is not None and len(columns) in (0, 2):
            with _as_file(self.rfile, size, name) as log:
                self._reply(self.server.read(log, columns))
        elif size is not None:
            self.send_error(HTTPStatus.BAD_REQUEST)

    def _path(self) -> str | None:
        """Return what is asked for behind the token; None, and refuse, if it is not for us."""
        if self.headers.get("Host") not in self.server.names:
            self.send_error(HTTPStatus.FORBIDDEN)
        elif not self.path.startswith(self.server.root):
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            return self.path.removeprefix(self.server.root)
        return None

    def _size(self, most: int) -> int | None:
        """Return the length of the body; None, and refuse, if it has none or is too long."""
        text = self.headers.get("Content-Length", "")
        if not re.fullmatch("[0-9]{1,12}", text):
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
        elif int(text) > most:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            return int(text)
        return None

    def _reply(self, answer: Answer) -> None:
        self._send(json.dumps(answer, allow_nan=False).encode(), "application/json")

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing: the terminal belongs to the user."""
