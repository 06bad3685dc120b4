"""The loopback server: whom it answers, whom it refuses, and how it ends."""

from __future__ import annotations

import functools
import http.client
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from stabkit.explorer.server import ExplorerServer

PAIR = {"lengths": [3, 5], "share": "1/2", "input": "9"}
JSON = "application/json"


@pytest.fixture(scope="module")
def server() -> Iterator[ExplorerServer]:
    running = ExplorerServer()
    thread = Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


def asked(
    server: ExplorerServer, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, str, bytes]:
    """Return status, type and body of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    try:
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()
    finally:
        connection.close()


def test_the_page(server: ExplorerServer) -> None:
    status, kind, body = asked(server, server.root)
    assert (status, kind) == (200, "text/html; charset=utf-8")
    assert b"default-src 'none'" in body
    assert server.root.encode() not in body


def test_it_listens_on_loopback_alone(server: ExplorerServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert urlsplit(server.address).hostname == "127.0.0.1"


def test_a_question(server: ExplorerServer) -> None:
    status, kind, body = asked(server, f"{server.root}ask/counts", json.dumps(PAIR).encode())
    assert (status, kind) == (200, JSON)
    assert json.loads(body)["outside"] == 2


def test_a_log_is_read_and_removed(server: ExplorerServer, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    read = server.read

    def noted(log: Any, columns: Any) -> dict[str, Any]:
        seen.append(log)
        return read(log, columns)

    monkeypatch.setattr(server, "read", noted)
    log = b"input_length,output_length\n5,3\n5,5\n"
    _, _, body = asked(server, f"{server.root}read/..%2Fmy%20log.csv", log)
    assert json.loads(body)["name"] == "my log"
    assert [path.name for path in seen] == ["my log.csv"]
    assert not seen[0].exists()


def test_a_log_by_the_columns_asked_for(server: ExplorerServer) -> None:
    log = b"a b,c\n5,3\n5,5\n"
    place = f"{server.root}read/log.csv"
    assert json.loads(asked(server, place, log)[2])["columns"] == ["a b", "c"]
    found = json.loads(asked(server, f"{place}?column=a+b&column=c", log)[2])
    assert found["requests"] == 2
    assert asked(server, f"{place}?column=c", log)[0] == 400


@pytest.mark.parametrize("host", ["evil.example:{}", "evil.example", "127.0.0.1", ""])
def test_other_names_of_this_machine_are_refused(server: ExplorerServer, host: str) -> None:
    named = host.format(server.server_port)
    assert asked(server, server.root, Host=named)[0] == 403
    assert asked(server, f"{server.root}ask/counts", b"{}", Host=named)[0] == 403


def test_localhost_is_a_name_of_this_machine(server: ExplorerServer) -> None:
    assert asked(server, server.root, Host=f"localhost:{server.server_port}")[0] == 200


@pytest.mark.parametrize("path", ["/", "/ask/counts", "/wrong/ask/counts", "{}x", "{}../"])
def test_who_does_not_know_the_token_is_refused(server: ExplorerServer, path: str) -> None:
    place = path.format(server.root)
    assert asked(server, place)[0] == 404
    if not path.startswith("{}"):
        assert asked(server, place, b"{}")[0] == 404


def test_bodies_without_an_end_are_refused(server: ExplorerServer) -> None:
    connection = socket.create_connection(("127.0.0.1", server.server_port), timeout=20)
    head = f"POST {server.root}ask/counts HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n"
    with connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 411")
    assert asked(server, f"{server.root}ask/counts", b" " * 20_000)[0] == 413


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"3", b"\xff"])
def test_what_is_no_question(server: ExplorerServer, body: bytes) -> None:
    assert asked(server, f"{server.root}ask/counts", body)[0] == 400
    assert asked(server, f"{server.root}tell/counts", b"{}")[0] == 404


def test_tokens_differ() -> None:
    with ExplorerServer() as one, ExplorerServer() as other:
        assert one.root != other.root


def test_the_command_ends_with_ctrl_c() -> None:
    """Where the tests run in the background of a shell, too, which has them ignore Ctrl-C."""
    command = [sys.executable, "-m", "stabkit", "explore", "--no-browser"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    heeded = functools.partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, preexec_fn=heeded, **pipes) as process:
        assert process.stdout is not None
        address = process.stdout.readline().decode().split()[0]
        parts = urlsplit(address)
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=20)
        connection.request("GET", parts.path)
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, b"", b"")
