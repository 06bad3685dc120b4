"""Drive Debian's chromium, or any other on the path, at pages that need no network.

Fixtures for tests of pages: `browser` (one for a module) and `open_page`, which opens an address
and returns a `Visit`: the page, every request that it made beyond its own machine (all of them are
refused), and what went wrong in its scripts. `open_for_all` is the same for a whole module.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

LOCAL = ("file", "data", "blob", "about")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass
class Visit:
    """A page under test."""

    page: Any
    requests: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


Opener = Callable[..., Visit]


def is_local(address: str) -> bool:
    """Tell whether a request stays on this machine."""
    parts = urlsplit(address)
    return parts.scheme in LOCAL or parts.hostname in LOOPBACK


@pytest.fixture(scope="module")
def browser(lacking: Callable[[str], None]) -> Iterator[Any]:
    """A headless chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        lacking("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        lacking("playwright")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as engine:
        opened = engine.chromium.launch(executable_path=program, args=flags)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Opener]:
    """A function that opens an address, at a width in pixels and in a colour scheme."""
    yield from _opener(browser)


@pytest.fixture(scope="module")
def open_for_all(browser: Any) -> Iterator[Opener]:
    """The same for pages that stay open for all tests of a module."""
    yield from _opener(browser)


def _opener(browser: Any) -> Iterator[Opener]:
    contexts = []

    def opened(
        address: str,
        width: int = 1280,
        height: int = 900,
        colour_scheme: str = "light",
        offline: bool = False,
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=colour_scheme,
            service_workers="block",
            offline=offline,
        )
        contexts.append(context)
        visit = Visit(context.new_page())

        def decide(route: Any) -> None:
            visit.requests.append(route.request.url)
            if is_local(route.request.url):
                route.continue_()
            else:
                visit.foreign.append(route.request.url)
                route.abort()

        context.route("**/*", decide)
        page = visit.page
        page.on(
            "websocket",
            lambda socket: None if is_local(socket.url) else visit.foreign.append(socket.url),
        )
        page.on("pageerror", lambda error: visit.errors.append(str(error)))
        page.on(
            "console",
            lambda said: visit.errors.append(said.text) if said.type == "error" else None,
        )
        page.goto(address)
        return visit

    yield opened
    for context in contexts:
        context.close()
