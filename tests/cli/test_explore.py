"""``stabkit explore``: what it prints and opens; the server has tests of its own."""

from __future__ import annotations

import socket
import webbrowser
from collections.abc import Callable
from typing import Any

import pytest

from stabkit.explorer.server import ExplorerServer

Run = Callable[..., Any]


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were opened, by servers that end at once."""

    def serve(server: ExplorerServer) -> None:
        raise KeyboardInterrupt  # as a user would end it

    opened: list[str] = []
    monkeypatch.setattr(ExplorerServer, "serve_forever", serve)
    monkeypatch.setattr(webbrowser, "open", opened.append)
    return opened


def test_the_browser_is_opened(stabkit: Run, interrupted: list[str]) -> None:
    found = stabkit("explore")
    (address,) = interrupted
    assert (found.status, found.err) == (0, "")
    assert found.out == f"{address} (stop with Ctrl-C)\n"


def test_no_browser_on_a_port(stabkit: Run, interrupted: list[str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = stabkit("explore", "--no-browser", "--port", str(port))
    assert found.out.startswith(f"http://127.0.0.1:{port}/")
    assert interrupted == []


def test_a_port_in_use(stabkit: Run, interrupted: list[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = stabkit("explore", "--port", str(port))
    assert (found.status, found.out) == (2, "")
    assert f"'--port' must be free, not {port} (Address already in use)." in found.err


@pytest.mark.parametrize("port", ["80", "70000", "many"])
def test_errors(stabkit: Run, port: str) -> None:
    found = stabkit("explore", "--port", port)
    assert (found.status, found.out) == (2, "")
    assert "'--port'" in found.err
